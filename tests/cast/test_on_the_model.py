"""The prompts on the built-in model: it keeps to the form, and what it prefers depends on the question."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tests.cast.asking import ROOM, SCENE, SHARED, turn
from tests.cast.golden_pages import PROMPTS
from writersroom.cast.cards import load_cards
from writersroom.cast.choices import Choosing
from writersroom.cast.repertoire import load_repertoire
from writersroom.cast.replies import read
from writersroom.cast.requests import Asked, Turn
from writersroom.cast.said import Said
from writersroom.cast.sheets import DeviceSheet, PitchSheet, Shared, Speech, StageSheet
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.story.beats import Beat

CARDS = {card.name: card for card in load_cards(PROMPTS.parent / "agents")}
REPERTOIRE = load_repertoire(PROMPTS)
TAKES = 4


def at(name: str, *, seed: int = 3, shared: Shared = SHARED) -> Turn:
    return Turn(templates=ROOM, shared=shared, card=CARDS[name], seed=seed, number=seed, n=TAKES)


async def likeliest(engine: LlamaEngine, asked: Choosing, options: Sequence[str]) -> list[str]:
    choice = await engine.choose(asked.prompt, asked.options, content_free=asked.content_free)
    weights = asked.probabilities(choice)
    return [options[place] for place in sorted(range(len(options)), key=lambda place: -weights[place])]


async def test_most_replies_may_be_kept(llama_engine: LlamaEngine) -> None:
    """Of the kinds of text a session has most of; the first of a few takes that pass is what it keeps."""
    pitch = PitchSheet(by="Tobias", text="Tobias offers Mara his boat for the radio.")
    lines = (Speech(who="Tobias", words="Give me the radio.", action="comes in"),)
    bargain = REPERTOIRE.named("bargain")
    assert bargain is not None
    sheet = DeviceSheet(label=bargain.label, tells=bargain.tells, opening=bargain.opening(0, "Mara"))
    asked: list[tuple[str, Asked]] = [
        ("Tobias", at("Tobias").pitch_sentence(device=sheet, subject="Tobias", others=["Mara"])),
        ("The Cynic", at("The Cynic").amend_sentence(pitch=pitch)),
        ("The Confessor", at("The Confessor").reason(pitch=pitch, verb="objects", opener="Mara would never")),
        (
            "Mara",
            at("Mara").line(StageSheet(scene=SCENE, lines=lines), emotion="afraid", action="steps back"),
        ),
        ("Mara", at("Mara").thought(StageSheet(scene=SCENE, lines=lines), emotion="afraid")),
    ]
    written = await asyncio.gather(*(llama_engine.generate(one.request) for _, one in asked))
    kept = 0
    for (speaker, one), completion in zip(asked, written, strict=True):
        others = {"Mara", "Tobias", *CARDS} - {speaker}
        replies = [read(one, take, said=Said(), speaker=speaker, others=others) for take in completion.takes]
        assert any(not reply.faults for reply in replies), (one.template, replies)
        kept += sum(not reply.faults for reply in replies)
        # Each is asked for from the same beginning; only the first had to read it.
        assert completion.usage.reused > 0
    assert kept >= 0.7 * TAKES * len(asked)


@pytest.mark.parametrize(
    ("logline", "fitting", "foreign"),
    [
        ("A lighthouse keeper's radio receives tomorrow's news.", {"a sailor", "a fisherman"}, "a king"),
        (
            "Your team has just created true artificial intelligence.",
            {"a programmer", "a scientist"},
            "a king",
        ),
    ],
)
async def test_a_role_suits_the_logline(
    llama_engine: LlamaEngine, logline: str, fitting: set[str], foreign: str
) -> None:
    """One of the first six of some sixty; a king is far down in both stories."""
    person = CARDS["Tobias"].character
    assert person is not None
    asked = at("Tobias", shared=Shared(logline=logline)).choose_role(person, options=REPERTOIRE.roles)
    order = await likeliest(llama_engine, asked, REPERTOIRE.roles)
    assert fitting & set(order[:6]), order[:6]
    assert order.index(foreign) > 10


async def test_a_place_suits_what_happens(llama_engine: LlamaEngine) -> None:
    """The same bible, two beats."""
    for summary, place in (
        ("The doctor tells Iris that the patient is dead.", "hospital"),
        ("Mara prays for her brother.", "church"),
    ):
        beats = (Beat(id="b1", summary=summary),)
        asked = at("Director").choose_place(beats=beats, options=REPERTOIRE.place_names)
        assert place in (await likeliest(llama_engine, asked, REPERTOIRE.place_names))[:4]


async def test_an_action_suits_what_is_felt(llama_engine: LlamaEngine) -> None:
    """Who is angry slams doors, who is happy smiles, whatever the form likes."""
    options = ("laughs", "slams the door", "steps back", "smiles", "weeps")
    lines = (Speech(who="Tobias", words="Your brother is alive!"),)
    found: dict[str, dict[str, float]] = {}
    for emotion in ("happy", "angry"):
        asked = turn().choose_action(StageSheet(scene=SCENE, lines=lines), emotion=emotion, options=options)
        choice = await llama_engine.choose(asked.prompt, asked.options, content_free=asked.content_free)
        found[emotion] = dict(zip(options, asked.probabilities(choice), strict=True))
    assert found["angry"]["slams the door"] > 1.3 * found["happy"]["slams the door"]
    assert found["happy"]["smiles"] > 1.3 * found["angry"]["smiles"]
