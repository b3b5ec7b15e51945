"""Untrusted text made safe to show."""

import unicodedata


def is_harmless(character: str) -> bool:
    """Whether a terminal only draws it.

    It does not for controls (Cc), formats such as bidi and zero width (Cf), surrogates (Cs), private (Co) and
    unassigned (Cn) characters, line (Zl) and paragraph separators (Zp). Other spaces (Zs) are harmless.
    """
    return character.isprintable() or unicodedata.category(character) == "Zs"


def escape(character: str) -> str:
    r"""`\n`, `\t`, `\r`, else `\x1b`, `\u202e`, `\U000e0001`: visible, and in a form that says which it was."""
    short = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}.get(character)
    if short is not None:
        return short
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def safe(text: str) -> str:
    """`text` on one line with every character that is more than a picture escaped; harmless text comes back as is."""
    if text.isprintable():
        return text
    return "".join(character if is_harmless(character) else escape(character) for character in text)
