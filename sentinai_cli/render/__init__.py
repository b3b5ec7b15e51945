"""Models to terminal views and data formats. Never loads."""
