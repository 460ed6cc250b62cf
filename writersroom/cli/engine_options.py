"""Command-line flags of the in-process engine, made from the fields of `EngineSettings`."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, Final, Literal, TypeVar, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from writersroom.engine.settings import EngineSettings

F = TypeVar("F", bound=Callable[..., Any])


def engine_options(command: F) -> F:
    """Give a command one flag for each engine setting; unset ones arrive as None."""
    for name, field in reversed(EngineSettings.model_fields.items()):
        command = click.option(
            f"--{name.replace('_', '-')}", name, default=None, help=field.description, **_kind(field)
        )(command)
    return command


def engine_settings(values: dict[str, Any]) -> EngineSettings:
    """The settings that the flags gave, defaults for the rest.

    Raises:
        click.UsageError: a value is out of range.
    """
    given = {name: values[name] for name in EngineSettings.model_fields if values.get(name) not in (None, ())}
    try:
        return EngineSettings(**given)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


_SIMPLE: Final = {int: click.INT, float: click.FLOAT, bool: click.BOOL}


def _kind(field: FieldInfo) -> dict[str, Any]:
    annotation: Any = field.annotation
    if isinstance(annotation, types.GenericAlias):
        return {"multiple": True}
    if get_origin(annotation) is Literal:
        return {"type": click.Choice(get_args(annotation))}
    return {"type": _SIMPLE.get(annotation, click.STRING)}
