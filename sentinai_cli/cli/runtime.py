"""The composition root of one run: everything is made on first use, and nothing before."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sentinai_cli import __version__
from sentinai_cli.cli.actor import actor_name
from sentinai_cli.cli.argument import given_arguments
from sentinai_cli.cli.banner import banner
from sentinai_cli.cli.click import Context
from sentinai_cli.cli.confirm import Asking
from sentinai_cli.cli.ink import Ink
from sentinai_cli.cli.progress import Advance, progress_bar
from sentinai_cli.cli.scope import choose_scope
from sentinai_cli.cli.scrub import scrub
from sentinai_cli.cli.shared import Shared
from sentinai_cli.cli.streams import written_out
from sentinai_cli.render.text import safe

if TYPE_CHECKING:
    from sentinai_cli.config import Settings
    from sentinai_cli.db.embedded import EmbeddedServer
    from sentinai_cli.db.engine import Database
    from sentinai_cli.models.base import Model
    from sentinai_cli.models.database import Target
    from sentinai_cli.models.operation_context import OperationContext
    from sentinai_cli.models.scope import AllTenants, TenantScope


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Runtime:
    """What a command works with. It is the `obj` of every context; commands get it with `Runtime.of(ctx)`."""

    def __init__(
        self,
        *,
        environ: Mapping[str, str] = os.environ,
        cwd: Path | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.shared = Shared()
        self.now = clock
        self.started_at = clock()
        self.environ = environ
        self._cwd = cwd
        self._context: Context | None = None

    @classmethod
    def of(cls, ctx: Context) -> "Runtime":
        """The run's runtime, from here on knowing which command runs and with which arguments."""
        runtime = ctx.obj
        if not isinstance(runtime, cls):
            raise TypeError("the context was not made by run()")
        runtime._context = ctx
        return runtime

    @cached_property
    def cwd(self) -> Path:
        """The working directory."""
        return self._cwd or Path.cwd()

    @cached_property
    def settings(self) -> "Settings":
        """Flag, environment, files and defaults resolved; raises InvalidInput. Opens nothing."""
        from sentinai_cli.config import load_settings

        return load_settings(profile=self.shared.profile, environ=self.environ, cwd=self.cwd)

    @cached_property
    def embedded(self) -> "EmbeddedServer":
        """The embedded server, not started."""
        from sentinai_cli.db.target import embedded_server

        return embedded_server(self.settings, self.note)

    @cached_property
    def database(self) -> "Database":
        """The configured database. Without a URL this starts the embedded server when it does not run."""
        if self.is_embedded:
            return self.embedded_database
        from sentinai_cli.db.target import open_database

        return open_database(self.settings, self.operation, self.note)

    @property
    def opened(self) -> "Database | None":
        """The database that this run works with already; None when it has not needed one."""
        return self.__dict__.get("database") or self.__dict__.get("embedded_database")

    @cached_property
    def embedded_database(self) -> "Database":
        """The embedded database, whatever is configured; starts the server when it does not run."""
        from sentinai_cli.db.target import open_embedded

        return open_embedded(self.settings, self.operation, self.embedded)

    @cached_property
    def operation(self) -> "OperationContext":
        """What the journal says of this run: the command, what was given to it, `--actor`, `--reason`."""
        from sentinai_cli.models.operation_context import OperationContext

        params = self._context.params if self._context else {}
        return OperationContext(
            command=self.command,
            arguments=given_arguments(self._context, self.scrub),
            actor=self.scrub(actor_name(params.get("actor"), self.environ)),
            reason=self.scrub(params["reason"]) if params.get("reason") else None,
            started_at=self.started_at,
            tool_version=__version__,
            home=self.settings.home,
        )

    @property
    def command(self) -> str:
        """The words that name the command, such as `exceptions list`."""
        return self._context.command_path.partition(" ")[2] if self._context else ""

    def close(self) -> None:
        """Give back the connections that were opened."""
        for name in ("database", "embedded_database"):
            if name in self.__dict__:
                self.__dict__[name].close()

    def show(self, model: "Model") -> None:
        """Write the result to standard output as was asked for; say when a list goes on. Raises as `render.show`."""
        from sentinai_cli.render.show import more_notice, show

        with written_out():
            show(model, output=self.shared.output, fields=self.shared.fields, stream=sys.stdout, at=self.now())
        if notice := more_notice(model):
            self.note(notice)

    @property
    def streams(self) -> bool:
        """Whether the format that was asked for can be written row by row (`show_rows`)."""
        from sentinai_cli.render.show import can_stream

        return can_stream(self.shared.output, sys.stdout)

    def show_rows(self, kind: "type[Model]", rows: "Iterable[Model]") -> None:
        """Write the rows of a list as they come, where `streams`; nothing is held. Raises as `show`."""
        from sentinai_cli.render.show import show_rows

        with written_out():
            show_rows(kind, rows, output=self.shared.output, fields=self.shared.fields, stream=sys.stdout)

    def note(self, text: str) -> None:
        """Say something that is not data on standard error, unless quiet. `text` may be untrusted."""
        if not self.shared.quiet:
            self._say("".join(f"{Ink(sys.stderr)('note', line)}\n" for line in self._clean(text)))

    @property
    def is_embedded(self) -> bool:
        """Whether the configured target is the embedded server."""
        return self.settings.database_url is None

    def announce_target(self) -> "Target":
        """Say on standard error which database is about to be changed; asks the server."""
        from sentinai_cli.db.target import describe

        target = describe(self.database, profile=self.settings.profile, embedded=self.is_embedded)
        self.announce(target)
        return target

    def announce(self, target: "Target") -> None:
        """Say on standard error what is about to be changed, production in red."""
        if not self.shared.quiet:
            self._say(banner(target, production=self.is_production, clean=self._clean, stream=sys.stderr))

    def progress(self, what: str, total: int | None = None) -> AbstractContextManager[Advance]:
        """A progress bar around long work: `with runtime.progress("Seeding", 100) as advance: advance(10)`."""
        return progress_bar(what, total, quiet=self.shared.quiet)

    def reading_scope(
        self, tenant: str | None, all_tenants: bool = False, *, exports: bool = False, entered: bool = False
    ) -> "TenantScope | AllTenants":
        """The scope of a command that reads: without any tenant named, all of them, said on standard error.

        Looking at all tenants is entered in the operator journal, and with `exports` looking at one, unless the
        command says with `entered` that it sees to that itself.
        """
        from sentinai_cli.models.scope import AllTenants

        scope = choose_scope(
            tenant=tenant, all_tenants=all_tenants, configured=self._configured_tenant, tenants=None, note=self.note
        )
        if not entered and (exports or isinstance(scope, AllTenants)):
            from sentinai_cli.services.operation import record_reading

            if why := record_reading(self.database, scope):
                self.note(f"this reading is not in the operator journal: {why}")
        return scope

    def given_tenant(self, tenant: str | None) -> str | None:
        """The tenant that was named or configured, for a command that has a default of its own without one."""
        from sentinai_cli.models.tenant import check_tenant_id

        named, origin = (tenant, None) if tenant is not None else self._configured_tenant()
        if named is not None and origin is not None:
            self.note(f"tenant {named} (from {origin})")
        return None if named is None else check_tenant_id(named)

    def writing_scope(
        self, tenant: str | None, all_tenants: bool, tenants: Callable[[], Sequence[str]]
    ) -> "TenantScope | AllTenants":
        """The scope of a command that changes something. Without any, InvalidInput lists the ids `tenants` returns."""
        return choose_scope(
            tenant=tenant, all_tenants=all_tenants, configured=self._configured_tenant, tenants=tenants, note=self.note
        )

    @property
    def asking(self) -> Asking:
        """How to ask for an agreement or a typed name (cli/confirm.py)."""
        production = self.settings.profile if self.is_production else None
        return Asking(no_input=self.shared.no_input, production=production)

    @property
    def is_production(self) -> bool:
        """Whether the operator says that the target is a production one; a mark in the database counts besides."""
        return self.settings.environment == "production"

    def scrub(self, text: str) -> str:
        """`text` without the secrets of the settings, as far as they are known."""
        settings = self.__dict__.get("settings")
        urls = [url for url in (settings.database_url, settings.direct_url) if url] if settings else []
        public = {word for url in urls for word in (url.user, url.database, url.host) if word}
        return scrub(text, {secret for url in urls for secret in url.secrets}, public)

    def _configured_tenant(self) -> tuple[str | None, str]:
        return self.settings.tenant, self.settings.origins["tenant"]

    def _clean(self, text: str) -> list[str]:
        return [safe(line) for line in self.scrub(text).splitlines()]

    def _say(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (AttributeError, OSError, ValueError):
            return  # nobody listens; the work goes on
