"""`make load`: SIPp calls a running Mercury, and is called by it, as often as one says; what came of it is reported."""
