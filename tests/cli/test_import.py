"""`import` makes a session of a finished script, with every scene, character and element in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import Writersroom
from writersroom.archive import Archive
from writersroom.cli.script_as_session import session_bodies, session_start
from writersroom.cli.title_pages import title_page_of
from writersroom.events.convened import Convened
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.exits import Exit
from writersroom.script import Screenplay, from_fountain
from writersroom.script.model import TitlePage
from writersroom.script.reading import piece_from_fountain
from writersroom.story.beats import LinkKind
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import AddLink

SCRIPT = """\
Title: The Light
Author: A. Writer
Logline: A keeper's radio knows tomorrow.

FADE IN:

# Act One

INT. LIGHTHOUSE - NIGHT #1#

= Mara hears the date.
= She does not believe it.

A cup is set down. The radio hisses.

MARA
(to the radio)
Say that again, please, slowly.

RADIO (V.O.)
The third of March. Gale force nine.

EXT. HARBOUR - DAY

IOAN O'NEIL hauls a net. Mara watches him. She says nothing for a while.

IOAN O'NEIL
You look like a woman who slept on rocks.

# Act Two

INT./EXT. LIGHTHOUSE - GALLERY - NIGHT

MARA
Nothing.

@Mara
Nothing, I tell you!

CUT TO:

.THE ROCKS

[[not sure]]
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "the light.fountain"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def test_scenes_characters_and_beats_are_in_the_session(
    writersroom: Writersroom, script: Path, tmp_path: Path
) -> None:
    ran = writersroom("import", script, "--session", tmp_path / "new.room", "--json")
    assert ran.code == Exit.OK
    assert ran.json == {"file": str(tmp_path / "new.room"), "scenes": 4, "beats": 5, "characters": 3}
    told = writersroom("show", tmp_path / "new.room", "--json").json
    assert told["logline"] == "A keeper's radio knows tomorrow."
    assert told["title"] == "The Light"
    assert told["model"] == {"name": "", "sha256": None}
    assert [c["name"] for c in told["characters"]] == ["Mara", "Radio", "Ioan O'Neil"]
    assert told["characters"][0]["voice"]["examples"] == ["Say that again, please, slowly."]
    beats = told["beats"]
    assert [b["summary"] for b in beats] == [
        "Mara hears the date.",
        "She does not believe it.",
        "IOAN O'NEIL hauls a net. Mara watches him. She says nothing for a while.",
        "Mara: “Nothing.”",
        "THE ROCKS",
    ]
    assert [b["characters"] for b in beats[1:4]] == [["Mara", "Radio"], ["Ioan O'Neil", "Mara"], ["Mara"]]
    assert [b["place"] for b in beats] == ["LIGHTHOUSE"] * 2 + [
        "HARBOUR",
        "LIGHTHOUSE - GALLERY",
        "THE ROCKS",
    ]
    assert [b["act"] for b in beats] == [1, 1, 1, 2, 2]
    assert {b["status"] for b in beats} == {"drafted"}
    assert [(link["from"], link["to"], link["kind"]) for link in told["links"]] == [
        (f"b{n}", f"b{n + 1}", "precedes") for n in range(1, 5)
    ]
    assert told["scenes"][0]["heading"] == "INT. LIGHTHOUSE - NIGHT"
    assert all(scene["takes"][0]["chosen"] for scene in told["scenes"])
    assert told["weaknesses"], "there is nothing to argue over"


def test_the_session_can_be_argued_over(writersroom: Writersroom, script: Path, tmp_path: Path) -> None:
    writersroom("import", script, "--session", tmp_path / "new.room")
    graph = PlotGraph()
    with Archive.open(tmp_path / "new.room") as archive:
        for event in archive.events():
            if isinstance(event.body, MoveCommitted | StatusSet):
                graph.redo(event.body.diff)
    assert not graph.check(AddLink(source="b1", target=graph.ids()[-1], link=LinkKind.PRECEDES))
    assert graph.ids(include_locked=False) == graph.ids()


def test_without_a_name_the_session_is_put_among_those_of_the_room(
    writersroom: Writersroom, script: Path, tmp_path: Path
) -> None:
    for folder in ("agents", "prompts"):
        (tmp_path / "room" / folder).mkdir(parents=True)
    names = [Path(writersroom("import", script, "--room", tmp_path / "room").out.strip()) for _ in range(3)]
    assert names == [tmp_path / "room" / "sessions" / f"the-light{n}.room" for n in ("", "-2", "-3")]
    assert len(writersroom("sessions", "--room", tmp_path / "room", "--json").json) == 3


def test_a_logline_can_be_given_and_a_title_is_found(writersroom: Writersroom, tmp_path: Path) -> None:
    path = tmp_path / "plain.fountain"
    path.write_text("INT. A - DAY\n\nRain.\n", encoding="utf-8")
    writersroom("import", path, "--session", tmp_path / "x.room", "--logline", "It\x07 rains.")
    told = writersroom("show", tmp_path / "x.room", "--json").json
    assert told["logline"] == "It rains."
    assert told["title"] == "plain"


def test_acts_are_a_quarter_a_half_and_a_quarter_where_no_section_says() -> None:
    scenes = "\n\n".join(f"INT. ROOM {n} - DAY\n\n{'He waits. ' * 20}" for n in range(12))
    bodies = session_bodies(from_fountain(scenes))
    beats = [b.diff.after[0].beat for b in bodies if isinstance(b, MoveCommitted) and b.move.kind == "add"]
    assert [beat.act for beat in beats] == [1] * 3 + [2] * 6 + [3] * 3
    assert all(len(beat.summary) <= 240 and beat.summary.endswith(".") for beat in beats)


HEADINGS = st.sampled_from(["INT. HOUSE - DAY", "EXT. SEA", ".THE END OF IT", "I/E. CAR - NIGHT"])
PARTS = st.sampled_from(
    [
        "# Act Three",
        "## Sequence",
        "= It goes wrong.",
        "He sits. " * 40,
        "FADE IN:",
        "> CUT TO BLACK <",
        "MARA\nYes.",
        "ÉLODIE (O.S.)\n(softly)\nI have been here all the time, you know.",
        "mcdonald^\nNo.",
        "@McDonald\nNo.\n\nIOAN ^\nYes.",
        "[[note]]",
        "===",
        "~La la",
        "2ND WATCHMAN\n日本語 \u202e.",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(PARTS, max_size=3),
    st.lists(st.tuples(HEADINGS, st.lists(PARTS, max_size=5)), min_size=1, max_size=6),
)
def test_every_element_is_in_some_take_and_in_order(
    preamble: list[str], scenes: list[tuple[str, list[str]]]
) -> None:
    parts = [*preamble, *(part for heading, under in scenes for part in (heading, *under))]
    screenplay = from_fountain("\n\n".join(parts))
    bodies = session_bodies(screenplay)
    taken = [
        element
        for body in bodies
        if isinstance(body, TakeWritten)
        for element in piece_from_fountain(body.text).elements
    ]
    assert taken == list(screenplay.elements)
    (convened,) = [body for body in bodies if isinstance(body, Convened)]
    names = [character.name for character in convened.characters]
    assert len({name.casefold() for name in names}) == len(names)
    graph = PlotGraph()
    for body in bodies:
        if isinstance(body, MoveCommitted | StatusSet):
            graph.redo(body.diff)
    assert len(graph.ids()) >= len(screenplay.scenes)
    assert all(set(beat.characters) <= set(names) for beat in graph.beats())


def test_what_the_title_page_says_is_kept() -> None:
    start = session_start(from_fountain(SCRIPT), name="x")
    assert start.structure == "none"
    page = TitlePage(
        title="Low Light",
        credit="by",
        author="A. Writer\nB. Writer",
        source="a true story",
        draft_date="3 March",
        contact="x@example.org",
        copyright="2026 A. Writer",
        notes="blue pages",
        more={"Logline": "A lamp goes out.", "Revision": "2", "More": "and more"},
    )
    start = session_start(Screenplay(title_page=page, elements=from_fountain(SCRIPT).elements))
    assert title_page_of(start.settings, title=start.title, logline=start.logline) == page


def test_what_a_room_is_set_to_is_not_on_the_title_page() -> None:
    assert title_page_of({"notes": 1, "author": 2}, title="Low Light", logline="") == TitlePage(
        title="Low Light"
    )
