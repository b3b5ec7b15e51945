"""A platform on loopback that does what it is told to, also what no platform should."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

KEY = "k-" + "7" * 30


@dataclass
class Platform:
    """What the server holds and how it behaves.

    `answers` are statuses for the next POSTs, in order; afterwards all is well. `stores_anyway` keeps a record although
    its answer is an error. `hidden` are ids that are accepted and never shown.
    """

    prefix: str = "/api"
    openapi: bool = True
    healthy: bool = True
    key: str = KEY
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    stores_anyway: bool = False
    drops: int = 0
    hidden: set[str] = field(default_factory=set)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: int = 0
    most_at_once: int = 0
    connections: int = 0
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    under_way: int = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    platform: ClassVar[Platform]

    def setup(self) -> None:
        super().setup()
        with self.platform.lock:
            self.platform.connections += 1

    def do_GET(self) -> None:
        platform, path = self.platform, urlsplit(self.path)
        if path.path in ("/health", "/health/db"):
            self.answer(200 if platform.healthy or path.path == "/health" else 503, {"status": "told"})
        elif path.path == "/openapi.json":
            route: dict[str, object] = {f"{platform.prefix}/exceptions/{{tenant_id}}": {"post": {}, "get": {}}}
            self.answer(200 if platform.openapi else 404, {"paths": route})
        elif not self.allowed():
            return
        elif path.path == f"{platform.prefix}/exceptions/T":
            page = int(parse_qs(path.query)["page"][0])
            shown = sorted(set(platform.records) - platform.hidden)
            items = [{"exceptionId": name} for name in shown[(page - 1) * 100 : page * 100]]
            self.answer(200, {"items": items, "page": page, "total_pages": -(-len(shown) // 100)})
        elif path.path.rpartition("/")[2] in platform.records:
            self.answer(200, {})
        else:
            self.answer(404, {"detail": "unknown tenant"})

    def do_POST(self) -> None:
        platform = self.platform
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.allowed():
            return
        with platform.lock:
            platform.posts += 1
            platform.under_way += 1
            platform.most_at_once = max(platform.most_at_once, platform.under_way)
            status = platform.answers.pop(0) if platform.answers else 202
            dropped = platform.drops > 0
            platform.drops -= dropped
            name = body["exception"]["exceptionId"]
            if status < 300 or platform.stores_anyway:
                assert name not in platform.records, "a record came twice"
                platform.records[name] = body
            platform.under_way -= 1
        if dropped:
            self.close_connection = True
            return
        self.answer(status, {"exceptionId": name, "detail": "as told"}, platform.headers if status >= 400 else {})

    def allowed(self) -> bool:
        given = self.headers.get("X-API-KEY")
        if given == self.platform.key:
            return True
        self.answer(401 if given != "another tenant's" else 403, {"detail": "no"})
        return False

    def answer(self, status: int, document: object, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(document).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(platform: Platform) -> Iterator[Platform]:
    handler = type("Told", (Handler,), {"platform": platform})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    platform.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
