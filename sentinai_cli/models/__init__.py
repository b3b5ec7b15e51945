"""The vocabulary that every layer shares: frozen models, one file per noun, no I/O."""
