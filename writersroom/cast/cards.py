"""Agent cards: who an agent is, what it fights for and how it talks, as TOML that a person edits.

A card is the only place where one agent differs from another. A bigger model gets more room here
(`[tokens]`, `sentences`), not in code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias, cast

from pydantic import AfterValidator, Field, ValidationError, model_validator

from writersroom.cast.errors import BadCard, BadCast
from writersroom.cast.toml import line_of, parse_table, read_text, validated
from writersroom.engine.interface import PRESETS, Sampling
from writersroom.frozen import Frozen
from writersroom.story.characters import Character
from writersroom.story.text import Name, one_line

Role: TypeAlias = Literal["director", "critic", "continuity", "character"]

Speaking: TypeAlias = Literal["pitch", "support", "object", "amend", "adopt", "reject"]
"""What an agent gives a reason for."""

_ORDER: Final = ("director", "critic", "continuity", "character")
_RESERVED: Final = frozenset({"person", "room", "everyone"})
"""What events call a person and the room itself, and what a person may call all agents at once."""
_LONGEST: Final = 600
_MOST_EXAMPLES: Final = 12


def _said(text: str) -> str:
    text = one_line(text)
    if len(text) > _LONGEST:
        raise ValueError(f"it may have {_LONGEST} characters, this one has {len(text)}; shorten it")
    return text


def _colour(text: str) -> str:
    if text and not re.fullmatch(r"#[0-9a-fA-F]{6}|[a-z][a-z_]*", text):
        raise ValueError(f"{text!r} is no colour; write #rrggbb or a plain name such as red")
    return text


def _preset(name: str) -> str:
    if name not in PRESETS:
        raise ValueError(f"there is no sampling {name!r}; choose one of {', '.join(PRESETS)}")
    return name


Said: TypeAlias = Annotated[str, AfterValidator(_said)]
"""One line of at most 600 characters; line breaks and control characters become blanks."""


def _ask(text: str) -> str:
    if len(text) < 4 or not text.endswith("?"):
        raise ValueError("a question ends with a question mark")
    return text


def _opening(text: str) -> str:
    text = _said(text)
    if unknown := [name for name in re.findall(r"\{(.*?)\}", text) if name not in ("who", "beat")]:
        raise ValueError(f"there is no {{{unknown[0]}}}, only {{who}} and {{beat}}")
    return text


_Openings: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_opening)], ...], Field(max_length=_MOST_EXAMPLES)
]


class Question(Frozen):
    """Something a critic asks of a pitch or a take, to be answered yes or no by token probability."""

    ask: Annotated[Said, AfterValidator(_ask)]
    """The question; it ends with a question mark."""
    good: Literal["yes", "no"] = "yes"
    """The answer that speaks for the pitch or take."""
    of: Literal["pitch", "take"] = "pitch"
    fault: Said = ""
    """What is wrong where the answer is the other one, in a few words; a note starts from it."""


class Openers(Frozen):
    """The first words of this agent's reasons, by what it does. `{who}` is a character, `{beat}` a beat's id.

    They make a reason name something, and give each agent its own way to say it. A model that needs no such
    help may do without: then a reason begins as the model likes.
    """

    pitch: _Openings = ()
    support: _Openings = ()
    object: _Openings = ()
    amend: _Openings = ()
    adopt: _Openings = ()
    reject: _Openings = ()


class Tokens(Frozen):
    """How long a text of each kind may be, in tokens."""

    reason: int = Field(default=40, ge=8, le=2000)
    line: int = Field(default=36, ge=8, le=2000)
    beat: int = Field(default=44, ge=8, le=2000)
    note: int = Field(default=44, ge=8, le=2000)
    phrase: int = Field(default=24, ge=8, le=2000)
    """Who a character is, what it wants, what it hides."""
    summary: int = Field(default=72, ge=16, le=4000)
    """A premise, a condensed scene."""


class Drawn(Frozen):
    """How many replies are drawn at once of what makes the story; the most telling of them is kept."""

    beat: int = Field(default=3, ge=1, le=16)
    line: int = Field(default=2, ge=1, le=16)
    bible: int = Field(default=4, ge=1, le=16)
    """The premise; who a character is and what it wants."""


class Card(Frozen):
    """One agent of the room."""

    name: Name
    role: Role
    mandate: Annotated[Said, Field(min_length=1)]
    """What this agent fights for, in one or two sentences in the second person."""
    manner: Said = ""
    """How it talks."""
    examples: Annotated[tuple[Said, ...], Field(max_length=_MOST_EXAMPLES)] = ()
    """Things it might say in the room. A character's lines are in `character.voice.examples`."""
    questions: Annotated[tuple[Question, ...], Field(max_length=_MOST_EXAMPLES)] = ()
    openers: Openers = Openers()
    character: Character | None = None
    """For the role `character`: who is played. Its name is the card's."""
    sampling: Annotated[str, AfterValidator(_preset)] = "creative"
    """One of `engine.interface.PRESETS`."""
    overrides: Mapping[str, float | int] = Field(default_factory=dict[str, float | int])
    """Fields of `engine.interface.Sampling` that differ from the preset's."""
    tokens: Tokens = Tokens()
    sentences: int = Field(default=1, ge=1, le=12)
    """How many sentences a reason, a beat or a line may have."""
    drawn: Drawn = Drawn()
    chat: bool = False
    """Whether its prompts are laid out by the model's chat template; else they are one plain page."""
    inventive: bool = False
    """Whether its texts may name people and places that nobody has mentioned; small models ramble so."""
    colour: Annotated[str, AfterValidator(_colour)] = ""
    """`#rrggbb` or a plain name; empty: the screen chooses."""
    seat: Literal["model", "person"] = "model"
    text: str = Field(default="", exclude=True, repr=False)
    """The TOML text it was read from, as a session keeps it."""

    def sampled(self, seed: int) -> Sampling:
        """How this agent's texts are drawn, with a seed."""
        return _sampling(self.sampling, {**self.overrides, "seed": seed})

    def asks(self, of: Literal["pitch", "take"]) -> tuple[Question, ...]:
        """Its questions of a pitch or of a take."""
        return tuple(question for question in self.questions if question.of == of)

    def opening(self, of: Speaking, number: int, *, who: str = "", beat: str = "") -> str:
        """The first words of a reason; empty where the card gives none that can be filled in.

        Args:
            of: what the agent does.
            number: any; the openers take turns by it.
            who: the character that the reason names.
            beat: the id of the beat that it names.
        """
        openers: tuple[str, ...] = getattr(self.openers, of)
        fitting = [
            opener
            for opener in openers
            if (who or "{who}" not in opener) and (beat or "{beat}" not in opener)
        ]
        if not fitting:
            return ""
        return fitting[number % len(fitting)].replace("{who}", who).replace("{beat}", beat)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.name.casefold() in _RESERVED:
            raise ValueError(f"an agent cannot be called {self.name!r}; the program uses that word itself")
        if (self.role == "character") != (self.character is not None):
            wrong = "needs a [character] table" if self.character is None else "has no [character] table"
            raise ValueError(f"a card of the role {self.role} {wrong}")
        if self.role == "critic" and not self.asks("pitch"):
            raise ValueError("a critic needs at least one [[questions]] to ask of a pitch")
        return self


def _sampling(preset: str, overrides: Mapping[str, float | int]) -> Sampling:
    return Sampling.model_validate({**PRESETS[preset].model_dump(), **overrides})


def parse_card(text: str, where: str) -> Card:
    """Read one card.

    Args:
        text: TOML.
        where: the file, or what else it came from, for messages.

    Raises:
        BadCard: with the line and the reason.
    """
    table = parse_table(text, where, BadCard)
    character = table.get("character")
    if isinstance(character, dict):
        character = cast("dict[str, Any]", character)
        if "name" in character:
            raise BadCard(where, _line(text, "character", "name"), "a character has the name of its card")
        table["character"] = _cleaned({**character, "name": table.get("name", "")}, text, where)
    for key in ("seed", "logit_bias"):
        if isinstance(overrides := table.get("overrides"), dict) and key in overrides:
            raise BadCard(where, _line(text, "overrides", key), f"`{key}` is the session's, not a card's")
    if "text" in table:
        raise BadCard(where, _line(text, "text"), "there is no `text` in a card")
    card = validated(Card, table, text, where, BadCard)
    try:
        _sampling(card.sampling, card.overrides)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        raise BadCard(where, _line(text, "overrides", name), f"`overrides.{name}`: {first['msg']}") from error
    return card.model_copy(update={"text": text})


def load_cards(folder: Path) -> tuple[Card, ...]:
    """The cards of a room: every `*.toml` in its `agents/`.

    Returns:
        Director first, then critics, continuity and characters, each by name.

    Raises:
        BadCard: one of them has a mistake.
        BadCast: together they make no room; see `company`.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise BadCast(
            f"{folder} holds no agent cards (*.toml); `writersroom new` makes a room that has some."
        )
    return company((parse_card(read_text(file, BadCard), str(file)) for file in files), str(folder))


def cards_of(texts: Mapping[str, str], where: str = "the session") -> tuple[Card, ...]:
    """The cards that a session was started with (`SessionStarted.cards`), in the order of `load_cards`.

    Raises:
        BadCard, BadCast: as `load_cards`.
    """
    return company((parse_card(text, f"{where}, card of {name}") for name, text in texts.items()), where)


def company(cards: Iterable[Card], where: str) -> tuple[Card, ...]:
    """Cards that make a room, in the order of `load_cards`.

    Raises:
        BadCast: two have one name (upper and lower case and blanks do not tell names apart), there is not
            exactly one director, or there is no critic or no character.
    """
    cards = sorted(cards, key=lambda card: (_ORDER.index(card.role), card.name.casefold(), card.name))
    names: dict[str, str] = {}
    for card in cards:
        if (other := names.get(same_name(card.name))) is not None:
            raise BadCast(f"{where}: two agents are called {card.name!r} and {other!r}; rename one of them.")
        names[same_name(card.name)] = card.name
    directors = [card.name for card in cards if card.role == "director"]
    if not directors:
        raise BadCast(f'{where}: the room has no director; give one card `role = "director"`.')
    if len(directors) > 1:
        raise BadCast(f"{where}: the room has {len(directors)} directors ({', '.join(directors)}); keep one.")
    if not any(card.role == "critic" for card in cards):
        raise BadCast(f'{where}: the room has no critic; give at least one card `role = "critic"`.')
    if not any(card.role == "character" for card in cards):
        raise BadCast(
            f'{where}: the room has no character; give at least one card `role = "character"`, else nobody '
            "can play a scene."
        )
    return tuple(cards)


def same_name(name: str) -> str:
    """What two names have in common that a person takes for one."""
    return "".join(name.casefold().split())


def _line(text: str, *at: str) -> int:
    return line_of(text, at)


def _cleaned(value: Any, text: str, where: str, at: tuple[str | int, ...] = ("character",)) -> Any:
    """A character's words as single lines of bounded length; `story.characters` takes them as they are."""
    if isinstance(value, str):
        try:
            return _said(value)
        except ValueError as error:
            name = ".".join(map(str, at))
            raise BadCard(where, line_of(text, at), f"`{name}`: {error}") from error
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key: _cleaned(one, text, where, (*at, key)) for key, one in items}
    if isinstance(value, list):
        return [_cleaned(one, text, where, (*at, i)) for i, one in enumerate(cast("list[Any]", value))]
    return value
