"""How the server is set up. Everything is an argument: nothing to quote in a file, nothing that ALTER SYSTEM undoes."""

import os
import sys

from sentinai_cli.db.embedded.layout import PORT, Layout
from sentinai_cli.db.embedded.memory import shared_buffers, usable_memory

ROLE = "sentinai"
"""The bootstrap superuser."""
DATABASE = "sentinai"

_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - asked for its size only
_ENOUGH_SHARED_MEMORY = 256 * 1024 * 1024
"""Docker gives 64 MB, which one parallel query can fill."""


def server_arguments(layout: Layout) -> list[str]:
    """The arguments of `postgres`."""
    settings = {
        "hba_file": str(layout.access_rules),
        "ident_file": str(layout.access_map),
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{layout.socket_directory}"',
        "unix_socket_permissions": "0700",
        "logging_collector": "off",
        "log_destination": "stderr",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_min_error_statement": "panic",  # a failed statement may hold a password or a customer's data
        "log_timezone": "UTC",
        "timezone": "UTC",
        "lc_messages": "C",
        "max_connections": "200",
        "shared_buffers": f"{shared_buffers(usable_memory())}MB",
        "max_wal_size": "4GB",  # a load of a million exceptions would else spend its time in checkpoints
        "checkpoint_timeout": "15min",
    }
    if _shared_memory_is_small():
        settings["dynamic_shared_memory_type"] = "mmap"
    assignments = [f"{name}={value}" for name, value in settings.items()]
    return ["-D", str(layout.data), *(word for assignment in assignments for word in ("-c", assignment))]


def access_rules() -> str:
    """Over the socket alone: the owner as ROLE by who he is; any other role only with a password it was given."""
    return f"local all {ROLE} peer map=owner\nlocal all all scram-sha-256\n"


def access_map(names: set[str]) -> str:
    """Which system accounts may be ROLE."""
    quoted = (name.replace('"', '""') for name in sorted(names))
    return "".join(f'owner "{name}" {ROLE}\n' for name in quoted)


def locale_arguments(major: int) -> list[list[str]]:
    """What to try for initdb, in order: byte order with Unicode case rules, whatever the caller's locale is."""
    if major >= 17:
        return [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    return [["--locale=C.UTF-8", "--lc-messages=C"], ["--locale=C"]]  # the first depends on the system's libc


def _shared_memory_is_small() -> bool:
    if sys.platform != "linux":
        return False
    try:
        there = os.statvfs(_SHARED_MEMORY)
    except OSError:
        return True
    return there.f_frsize * there.f_blocks < _ENOUGH_SHARED_MEMORY
