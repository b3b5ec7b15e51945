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
