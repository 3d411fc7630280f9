"""`make demo`: the shop's calls, made for real on this machine, and a report of what was heard."""
