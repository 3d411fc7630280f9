"""Running it: settings, secrets, logs, the doctor, and Asterisk's bootstrap."""
