"""Secrets in what is written to standard error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinai_cli.cli.scrub import MASK, scrub
from tests.cli.conftest import Sentinai

secrets = st.text(min_size=8, max_size=20).filter(lambda text: text not in MASK and MASK not in text)


@given(secrets, st.text(max_size=20).filter(lambda text: MASK not in text), st.text(max_size=20))
def test_a_secret_is_gone_wherever_it_stands(secret: str, before: str, after: str) -> None:
    assert secret not in scrub(f"{before}{secret}{after}", {secret})


def test_a_secret_that_holds_another_is_masked_whole() -> None:
    assert scrub("it was hunter2!x", {"hunter2", "hunter2!x"}) == "it was ***"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://ops:pw@db/x", "postgresql://ops:***@db/x"),
        ("postgresql+asyncpg://:pw@/x and more", "postgresql+asyncpg://:***@/x and more"),
        ("postgresql://ops@db:5432/x", "postgresql://ops@db:5432/x"),
        ("https://site.example/a:b@c", "https://site.example/a:b@c"),
    ],
)
def test_the_password_of_any_url_is_masked_without_knowing_it(text: str, masked: str) -> None:
    assert scrub(text) == masked


def test_a_password_that_is_a_common_word_is_not_given_away_by_masking_that_word() -> None:
    assert scrub("postgresql://app@db/x: bad password postgres", {"postgres"}) == (
        "postgresql://app@db/x: bad password ***"
    )
    assert scrub("postgresql://postgres@db/x", {"postgres"}, {"postgres"}) == "postgresql://postgres@db/x"


def test_the_target_stays_readable_when_the_password_is_the_user_name(sentinai: Sentinai) -> None:
    ran = sentinai("probe", "fail", "NotFound", environ={"DATABASE_URL": "postgresql://failed:failed@db/app"})
    assert "it \\x1b[31mfailed" in ran.err
