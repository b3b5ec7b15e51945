"""A repository per noun; every method works in the scope of the Work it belongs to."""
