"""Failures we expect, named by what the operator can do about them.

Each carries a stable `code`, one sentence `what`, an optional `why`, and an optional `fix`: one runnable
command line. What process exit code a class means is decided by the command line, not here.
"""


class SentinaiError(Exception):
    """An expected failure. `code` is lower_snake_case and part of the contract; `what` holds no secret."""

    def __init__(self, code: str, what: str, *, why: str | None = None, fix: str | None = None) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.why = why
        self.fix = fix

    def __reduce__(self) -> tuple[object, ...]:
        """On the way from one process to another, whatever arguments a subclass was made from."""
        return type(self).__new__, (type(self), *self.args), self.__dict__


class InvalidInput(SentinaiError):
    """What was typed, or the file that was named, cannot be used. Nothing was changed."""


class NotFound(SentinaiError):
    """A thing named by the operator does not exist. `named` is the name, where one like it may be what was meant."""

    def __init__(
        self, code: str, what: str, *, why: str | None = None, fix: str | None = None, named: str | None = None
    ) -> None:
        super().__init__(code, what, why=why, fix=fix)
        self.named = named


class CheckFailed(SentinaiError):
    """A check ran and found something, or a precondition of the database's state does not hold."""


class Unavailable(SentinaiError):
    """The database cannot be reached or used now; trying again later may help."""


class Conflict(SentinaiError):
    """It exists already, changed meanwhile, or somebody else holds the lock."""


class Refused(SentinaiError):
    """A guard said no: a missing confirmation, a protected environment, a missing right."""


class Partial(SentinaiError):
    """Some of the work was done and some was not; the result says which."""
