"""Synthesisers: text in, audio out; and the cache of prompts rendered ahead."""
