"""The words of a CEL expression that are no names: strings and comments."""

_TRIPLE = r'"{3}.*?"{3}|' + r"'{3}.*?'{3}"
_RAW = rf"""(?:[bB]?[rR]|[rR][bB])(?:{_TRIPLE}|"[^"]*"|'[^']*')"""
_ESCAPED = (
    r'[bB]?(?:"{3}(?:\\.|[^\\])*?"{3}|' + r"'{3}(?:\\.|[^\\])*?'{3}|" + r'"(?:\\.|[^"\\])*"|' + r"'(?:\\.|[^'\\])*')"
)
OPAQUE = rf"(?:{_RAW}|{_ESCAPED}|//[^\n]*)"
"""A pattern for what must be passed over when names are looked for; needs re.DOTALL."""
