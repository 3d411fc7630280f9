"""The flight recorder: a call's inputs and decisions, compact, to be replayed through the pure parts afterwards."""
