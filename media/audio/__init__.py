"""Audio without I/O: G.711, resampling, levels, the player's timeline, recordings."""
