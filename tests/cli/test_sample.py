"""The recorded session that comes with the program: small, whole, and what its page says of it."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.cli.conftest import Writersroom
from writersroom.archive import Archive
from writersroom.events import Event
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.pitched import Pitched
from writersroom.exits import Exit
from writersroom.resources import repository, sample_session
from writersroom.room.reviewing import round_of
from writersroom.story.moves import AddBeat, PlantSetup
from writersroom.view.debate import Said
from writersroom.view.summary import Summary, summary

SAMPLE: Final = repository() / "sessions" / "sample.room"
PAGE: Final = repository() / "docs" / "sample.md"
NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip


@pytest.fixture(scope="module")
def events() -> list[Event]:
    with Archive.open(SAMPLE) as archive:
        return list(archive.events())


@pytest.fixture(scope="module")
def held(events: list[Event]) -> Summary:
    return summary(events)


def said(before: str, after: str) -> int:
    """The number that the page gives between these words."""
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    found = re.search(rf"{re.escape(before)}([a-z]+|\d+){re.escape(after)}", text)
    assert found is not None, f"the page says nothing like '{before}…{after}'"
    return int(found[1]) if found[1].isdigit() else NUMBERS.index(found[1])


def brings_beat(pitch: Said) -> bool:
    return isinstance(pitch.event.body, Pitched) and isinstance(pitch.event.body.move, AddBeat | PlantSetup)


def test_it_is_small_enough_to_come_with_the_program() -> None:
    assert sample_session() == SAMPLE
    assert SAMPLE.stat().st_size < 1_000_000


def test_it_is_replayed_with_its_logline(writersroom: Writersroom, held: Summary) -> None:
    ran = writersroom("replay", SAMPLE)
    assert ran.code == Exit.OK
    assert held.screen.masthead.logline in " ".join(ran.out.split())


def test_its_page_gives_the_numbers_of_the_file(events: list[Event], held: Summary) -> None:
    rounds = sum(isinstance(event.body, AgendaSet) for event in events)
    rulings = [pitch.ruling.verdict for pitch in held.pitches if pitch.ruling and brings_beat(pitch)]
    answers = [stance.stance for pitch in held.pitches for stance in pitch.stances]
    assert said("It has ", " turns") == held.screen.turn
    assert said("turns: ", " rounds of argument") == rounds
    assert said("after which ", " beats stand") == len(held.screen.plot.beats)
    assert said("stand (", " as they were pitched") == rulings.count("adopted")
    assert said("as they were pitched, ", " amended)") == rulings.count("amended")
    assert said("with ", " objections") == held.objections
    assert said("objections and ", " wishes for a change") == answers.count("amend")


def test_its_page_gives_the_scenes_and_takes_of_the_file(held: Summary) -> None:
    pages = held.screen.script.pages.values()
    first = {sum(not round_of(draft.take) for draft in page.drafts) for page in pages}
    revised = sum(any(round_of(draft.take) > 0 for draft in page.drafts) for page in pages)
    assert said("then ", " scenes in") == len(pages)
    assert {said("scenes in ", " takes each")} == first
    assert said("and for ", " of them a revision") == revised
