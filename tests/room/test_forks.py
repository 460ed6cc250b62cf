"""An edit, another take and a way back are branches of the same file; the old line stays whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.room.scripted_rooms import SHORT, begun, scripted, told
from writersroom.archive import Archive
from writersroom.archive.errors import NoSuchEvent, NoSuchTurn
from writersroom.events import Event
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.branched import Branched
from writersroom.events.edited import Edited
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_opened import SceneOpened
from writersroom.room.forks import NothingToDo, editable
from writersroom.room.session import Session
from writersroom.room.standing import Standing
from writersroom.room.stepper import Stepper
from writersroom.script import Screenplay, from_fountain, to_fountain
from writersroom.script.model import Action, Dialogue, Heading, Speech
from writersroom.story.moves import AddBeat

NEW = "You never asked who paid for the lamp oil."


async def played(archive: Archive, session: Session) -> list[Event]:
    await Stepper(session).play()
    return list(archive.events())


def first(events: list[Event], kind: str, number: int = 0) -> Event:
    return [event for event in events if event.body.kind == kind][number]


async def test_an_edited_line_is_gone_on_from_and_the_old_line_stays(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            heard: list[Event] = []
            session = Session(archive, engine, heard=heard.append)
            stepper = Stepper(session)
            assert await stepper.play() is None
            old = list(archive.events())
            old_branch = archive.branches()[0]
            line = next(one for one in old if isinstance(one.body, LineSpoken) and one.body.line != "…")
            del heard[:]
            assert session.line == 0
            await session.edit(line.id, f"  {NEW}\n")
            assert session.line == 1
            new = list(archive.events())
            # The same up to the line, then the branch, the edit, and what the new line makes them feel.
            at = old.index(line)
            assert new[: at + 1] == old[: at + 1]
            kinds = [event.body.kind for event in new[at + 1 :]]
            assert kinds[:2] == ["branched", "edited"]
            assert set(kinds[2:]) == {"affect_changed"}
            assert [event.id for event in heard] == [event.id for event in new[at + 1 :]]
            assert isinstance(heard[1].body, Edited)
            assert heard[1].body.text == NEW
            # The room knows the new words only, here and when the file is opened again.
            for standing in (session.standing, Standing(archive.events())):
                assert standing.scene is not None
                said = [one.line for draft in standing.scene.takes.values() for _, one in draft.lines]
                assert NEW in said
                assert isinstance(line.body, LineSpoken)
                assert line.body.line not in said
            # The loop of turns goes on from there though it had ended.
            assert await stepper.play() is None
            assert session.standing.wrapped is not None
            takes = [event for event in archive.events() if event.body.kind == "take_written"]
            assert any(NEW in take.body.model_dump_json() for take in takes)
            # The old line is as it was.
            assert list(archive.events(head=old_branch.head)) == old
            assert [branch.fork for branch in archive.branches()] == [None, line.id]


async def test_an_edited_pitch_is_the_beat_that_is_adopted(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine, plan=SHORT.model_copy(update={"rounds": 4})) as archive:
            session = Session(archive, engine)
            events = await played(archive, session)
            ruled = [one.body for one in events if isinstance(one.body, Ruled)]
            taken = [one.pitch for one in ruled if one.verdict != "rejected"]
            pitches = {one.id: one for one in events if isinstance(one.body, Pitched)}
            pitch = next(pitches[id] for id in taken if editable(pitches[id].body) is not None)
            sentence = "Mara cuts the aerial while Tobias sleeps."
            found = editable(pitch.body)
            assert found is not None
            assert found[0].startswith("move.")
            await session.edit(pitch.id, sentence)
            (proposal,) = [one for one in session.standing.proposals if one.id == pitch.id]
            assert isinstance(proposal.body.move, AddBeat)
            assert proposal.body.move.beat.summary == sentence
            assert sentence in Standing(archive.events()).proposals[-1].body.model_dump_json()


async def test_another_take_speaks_the_same_turn_in_other_words(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            events = await played(archive, session)
            for kind in ("pitched", "stance_taken", "ruled", "line_spoken", "scene_opened"):
                old = first(events, kind)
                await session.another_take(old.id)
                await session.speak()
                new = archive.last(kind)
                assert new is not None
                assert new.id > old.id
                assert (new.turn, new.agent) == (old.turn, old.agent)
                assert (new.trace is None) == (old.trace is None)
                if new.trace is not None and old.trace is not None:
                    assert new.trace.seed != old.trace.seed
                assert new.body != old.body or kind == "scene_opened"  # A place may be its beats' place.
                archive.switch(archive.branches()[0])
                session = Session(archive, engine)
            assert len(archive.branches()) == 6
            # A ruling is spoken again with its assessments, which are not kept twice.
            ruled = first(events, "ruled")
            await session.another_take(ruled.id)
            await session.speak()
            on_line = [event.body.kind for event in archive.events()]
            assert on_line.count("assessed") == SHORT.pitches
            # What followed from a turn is that turn.
            archive.switch(archive.branches()[0])
            session = Session(archive, engine)
            moved = first(events, "affect_changed")
            await session.another_take(moved.id)
            await session.speak()
            assert session.standing.turn == moved.turn


async def test_another_take_of_a_persons_turn_waits_for_the_person(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            stepper = Stepper(session)
            await stepper.play(turns=2)
            turn = session.coming()
            assert turn is not None
            session.take_seat(turn.agent)
            await stepper.play(turns=1)
            session.leave_seat(turn.agent)
            await stepper.step()
            pitch = archive.last("pitched")
            assert pitch is not None
            session.take_seat(pitch.agent)
            # Taken after the pitch, so not on the line before it; the model plays there.
            await session.another_take(pitch.id)
            assert await stepper.again() is None
            again = archive.last("pitched")
            assert again is not None
            assert again.id > pitch.id


async def test_going_back_is_a_branch_that_draws_anew(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            old = await played(archive, session)
            await session.go_back(4)
            assert session.standing.turn == 4
            assert session.standing.wrapped is None
            new = await played(archive, session)
            shared = [event for event in new if event in old]
            assert max(event.turn for event in shared) == 4
            texts = [event.body.model_dump_json() for event in new if event.body.kind == "line_spoken"]
            assert texts
            assert not set(texts) & {e.body.model_dump_json() for e in old if e.body.kind == "line_spoken"}
            with pytest.raises(NoSuchTurn):
                await session.go_back(4000)


async def test_a_branch_goes_the_same_way_when_it_is_taken_up_again(tmp_path: Path) -> None:
    lines: list[list[str]] = []
    for stops in (False, True):
        async with scripted() as engine:
            path = tmp_path / f"{stops}.room"
            with begun(path, engine) as archive:
                session = Session(archive, engine)
                await Stepper(session).play(turns=9)
                await session.go_back(3)
                if not stops:
                    await Stepper(session).play()
                    lines.append(told(list(archive.events())))
            if stops:
                while True:
                    with Archive.open(path, write=True) as archive:
                        session = Session(archive, engine)
                        # A round that was written together is stopped between its turns only where it ends.
                        if session.coming() is None:
                            lines.append(told(list(archive.events())))
                            break
                        await Stepper(session).play(turns=30)
    assert lines[0] == lines[1]


async def test_what_cannot_be_edited_or_spoken_again_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            events = await played(archive, session)
            session.cue("Mara")
            events = list(archive.events())
            line = first(events, "line_spoken")
            assert isinstance(line.body, LineSpoken)
            for event, text, match in (
                (1, "x", "no text"),
                (first(events, "affect_changed").id, "x", "no text"),
                (events[-1].id, "x", "no text"),
                (line.id, " \n", "empty"),
                (line.id, "x" * 3000, "3,000 characters"),
                (line.id, line.body.line, "already"),
                (first(events, "take_written").id, "No heading, no scene.", "has no scene"),
            ):
                with pytest.raises(NothingToDo, match=match):
                    await session.edit(event, text)
            with pytest.raises(NoSuchEvent):
                await session.edit(99_999, "x")
            for event in (1, events[-1].id):
                with pytest.raises(NothingToDo, match="no turn"):
                    await session.another_take(event)
            with pytest.raises(NoSuchEvent):
                await session.another_take(99_999)
            assert list(archive.events()) == events
            assert len(archive.branches()) == 1


async def test_every_kind_that_is_said_can_be_edited(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            events = await played(archive, session)
            main = archive.branches()[0]
            seen: set[str] = set()
            for event in events:
                if event.body.kind in seen or not event.agent or editable(event.body) is None:
                    continue
                seen.add(event.body.kind)
                found = editable(event.body)
                assert found is not None
                text = NEW if event.body.kind != "take_written" else "EXT. CLIFF - DAWN\n\nMara jumps.\n"
                await session.edit(event.id, text)
                edited = archive.last("edited")
                assert edited is not None
                assert isinstance(edited.body, Edited)
                assert (edited.body.target, edited.body.field, edited.body.text) == (event.id, found[0], text)
                # It is as if it had been said so: told again from the file, nothing else is known.
                known = Standing(archive.events())
                assert known.turn == event.turn
                archive.switch(main)
                session = Session(archive, engine)
            assert seen >= {
                "convened", "agenda_set", "pitched", "stance_taken", "ruled", "scene_opened", "line_spoken",
                "take_written", "note_given", "scene_locked",
            }  # fmt: skip
            assert len(archive.branches()) == 1 + len(seen)


async def test_an_edited_take_keeps_what_fountain_says_with_blanks_and_guards(tmp_path: Path) -> None:
    speech = Speech(character="MARA", lines=(Dialogue(text="Wait.\n\n#hashtag\n(no aside"),))
    shot = Action(text="A SHOT\n    far off.")
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            take = first(await played(archive, session), "take_written")
            scene = to_fountain(Screenplay(elements=(Heading(text="EXT. CLIFF - DAWN"), speech)))
            await session.edit(take.id, f"\n{scene}\nA SHOT  \n\tfar off.\x07\n\n")
            edited = archive.last("edited")
            assert edited is not None
            assert isinstance(edited.body, Edited)
            assert from_fountain(edited.body.text).elements[1:] == (speech, shot)
            assert "\x07" not in edited.body.text


async def test_feelings_follow_the_edited_line(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            events = await played(archive, session)
            line = first(events, "line_spoken")
            await session.edit(line.id, NEW)
            new = list(archive.events())
            moved = [
                event.body for event in new[new.index(line) + 1 :] if isinstance(event.body, AffectChanged)
            ]
            scene = first(events, "scene_opened").body
            assert isinstance(scene, SceneOpened)
            assert {body.character for body in moved} == set(scene.characters)
            assert all(session.standing.states[body.character] == body.state for body in moved)


async def test_a_ruling_keeps_its_move_when_its_words_are_edited(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine, plan=SHORT.model_copy(update={"rounds": 4})) as archive:
            session = Session(archive, engine)
            events = await played(archive, session)
            commit = first(events, "move_committed")
            ruling = [event for event in events if event.body.kind == "ruled" and event.id < commit.id][-1]
            await session.edit(ruling.id, NEW)
            new = list(archive.events())
            assert commit in new
            assert isinstance(commit.body, MoveCommitted)
            assert new.index(commit) < [event.body.kind for event in new].index("branched")
            assert isinstance(new[-2].body, Branched)
