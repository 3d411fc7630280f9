"""RTP without I/O: packets, the jitter buffer, and a stream's state (RFC 3550, RFC 3551)."""
