"""Why a filter finds nothing: words in it that no exception and no pack has."""

from collections.abc import Iterable
from difflib import get_close_matches

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.models.exception import ExceptionFilter
from sentinai_cli.models.pack_version import DomainPackVersion
from sentinai_cli.models.scope import AllTenants, TenantScope

_WORDS = {
    "types": "type",
    "domains": "domain",
    "sources": "source",
    "entities": "entity",
    "owners": "owner",
    "playbooks": "playbook",
}


def unknown_words(database: Database, scope: TenantScope | AllTenants, chosen: ExceptionFilter) -> tuple[str, ...]:
    """A sentence for each wanted word that no exception in scope has, with the nearest names that packs know.

    Types and domains that some pack knows are not called out: there just is no such exception yet.
    """
    told = []
    with database.begin(scope, read_only=True) as work:
        for name, what in _WORDS.items():
            for word in getattr(chosen, name):
                alone = ExceptionFilter.model_validate({name: (word,), "unresolved": name == "playbooks"})
                if word is None or work.exceptions.page(alone, after=None, limit=1):
                    continue
                known = _of_packs(work, name)
                if word not in known:
                    told.append(f"no exception has the {what} {word}{_nearest(word, known)}")
    return tuple(told)


def _of_packs(work: Work, name: str) -> frozenset[str]:
    if name == "domains":
        return frozenset(pack.domain for pack in work.domain_packs.list_all())
    if name == "playbooks":
        return frozenset(book.playbook_id for book in work.playbooks.list_all())
    if name == "types":
        return frozenset(kind for pack in work.domain_packs.list_all() for kind in _types(pack))
    return frozenset()


def _nearest(word: str, known: frozenset[str]) -> str:
    near = get_close_matches(word, known, n=2) or [one for one in sorted(known) if one.lower() == word.lower()]
    return f"; did you mean {' or '.join(near)}" if near else ""


def _types(pack: DomainPackVersion) -> Iterable[str]:
    types = pack.pack_json.get("exceptionTypes")
    return types if isinstance(types, dict) else ()
