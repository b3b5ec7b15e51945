"""Counting, check by check, what of a run's stored rows does not hold."""

from sentinai_cli.models.seed_check import SHOWN, SeedCheck


class Tally:
    """One check on its way."""

    def __init__(self, check: str, detail: str) -> None:
        self._check = check
        self._detail = detail
        self._checked = 0
        self._failed = 0
        self._rows: list[str] = []

    def see(self, row: str, why: str | None) -> None:
        """One more row; `why` says what is wrong with it, None nothing."""
        self._checked += 1
        if why is not None:
            self._failed += 1
            if len(self._rows) < SHOWN:
                self._rows.append(f"{row}: {why}")

    def result(self) -> SeedCheck:
        """What came of it."""
        return SeedCheck(
            check=self._check,
            passed=not self._failed,
            checked=self._checked,
            failed=self._failed,
            detail=self._detail,
            rows=tuple(self._rows),
        )
