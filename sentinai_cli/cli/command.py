"""The shape of every command and group: shared options, help that begins with examples, errors left to run()."""

import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, TypeVar

import typer

from sentinai_cli.cli.click import ClickCommand, Context, Parameter, TyperCommand, TyperGroup, TyperOption, UsageError
from sentinai_cli.cli.help import Page, option_rows
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.shared import HelpOption, refuse_unoffered, shared_options
from sentinai_cli.cli.suggestion import add_nearest
from sentinai_cli.errors import NotFound

Body = TypeVar("Body", bound=Callable[..., Any])


class Command(TyperCommand):
    """A command with the shared options. `examples` and `following` are command lines: `sentinai … # what it does`.

    `formats` are outputs that it has and others have not.
    """

    examples: ClassVar[tuple[str, ...]] = ()
    following: ClassVar[tuple[str, ...]] = ()
    mutation: ClassVar[Mutation] = Mutation.READS
    formats: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str | None, *, params: list[Parameter] | None = None, **settings: Any) -> None:
        super().__init__(name, params=[*(params or []), *shared_options(self.formats), HelpOption()], **settings)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        if ctx.obj is not None and not ctx.resilient_parsing:
            refuse_unoffered(ctx.obj.shared, self.formats, ctx.command_path)
        return rest

    def invoke(self, ctx: Context) -> Any:
        try:
            result = super().invoke(ctx)
        except NotFound as error:
            if ctx.obj is not None and ctx.obj.opened is not None:
                add_nearest(error, ctx.obj.opened)
            raise
        if ctx.obj is not None and ctx.obj.opened is not None:
            from sentinai_cli.cli.completion_name import Cache

            Cache(profile=ctx.obj.shared.profile, environ=ctx.obj.environ, cwd=ctx.obj.cwd).trust()
        return result

    def page(self, ctx: Context) -> Page:
        """Its help page."""
        return Page(
            text=self.help or "",
            usage=_usage(self, ctx),
            examples=self.examples,
            sections=option_rows(self.params),
            following=self.following,
        )

    def get_help(self, ctx: Context) -> str:
        return self.page(ctx).render(sys.stdout)


class Group(TyperGroup):
    """A group of commands with the shared options.

    Bare, it is its command `bare`, whose options it then takes; without one it shows its help as an error, exit 2.
    """

    examples: ClassVar[tuple[str, ...]] = ()
    bare: ClassVar[str | None] = None
    formats: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, params: list[Parameter] | None = None, **settings: Any) -> None:
        super().__init__(params=[*(params or []), *shared_options(self.formats), HelpOption()], **settings)

    def sections(self, ctx: Context) -> list[tuple[str, list[tuple[str, str]]]]:
        """The commands as help sections."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(200)) for name, command in found if command and not command.hidden]
        return [("Commands", rows)]

    def page(self, ctx: Context) -> Page:
        """Its help page. Without examples of its own, the first one of each of its commands."""
        return Page(
            text=self.help or "",
            usage=_usage(self, ctx),
            examples=self.examples or self._borrowed_examples(ctx),
            sections=self.sections(ctx) + self._bare_rows() + option_rows(self.params),
        )

    def get_help(self, ctx: Context) -> str:
        return self.page(ctx).render(sys.stdout)

    def _bare_rows(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The options of the bare command, but for those that every command has."""
        if self.bare is None:
            return []
        own = {name for param in self.params for name in param.opts}
        return option_rows([param for param in self.commands[self.bare].params if not own & set(param.opts)])

    def _borrowed_examples(self, ctx: Context) -> tuple[str, ...]:
        found = (self.get_command(ctx, name) for name in self.list_commands(ctx))
        return tuple(command.examples[0] for command in found if isinstance(command, Command) and command.examples)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        if self.bare is not None and self._is_bare(args):
            args = [self.bare, *args]
        rest = super().parse_args(ctx, args)
        if not ctx._protected_args and not self.invoke_without_command and not ctx.resilient_parsing:
            raise NothingAsked(ctx, self.page(ctx))
        return rest

    def _is_bare(self, args: list[str]) -> bool:
        """Whether no word names a command: nothing is left behind the shared options, or an option not shared."""
        at = 0
        while at < len(args) and args[at].startswith("-"):
            name, _, attached = args[at].partition("=")
            if not name.startswith("--"):
                name, attached = name[:2], name[2:]
            option = next((param for param in self.params if name in param.opts), None)
            if not isinstance(option, TyperOption):
                return True
            if isinstance(option, HelpOption):
                return False
            at += 1 if option.is_flag or attached else 2
        return at >= len(args)

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, ClickCommand | None, list[str]]:
        name, names = args[0], self.list_commands(ctx)
        if name not in names and not ctx.resilient_parsing:
            near = get_close_matches(name, names, n=3)
            raise UnknownCommand(name, near or names, bool(near), ctx)
        return super().resolve_command(ctx, args)


class NothingAsked(UsageError):
    """A group was called without a command: `page` says which there are."""

    def __init__(self, ctx: Context, page: Page) -> None:
        super().__init__("no command was given", ctx)
        self.page = page


class UnknownCommand(UsageError):
    """`candidates` are near misses when `near`, else every command there is."""

    def __init__(self, name: str, candidates: list[str], near: bool, ctx: Context) -> None:
        super().__init__(f"there is no command {name!r}", ctx)
        self.candidates = candidates
        self.near = near


class Commands(typer.Typer):
    """What a module in cli/commands/ calls `app`: a Typer whose commands and groups have the shared shape.

    `formats` are outputs that its commands have besides those of all.
    """

    def __init__(
        self,
        *,
        help: str = "",
        examples: Sequence[str] = (),
        bare: str | None = None,
        formats: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        self._formats = tuple(formats)
        kind = type("Group", (Group,), {"examples": tuple(examples), "bare": bare, "formats": self._formats})
        super().__init__(
            cls=kind,
            help=help,
            add_completion=False,
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
            add_help_option=False,
            **settings,
        )

    def command(
        self,
        name: str | None = None,
        *,
        cls: type[TyperCommand] | None = None,
        examples: Sequence[str] = (),
        following: Sequence[str] = (),
        mutation: Mutation = Mutation.READS,
        **settings: Any,
    ) -> Callable[[Body], Body]:
        """Register a command. Its docstring is its help; `examples` and `following` are runnable command lines.

        `mutation` says what it changes; a command that says nothing must change nothing.
        """
        shape = {
            "examples": tuple(examples),
            "following": tuple(following),
            "mutation": mutation,
            "formats": self._formats,
        }
        return super().command(name, cls=cls or type("Command", (Command,), shape), add_help_option=False, **settings)


def _usage(command: ClickCommand, ctx: Context) -> str:
    pieces = [piece.replace("{", "").replace("}", "") for piece in command.collect_usage_pieces(ctx)]
    return " ".join([ctx.command_path, *pieces])
