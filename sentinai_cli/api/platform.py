"""The calls that seeding makes: health, sending one exception, reading back what is there."""

import time
from collections.abc import Iterator
from typing import NoReturn
from urllib.parse import quote

import httpx

from sentinai_cli.api.retry import Pause, attempted
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound, Refused, Unavailable

DEFAULT_PREFIX = "/api"
_TIMEOUT = 30.0
_PAGE = 100
_ACCEPTED = (200, 201, 202)
_ROUTE = "/exceptions/{"


class PlatformApi:
    """One platform, one tenant's key; may be used by several threads. Use it as a context manager.

    The key is sent as a header and stands in no message. Redirects are not followed: they would take the key along.
    """

    def __init__(self, url: str, key: str, *, connections: int, pause: Pause = time.sleep) -> None:
        parsed = _checked(url)
        self._pause = pause
        self._prefix: str | None = None
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._client = httpx.Client(
            base_url=parsed, headers={"X-API-KEY": key}, limits=limits, timeout=_TIMEOUT, trust_env=False
        )

    def __enter__(self) -> "PlatformApi":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def check_health(self) -> None:
        """Raise Unavailable `api_unhealthy` unless the API and its database say that they are well."""
        for path in ("/health", "/health/db"):
            answer = self._ask("GET", path)
            if answer.status_code != 200:
                why = f"GET {path} answers {answer.status_code}"
                raise Unavailable("api_unhealthy", "the platform does not say that it is well", why=why)

    @property
    def prefix(self) -> str:
        """What stands before `/exceptions/…`: as its OpenAPI document says, else `/api`."""
        if self._prefix is None:
            self._prefix = self._discovered()
        return self._prefix

    def send(self, tenant_id: str, exception_id: str, body: dict[str, object]) -> None:
        """Send one exception, once: after an attempt that may have arrived it asks before it sends again.

        Raises Refused for a key that is not accepted, NotFound for an unknown tenant or route, InvalidInput for a body
        that is refused, Unavailable when it cannot be delivered.
        """
        path = self._path(tenant_id)
        sent = 0

        def once() -> httpx.Response:
            nonlocal sent
            if sent and self.has(tenant_id, exception_id):
                return httpx.Response(200)
            sent += 1
            return self._client.post(path, json=body)

        answer = attempted(once, pause=self._pause)
        if answer.status_code not in _ACCEPTED:
            _refuse(answer, tenant_id)

    def has(self, tenant_id: str, exception_id: str) -> bool:
        """Whether the platform shows an exception of this id."""
        return self._client.get(f"{self._path(tenant_id)}/{quote(exception_id, safe='')}").status_code == 200

    def ids(self, tenant_id: str) -> Iterator[str]:
        """The ids of every exception that the tenant has, page by page. Raises as `send` does."""
        page = 1
        while True:
            answer = self._ask("GET", self._path(tenant_id), params={"page": page, "page_size": _PAGE})
            if answer.status_code != 200:
                _refuse(answer, tenant_id)
            document = _document(answer)
            items = document.get("items")
            if not isinstance(items, list):
                raise CheckFailed("api_answer_unknown", "the platform's list of exceptions has no items")
            for item in items:
                if isinstance(item, dict) and isinstance(found := item.get("exceptionId"), str):
                    yield found
            pages = document.get("total_pages")
            if not items or (page >= pages if isinstance(pages, int) else len(items) < _PAGE):
                return
            page += 1

    def _path(self, tenant_id: str) -> str:
        return f"{self.prefix}/exceptions/{quote(tenant_id, safe='')}"

    def _ask(self, method: str, path: str, params: dict[str, int] | None = None) -> httpx.Response:
        return attempted(lambda: self._client.request(method, path, params=params), pause=self._pause)

    def _discovered(self) -> str:
        answer = self._ask("GET", "/openapi.json")
        try:
            paths = answer.json().get("paths", {}) if answer.status_code == 200 else {}
        except (ValueError, AttributeError):
            return DEFAULT_PREFIX
        for path, calls in paths.items() if isinstance(paths, dict) else ():
            before, mark, after = path.partition(_ROUTE)
            if mark and after.endswith("}") and "/" not in after and isinstance(calls, dict) and "post" in calls:
                return str(before)
        return DEFAULT_PREFIX


def _checked(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        raise InvalidInput(
            "invalid_api_url", "the API's URL cannot be read", why="as in http://localhost:8000"
        ) from None
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise InvalidInput("invalid_api_url", "the API's URL is none of a platform", why="as in http://localhost:8000")
    return parsed


def _document(answer: httpx.Response) -> dict[str, object]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise CheckFailed("api_answer_unknown", "the platform's answer is not what it documents")
    return document


def _refuse(answer: httpx.Response, tenant_id: str) -> NoReturn:
    why = f"{answer.status_code}: {_detail(answer)}"
    match answer.status_code:
        case 401:
            raise Refused("api_key_refused", "the platform does not accept the API key", why=why)
        case 403:
            raise Refused("api_not_permitted", f"the API key is not one of {tenant_id}, or may not write", why=why)
        case 404:
            raise NotFound("api_not_found", f"the platform knows no tenant {tenant_id}, or no such route", why=why)
        case 400 | 409 | 413 | 415 | 422:
            raise InvalidInput("api_record_refused", "the platform refuses the record", why=why)
        case status if status < 500 and status != 429:
            raise CheckFailed("api_answer_unknown", f"the platform answers {status}", why=why)
    raise Unavailable("api_unavailable", "the platform's API does not take the record now", why=why)


def _detail(answer: httpx.Response) -> str:
    """What the answer says about itself, shortened."""
    try:
        document = answer.json()
    except ValueError:
        return answer.reason_phrase
    detail = document.get("detail", document) if isinstance(document, dict) else document
    return str(detail)[:300]
