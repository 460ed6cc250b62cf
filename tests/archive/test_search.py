"""Words are found where they are, whatever a person types."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from writersroom.archive import Archive
from writersroom.archive.listing import search_sessions
from writersroom.events.convened import Convened
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.scored import Scored
from writersroom.events.session_started import SessionStarted
from writersroom.events.take_written import TakeWritten
from writersroom.events.whispered import Whispered
from writersroom.story.beats import Beat
from writersroom.story.moves import BeatChange, BeatPlaced, GraphDiff, ReviseBeat


def line(text: str) -> LineSpoken:
    return LineSpoken(take="s1.t1", character="MARA", line=text)


def found(session: Archive, text: str, limit: int = 50) -> list[int]:
    return [hit.event for hit in session.search(text, limit=limit)]


@pytest.fixture
def spoken(session: Archive) -> Archive:
    session.append(line("The storm took the boats from the harbour."), agent="MARA")
    session.append(line("Élodie, the lamp! Straße, naïve café."), agent="MARA")
    session.append(
        TakeWritten(scene="s1", take="s1.t1", text="Boats. " * 90 + "The harbour is dark."), agent="x"
    )
    session.append(Whispered(to="MARA", text="Speak of the storm, not of boats; the Harbour took it."))
    return session


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("storm", [5, 2]),
        ("STORM boats", [5, 2]),
        ("sto bo", [5, 2]),
        ("boats", [5, 4, 2]),
        ('"the harbour"', [5, 4, 2]),
        ('"took the boats"', [2]),
        ('"harbour is dark" boats', [4]),
        ('"the boats took"', []),
        ("elodie CAFÉ strasse", []),
        ("elodie CAFE straße", [3]),
        ("e\u0301lodie", [3]),
        ("mara", [5, 3, 2]),
        ("lighthouse", []),
        ("", []),
        (" \t\x00", []),
        ("!?-—", []),
        ('"', []),
        ("storm*", [5, 2]),
        ("storm OR lamp", []),
        ("(storm", [5, 2]),
        ("text: storm", []),
        ("storm NEAR(boats", []),
        ("half\ud800storm", []),
    ],
)
def test_words_are_found_newest_first(spoken: Archive, text: str, events: list[int]) -> None:
    assert found(spoken, text) == events


def test_a_limit_is_kept_and_beyond_one_reading_too(session: Archive) -> None:
    for _ in range(300):
        session.append(line("Again and again."), agent="MARA")
    assert found(session, "again") == list(range(301, 251, -1))
    assert [hit.event for hit in session.search("again", limit=280)] == list(range(301, 21, -1))
    assert [hit.event for hit in session.search('"and again"', limit=299)] == list(range(301, 2, -1))
    assert session.search("again", limit=0) == ()


def test_an_excerpt_shows_the_place(spoken: Archive) -> None:
    (hit,) = spoken.search("dark")
    assert (hit.turn, hit.kind, hit.agent) == (3, "take_written", "x")
    assert hit.excerpt.endswith("The harbour is dark.")
    assert hit.excerpt.startswith("…")
    assert len(hit.excerpt) < 170
    assert "\n" not in hit.excerpt


def test_cards_templates_and_what_a_beat_was_before_are_not_searched(session: Archive) -> None:
    session.append(SessionStarted(logline="x", cards={"director": "zebra"}, templates={"zebra": "zebra"}))
    session.append(Convened(premise="A zebra."))
    old, new = Beat(id="b1", summary="A zebra runs."), Beat(id="b1", summary="A horse runs.")
    session.append(
        MoveCommitted(
            move=ReviseBeat(beat="b1", change=BeatChange(summary="A horse runs.")),
            diff=GraphDiff(before=(BeatPlaced(beat=old, index=0),), after=(BeatPlaced(beat=new, index=0),)),
        )
    )
    assert found(session, "zebra") == [3]
    assert found(session, "horse b1") == [4]


def test_all_branches_are_searched(spoken: Archive) -> None:
    spoken.branch(1)
    assert found(spoken, '"harbour is dark"') == [4]


def test_a_line_is_found_where_it_was_spoken_and_not_where_it_is_kept_or_written_out(
    session: Archive,
) -> None:
    spoken = session.append(line("The boats are gone."), agent="MARA", scene="s1")
    other = session.append(
        LineSpoken(take="s1.t1", character="JON", line="The boats are gone."), agent="JON", scene="s1"
    )
    text = "INT. LAMP\n\nMARA\nThe boats are gone.\n\nJON\nThe boats are gone.\n\nJON\nWho took the oars?"
    session.append(line("Who took the oars?"), agent="JON", scene="s1")
    take = session.append(TakeWritten(scene="s1", take="s1.t1", text=text), agent="director", scene="s1")
    score = Scored(take="s1.t1", d=0.5, sentences=(("The boats are gone.", 0.9),))
    session.append(score, scene="s1")
    for revision in ("s1.r1a", "s1.r1b"):
        kept = spoken.body.model_copy(update={"take": revision})
        session.append(kept, scene="s1")
        session.append(
            TakeWritten(scene="s1", take=revision, text=text, round=1), agent="director", scene="s1"
        )
    assert found(session, "boats") == [other.id, spoken.id]
    assert found(session, '"boats are" gone') == [other.id, spoken.id]
    assert found(session, "boats", limit=1) == [other.id]
    # What no line has all of is found in the takes, and what differs from it is another line.
    assert take.id in found(session, "boats oars")
    changed = session.append(line("The boats are gone, all."), scene="s1")
    elsewhere = session.append(spoken.body, scene="s2")
    assert found(session, "boats gone") == [elsewhere.id, changed.id, other.id, spoken.id]


def test_a_folder_is_searched(spoken: Archive) -> None:
    (session,) = search_sessions(spoken.path.parent, "storm")
    assert (session.path, session.title, session.problem) == (spoken.path, "The Lamp", "")
    assert [hit.event for hit in session.hits] == [5, 2]
    assert search_sessions(spoken.path.parent, "lighthouse") == ()
    assert search_sessions(spoken.path.parent / "nowhere", "storm") == ()


WORD = re.compile(r"[^\W_]+")


def folded(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).casefold()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_no_query_is_an_error(spoken: Archive, text: str) -> None:
    assert len(spoken.search(text)) <= spoken.head


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.text("abcdéàüöñ", min_size=1, max_size=6), min_size=1, max_size=8),
    data=st.data(),
)
def test_every_word_that_was_said_is_found(session: Archive, words: list[str], data: st.DataObject) -> None:
    event = session.append(line(", ".join(words)), agent="MARA")
    some = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=3))
    hits = session.search(" ".join(some).upper(), limit=100)
    assert event.id in [hit.event for hit in hits]
    for hit in hits:
        held = [folded(word) for word in WORD.findall(session.event(hit.event).model_dump_json())]
        assert all(any(word.startswith(folded(one)) for word in held) for one in some)
