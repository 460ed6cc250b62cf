"""TOML files that people edit, read into frozen models, with the line of whatever is wrong."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError

from writersroom.cast.errors import BadFile
from writersroom.story.text import one_line, short

MOST_BYTES: Final = 64_000
"""Of one file; a card takes some two thousand."""
_LONGEST_VALUE: Final = 200
"""Lines of one value in whose midst a fault is looked for."""

TomlTable: TypeAlias = dict[str, Any]
"""What `tomllib` gives; its values are only known once a model has read them."""

Location: TypeAlias = tuple[str | int, ...]
"""Keys and indices that lead to a value."""

M = TypeVar("M", bound=BaseModel)


def read_text(path: Path, refusal: type[BadFile]) -> str:
    """The text of a file, in UTF-8.

    Raises:
        BadFile: as `refusal`; it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise refusal(str(path), 0, f"it cannot be read ({error.strerror or error})") from error
    if len(raw) > MOST_BYTES:
        raise refusal(str(path), 0, f"it is larger than {MOST_BYTES:,} bytes; shorten it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refusal(str(path), line, "it is not UTF-8; save it in that encoding") from error


def parse_table(text: str, where: str, refusal: type[BadFile]) -> TomlTable:
    """The table that a TOML text is.

    Raises:
        BadFile: as `refusal`; it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = re.search(r"\(at line (\d+), column (\d+)\)", said)
        line = int(at[1]) if at else text.count("\n") + 1
        reason = said[: at.start()].strip() if at else said.replace("(at end of document)", "").strip()
        raise refusal(where, line, f"this is not TOML: {one_line(reason)}") from error
    except RecursionError as error:
        raise refusal(where, 0, "it is nested too deeply") from error


def validated(model: type[M], table: Mapping[str, Any], text: str, where: str, refusal: type[BadFile]) -> M:
    """The table as a model.

    Args:
        model: what it should be.
        table: what `parse_table` gave, perhaps completed.
        text: the TOML text, to find the line of a fault in.
        where: the file.
        refusal: the error to raise.

    Raises:
        BadFile: as `refusal`, for the first thing that does not fit.
    """
    try:
        return model.model_validate(table)
    except ValidationError as error:
        found = error.errors(include_url=False)
        # An unknown key is often a known one misspelt, which is then reported missing too.
        first = min(found, key=lambda one: one["type"] != "extra_forbidden")
        at = first["loc"]
        line = line_of(text, at)
        raise refusal(where, line, _reason(model, first["type"], at, first["msg"], first["input"])) from error


def line_of(text: str, at: Sequence[str | int]) -> int:
    """The line, from 1, on which the value at some keys begins; if it is missing, that of the table above it.

    The last key is on that line, what stands above the line is TOML without the value, and the shortest run
    of lines from the top that reaches it and is TOML has it. So strings over many lines, comments and text
    that looks like a key need no parser here.
    """
    lines = [f"{line}\n" for line in text.split("\n")] if text else []
    while at:
        key = next((part for part in reversed(at) if isinstance(part, str)), "")
        for number, line in enumerate(lines, 1):
            if key in line and _begins(lines, number, at):
                return number
        at = at[:-1]
    return 1 if lines else 0


def _begins(lines: Sequence[str], number: int, at: Sequence[str | int]) -> bool:
    above = _toml(lines[: number - 1])
    if above is None or _has(above, at):
        return False
    tables = (_toml(lines[:count]) for count in range(number, min(number + _LONGEST_VALUE, len(lines)) + 1))
    return _has(next((table for table in tables if table is not None), None), at)


def _toml(lines: Sequence[str]) -> TomlTable | None:
    try:
        return tomllib.loads("".join(lines))
    except tomllib.TOMLDecodeError:
        return None


def _has(table: object, at: Sequence[str | int]) -> bool:
    for key in at:
        if isinstance(key, str) and isinstance(table, Mapping) and key in table:
            table = cast("Mapping[str, object]", table)[key]
        elif isinstance(key, int) and isinstance(table, list) and key < len(cast("list[object]", table)):
            table = cast("list[object]", table)[key]
        else:
            return False
    return True


def _reason(model: type[BaseModel], kind: str, at: Location, message: str, given: object) -> str:
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in at)
    match kind:
        case "extra_forbidden":
            known = _fields_at(model, at[:-1])
            hint = f"; it may say {', '.join(known)}" if known else ""
            return f"there is no `{name}`{hint}"
        case "missing":
            return f"`{name}` is missing"
        case "value_error":
            said = message.removeprefix("Value error, ")
            return f"`{name}`: {said}" if name else said
        case _:
            quoted = short(one_line(repr(given)), 60)
            return f"`{name}` is {quoted}, but {message[:1].lower()}{message[1:]}"


def _fields_at(model: type[BaseModel], at: Location) -> tuple[str, ...]:
    """The fields a table of the file may have; none where that is not known."""
    found: type[BaseModel] = model
    for key in at:
        if isinstance(key, int):
            continue
        field = found.model_fields.get(key)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return ()
        found = inner
    return tuple(field.alias or name for name, field in found.model_fields.items() if not field.exclude)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    inside = get_args(annotation)
    return next((model for one in inside if (model := _model_in(one)) is not None), None)
