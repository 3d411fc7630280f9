"""Voice activity: which 20 ms frames hold speech."""
