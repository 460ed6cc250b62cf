"""What each template is given, as an example: templates are checked with it when they are loaded.

The keys are all the templates there are; their values say what each may print, beside `shared`. The golden
tests render the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from pydantic import BaseModel

from writersroom.cast.cards import Card, Question
from writersroom.cast.sheets import DeviceSheet, PitchSheet, SceneSheet, Shared, Speech
from writersroom.story.beats import Beat
from writersroom.story.characters import Character, Relationship, Voice

_MARA: Final = Character(
    name="Mara",
    description="the keeper of the lighthouse",
    want="to save her brother",
    need="to be forgiven",
    flaw="lies to whoever trusts her",
    secret="let a ship sink",
    voice=Voice(
        habits=("answers a question with a smaller one",), examples=("Is it late?", "The lamp is enough.")
    ),
    relationships=(Relationship(to="Tobias", description="owes him money", liking=-0.4),),
)
_TOBIAS: Final = Character(name="Tobias", description="a fisherman", want="the radio for himself")

_BEATS: Final = (
    Beat(id="b1", summary="Mara hears on the radio that a boat will sink tomorrow.", characters=("Mara",)),
    Beat(id="b2", summary="Tobias finds out about the radio.", characters=("Tobias", "Mara")),
)

_SHARED: Final = Shared(
    logline="A lighthouse keeper's radio receives tomorrow's news.",
    title="The Late Edition",
    premise="Mara must choose whom to warn.",
    theme="Who knows the worst is not yet guilty of it.",
    characters=(_MARA, _TOBIAS),
    beats=_BEATS,
    condensed=("Mara and Tobias met in the storm and parted as enemies.",),
    said=(Speech(who="Vera", words="Nobody pays for anything yet."),),
)

_CRITIC: Final = Card(
    name="Vera",
    role="critic",
    mandate="You want every beat to cost somebody something.",
    manner="Short, dry, never cruel.",
    questions=(Question(ask="Does it cost somebody something?"),),
)
_DIRECTOR: Final = Card(name="The Director", role="director", mandate="You want a story that ends.")
_CHARACTER: Final = Card(
    name="Mara", role="character", mandate="You want to be let off.", manner="Says little.", character=_MARA
)
_SCENE: Final = SceneSheet(heading="INT. LIGHTHOUSE - NIGHT", purpose="Tobias asks for the radio.")
_PITCH: Final = PitchSheet(
    by="Tobias", text="Tobias offers Mara his boat for the radio.", reason="It puts a price on it."
)
_LINES: Final = (
    Speech(who="Tobias", words="Give me the radio.", action="comes in"),
    Speech(who="Mara", words="What radio?", action="looks away"),
)
_ON_STAGE: Final[Mapping[str, Any]] = {
    "scene": _SCENE,
    "lines": _LINES,
    "now": "Tobias finds out about the radio.",
    "knows": ("A boat will sink tomorrow.",),
}
_STAGED: Final = ("lines", "now", "knows")
"""Of these, what may be empty."""

SAMPLES: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        name: {"shared": _SHARED, "card": _DIRECTOR, "turn": 7, "whispers": ("Hold back.",), **values}
        for name, values in {
            "convene_title": {},
            "convene_premise": {"lead": "Mara"},
            "convene_theme": {},
            "character_role": {"person": _MARA},
            "character_want": {"person": _MARA},
            "choose": {
                "question": "Where does it happen?",
                "options": ("at sea", "at home"),
                "lead_in": "It is",
            },
            "choose_role": {"person": _MARA, "options": ("a doctor", "a thief")},
            "choose_secret": {"person": _MARA, "options": ("took the money", "is dying")},
            "choose_place": {"beats": _BEATS, "options": ("kitchen", "harbour")},
            "choose_device": {
                "card": _CRITIC,
                "options": ("bargain", "deadline", "betrayal"),
            },
            "choose_stance": {"card": _CRITIC, "pitch": _PITCH, "options": ("agree", "disagree")},
            "choose_ruling": {
                "card": _DIRECTOR,
                "pitch": _PITCH,
                "options": ("we take it", "we leave it"),
            },
            "choose_emotion": {
                "card": _CHARACTER,
                **_ON_STAGE,
                "options": ("fear", "anger"),
            },
            "choose_tactic": {
                "card": _CHARACTER,
                **_ON_STAGE,
                "options": ("threatens", "begs"),
            },
            "choose_action": {
                "card": _CHARACTER,
                **_ON_STAGE,
                "emotion": "fear",
                "options": ("looks away", "sits down"),
            },
            "yes_no": {
                "card": _CRITIC,
                "subject": "Tobias offers Mara his boat for the radio.",
                "question": "Does it cost somebody something?",
            },
            "pitch_sentence": {
                "card": _CRITIC,
                "device": DeviceSheet(
                    label="a bargain", tells="Somebody offers something for a price.", opening="offers Mara"
                ),
                "beats": _BEATS[1:],
                "weakness": "Nothing leads to b2.",
                "subject": "Tobias",
                "others": ("Mara",),
            },
            "amend_sentence": {"card": _CRITIC, "pitch": _PITCH},
            "reason": {"card": _CRITIC, "pitch": _PITCH, "verb": "objects", "opener": "Mara would never"},
            "line": {
                "card": _CHARACTER,
                "emotion": "fear",
                "action": "looks away",
                "to": "Tobias",
                **_ON_STAGE,
                "tactic": "threatens",
                "opening": "If you",
                "note": "She must not beg.",
            },
            "thought": {
                "card": _CHARACTER,
                **_ON_STAGE,
                "emotion": "fear",
            },
            "note": {
                "card": _CRITIC,
                "scene": _SCENE,
                "lines": _LINES,
                "quote": "What radio?",
                "fault": "nothing is at stake in it",
            },
            "advice": {
                "card": _CRITIC,
                "quote": "What radio?",
                "problem": "Nothing is at stake in it.",
                "who": "Mara",
            },
            "condense": {"lines": _LINES, "lead": "Tobias"},
        }.items()
    }
)
"""By template."""

_MAY_BE_EMPTY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(("choose_emotion", "choose_tactic", "choose_action", "thought"), _STAGED),
        "line": (*_STAGED, "action", "tactic", "opening", "to", "note"),
        "note": ("fault",),
        "pitch_sentence": ("others", "beats", "weakness"),
    }
)
"""Values of a template of which a turn may have none, beside what its card and the bible leave out."""


def with_less(name: str) -> Iterator[Mapping[str, Any]]:
    """What a template is given where there is less: each value that may be empty is, then all of them."""
    values = SAMPLES[name]
    empty = {key: type(values[key])() for key in _MAY_BE_EMPTY.get(name, ())}
    yield from ({**values, key: none} for key, none in empty.items())
    brief = {key: _brief(value) for key, value in values.items()}
    yield brief
    yield {**brief, **empty, "whispers": ()}


def _brief(value: Any) -> Any:
    """A value without the texts that a model has none of by default."""
    match value:
        case BaseModel():
            fields = type(value).model_fields
            kept = {name: getattr(value, name) for name in fields}
            # What is "" by default is a text; all others keep what they hold, in brief.
            return value.model_copy(
                update={
                    name: "" if fields[name].default == "" else _brief(held) for name, held in kept.items()
                }
            )
        case tuple():
            return tuple(_brief(one) for one in cast("tuple[object, ...]", value))
        case _:
            return value
