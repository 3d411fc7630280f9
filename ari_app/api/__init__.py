"""The REST interface: calls, administration, health; problem+json and one OpenAPI document."""
