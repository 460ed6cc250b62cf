"""The person's config file, and what the app remembers of itself.

`config.toml` is the person's: the app reads it and never writes it. What was chosen in the app (a theme, how
large the panels are) is remembered in a file of its own, and the config file has the last word.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, cast

import platformdirs
from pydantic import Field, ValidationError

from writersroom.frozen import Frozen
from writersroom.resources import APP
from writersroom.view.printable import one_line

LARGEST: Final = 1_000_000
"""Bytes of a file that is read as config."""


class Config(Frozen):
    """What `config.toml` may say."""

    theme: str = ""
    """Name of a theme; empty: the one chosen last."""
    motion: Literal["full", "reduced"] = "full"
    """`reduced`: nothing pulses, slides or blinks."""
    mouse: bool = True
    speed: float = Field(default=1.0, gt=0, le=64)
    """How many times faster than recorded a replay begins."""
    thoughts: bool = True
    """Whether thoughts are shown from the start."""
    editor: str = ""
    """Command of the editor for `E`; empty: $VISUAL, $EDITOR, else the first that is found."""
    keys: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Ids of actions (`room.play`) to keys, separated by commas."""


class Remembered(Frozen):
    """What was chosen in the app."""

    theme: str = ""
    shares: Mapping[str, float] = Field(default_factory=dict[str, float])
    """How far along each seam between panels lies, 0..1, by its name."""


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """`$WRITERSROOM_CONFIG`, or `config.toml` in the user's config folder."""
    given = environ.get("WRITERSROOM_CONFIG", "").strip()
    return Path(given).expanduser() if given else platformdirs.user_config_path(APP) / "config.toml"


def read_config(path: Path) -> tuple[Config, tuple[str, ...]]:
    """What a config file says, and what is wrong with it, each in one sentence.

    What is wrong is left out, the rest counts: a slip in a file must not keep anybody from their room.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            return Config(), (f"{path} is larger than a megabyte and is not read.",)
        said = tomllib.loads(text.decode("utf-8-sig"))
    except FileNotFoundError:
        return Config(), ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Config(), (f"{path} cannot be read ({one_line(reason, 120)}); it is not used.",)
    wrong: list[str] = []
    for _ in range(len(said) + 1):
        try:
            return Config.model_validate(said), tuple(wrong)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_context=False):
                if _left_out(said, problem["loc"]):
                    name = ".".join(map(str, problem["loc"]))
                    wrong.append(f"{path}: {one_line(name, 40)}: {_said_of(problem['type'], problem['msg'])}")
    return Config(), tuple(wrong)


def _left_out(said: dict[str, Any], loc: Sequence[int | str]) -> bool:
    """Leave out the one entry that is wrong, in whichever table it stands; whether it was still there."""
    name, *rest = map(str, loc)
    inner = said.get(name)
    if rest and isinstance(inner, dict):
        return _left_out(cast("dict[str, Any]", inner), rest)
    return said.pop(name, None) is not None


def remembered_path() -> Path:
    """Where the app remembers what was chosen in it: `$WRITERSROOM_STATE`, or the user's state folder."""
    given = os.environ.get("WRITERSROOM_STATE", "").strip()
    return Path(given).expanduser() if given else platformdirs.user_state_path(APP) / "screen.json"


def remembered(path: Path) -> Remembered:
    """What was chosen last; nothing where that cannot be read."""
    with suppress(OSError, ValueError):  # A ValidationError is a ValueError.
        return Remembered.model_validate_json(path.read_bytes())
    return Remembered()


def remember(path: Path, chosen: Remembered) -> None:
    """Keep what was chosen. Where that cannot be written, the next start has the defaults."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(path.name + ".new")
        beside.write_text(json.dumps(chosen.model_dump(mode="json"), indent=1), encoding="utf-8")
        os.replace(beside, path)


def _said_of(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such setting; it is left out."
    return f"{one_line(message, 120)}; it is left out."
