"""Random pydantic models: nested, optional, enums, lists, unions, bounds, tagged unions, recursion."""

from __future__ import annotations

from enum import Enum
from random import Random
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, Field, create_model

_WORDS = ("stance", "beat", "reason", "who", "place", "heat", "näme", "tag", "of", "cost", "a b", "$x")


class Mood(Enum):
    """Values of different types."""

    CALM = "calm"
    ANGRY = 'angry "now"'
    NUMB = 0


class Folder(BaseModel):
    """Holds others of its kind."""

    name: Annotated[str, Field(max_length=6)]
    inside: list[Folder] = Field(max_length=2)


class Cat(BaseModel):
    """One arm of a tagged union."""

    kind: Literal["cat"]
    lives: int = Field(ge=0, le=9)


class Ship(BaseModel):
    """The other arm."""

    kind: Literal["ship"]
    name: str | None


def random_model(random: Random, depth: int = 2) -> type[BaseModel]:
    """A model of one to four fields."""
    names = random.sample(_WORDS, random.randint(1, 4))
    fields: dict[str, Any] = {
        f"field_{at}": (_random_type(random, depth), Field(alias=name)) for at, name in enumerate(names)
    }
    if random.random() < 0.3:
        fields["extra"] = (_random_type(random, 0), Field(default=None))
    return create_model("Reply", **fields)


def _random_type(random: Random, depth: int) -> Any:
    leaves: list[Any] = [
        bool,
        int,
        float,
        str,
        Mood,
        Literal["support", "object", "amend"],
        Literal[1, 2, "three"],
        Annotated[int, Field(ge=-3, lt=40)],
        Annotated[float, Field(gt=0, le=1)],
        Annotated[str, Field(min_length=1, max_length=12)],
        Annotated[str, Field(pattern=r"^b[0-9]{1,3}$")],
        None,
    ]
    if depth == 0 or random.random() < 0.4:
        return random.choice(leaves)
    inner = _random_type(random, depth - 1)
    kinds: list[Any] = [
        list[inner],
        Annotated[list[inner], Field(min_length=1, max_length=3)],
        inner | None if inner is not None else int | None,
        Union[inner, _random_type(random, 0)],  # noqa: UP007 - `|` is not defined between all of these
        dict[str, inner],
        tuple[inner, bool],
        random_model(random, depth - 1),
        Folder,
        Annotated[Cat | Ship, Field(discriminator="kind")],
    ]
    return random.choice(kinds)
