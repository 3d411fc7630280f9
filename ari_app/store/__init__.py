"""Call records, decisions and the outbox of callbacks, in SQLite or PostgreSQL."""
