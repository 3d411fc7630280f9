"""One call: its state table, legs, bridge and media, and the flow that it runs."""
