"""Seeding through the platform's API: every record once, whatever the platform does."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from sentinai_cli.api import retry
from sentinai_cli.api.platform import PlatformApi
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound, Refused, SentinaiError, Unavailable
from sentinai_cli.models.seed import SeedRequest
from sentinai_cli.models.seed_delivery import SeedDelivery
from sentinai_cli.services.seed_delivery import deliver
from tests.api.misbehaving import KEY, Platform, serving

AS_OF = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)


@pytest.fixture
def platform() -> Iterator[Platform]:
    with serving(Platform()) as made:
        yield made


def send(
    platform: Platform,
    *,
    count: int = 12,
    key: str = KEY,
    workers: int | None = 3,
    check_health: bool = True,
    pause: Callable[[float], None] | None = None,
) -> SeedDelivery:
    request = SeedRequest(
        scenario="default", seed=1, tenant_ids=("T",), count=count, domain="Finance", as_of=AS_OF, workers=workers
    )
    (made,) = deliver(
        request,
        url=platform.url,
        key_of=lambda _: key,
        now=AS_OF,
        check_health=check_health,
        advance=lambda _: None,
        pause=pause or (lambda _: None),
    ).items
    return made


def test_every_record_arrives_once_as_the_platform_takes_it(platform: Platform) -> None:
    made = send(platform, count=130)
    assert (made.requested, made.sent, made.existing, made.missing) == (130, 130, 0, 0)
    assert sorted(platform.records) == [f"{made.prefix}-{number:06d}" for number in range(1, 131)]
    body = platform.records[f"{made.prefix}-000001"]
    exception = body["exception"]
    assert exception.keys() == {
        "exceptionId",
        "tenantId",
        "sourceSystem",
        "exceptionType",
        "severity",
        "timestamp",
        "rawPayload",
        "normalizedContext",
        "context",
    }
    assert exception["context"] == {"domain": "Finance"}
    assert exception["severity"] in {"LOW", "MEDIUM", "HIGH", "CRITICAL"}
    assert exception["timestamp"].endswith("Z")
    assert body["source_system"] == exception["sourceSystem"]
    assert body["ingestion_method"] == "api"


def test_requests_are_bounded_and_connections_kept(platform: Platform) -> None:
    send(platform, count=60, workers=4)
    assert platform.most_at_once <= 4
    assert platform.connections <= 4


def test_repeating_sends_nothing_and_more_sends_the_rest(platform: Platform) -> None:
    first = send(platform)
    again = send(platform)
    more = send(platform, count=20)
    assert (first.sent, again.sent, again.existing, more.sent, more.existing) == (12, 0, 12, 8, 12)
    assert platform.posts == 20


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(platform: Platform, status: int) -> None:
    platform.answers = [status, status, 202, status]
    made = send(platform, workers=1)
    assert (made.sent, made.missing, len(platform.records)) == (12, 0, 12)
    assert platform.posts == 12 + 3


def test_a_record_that_was_kept_behind_an_error_is_not_sent_twice(platform: Platform) -> None:
    platform.answers, platform.stores_anyway = [500, 503], True
    assert send(platform, workers=1).missing == 0
    assert platform.posts == 12


def test_a_record_that_was_kept_before_the_connection_broke_is_not_sent_twice(platform: Platform) -> None:
    platform.drops = 2
    assert send(platform, workers=1).missing == 0
    assert (platform.posts, len(platform.records)) == (12, 12)


def test_it_waits_as_long_as_it_is_told_and_longer_each_time(platform: Platform) -> None:
    waited: list[float] = []
    platform.answers, platform.headers = [429], {"Retry-After": "7"}
    send(platform, count=1, pause=waited.append)
    platform.answers, platform.headers = [503, 503, 503], {}
    send(platform, count=2, pause=waited.append)
    platform.answers, platform.headers = [503], {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}
    send(platform, count=3, pause=waited.append)
    assert waited == [7.0, 0.25, 0.5, 1.0, 0.25]


def test_a_failure_that_does_not_pass_ends_it_after_a_bounded_number_of_attempts(platform: Platform) -> None:
    platform.answers = [503] * 100
    with pytest.raises(Unavailable) as caught:
        send(platform, workers=1)
    assert (caught.value.code, platform.posts) == ("api_unavailable", retry.ATTEMPTS)


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, InvalidInput, "api_record_refused"),
        (401, Refused, "api_key_refused"),
        (403, Refused, "api_not_permitted"),
        (404, NotFound, "api_not_found"),
        (422, InvalidInput, "api_record_refused"),
        (302, CheckFailed, "api_answer_unknown"),
        (418, CheckFailed, "api_answer_unknown"),
    ],
)
def test_what_is_the_clients_fault_is_told_at_once(
    platform: Platform, status: int, error: type[SentinaiError], code: str
) -> None:
    platform.answers = [status] * 50
    with pytest.raises(error) as caught:
        send(platform, workers=1)
    assert (caught.value.code, platform.posts) == (code, 1)
    assert "as told" in (caught.value.why or "")
    assert KEY not in str(vars(caught.value))


@pytest.mark.parametrize(("key", "code"), [("wrong", "api_key_refused"), ("another tenant's", "api_not_permitted")])
def test_a_key_that_is_not_accepted_sends_nothing(platform: Platform, key: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        send(platform, key=key)
    assert (caught.value.code, platform.posts) == (code, 0)
    assert key not in f"{caught.value.what} {caught.value.fix}"


def test_what_was_accepted_and_is_not_shown_is_named(platform: Platform) -> None:
    prefix = send(platform, count=0).prefix
    platform.hidden = {f"{prefix}-000003", f"{prefix}-000005"}
    made = send(platform)
    assert (made.sent, made.missing, made.missing_ids) == (12, 2, tuple(sorted(platform.hidden)))


def test_a_platform_that_is_not_well_is_not_sent_to_unless_told(platform: Platform) -> None:
    platform.healthy = False
    with pytest.raises(Unavailable) as caught:
        send(platform)
    assert (caught.value.code, platform.posts) == ("api_unhealthy", 0)
    assert send(platform, check_health=False).sent == 12


@pytest.mark.parametrize("prefix", ["", "/api", "/v2/platform"])
def test_the_prefix_is_the_one_that_the_platform_documents(prefix: str) -> None:
    with serving(Platform(prefix=prefix)) as made:
        assert send(made).missing == 0
        with PlatformApi(made.url, KEY, connections=1) as api:
            assert api.prefix == prefix


def test_without_a_document_the_prefix_is_the_usual_one() -> None:
    with serving(Platform(openapi=False)) as made:
        assert send(made).missing == 0


def test_nobody_there_is_one_error(platform: Platform) -> None:
    platform.url = "http://127.0.0.1:9"
    with pytest.raises(Unavailable) as caught:
        send(platform)
    assert caught.value.code == "api_unavailable"


@pytest.mark.parametrize(
    "url", ["localhost:8000", "ftp://host", "http://", "http://user:secret@host", "http://[::1", "\x00"]
)
def test_a_url_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        PlatformApi(url, KEY, connections=1)
    assert caught.value.code == "invalid_api_url"
    assert "secret" not in str(vars(caught.value))
