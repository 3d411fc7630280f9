"""Engines in processes of their own: those that hold the interpreter's lock, or are to stay separate programs."""
