"""What was said, as values, whichever recogniser wrote it down: numbers, digits, yes and no, in en, hi and mr. Pure."""
