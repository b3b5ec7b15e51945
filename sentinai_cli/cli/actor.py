"""Who is at the keyboard, for the operator journal."""

import os
from collections.abc import Mapping


def actor_name(given: str | None, environ: Mapping[str, str]) -> str:
    """`--actor`, else SENTINAI_ACTOR, else the OS user; `uid:1234` for a user without a passwd entry."""
    return given or environ.get("SENTINAI_ACTOR") or _os_user()


def _os_user() -> str:
    uid = os.geteuid()
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return f"uid:{uid}"
