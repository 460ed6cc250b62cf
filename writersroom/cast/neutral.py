"""Values for a prompt made mere data: single lines in which nothing is a chat model's control token."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from enum import Enum
from typing import Final, TypeAlias, cast

from pydantic import BaseModel

from writersroom.story.text import one_line

NOTHING: Final = "N/A"
"""What stands for all content in a content-free prompt (Zhao et al. 2021)."""

REPLY_MARK: Final = "\ue000"
"""Where a reply begins, within a template while it is rendered; no value holds it."""

Plain: TypeAlias = "str | int | float | bool | Record | tuple[Plain, ...] | dict[str, Plain] | None"
"""What a template is given."""

_TAG: Final = re.compile(r"<(?=[|\uff5c/!<\w])")
_TAG_END: Final = re.compile(r"(?<=[|\uff5c/>\w])>")
_BRACKETED: Final = re.compile(r"\[(/?[A-Z][A-Z_]+)\]")


class Record:
    """The fields of a frozen model, as attributes, each made plain when it is asked for: most never are."""

    def __init__(self, model: BaseModel, *, blank: bool) -> None:
        # Out of a template's reach: the sandbox gives it no name that begins so.
        self._model, self._blank = model, blank

    def __getattr__(self, name: str) -> Plain:
        if name.startswith("_") or name not in type(self._model).model_fields:
            raise AttributeError(name)
        made = self.__dict__[name] = plain(getattr(self._model, name), blank=self._blank)
        return made


def neutral(text: str) -> str:
    """The text without anything that a chat model's tokenizer could take for a control token.

    Those are written as tags (`<|im_end|>`, `<start_of_turn>`, `</s>`, `<<SYS>>`, DeepSeek's with full-width
    bars) or in square brackets and capitals (`[INST]`). Their brackets become others that look much the same,
    so that a text about them can still be read; "a < b" and "> CUT TO:" stay.
    """
    if "<" in text or ">" in text:
        text = _TAG_END.sub("\u203a", _TAG.sub("\u2039", text))
    return _BRACKETED.sub(r"(\1)", text) if "[" in text else text


def plain(value: object, *, blank: bool = False, keep: Set[str] = frozenset()) -> Plain:
    """A value as a template may print it: every text one neutral line, every model a `Record`.

    Args:
        value: text, numbers, enums, models, and sequences, sets and mappings of them. Sets are sorted.
        blank: put `NOTHING` for every text that says something, and one element for every sequence.
        keep: keys of a mapping whose values are not blanked.

    Raises:
        TypeError: it is something else; of a field of a model, when that is asked for.
    """
    match value:
        case Enum():
            return plain(value.value, blank=blank)
        case str():
            text = neutral(one_line(value.replace(REPLY_MARK, "")))
            return NOTHING if blank and text else text
        case bool() | None | float() | int():
            return value
        case BaseModel():
            return Record(value, blank=blank)
        case Mapping():
            items = cast("Mapping[str, object]", value).items()
            return {
                neutral(one_line(str(key))): plain(inner, blank=blank and key not in keep)
                for key, inner in items
            }
        case Set():
            return plain(sorted(cast("Set[str]", value)), blank=blank)
        case Sequence():
            inner = cast("Sequence[object]", value)
            return tuple(plain(one, blank=blank) for one in (inner[:1] if blank else inner))
        case _:
            raise TypeError(f"a template cannot be given a {type(value).__name__}")
