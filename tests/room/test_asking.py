"""Of several replies the most telling one is kept, where the engine can tell."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.cast.asking import CARD, SHARED, STAGE, WRITING, turn
from tests.scripted import ScriptedEngine
from writersroom.cast import requests
from writersroom.cast.cards import Drawn
from writersroom.cast.requests import TELLING, Asked
from writersroom.cast.said import Said
from writersroom.cast.sheets import DeviceSheet, Shared, Speech
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.room.asking import Asker
from writersroom.story.beats import Beat
from writersroom.story.characters import Character

REPLIES = ("It is late now.", "no no no no no no no.", "The lamp is out.", "Ask the sea.")
DRAWN = CARD.model_copy(update={"drawn": Drawn(line=4)})


def line(page: requests.Turn) -> Asked:
    return page.line(STAGE, emotion="fear")


async def test_the_likeliest_for_this_story_of_those_that_may_be_kept() -> None:
    weights: dict[str, float] = dict(zip(REPLIES, (-3.0, 0.0, -2.0, -4.0), strict=True))
    async with _Leaning(REPLIES, weights=weights) as engine:
        written = await Asker(engine, turn(DRAWN, n=1), said=Said(), others=()).write(line)
    assert written.text == "The lamp is out."
    assert (written.trace.take, written.trace.among, written.trace.resampled) == (2, 3, 1)
    assert [request.n for request in engine.requests] == [4]


class _Leaning(ScriptedEngine):
    """An engine whose weights hold for prompts with content alone."""

    def _weigh(self, prompt: str, options: Sequence[str]) -> tuple[float, ...]:
        return (-1.0,) * len(options) if "N/A" in prompt else super()._weigh(prompt, options)


async def test_an_engine_that_cannot_compare_draws_one() -> None:
    async with ScriptedEngine(REPLIES, supports=frozenset({"generate", "choose"})) as engine:
        written = await Asker(engine, turn(DRAWN), said=Said(), others=()).write(line)
    assert written.text == REPLIES[0]
    assert written.trace.among == 1
    assert [request.n for request in engine.requests] == [1]


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("template", sorted(TELLING))
def test_the_content_free_twin_has_none_of_the_story_and_the_same_first_words(
    template: str, number: int
) -> None:
    asked = WRITING[template](turn(number=number))
    twin = asked.content_free
    assert isinstance(twin, str)
    assert "N/A" in twin
    assert SHARED.logline not in twin
    assert SHARED.premise not in twin
    assert asked.begun
    assert twin.endswith(asked.begun)


async def test_a_beat_of_this_story_is_more_telling_than_one_of_any(llama_engine: LlamaEngine) -> None:
    """On the real model, for two stories: what each is about wins in its own."""
    device = DeviceSheet(label="a broken rule", tells="Somebody breaks a rule.", opening="decides to")
    radio, oven = "listen to the radio in the lighthouse.", "bake the bread in the other oven."
    plain = "do what is right for everybody."
    for logline, telling in (
        ("A lighthouse keeper's radio receives tomorrow's news.", radio),
        ("Two rival bakers inherit the same oven.", oven),
    ):
        page = turn().model_copy(update={"shared": Shared(logline=logline)})
        asked = page.pitch_sentence(device=device, subject="Mara")
        choice = await llama_engine.choose(
            asked.request.prompt,
            tuple(f" {one}" for one in (radio, oven, plain)),
            content_free=asked.content_free,
        )
        assert choice.options[choice.best].strip() == telling


async def test_what_is_thrown_away_is_not_compared() -> None:
    """A second sentence is cut off: what it says does not count, nor does a reply count twice."""
    replies = ("Ask the sea. The radio, the lamp and the", "Ask the sea. Who knows", "The lamp is out.")
    weights = {"Ask the sea.": -3.0, "The lamp is out.": -2.0, **dict.fromkeys(replies[:2], 0.0)}
    card = CARD.model_copy(update={"drawn": Drawn(line=3)})
    async with _Leaning(replies, weights=weights) as engine:
        written = await Asker(engine, turn(card), said=Said(), others=()).write(line)
    assert written.text == "The lamp is out."
    assert (written.trace.take, written.trace.among) == (2, 2)


async def test_what_was_not_compared_is_not_said_to_be_the_most_telling() -> None:
    bad = "no no no no no no no."
    async with ScriptedEngine([bad, " know it is late.", " ask the sea."]) as engine:
        written = await Asker(engine, turn(), said=Said(), others=()).write(
            lambda page: page.thought(STAGE, emotion="fear")
        )
    assert written.text == "I know it is late."
    assert written.trace.resampled == 1
    assert written.trace.among == 1


_DEVICE = DeviceSheet(label="a loss", tells="Somebody loses what they love.", opening="loses")
_RADIO = " the radio to the storm."
_HOME = " a home and a family."
_BOAT = " the boat at night."


def _told(*summaries: str) -> Shared:
    beats = tuple(Beat(id=f"b{at}", summary=summary) for at, summary in enumerate(summaries, 1))
    return Shared(
        logline="A lighthouse keeper's radio receives tomorrow's news.",
        characters=(Character(name="Mara"), Character(name="Tobias")),
        beats=beats,
    )


@pytest.mark.parametrize(
    ("shared", "kept", "among"),
    [
        (_told(), _RADIO, 1),
        (_told("Mara hears of her family.", "Tobias sells the lamp."), _RADIO, 1),
        (_told("Mara hears the news.", "Tobias sells the lamp.", "The keepers come."), _HOME, 3),
        (_told("Mara hears the radio at home.", "Her home is a lighthouse.", "She leaves."), _BOAT, 2),
        (_told("Mara's news.", "Mara's radio keeps Tobias out.", "Mara waits for Tobias."), _HOME, 3),
        (_told("Mara keeps the radio.", "A keeper's radio.", "The news of the keeper."), _HOME, 3),
    ],
    ids=[
        "nothing told",
        "told of something else",
        "told of it",
        "told of it and of one thing twice",
        "names are not harped on",
        "nor is what the logline says",
    ],
)
async def test_a_story_that_strays_is_brought_back_and_does_not_harp_on_a_word(
    shared: Shared, kept: str, among: int
) -> None:
    """Of beats that may be kept, before any is weighed: the engine here likes the home most."""
    weights = {_HOME: -1.0, _BOAT: -2.0, _RADIO: -3.0}
    page = turn(CARD.model_copy(update={"drawn": Drawn(beat=3)})).model_copy(update={"shared": shared})
    async with _Leaning((_BOAT, _HOME, _RADIO), weights=weights) as engine:
        written = await Asker(engine, page, said=Said(), others=()).write(
            lambda page: page.pitch_sentence(device=_DEVICE, subject="Mara")
        )
    assert written.text == f"Mara loses{kept}"
    assert written.trace.among == among


async def test_who_answers_is_about_what_was_said_or_happens() -> None:
    """Where one of the replies is; names do not make it so."""
    lamp, tobias = "Leave the lamp to me.", "Not now, Tobias."
    told = (Speech(who="Tobias", words="Who lit the lamps?"),)
    stage = STAGE.model_copy(update={"lines": told, "now": "Tobias waits."})
    card = CARD.model_copy(update={"drawn": Drawn(line=2)})
    async with _Leaning((lamp, tobias), weights={lamp: -9.0, tobias: 0.0}) as engine:
        written = await Asker(engine, turn(card), said=Said(), others=()).write(
            lambda page: page.line(stage, emotion="fear")
        )
    assert written.text == lamp


async def test_who_answers_does_not_harp_on_what_the_scene_has_said_twice() -> None:
    """Of two that are about the last line, the one that brings something else."""
    harping, fresh = "The lamp, the lass and the lamp.", "The lamp burned all night."
    told = [("Tobias", "Where is the lass?"), ("Mara", "No lass of mine."), ("Tobias", "Who lit the lamps?")]
    lines = tuple(Speech(who=who, words=words) for who, words in told)
    stage = STAGE.model_copy(update={"lines": lines, "now": ""})
    card = CARD.model_copy(update={"drawn": Drawn(line=2)})
    async with _Leaning((harping, fresh), weights={harping: 0.0, fresh: -9.0}) as engine:
        written = await Asker(engine, turn(card), said=Said(), others=()).write(
            lambda page: page.line(stage, emotion="fear")
        )
    assert written.text == fresh
