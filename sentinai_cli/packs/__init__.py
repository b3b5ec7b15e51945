"""Domain and policy packs as pure data: read, validate, decide. Knows no database."""
