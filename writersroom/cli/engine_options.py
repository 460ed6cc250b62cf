"""Command-line flags of the in-process engine, made from the fields of `EngineSettings`."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, Final, Literal, TypeVar, get_args, get_origin

import click
from pydantic import ValidationError
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
    except ValidationError as error:
        raise wrong_option(error) from error


def wrong_option(error: ValidationError) -> click.UsageError:
    """What is wrong with the first of the options that a model of settings was made from."""
    first = error.errors(include_url=False)[0]
    return click.UsageError(f"--{str(first['loc'][0]).replace('_', '-')} {first['input']}: {first['msg']}.")


_SIMPLE: Final = {int: click.INT, float: click.FLOAT, bool: click.BOOL}


def _kind(field: FieldInfo) -> dict[str, Any]:
    annotation: Any = field.annotation
    if isinstance(annotation, types.GenericAlias):
        return {"multiple": True}
    if get_origin(annotation) is Literal:
        return {"type": click.Choice(get_args(annotation))}
    return {"type": _SIMPLE.get(annotation, click.STRING)}
