"""The marketplace's backend, seen from Mercury: lookups, and signed results."""
