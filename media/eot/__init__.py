"""Models that tell from the sound of a pause whether the caller is done."""
