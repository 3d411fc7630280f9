"""Makes the client's models, events and operations from Asterisk's own Swagger files."""
