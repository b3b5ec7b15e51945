"""The one door to the copy of click that Typer carries, whose names are private: nothing else imports them."""

from typer import BadParameter
from typer._click.core import Command as ClickCommand
from typer._click.core import Context as Context
from typer._click.core import Parameter as Parameter
from typer._click.core import ParameterSource as ParameterSource
from typer._click.exceptions import MissingParameter as MissingParameter
from typer._click.exceptions import NoSuchOption as NoSuchOption
from typer._click.exceptions import UsageError as UsageError
from typer._click.formatting import HelpFormatter as HelpFormatter
from typer._coercion import TypeDescriptor, resolve_type_descriptor
from typer.core import TyperArgument as TyperArgument
from typer.core import TyperCommand as TyperCommand
from typer.core import TyperGroup as TyperGroup
from typer.core import TyperOption as TyperOption
from typer.exceptions import Abort as Abort
from typer.exceptions import Exit as Exit
from typer.exceptions import TyperException as TyperException
from typer.models import OptionInfo

__all__ = [
    "Abort",
    "BadParameter",
    "ClickCommand",
    "Context",
    "Exit",
    "HelpFormatter",
    "MissingParameter",
    "NoSuchOption",
    "Parameter",
    "ParameterSource",
    "TyperArgument",
    "TyperCommand",
    "TyperException",
    "TyperGroup",
    "TyperOption",
    "UsageError",
    "described",
]


def described(kind: type[str] | type[bool]) -> TypeDescriptor:
    """The type description that a TyperOption made by hand needs."""
    return resolve_type_descriptor(annotation=kind, parameter_info=OptionInfo())
