"""Turn-taking without I/O: endpointing and barge-in as a table over voiced frames."""
