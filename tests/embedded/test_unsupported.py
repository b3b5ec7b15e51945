import inspect
from pathlib import Path

import pytest

from sentinai_cli.db.embedded import EmbeddedServer, unsupported
from sentinai_cli.errors import Refused


@pytest.mark.parametrize("verb", ["ensure", "url", "stop", "status", "log_path"])
def test_where_there_is_no_embedded_server_a_url_is_asked_for(verb: str) -> None:
    with pytest.raises(Refused) as caught:
        getattr(unsupported.EmbeddedServer(Path("home")), verb)()
    assert caught.value.code == "embedded_unsupported_platform"
    assert "SENTINAI_DATABASE_URL" in str(caught.value.fix)


def test_both_kinds_have_the_same_shape() -> None:
    def shape(kind: type) -> set[str]:
        return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}

    assert shape(unsupported.EmbeddedServer) == shape(EmbeddedServer)
