"""What is said: templates filled with values, each worded as people say it in the language."""
