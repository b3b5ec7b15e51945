"""`sentinai config show`: values and origins, never a secret."""

from tests.commands.operator import Operator

SECRET = "hunter2secret"


def test_each_value_has_its_origin_and_no_password_shows(operator: Operator) -> None:
    (operator.cwd / "sentinai.toml").write_text('profile = "p"\n[profiles.p]\npool_size = 7\ntenant = "ACME"\n')
    environ = {"DATABASE_URL": f"postgresql://ops:{SECRET}@db/x?sslpassword={SECRET}", "SENTINAI_TENANT": "OTHER"}
    for output in ("table", "json", "jsonl", "csv", "tsv"):
        ran = operator.given(**environ)("config", "show", "-o", output)
        assert ran.code == 0
        assert SECRET not in ran.out + ran.err
    found = {item["name"]: item for item in operator.given(**environ)("config", "show", "-o", "json").document["items"]}
    assert (found["pool_size"]["value"], found["pool_size"]["origin"]) == ("7", "project file sentinai.toml")
    assert (found["tenant"]["value"], found["tenant"]["origin"]) == ("OTHER", "environment SENTINAI_TENANT")
    assert found["echo"]["origin"] == "default"


def test_a_file_that_cannot_be_understood_is_one_error_that_names_it(operator: Operator) -> None:
    for text in ("profile = [", "[profiles.p]\npool_sise = 3\n", 'profile = "nowhere"\n', "\x00\xff"):
        (operator.cwd / "sentinai.toml").write_text(text, encoding="latin-1")
        ran = operator("config", "show")
        assert ran.code in (2, 3)
        assert ran.out == ""
        assert "sentinai.toml" in ran.err
        assert ran.err.count("error[") == 1


def test_an_unknown_profile_is_not_found(operator: Operator) -> None:
    assert operator("config", "show", "--profile", "nowhere").code == 3


PROFILES = """\
profile = "lab"   # ours
[profiles.lab]
environment = "development"
[profiles.live]
database_url = "postgresql://ops@db.example/sentinai"
environment = "production"
password_keyring = true
[profiles.odd]
database_url = "mysql://ops:hunter2secret@db/x"
"""


def test_the_profiles_are_listed_with_where_they_lead_and_no_password_is_looked_for(operator: Operator) -> None:
    (operator.cwd / "sentinai.toml").write_text(PROFILES)
    ran = operator("config", "profiles", "-o", "json")
    assert ran.code == 0
    assert SECRET not in ran.out + ran.err
    found = {item["name"]: item for item in ran.document["items"]}
    assert [name for name, item in found.items() if item["in_force"]] == ["lab"]
    assert list(found) == ["embedded", "lab", "live", "odd"]
    assert (found["live"]["database"], found["live"]["password"]) == ("postgresql://ops@db.example/sentinai", "keyring")
    assert "does not begin with postgresql://" in found["odd"]["problem"]


def test_a_default_whose_password_cannot_be_had_is_chosen_and_listed_all_the_same(operator: Operator) -> None:
    (operator.cwd / "sentinai.toml").write_text(PROFILES)
    for line in ("config use live", "config profiles", "config show", "config show --profile live"):
        ran = operator(*line.split(), "-o", "json")
        assert (ran.code, ran.err.count("error")) == (0, 0), ran.err


def test_a_default_is_chosen_and_the_file_keeps_its_comments(operator: Operator) -> None:
    path = operator.cwd / "sentinai.toml"
    path.write_text(PROFILES)
    assert operator("config", "use", "embedded").code == 0
    assert path.read_text() == PROFILES.replace('"lab"', '"embedded"', 1)
    again = operator("config", "use", "embedded", "-o", "json")
    assert (again.code, again.document["changed"]) == (0, False)
    assert "nothing was changed" in again.err


def test_a_default_that_something_stronger_overrules_is_said_to_be(operator: Operator) -> None:
    (operator.cwd / "sentinai.toml").write_text(PROFILES)
    ran = operator.given(DATABASE_URL="postgresql://h/d")("config", "use", "lab", "--user")
    assert ran.code == 0
    assert "in force is still environment (environment DATABASE_URL)" in ran.err
    assert (operator.cwd / "sentinai.toml").read_text() == PROFILES


def test_a_default_that_does_not_exist_is_not_written(operator: Operator) -> None:
    assert operator("config", "use", "nowhere").code == 3
    assert operator("config", "use", "embedded", "--user", "--project").code == 2
    assert list(operator.cwd.iterdir()) == []


def test_only_what_is_set_is_shown_with_whom_it_overrules(operator: Operator) -> None:
    (operator.cwd / "sentinai.toml").write_text('profile = "p"\n[profiles.p]\npool_size = 7\n')
    ran = operator.given(DB_POOL_SIZE="9")("config", "show", "--origin", "-o", "json", "--fields", "name,overruled")
    found = {item["name"]: item["overruled"] for item in ran.document["items"]}
    assert found == {"profile": [], "database_url": [], "pool_size": ["project file sentinai.toml"], "home": []}


def test_a_production_profile_is_red_and_wants_its_own_name_too(seeded: Operator) -> None:
    url = seeded.environ["SENTINAI_DATABASE_URL"]
    (seeded.cwd / "sentinai.toml").write_text(
        f'[profiles.live]\ndatabase_url = "{url}"\nenvironment = "production"\n[profiles.lab]\ndatabase_url = "{url}"\n'
    )
    words = ["seed", "reset", "--tenant", "TENANT_FINANCE_001", "--profile", "live"]
    for given in (["--confirm", "TENANT_FINANCE_001"], ["--confirm", "live"], ["--no-input"]):
        ran = seeded(*words, *given, answers="")
        assert ran.code == 7
        assert "\x1b[1;37;41mproduction by its profile (development)\x1b[0m" in ran.err
        assert "live/TENANT_FINANCE_001" in ran.err
    assert seeded("seed", "runs", "-o", "json").document["items"]
    assert seeded(*words, "--confirm", "live/TENANT_FINANCE_001").code == 0
