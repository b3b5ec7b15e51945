"""A process of its own: `python client.py ACCOUNT VERB HOME` writes what the verb gave, or the failure, as JSON.

ACCOUNT is `-` for the account that runs it, a name, or the number of an account without a name. Everything is imported
before the account changes, because another account may not be able to read the interpreter's own files.
"""

import json
import os
import pwd
import signal
import sys
from pathlib import Path

import psycopg

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.embedded.layout import PORT, Layout
from sentinai_cli.errors import SentinaiError


def become(name: str) -> None:
    if name == "-":
        return
    number = int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid
    group = number if name.isdigit() else pwd.getpwnam(name).pw_gid
    os.setgroups([])
    os.setgid(group)
    os.setuid(number)
    os.environ["HOME"] = "/nonexistent"


def perform(verb: str, home: Path) -> dict[str, object]:
    said: list[str] = []
    server = EmbeddedServer(home, os_user=os.environ.get("CLIENT_OS_USER"), say=said.append)
    match verb:
        case "ensure":
            url = server.ensure()
            return {"url": url.text, "said": said, "status": server.status().model_dump(mode="json")}
        case "hold":
            with psycopg.connect(**server.ensure().conninfo()):  # type: ignore[arg-type]
                sys.stdout.write("holding\n")
                sys.stdout.flush()
                signal.pause()
            return {}
        case "status":
            return server.status().model_dump(mode="json")
        case "stop":
            return {"stopped": server.stop()}
        case "connect":
            directory = Layout.of(home).socket_directory
            with psycopg.connect(host=str(directory), port=PORT, user="sentinai", dbname="sentinai") as connection:
                row = connection.execute("SELECT current_user").fetchone()
            return {"user": row and row[0]}
    raise AssertionError(verb)


def main() -> None:
    account, verb, home = sys.argv[1:]
    become(account)
    try:
        answer = perform(verb, Path(home))
    except SentinaiError as error:
        answer = {"class": type(error).__name__, "code": error.code, "what": error.what, "fix": error.fix}
    except psycopg.OperationalError as error:
        answer = {"class": "OperationalError", "what": str(error)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
