"""What is appended is what is read, whatever is in it, at once and after the file was closed."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archive.conftest import STARTED
from tests.events.bodies import alike, bodies, short_texts, traces
from writersroom.archive import Archive, errors
from writersroom.events import Body, Trace
from writersroom.events.cued import Cued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.session_started import SessionStarted
from writersroom.events.take_written import TakeWritten
from writersroom.events.whispered import Whispered
from writersroom.events.wrapped import Wrapped


def line(text: str) -> LineSpoken:
    return LineSpoken(take="s1.t1", character="MARA", line=text)


class Interrupted(Exception):
    """Something went wrong in the middle of a block."""


def append_and_fail(session: Archive) -> None:
    with session.at_once():
        session.append(line("Lost."), agent="MARA")
        raise Interrupted


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(bodies(), short_texts, short_texts, st.none() | traces()), max_size=8))
def test_any_events_are_read_as_they_were_returned(
    entries: list[tuple[Body, str, str, Trace | None]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.room"
        with Archive.create(path, STARTED) as archive:
            written = [archive.event(1)]
            for body, agent, scene, trace in entries:
                written.append(archive.append(body, agent=agent, scene=scene, trace=trace))
            assert alike(list(archive.events()), written)
        with Archive.open(path) as archive:
            assert alike(list(archive.events()), written)
            assert alike([archive.event(event.id) for event in written], written)
            assert alike([event.body for event in written[1:]], [body for body, *_ in entries])
        assert [file.name for file in Path(folder).iterdir()] == ["any.room"]


def test_events_form_one_line_and_count_turns(session: Archive) -> None:
    spoken = session.append(line("Light it."), agent="MARA", scene="s1")
    noted = session.append(Cued(to="ELIAS"), agent="person")
    answered = session.append(line("No."), agent="ELIAS", scene="s1")
    assert [(event.id, event.parent, event.turn) for event in session.events()] == [
        (1, None, 0),
        (2, 1, 1),
        (3, 2, 1),
        (4, 3, 2),
    ]
    assert (session.head, session.turn) == (answered.id, 2)
    assert spoken.created < noted.created < answered.created
    assert spoken.scene == "s1"


def test_a_turn_may_be_given_but_not_skipped_nor_gone_back_to(session: Archive) -> None:
    session.append(line("One."), agent="MARA")
    assert session.append(line("And more."), agent="MARA", turn=1).turn == 1
    assert session.append(Cued(to="MARA"), turn=2).turn == 2
    for turn in (1, 4):
        with pytest.raises(errors.OutOfTurn, match=f"turn {turn} cannot follow turn 2"):
            session.append(line("Lost."), agent="MARA", turn=turn)
    assert session.head == 4


def test_reading_can_start_and_end_anywhere(session: Archive) -> None:
    for number in range(600):  # More than is read in one go.
        session.append(line(str(number)), agent="MARA")
    assert [event.id for event in session.events()] == list(range(1, 602))
    assert [event.id for event in session.events(after=598)] == [599, 600, 601]
    assert [event.turn for event in session.events(after=300, upto_turn=302)] == [300, 301, 302]
    assert [event.id for event in session.events(head=3)] == [1, 2, 3]
    assert list(session.events(after=601)) == []
    assert list(session.events(upto_turn=-1)) == []
    assert len(list(session.events(upto_turn=10**30))) == 601
    assert list(session.events(after=10**30)) == []


def test_any_turn_is_found(session: Archive) -> None:
    for _ in range(3):
        session.append(line("Yes."), agent="MARA")
        session.append(Cued(to="MARA"))
    assert [session.at_turn(turn).id for turn in range(4)] == [1, 3, 5, 7]
    for turn in (-1, 4, 10**30):
        with pytest.raises(errors.NoSuchTurn) as caught:
            session.at_turn(turn)
        assert (caught.value.turn, caught.value.last) == (turn, 3)
        assert str(caught.value) == f"{session.path} has no turn {turn}; give a turn from 0 to 3."


def test_an_event_that_is_not_there_is_said_to_be_missing(session: Archive) -> None:
    for number in (-1, 0, 2, 10**30):
        with pytest.raises(errors.NoSuchEvent, match=f"no event {number}"):
            session.event(number)
        with pytest.raises(errors.NoSuchEvent):
            list(session.events(head=number))


def test_the_latest_event_of_a_kind_is_found(session: Archive) -> None:
    assert session.last("line_spoken") is None
    session.append(line("One."), agent="MARA")
    two = session.append(line("Two."), agent="MARA")
    cue = session.append(Cued(to="MARA"))
    assert session.last("line_spoken") == two
    assert session.last("line_spoken", "cued") == cue
    assert session.last() is None


def test_a_long_text_is_kept_once_however_often_it_recurs(session: Archive, path: Path) -> None:
    card = "You are the director. " * 40
    for _ in range(5):
        session.append(TakeWritten(scene="s1", take="s1.t1", text=card), agent="MARA")
        session.append(Whispered(to="director", text=card), agent="person")
    session.append(SessionStarted(logline="Again", cards={"director": card, "short": "x"}))
    session.close()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM texts WHERE text = ?", (card,)).fetchone() == (1,)
        assert file.execute("SELECT count(*) FROM events WHERE json LIKE '%the director%'").fetchone() == (0,)
    with Archive.open(path) as archive:
        assert all(
            card in (getattr(event.body, "text", ""), *getattr(event.body, "cards", {}).values())
            for event in archive.events(after=1)
        )


def test_what_recurs_in_traces_is_kept_once(session: Archive, path: Path) -> None:
    def trace(seed: int) -> Trace:
        return Trace(
            model_sha256="ab" * 32,
            prompt_sha256=f"{seed:064x}",
            template="line",
            sampling={"temperature": 1.1, "top_k": 40},
            seed=seed,
            tokens_in=1500,
            tokens_reused=1400,
            tokens_out=60,
            milliseconds=812.4375,
            take=2,
        )

    for seed in range(20):
        session.append(line("Yes."), agent="MARA", trace=trace(seed))
    session.close()
    with Archive.open(path) as archive:
        assert [event.trace for event in archive.events(after=1)] == [trace(seed) for seed in range(20)]
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM texts").fetchone() == (1,)


def test_halves_of_characters_are_replaced_and_nothing_else_is_lost(session: Archive) -> None:
    event = session.append(
        SessionStarted(logline="half \udcff a character", cards={"\ud800": "whole \U0001f469"}),
        agent="M\udfffRA",
        scene="s\ud800",
    )
    assert event.body == SessionStarted(logline="half � a character", cards={"�": "whole \U0001f469"})
    assert (event.agent, event.scene) == ("M�RA", "s�")
    assert session.event(event.id) == event


@pytest.mark.parametrize(
    "text", ["\x00\x1b[2J\r\n\x07" * 40, "\U0001d54f" * 10_000, "x" * 3_000_000], ids=len
)
def test_titles_and_names_of_any_kind_and_size_are_kept_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.room"
    started = SessionStarted(logline=text, title=text, model=text, cards={text: text}, templates={text: ""})
    with Archive.create(path, started) as archive:
        event = archive.append(LineSpoken(take=text, character=text, line=text), agent=text, scene=text)
    with Archive.open(path) as archive:
        assert archive.event(1).body == started
        assert archive.event(2) == event
        assert archive.event(2).agent == text


def test_what_belongs_to_the_beginning_is_in_the_file_from_its_first_moment(tmp_path: Path) -> None:
    path = tmp_path / "a.room"
    seats = [SeatTaken(seat=name, by="person") for name in ("Mara", "Iris")]
    Archive.create(path, STARTED, then=[(seat, "person") for seat in seats]).close()
    with Archive.open(path, write=True) as archive:
        events = list(archive.events())
        assert [event.body for event in events] == [STARTED, *seats]
        assert [(event.id, event.parent, event.turn) for event in events] == [
            (1, None, 0),
            (2, 1, 0),
            (3, 2, 0),
        ]
        assert [event.agent for event in events] == ["", "person", "person"]
        assert archive.append(line("Hello."), agent="MARA").parent == 3


def test_a_block_is_kept_together_or_not_at_all(session: Archive) -> None:
    with session.at_once():
        session.append(line("One."), agent="MARA")
        session.append(Cued(to="MARA"))
    assert session.head == 3
    with pytest.raises(Interrupted):
        append_and_fail(session)
    assert (session.head, session.turn) == (3, 1)
    assert session.append(Cued(to="ELIAS")).id == 4


def test_what_fails_inside_a_block_leaves_the_rest_of_the_block(session: Archive) -> None:
    with session.at_once():
        session.append(line("Kept."), agent="MARA")
        with pytest.raises(Interrupted):
            append_and_fail(session)
        session.append(line("Kept too."), agent="MARA")
    assert [event.body for event in session.events(after=1)] == [line("Kept."), line("Kept too.")]
    assert [hit.event for hit in session.search("kept")] == [3, 2]
    assert session.search("lost") == ()


def test_threads_may_append_at_once(session: Archive) -> None:
    def write(name: str) -> None:
        for number in range(25):
            with session.at_once():
                session.append(line(str(number)), agent=name)
                session.append(Cued(to=name), agent=name)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("MARA", "ELIAS", "JUNE")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = list(session.events(after=1))
    assert len(events) == 150
    assert all(
        one.agent == other.agent and one.turn == other.turn
        for one, other in zip(events[::2], events[1::2], strict=True)
    )
    assert [event.parent for event in events] == [event.id - 1 for event in events]


def test_while_it_is_written_it_is_in_wal_mode_and_flushed_at_every_commit(
    session: Archive, path: Path
) -> None:
    connection = session._connection  # pyright: ignore[reportPrivateUsage] - it has no other way to tell
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    session.append(Wrapped(reason="Done."))
    session.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_closed_archive_says_so(session: Archive, path: Path) -> None:
    session.close()
    session.close()
    for act in (
        lambda: session.head,
        lambda: session.append(Cued(to="MARA")),
        lambda: list(session.events()),
        session.branches,
        session.changed,
    ):
        with pytest.raises(errors.SessionClosed, match=r"was closed; open it again\.$"):
            act()


def test_an_archive_opened_to_read_refuses_to_write(session: Archive, path: Path) -> None:
    with Archive.open(path) as reader:
        assert not reader.writable
        for act in (
            lambda: reader.append(Cued(to="MARA")),
            lambda: reader.branch(0),
            lambda: reader.snapshot(0, "fold", "{}"),
        ):
            with pytest.raises(errors.ReadOnlySession, match="opened to be watched"):
                act()
    assert session.writable
    assert session.head == 1


def test_times_before_1970_and_to_the_microsecond_are_kept(tmp_path: Path) -> None:
    moments = [datetime(1931, 5, 4, 3, 2, 1, 999_999, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 1)]
    with Archive.create(tmp_path / "old.room", STARTED, clock=lambda: moments[0]) as archive:
        assert archive.event(1).created == moments[0]
    with Archive.open(tmp_path / "old.room", write=True, clock=lambda: moments[1]) as archive:
        assert archive.append(Cued(to="MARA")) == archive.event(2)
        assert archive.event(2).created == moments[1].replace(tzinfo=UTC)
