"""Mercury, the ARI application: what happens to a call, and everything around it."""
