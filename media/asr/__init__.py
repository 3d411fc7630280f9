"""Recognisers: audio in, text with a confidence out."""
