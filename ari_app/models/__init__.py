"""Files of models: which there are, how they are fetched, where they are kept."""
