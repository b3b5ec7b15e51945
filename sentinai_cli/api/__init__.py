"""The platform's REST API, as a client of it needs it."""
