"""A port of this machine that leads to a server, until something happens on the way.

What happens is told by what has passed, not by a clock: after so many bytes, or when certain bytes come by.
"""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from sentinai_cli.models.database_url import DatabaseUrl

Act = Callable[[], object]
_HARD = struct.pack("ii", 1, 0)
"""SO_LINGER: closing resets the connection, as a firewall or a reboot does."""


class Way(Enum):
    SENT = "from client to server"
    RECEIVED = "from server to client"


@dataclass
class _Event:
    way: Way
    at: int
    word: bytes | None
    act: Act
    keep: bool
    """Whether the bytes that set it off still pass."""


@dataclass
class Proxy:
    """`passed` counts the bytes of all connections so far, by way; `calls` the connections."""

    target: str
    port: int
    passed: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))
    calls: int = 0
    _pairs: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)
    _mute: set[socket.socket] = field(default_factory=set)
    _deaf: bool = False
    _refused: int = 0
    _event: _Event | None = None
    _over: threading.Event = field(default_factory=threading.Event)
    _guard: threading.RLock = field(default_factory=threading.RLock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def at(self, way: Way, count: int, act: Act) -> None:
        """Once, when `count` bytes have passed this way in all, do `act`; what follows them waits for it."""
        self._event = _Event(way, count, None, act, keep=True)

    def on(self, way: Way, word: bytes, act: Act, *, times: int = 1, keep: bool = True) -> None:
        """Once, when `word` has come by this way for the `times`-th time; without `keep` it is not passed on."""
        self._event = _Event(way, times, word, act, keep)

    @property
    def happened(self) -> bool:
        """Whether what was to happen has happened."""
        return self._event is None

    def cut(self) -> None:
        """Reset every connection."""
        with self._guard:
            for pair in self._pairs:
                for end in pair:
                    with suppress(OSError):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _HARD)
                        end.shutdown(socket.SHUT_RDWR)
                    end.close()
            self._pairs.clear()

    def hush(self, *, newcomers: bool) -> None:
        """Pass on nothing more, either way, and keep everything open; `newcomers` are taken and ignored too."""
        with self._guard:
            self._mute.update(end for pair in self._pairs for end in pair)
            self._deaf = newcomers

    def hang_up(self, times: int) -> None:
        """Close the next so many connections without a word."""
        self._refused = times

    def hear(self) -> None:
        """Take new connections as before."""
        self._deaf = False

    def url(self, url: DatabaseUrl) -> DatabaseUrl:
        """The same database through this port."""
        options = {"sslmode": "disable", "gssencmode": "disable"}
        return DatabaseUrl(
            host="127.0.0.1",
            port=self.port,
            user=url.user,
            database=url.database,
            password=url.password,
            options=options,
        )

    def serve(self, listening: socket.socket) -> None:
        while not self._over.is_set():
            try:
                client, _ = listening.accept()
            except TimeoutError:
                continue
            client.settimeout(None)
            self.calls += 1
            server = socket.socket(socket.AF_UNIX)
            with self._guard:
                if self._deaf:
                    self._mute.update((client, server))
                elif self._refused:
                    self._refused -= 1
                    client.close()
                    server.close()
                    continue
                else:
                    try:
                        server.connect(self.target)
                    except OSError:
                        client.close()
                        server.close()
                        continue
                self._pairs.append((client, server))
            for source, sink, way in ((client, server, Way.SENT), (server, client, Way.RECEIVED)):
                thread = threading.Thread(target=self._pump, args=(source, sink, way), daemon=True)
                thread.start()
                self._threads.append(thread)

    def _pump(self, source: socket.socket, sink: socket.socket, way: Way) -> None:
        if source in self._mute:
            self._over.wait()
            return
        with suppress(OSError):
            while data := source.recv(1 << 14):
                if source in self._mute:
                    self._over.wait()
                    return
                for piece, act in self._pieces(way, data):
                    sink.sendall(piece)
                    if act is not None:
                        act()
                    if source in self._mute:
                        self._over.wait()
                        return
        for end in (sink, source):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _pieces(self, way: Way, data: bytes) -> list[tuple[bytes, Act | None]]:
        with self._guard:
            event, before = self._event, self.passed[way]
            self.passed[way] += len(data)
            if event is None or event.way is not way:
                return [(data, None)]
            if event.word is None:
                split = event.at - before
                if split > len(data):
                    return [(data, None)]
                split = max(split, 0)
            else:
                place = data.find(event.word)
                if place < 0:
                    return [(data, None)]
                event.at -= 1
                if event.at:
                    return [(data, None)]
                split = len(data) if event.keep else 0
            self._event = None
            return [(data[:split], event.act), (data[split:] if event.keep else b"", None)]

    def end(self) -> None:
        self._over.set()
        self.cut()
        for thread in self._threads:
            thread.join(10)


@contextmanager
def proxy(url: DatabaseUrl) -> Iterator[Proxy]:
    """A proxy in front of the server of this machine that `url` leads to by its socket."""
    target = str(Path(url.host or "") / f".s.PGSQL.{url.port}")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        made = Proxy(target, listening.getsockname()[1])
        serving = threading.Thread(target=made.serve, args=(listening,), daemon=True)
        serving.start()
        try:
            yield made
        finally:
            made.end()
            serving.join(10)
