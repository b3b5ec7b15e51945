"""The end of a page of similar cases, as a text that continues only the list it came from."""

from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.cursor import damaged, moment, of_another_list, pack, unpack
from sentinai_cli.models.event_hash import canonical_time
from sentinai_cli.models.exception import ExceptionFilter
from sentinai_cli.models.exception_similar import Likened, SimilarKey


def write_similar_cursor(key: SimilarKey, asked: Likened, chosen: ExceptionFilter, most: int) -> str:
    """The cursor behind `key` among the cases like the asked one, of this filter and so many candidates."""
    place = [key.score, canonical_time(key.created_at), key.exception_id, canonical_time(key.until)]
    return pack([*place, _made_for(asked, chosen, most)])


def read_similar_cursor(text: str, asked: Likened, chosen: ExceptionFilter, most: int) -> SimilarKey:
    """Where to go on. Raises InvalidInput for a cursor of another list."""
    score, created_at, exception_id, until, made_for = unpack(text, 5)
    if not isinstance(score, int) or not -(2**31) < score < 2**31:
        raise damaged()
    try:
        key = SimilarKey(score, moment(created_at), str(exception_id), moment(until))
    except ValueError:
        raise damaged() from None
    if made_for != _made_for(asked, chosen, most):
        raise of_another_list()
    return key


def _made_for(asked: Likened, chosen: ExceptionFilter, most: int) -> str:
    made_for = {"list": "similar", "tenant": asked.tenant_id, "exception": asked.exception_id, "most": most}
    return checksum({**made_for, "filter": chosen.model_dump(mode="json")})[:16]
