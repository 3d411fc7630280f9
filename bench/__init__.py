"""Measurements that anyone can repeat; each says what it measures and prints it."""
