"""A pack names where a secret is; it never holds one, and no message repeats one."""

from typing import Any

import pytest

from sentinai_cli.packs.reader import InvalidPack, read_pack
from sentinai_cli.packs.secret import looks_secret, masked, secret_findings
from tests.unit.packs.document import as_bytes, findings, trading_policy


@pytest.mark.parametrize(
    "key", ["password", "apiKey", "API_KEY", "smtp-password", "authToken", "clientSecret", "tokens"]
)
def test_keys_that_hold_secrets_are_known_in_any_spelling(key: str) -> None:
    assert looks_secret(key)


@pytest.mark.parametrize(
    "key", ["credentialType", "tokenCount", "keys", "passwordPolicyUrl", "secretary", "accountIds"]
)
def test_keys_that_only_sound_alike_are_let_through(key: str) -> None:
    assert not looks_secret(key)


@pytest.mark.parametrize("value", ["env:SMTP_PASSWORD", "file:/run/secrets/smtp", "", None, True, "string"])
def test_references_and_declarations_are_no_secrets(value: object) -> None:
    assert secret_findings({"password": value}) == ()


@pytest.mark.parametrize("value", ["hunter2", "env:", "env:not a name", "file:", 12345, ["hunter2"], {"secret": "x"}])
def test_anything_else_under_such_a_key_is_a_finding(value: object) -> None:
    (found,) = secret_findings({"smtp": [{"password": value}]})
    assert found.pointer.startswith("/smtp/0/password")
    assert found.expected == "a reference: env:NAME or file:PATH"


def test_a_password_inside_a_url_is_a_finding_under_any_key() -> None:
    document = {"endpoint": "https://svc:hunter2@api.example.com/x", "other": "https://api.example.com/a:b@c"}
    assert [found.pointer for found in secret_findings(document)] == ["/endpoint"]


def with_secret() -> dict[str, Any]:
    """A policy that holds two secrets, one of them under a key that is not known either."""
    document = trading_policy()
    document["embeddingConfig"]["apiKey"] = "sk-hunter2"
    document["notificationPolicies"]["smtpConfig"]["password"] = "hunter2"
    document["apiToken"] = "hunter2"
    return document


def test_a_pack_with_secrets_is_refused_and_the_message_does_not_repeat_them() -> None:
    with pytest.raises(InvalidPack) as caught:
        read_pack(as_bytes(with_secret()), name="policy.json")
    everything = f"{caught.value.what} {caught.value.why} {caught.value.findings}"
    assert "hunter2" not in everything
    assert set(findings(with_secret())) == {
        "/embeddingConfig/apiKey",
        "/notificationPolicies/smtpConfig/password",
        "/apiToken",
    }


def test_what_is_shown_of_a_document_masks_secrets_and_leaves_references() -> None:
    shown = masked({"a": [{"password": "hunter2", "token": "env:TOKEN", "user": "u"}], "url": "https://u:pw@h/"})
    assert shown == {"a": [{"password": "***", "token": "env:TOKEN", "user": "u"}], "url": "***"}
