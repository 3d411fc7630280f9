"""Language identification: which of some languages a caller speaks."""
