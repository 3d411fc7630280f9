"""Minds: text in, meaning out; the embedded intent classifier stands behind the same protocol as language models."""
