"""Replay prints what was recorded, from any turn, at any speed, with no model."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tests.cli.conftest import Writersroom, record
from tests.view.playing import Room, session
from writersroom.archive import Archive
from writersroom.cli.reading_aloud import Reader
from writersroom.events import Body, Event, event_from_json
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed, YesNo
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.stance_taken import StanceTaken
from writersroom.exits import Exit
from writersroom.story.moves import AddBeat, BeatDraft
from writersroom.view.pacing import LONGEST_PAUSE, Pace, WallClock, paced
from writersroom.view.printable import columns


def recorded(path: Path) -> list[Event]:
    with Archive.open(path) as archive:
        return list(archive.events())


def test_json_is_one_event_a_line_and_the_events_themselves(writersroom: Writersroom, played: Path) -> None:
    ran = writersroom("replay", played, "--json", "--headless")
    assert ran.code == Exit.OK
    assert [event_from_json(line) for line in ran.out.splitlines()] == recorded(played)


@pytest.mark.parametrize("turn", [0, 1, 7])
def test_it_begins_with_the_turn_asked_for(writersroom: Writersroom, played: Path, turn: int) -> None:
    ran = writersroom("replay", played, "--json", "--at", str(turn))
    told = [event_from_json(line) for line in ran.out.splitlines()]
    assert told == [event for event in recorded(played) if event.turn >= turn]


def test_a_turn_that_is_not_there_is_a_matter_of_usage(writersroom: Writersroom, played: Path) -> None:
    ran = writersroom("replay", played, "--at", "4000")
    assert ran.code == Exit.USAGE
    assert "has no turn 4000; give a turn from 0 to" in ran.err
    assert writersroom("replay", played, "--at", "-1").code == Exit.USAGE


def test_text_names_every_turn_once_and_obeys_nothing(writersroom: Writersroom, played: Path) -> None:
    out = writersroom("replay", played).out
    numbers = [int(number) for number in re.findall(r"^ {0,4}(\d+)  ", out, re.MULTILINE)]
    assert numbers == sorted({event.turn for event in recorded(played)})
    assert "lighthouse keeper" in out
    for character in out:
        assert unicodedata.category(character) != "Cc" or character == "\n"
        assert unicodedata.bidirectional(character) not in {"RLO", "LRO", "RLE", "LRE", "PDF"}


@pytest.mark.parametrize("width", [40, 80])
def test_lines_keep_to_the_width_also_with_wide_characters(played: Path, width: int) -> None:
    reader = Reader(colours=False, width=width)
    for event in recorded(played):
        for line in reader.read(event).splitlines():
            assert columns(line) <= width


def test_answers_and_rulings_say_whose_pitch_they_are_about() -> None:
    """Where there is room to; of an amendment only what it changes is told."""
    draft = BeatDraft(summary="Mara burns the boat.", tension=0.2)
    tenser = draft.model_copy(update={"tension": 0.5})
    told: list[tuple[str, Body]] = [
        ("Mara", Pitched(move=AddBeat(beat=draft), reason="It is mine.")),
        ("The Confessor", Pitched(move=AddBeat(beat=tenser), reason="It shows her.")),
        ("Tobias", StanceTaken(pitch=1, stance="amend", reason="More!", amendment=AddBeat(beat=tenser))),
        ("Clarissa", StanceTaken(pitch=2, stance="object", reason="Why?")),
        ("", Assessed(pitch=2, answers=(YesNo(critic="Otto", question="Is it so?", yes=0.5),))),
        ("Director", Ruled(pitch=1, verdict="rejected", reason="We have no boat.")),
        ("Director", AgendaSet(weakness="", question="What next?")),
        ("Iris", StanceTaken(pitch=2, stance="support", reason="Yes.")),
    ]
    for width in (80, 40):
        reader, play = Reader(colours=False, width=width), Room(Random(0))
        text = "\n".join(reader.read(play.event(body, agent)) for agent, body in told)
        for line in (
            "Tobias would amend Mara's",
            "The same, but there is" if width > 40 else "The same, but",
            "Clarissa is against The Confessor's" if width > 40 else "Clarissa is against it",
            "On The Confessor's: Is it so?",
            "Director rules on Mara's",
            "Iris is for it",
        ):
            assert line in text


def test_colours_are_all_that_a_terminal_obeys(played: Path) -> None:
    plain, coloured = Reader(colours=False, width=80), Reader(colours=True, width=80)
    for event in recorded(played):
        without = re.sub(r"\x1b\[[\d;]*m", "", coloured.read(event))
        assert without == plain.read(event)


class Metronome:
    """A clock that moves only by being slept on."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.mark.parametrize("speed", [0.5, 1.0, 8.0])
def test_playing_takes_the_recorded_time_over_the_speed(speed: float) -> None:
    events = session(4, 60)
    clock = Metronome()
    assert list(paced(events, Pace(clock, speed), clock.sleep)) == events
    gaps = [
        min(LONGEST_PAUSE, (after.created - before.created).total_seconds())
        for before, after in pairwise(events)
    ]
    assert clock.time - 100 == pytest.approx(sum(gaps) / speed)


def test_time_spent_drawing_is_made_up_for() -> None:
    events = session(4, 30)
    clock = Metronome()
    pace = Pace(clock)
    for event in events:
        clock.sleep(pace.wait(event))
        clock.time += 0.01
    undisturbed = Metronome()
    list(paced(events, Pace(undisturbed), undisturbed.sleep))
    assert clock.time == pytest.approx(undisturbed.time, abs=0.05)


def test_the_speed_can_change_on_the_way_and_nought_waits_for_nothing() -> None:
    events = session(4, 20)
    clock = Metronome()
    pace = Pace(clock, speed=0)
    assert [pace.wait(event) for event in events[:10]] == [0.0] * 10
    pace.speed = 2
    assert pace.speed == 2
    gap = (events[10].created - events[9].created).total_seconds()
    assert pace.wait(events[10]) == pytest.approx(min(gap, LONGEST_PAUSE) / 2)
    with pytest.raises(ValueError, match="negative"):
        pace.speed = -1
    with pytest.raises(ValueError, match="negative"):
        Pace(clock, speed=-1)


def test_the_machines_clock_goes_forward() -> None:
    clock = WallClock()
    before = clock.now()
    clock.sleep(0)
    clock.sleep(0.001)
    assert clock.now() > before


def test_a_paced_replay_prints_the_same(writersroom: Writersroom, tmp_path: Path) -> None:
    short = record(tmp_path / "short.room", session(4, 12))
    fast = writersroom("replay", short, "--speed", "100000")
    assert fast.out == writersroom("replay", short).out
    assert writersroom("replay", short, "--speed", "0").code == Exit.USAGE
