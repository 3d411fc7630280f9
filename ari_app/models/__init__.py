"""Models: which there are, fetching them, where they are kept, and what they cost once loaded."""
