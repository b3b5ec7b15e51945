"""Database URLs: every spelling in circulation is understood, and no refusal quotes a secret."""

import pickle
import traceback

import psycopg.conninfo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.database_url import _FIELDS, _OPTIONS, DatabaseUrl

SECRET = "s3cr3tQ7"


def parse(text: str) -> DatabaseUrl:
    return DatabaseUrl.parse(text, source="environment DATABASE_URL")


def refusal(text: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    return caught.value


def everything_said(error: BaseException) -> str:
    """What could reach a terminal or a log: all fields, and the traceback with every chained error."""
    shown = "".join(traceback.format_exception(error))
    hidden = error.__context__
    while hidden is not None:
        shown += "".join(traceback.format_exception(hidden))
        hidden = hidden.__context__
    return f"{shown} {vars(error)} {error!r}"


@pytest.mark.parametrize(
    "scheme", ["postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg", "postgresql+psycopg2", "POSTGRES"]
)
def test_every_scheme_of_postgresql_means_the_same(scheme: str) -> None:
    assert parse(f"{scheme}://ann:pw@db.example:6432/app") == DatabaseUrl("db.example", 6432, "ann", "app", "pw")


@pytest.mark.parametrize(
    ("query", "mode"),
    [
        ("ssl=require", "require"),
        ("ssl=true", "require"),
        ("ssl=False", "disable"),
        ("ssl=verify-full", "verify-full"),
        ("sslmode=prefer", "prefer"),
    ],
)
def test_ssl_as_asyncpg_spells_it_becomes_sslmode(query: str, mode: str) -> None:
    assert parse(f"postgresql+asyncpg://h/db?{query}").conninfo()["sslmode"] == mode


def test_options_of_asyncpg_alone_are_dropped() -> None:
    assert parse("postgresql+asyncpg://h/db?prepared_statement_cache_size=0&ssl=require").options == {
        "sslmode": "require"
    }


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("postgresql:///db?host=/run/my%20pg&port=5433", "/run/my pg", 5433),
        ("postgresql://%2Frun%2Fpg/db", "/run/pg", None),
        ("postgresql://%2Frun%2Fpg:5433/db", "/run/pg", 5433),
        ("postgresql://[::1]:5433/db", "::1", 5433),
        ("postgresql://[fe80::1%25eth0]/db", "fe80::1%eth0", None),
        ("postgresql://h:1/db", "h", 1),
        ("  postgresql://h/db\n", "h", None),
        ("postgresql:///db", None, None),
        ("postgresql://:5433/db", None, 5433),
    ],
)
def test_hosts_addresses_and_socket_directories(text: str, host: str | None, port: int | None) -> None:
    url = parse(text)
    assert (url.host, url.port, url.database) == (host, port, "db")


def test_a_field_named_after_the_question_mark_wins_as_in_libpq() -> None:
    url = parse("postgresql://u:one@h/db?user=v&password=two&dbname=other")
    assert url == DatabaseUrl("h", None, "v", "other", "two")


def test_an_unescaped_at_sign_or_hash_in_a_password_is_understood() -> None:
    assert parse("postgresql://u:p@s#1@h/db").password == "p@s#1"


def test_escapes_are_taken_apart() -> None:
    url = parse("postgresql://a%40b:p%2Fw%25@h/my%2Fdb")
    assert (url.user, url.password, url.database) == ("a@b", "p/w%", "my/db")


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql:/alice:{SECRET}@h/db",
        f"postgresql://alice:{SECRET}%zz@h/db",
        f"postgresql://alice:{SECRET}%@h/db",
        f"postgresql://alice:{SECRET}%ff@h/db",
        f"postgresql://alice:{SECRET}%00@h/db",
        f"postgresql://alice:{SECRET}/x@h/db",
        f"postgresql://alice:1/{SECRET}@h/db",
        f"postgresql://alice:{SECRET}?x@h/db",
        f"postgresql://alice:1?user={SECRET}@h/db",
        f"postgresql://alice@h:{SECRET}/db",
        f"postgresql://alice@h:5432:{SECRET}/db",
        f"postgresql://alice@[h:{SECRET}/db",
        f"postgresql://alice@h,{SECRET}/db",
        f"postgresql://h/db?pasword={SECRET}",
        f"postgresql://h/db?{SECRET}",
        f"postgresql://h/db?sslmode={SECRET}",
        f"postgresql://h/db?password={SECRET}&password={SECRET}",
        f"postgresql://h/db/{SECRET}",
        f"postgresql://h/db?user={SECRET}\nx",
        f"postgresql://h/\x1b{SECRET}",
        f"postgresql://h/\udcff{SECRET}",
        f"mysql://alice:{SECRET}@h/db",
        f"host=h password={SECRET}",
        SECRET,
        "",
    ],
)
def test_a_malformed_url_is_refused_by_its_source_and_quotes_nothing(text: str) -> None:
    error = refusal(text)
    assert error.code == "invalid_database_url"
    assert "environment DATABASE_URL" in error.what
    assert SECRET not in everything_said(error)


@pytest.mark.parametrize("port", ["0", "65536", "99999999999999999999", "５４３２", "-1", "+1", "1_0"])
def test_a_port_outside_its_range_is_refused(port: str) -> None:
    assert "port" in str(refusal(f"postgresql://h:{port}/db").why)


def test_a_misspelt_option_is_answered_with_the_nearest() -> None:
    assert "sslrootcert" in str(refusal("postgresql://h/db?sslrootcrt=x").why)


@given(
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    frame=st.sampled_from(
        [
            "{}",
            "postgresql://{}",
            "postgresql://u:{}@h/db",
            "postgresql://h/db?{}",
            "postgres:/{}",
            "postgresql://h:{}/d",
        ]
    ),
)
@settings(max_examples=400, deadline=None)
def test_whatever_the_junk_a_refusal_never_holds_the_secret(before: str, after: str, frame: str) -> None:
    text = frame.format(before + SECRET + after)
    said = ""
    try:
        parse(text)
    except InvalidInput as error:
        said = everything_said(error)
    assert SECRET not in said


NAME = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12)
HOSTS = st.one_of(
    st.none(), st.sampled_from(["h", "db.example", "10.0.0.1", "::1", "fe80::1%eth0", "/run/pg", "/run/a b?c#d&e=%41"])
)


@given(
    host=HOSTS,
    port=st.none() | st.integers(1, 65535),
    user=st.none() | NAME,
    database=st.none() | NAME,
    password=st.none() | NAME,
    options=st.dictionaries(st.sampled_from(sorted(_OPTIONS - {"sslmode"})), NAME, max_size=3),
)
@settings(max_examples=300, deadline=None)
def test_the_whole_text_reads_back_as_the_same_url(
    host: str | None,
    port: int | None,
    user: str | None,
    database: str | None,
    password: str | None,
    options: dict[str, str],
) -> None:
    url = DatabaseUrl(host, port, user, database, password, options)
    assert parse(url.text) == url


@given(password=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=6, max_size=30))
@settings(max_examples=200, deadline=None)
def test_what_is_shown_never_holds_the_password(password: str) -> None:
    url = DatabaseUrl("h", 5432, "u", "d", password, {"sslpassword": password, "sslmode": "require"})
    plain = DatabaseUrl("h", 5432, "u", "d")
    assert (url.shown, repr(url), str(url), f"{url}") == (plain.shown, repr(plain), repr(plain), repr(plain))
    assert {password} <= url.secrets


def test_every_spelling_of_a_secret_is_known_for_scrubbing() -> None:
    assert DatabaseUrl("h", None, "u", "d", "p w/'\\").secrets == {
        "p w/'\\",
        "p%20w/%27%5C",
        "p%20w%2F%27%5C",
        "p+w%2F%27%5C",
        "p w/'\\\\",
    }
    assert DatabaseUrl("h", None, "u", "d").secrets == frozenset()


def test_shown_names_the_socket_directory() -> None:
    assert DatabaseUrl("/var/lib/my pg", 5433, "me", "sentinai").shown == (
        "postgresql://me@/sentinai?host=/var/lib/my%20pg&port=5433"
    )


def test_libpq_reads_the_whole_text_as_we_do() -> None:
    url = DatabaseUrl("/run/my pg", 5433, "a:b", "d/e", "p@:/?#[]%", {"sslmode": "require"})
    assert psycopg.conninfo.conninfo_to_dict(url.text) == url.conninfo()
    tcp = DatabaseUrl("::1", 5433, "a", "d", "p")
    assert psycopg.conninfo.conninfo_to_dict(tcp.text) == tcp.conninfo()


def test_every_option_we_let_through_is_one_that_libpq_of_this_machine_may_know() -> None:
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    assert known - _OPTIONS - _FIELDS.keys() <= {"replication"}


def test_conninfo_leaves_out_what_is_not_known() -> None:
    assert DatabaseUrl(None, None, None, "d").conninfo() == {"dbname": "d"}


def test_a_url_is_a_value() -> None:
    url = parse("postgresql://u:p@h/d?sslmode=require")
    assert pickle.loads(pickle.dumps(url)) == url
    assert len({url, parse("postgres://u:p@h/d?ssl=require")}) == 1
