"""Which members of a payload a pack declares, and of what type: the attributes of its entities."""

from collections.abc import Iterable, Mapping

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.entity import Attribute, AttributeType, Entity

Members = Mapping[str, Attribute]


def members_of_type(pack: DomainPack, exception_type: str) -> Members:
    """The members that the entities named by a type declare; of all entities where it names none.

    One that two entities declare with different types is left out: nothing is known of it.
    """
    kind = pack.exception_types[exception_type]
    named = [pack.entities[name] for name in kind.entities if name in pack.entities]
    return _agreed(named or pack.entities.values())


def members_of_any(pack: DomainPack) -> Members:
    """The members about which all entities agree that declare them; for rules that are tried for every type."""
    return _agreed(pack.entities.values())


def _agreed(entities: Iterable[Entity]) -> Members:
    found: dict[str, Attribute] = {}
    differing = set()
    for entity in entities:
        for name, attribute in entity.attributes.items():
            known = found.setdefault(name, attribute)
            if (known.type, known.items) != (attribute.type, attribute.items):
                differing.add(name)
    return {
        name: attribute
        for name, attribute in found.items()
        if name not in differing and attribute.type is not AttributeType.ANY
    }
