"""A database URL, taken apart by us.

libpq's own parse errors quote the text they stumble over, password included, so nothing unparsed may reach it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NoReturn
from urllib.parse import quote, quote_plus, unquote_to_bytes

from sentinai_cli.errors import InvalidInput

SHAPE = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"

_SCHEME = re.compile(r"postgres(?:ql)?(?:\+[a-z0-9_]+)?", re.IGNORECASE)
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HOST = re.compile(r"[^\s/@,?#\[\]\\]+")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SSL_WORDS = dict.fromkeys(("true", "1", "on", "yes"), "require") | dict.fromkeys(
    ("false", "0", "off", "no"), "disable"
)
_SECRET_OPTIONS = frozenset({"sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"})

_OPTIONS = _SECRET_OPTIONS | set(
    """
    application_name channel_binding client_encoding connect_timeout fallback_application_name gssdelegation gssencmode
    gsslib hostaddr keepalives keepalives_count keepalives_idle keepalives_interval krbsrvname load_balance_hosts
    max_protocol_version min_protocol_version oauth_client_id oauth_issuer oauth_scope options passfile require_auth
    requirepeer service servicefile sslcert sslcertmode sslcompression sslcrl sslcrldir sslkey sslkeylogfile sslmode
    sslnegotiation sslrootcert sslsni ssl_max_protocol_version ssl_min_protocol_version target_session_attrs
    tcp_user_timeout
    """.split()
)
"""The connection keywords of libpq 18, but for the five that have a field of their own and those of replication."""

_FIELDS = {"host": "host", "port": "port", "user": "user", "password": "password", "dbname": "database"}
_OTHER_DRIVERS = frozenset(
    {"async_fallback", "command_timeout", "prepared_statement_cache_size", "statement_cache_size"}
)
"""Options of asyncpg and its SQLAlchemy dialect that mean nothing here and are dropped."""


@dataclass(frozen=True, repr=False)
class DatabaseUrl:
    """Where a PostgreSQL database is and who connects. Its repr and str never hold a secret.

    What is None is left to libpq (`PGUSER`, `~/.pgpass`, the default socket …). `host` beginning with `/` is a socket
    directory. `options` are further libpq keywords such as `sslmode`. Nothing is checked on direct construction.
    """

    host: str | None
    port: int | None
    user: str | None
    database: str | None
    password: str | None = None
    options: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def parse(cls, text: str, *, source: str) -> "DatabaseUrl":
        """Read a URL as SQLAlchemy, asyncpg and libpq spell it: any `postgresql+driver://`, `?ssl=` for `?sslmode=`.

        Raises InvalidInput `invalid_database_url`, which names `source` (such as `environment DATABASE_URL`) and
        quotes no part of `text`.
        """
        return _Parser(source, hint=f" (the shape is {SHAPE})").url(text.strip())

    @classmethod
    def of_parts(
        cls, *, host: str, port: str, user: str, password: str | None, database: str, source: str
    ) -> "DatabaseUrl":
        """Take literal, not percent-encoded parts, as `DB_HOST` and its siblings give them. Raises as `parse` does."""
        parser = _Parser(source)
        parts = {"host": host, "port": port, "user": user, "password": password or "", "dbname": database}
        return parser.build({name: parser.plain(value) for name, value in parts.items()})

    def conninfo(self) -> dict[str, str]:
        """The keyword arguments of `psycopg.connect`; what is not known is left out."""
        port = None if self.port is None else str(self.port)
        named = {"host": self.host, "port": port, "user": self.user, "password": self.password, "dbname": self.database}
        return {**self.options, **{name: value for name, value in named.items() if value is not None}}

    @property
    def shown(self) -> str:
        """The URL for people: user, host, port and database, or the socket directory. Nothing secret."""
        return self._compose(userinfo=_quoted(self.user), options={})

    @property
    def text(self) -> str:
        """The whole URL, password included; `parse` reads it back. For `sentinai db url` alone."""
        secret = "" if self.password is None else f":{_quoted(self.password)}"
        return self._compose(userinfo=_quoted(self.user) + secret, options=self.options)

    @property
    def secrets(self) -> frozenset[str]:
        """Every spelling in which a secret of this URL may turn up in text of others, to be scrubbed from it."""
        held = [self.password, *(value for name, value in self.options.items() if name in _SECRET_OPTIONS)]
        return frozenset(
            spelling
            for value in held
            if value
            for spelling in (value, quote(value), _quoted(value), quote_plus(value), repr(value)[1:-1])
        )

    def __repr__(self) -> str:
        return f"DatabaseUrl({self.shown!r})"

    __str__ = __repr__

    def _compose(self, *, userinfo: str, options: Mapping[str, str]) -> str:
        socket = self.host is not None and self.host.startswith("/")
        host = "" if socket or self.host is None else self.host
        host = f"[{quote(host, safe=':')}]" if ":" in host else _quoted(host)
        port = "" if self.port is None else f":{self.port}"
        address = f"{userinfo}@" if userinfo else ""
        query = ({"host": self.host or ""} if socket else {}) | dict(options)
        if socket and port:  # libpq and we read ":5432" with no host before it, other tools stumble over it
            query, port = query | {"port": port[1:]}, ""
        tail = "&".join(f"{name}={quote(value, safe='/')}" for name, value in query.items())
        return f"postgresql://{address}{host}{port}/{_quoted(self.database)}" + (f"?{tail}" if tail else "")


def _quoted(text: str | None) -> str:
    return quote(text or "", safe="")


class _Parser:
    """Carries `source` to the one place that raises, so that no branch is tempted to quote what it read."""

    def __init__(self, source: str, *, hint: str = "") -> None:
        self._source = source
        self._hint = hint

    def url(self, text: str) -> DatabaseUrl:
        scheme, separator, rest = text.partition("://")
        if not separator or not _SCHEME.fullmatch(scheme):
            self._refuse("it does not begin with postgresql://")
        if "%" in rest and _PERCENT.search(rest):
            self._refuse("a '%' in it is not followed by two hex digits; write a literal one as %25")
        address, query = self._split(rest)
        authority, _, path = address.partition("/")
        userinfo, _, place = authority.rpartition("@")
        user, _, password = userinfo.partition(":")
        host, port = self._place(place)
        if "/" in path:
            self._refuse("the database name has a '/' in it; write it as %2F")
        parts = {"user": user, "password": password, "host": host, "port": port, "dbname": path}
        return self.build({name: self._decoded(value) for name, value in parts.items()} | self._options(query))

    def build(self, parts: dict[str, str]) -> DatabaseUrl:
        known = {name: parts.pop(keyword) or None for keyword, name in _FIELDS.items()}
        host = known["host"]
        if host is not None and ("," in host or not (host.startswith("/") or _HOST.fullmatch(host))):
            self._refuse("the host is neither one host name, nor an address, nor an absolute socket directory")
        return DatabaseUrl(
            host=host,
            port=self._port(known["port"]),
            user=known["user"],
            database=known["database"],
            password=known["password"],
            options=parts,
        )

    def plain(self, value: str) -> str:
        if _CONTROL.search(value):
            self._refuse("it holds a control character")
        try:
            value.encode()
        except UnicodeEncodeError:
            pass
        else:
            return value
        self._refuse("it is not UTF-8")

    def _split(self, rest: str) -> tuple[str, str]:
        """Address and query. An '@' behind the address means that a '/' or '?' of a password came before it."""
        end = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
        if "@" in rest[end:]:
            self._refuse("an '@' stands after the host; write '@', '/' and '?' in a password as %40, %2F and %3F")
        address, _, query = rest.partition("?")
        return address, query

    def _place(self, place: str) -> tuple[str, str]:
        if place.startswith("["):
            host, bracket, after = place[1:].partition("]")
            if not bracket or ":" not in host or (after and not after.startswith(":")):
                self._refuse("the address in brackets is not complete")
            return host, after[1:]
        host, _, port = place.partition(":")
        return host, port

    def _port(self, text: str | None) -> int | None:
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
            self._refuse("the port is not a number from 1 to 65535; write ':' and '/' in a password as %3A and %2F")
        return int(text)

    def _options(self, query: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for pair in filter(None, query.split("&")):
            name, equals, raw = pair.partition("=")
            keyword = "sslmode" if name == "ssl" else name
            if keyword in _OTHER_DRIVERS:
                continue
            if not equals or keyword not in _OPTIONS | _FIELDS.keys():
                near = get_close_matches(name, sorted(_OPTIONS | _FIELDS.keys()), n=1)
                self._refuse(
                    "an option after '?' is not one that libpq knows" + (f"; is it {near[0]}?" if near else "")
                )
            if keyword in found:
                self._refuse(f"the option {keyword} stands in it twice")
            value = self._decoded(raw)
            found[keyword] = self._ssl_mode(value) if keyword == "sslmode" else value
        return found

    def _ssl_mode(self, value: str) -> str:
        mode = _SSL_WORDS.get(value.lower(), value.lower())
        if mode not in _SSL_MODES:
            self._refuse(f"sslmode is none of {', '.join(_SSL_MODES)}")
        return mode

    def _decoded(self, raw: str) -> str:
        try:
            return self.plain(unquote_to_bytes(raw).decode())
        except UnicodeError:
            pass  # raising from here would chain an error that holds the raw bytes
        self._refuse("it is not UTF-8")

    def _refuse(self, why: str) -> NoReturn:
        what = f"the database URL of {self._source} cannot be used"
        raise InvalidInput("invalid_database_url", what, why=f"{why}{self._hint}")
