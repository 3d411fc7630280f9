"""The flow language: a pure interpreter of calls written in YAML, its loader, its prompts and its checks."""
