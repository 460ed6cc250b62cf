"""Every key that changes a live session, with a scripted engine behind it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.widgets import Input, Select, TextArea

from tests.room.scripted_words import answering
from tests.scripted import ScriptedEngine
from tests.tui.screens import OnScreen, begun, cells, driven, live_app, says, scripted
from writersroom.archive import Archive
from writersroom.cast.cards import Drawn
from writersroom.engine.errors import EngineFailed
from writersroom.engine.interface import Completion, OnToken, Request, Stop
from writersroom.engine.server.answers import Alternative, Reply
from writersroom.engine.server.draft import Draft
from writersroom.events import Event
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.cued import Cued
from writersroom.events.edited import Edited
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.weakness_intended import WeaknessIntended
from writersroom.events.whispered import Whispered
from writersroom.tui.dialogs.asking import AskLine, AskText, Pick
from writersroom.tui.dialogs.help import Help
from writersroom.tui.home.screen import HomeScreen
from writersroom.tui.playing.player import Refused
from writersroom.tui.room.agents import AgentLine
from writersroom.tui.room.branches import BranchesScreen
from writersroom.tui.room.seat import SeatPanel
from writersroom.tui.room.why import WhyScreen
from writersroom.view.wording import words_of


def events_of(on: OnScreen) -> Sequence[Event]:
    """The session as it stands, from its file."""
    return list(on.live.archive.events())


def branches_of(on: OnScreen) -> int:
    """How many lines the session has."""
    return len(on.live.archive.branches())


async def heard(on: OnScreen, *, words: int) -> str:
    """What an agent is saying, once it has so many words; an engine that writes slowly is still at it."""
    for _ in range(2000):
        for piece in on.live.pieces.values():
            if len(piece.text.split()) >= words:
                return piece.text
        await on.pilot.pause(0.01)
    raise AssertionError("nobody said anything")


async def stepped(on: OnScreen, turns: int) -> None:
    """Take so many turns."""
    for _ in range(turns):
        await on.press("full_stop")
    assert on.turn == turns


async def seated(on: OnScreen, place: int = 0) -> AgendaSet:
    """Set an agenda, and have the person in the seat of one of its agents."""
    await stepped(on, 2)
    agenda = on.live.screen.agenda
    assert agenda is not None
    await on.live.swap_seat(agenda.agents[place])
    await on.settle()
    return agenda


async def test_a_session_is_stepped_and_played_to_its_end(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        assert on.live.state == "ready"
        assert on.turn == 0
        await on.press("full_stop")
        assert on.turn == 1
        await on.press("right")
        assert on.turn == 2
        await on.press("l")
        assert on.turn == 3
        await on.press("space")
        assert on.live.saying == "ended"
        assert on.turn == on.live.turns > 15
        assert on.live.screen.wrapped
        assert not on.live.pieces


async def test_space_pauses_after_the_turn_that_is_being_taken(tmp_path: Path) -> None:
    engine = scripted(tokens_per_second=100)
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine)) as on:
        await on.pilot.press("space")
        await on.pilot.pause()
        assert on.live.playing
        assert on.live.saying == "playing"
        await on.press("space")
        assert not on.live.playing
        assert on.live.saying == "paused"
        assert on.turn >= 1
        assert not on.live.screen.wrapped


class FirstFast(ScriptedEngine):
    """Writes its first text, and what is drawn with it, much faster than what it writes beside it."""

    def __init__(self) -> None:
        super().__init__(answering, context=8192)
        self.texts = self.words = 0

    async def _write(self, draft: Draft, text: str, max_tokens: int) -> None:
        self.texts += 1
        pause = 0.02 if self.texts <= Drawn().beat else 0.2
        for word in text.split():
            await asyncio.sleep(pause)
            self.words += 1
            draft.hear(Reply(choices=(Alternative(text=f" {word}", finish_reason=None),)))


async def test_the_footer_says_what_space_does_now(tmp_path: Path) -> None:
    engine = Halting(halting=True)
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine)) as on:
        assert "Space Play " in cells(on.app)[-1]
        await on.pilot.press("space")
        await on.until_state("taking", lambda: "Space Pause " in cells(on.app)[-1])
        await on.pilot.press("space")
        await on.becomes(lambda: "Space Play " in cells(on.app)[-1])
        assert on.live.state == "taking", "the turn that was begun is still written"


async def test_what_is_written_ahead_is_not_shown_after_a_pause(tmp_path: Path) -> None:
    engine = FirstFast()
    path = begun(tmp_path / "a.room")
    async with driven(live_app(path)) as on:
        await stepped(on, 2)
    async with driven(live_app(path, engine=engine)) as on:
        await on.pilot.press("space")
        await on.until_state("taking", lambda: len(on.live.pieces) > 1)
        await on.pilot.press("space")
        await on.until(lambda: not on.live.busy)
        assert on.turn == 3
        written = engine.words
        await on.pilot.pause(1.0)
        assert engine.words > written, "what was begun is written on meanwhile"
        assert not on.live.pieces


async def test_words_of_turns_that_a_cue_throws_away_go_from_the_screen(tmp_path: Path) -> None:
    engine = Halting()
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine)) as on:
        await stepped(on, 2)
        engine.halting = True
        await on.pilot.press("full_stop")
        await on.until_state("taking", lambda: len(on.live.pieces) > 1)
        said = {first_words(piece.text) for piece in on.live.pieces.values()}
        await on.becomes(lambda: all(on.sees(text) for text in said))
        await on.pilot.press("7")
        await on.becomes(lambda: not on.live.pieces and not any(on.sees(text) for text in said))
        await on.press("escape")


def first_words(text: str) -> str:
    """As many as stand in one row of the debate, however it wraps."""
    return " ".join(text.split()[:4])


class Halting(ScriptedEngine):
    """Writes at once, until it is told to halt: then five words of each text, and no more."""

    def __init__(self, *, halting: bool = False) -> None:
        super().__init__(says, context=8192)
        self.halting = halting

    async def _write(self, draft: Draft, text: str, max_tokens: int) -> None:
        if not self.halting:
            await super()._write(draft, text, max_tokens)
            return
        for word in text.split()[:5]:
            draft.hear(Reply(choices=(Alternative(text=f" {word}", finish_reason=None),)))
        await asyncio.Event().wait()


async def test_what_is_being_said_is_at_the_end_and_nowhere_else(tmp_path: Path) -> None:
    engine = Halting()
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine)) as on:
        await stepped(on, 2)
        engine.halting = True
        await on.pilot.press("full_stop")
        said = first_words(await heard(on, words=5))
        await on.becomes(lambda: on.sees(said))
        await on.pilot.press("comma")
        await on.becomes(lambda: on.turn == 1 and not on.sees(said))
        await on.pilot.press("end")
        await on.becomes(lambda: on.sees(said))
        await on.press("escape")


async def test_escape_stops_the_model_and_keeps_what_it_has_said(tmp_path: Path) -> None:
    engine = Halting()
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine)) as on:
        await stepped(on, 3)
        engine.halting = True  # What is left of the pitches has been written; the stances have not.
        await on.press("full_stop")
        await on.pilot.press("full_stop")
        said = await heard(on, words=5)
        await on.press("escape")
        assert not on.live.busy
        assert on.turn == 5, on.live.trouble
        stance = events_of(on)[-1].body
        assert isinstance(stance, StanceTaken)
        assert stance.reason.split()[-2] in said
        assert stance.reason.endswith("\u2014")
        engine.halting = False


async def test_one_looks_back_while_the_session_stays_where_it_is(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 6)
        await on.press("left")
        assert on.turn == 5
        await on.press("h", "comma")
        assert on.turn == 3
        assert on.live.turns == 6
        await on.press("full_stop")
        assert on.turn == 4
        assert on.live.turns == 6
        await on.press("home")
        assert on.turn == 0
        await on.press("end")
        assert on.turn == 6
        await on.press("g")
        assert isinstance(on.app.screen, AskLine)
        await on.write("99")
        await on.press("enter")
        assert isinstance(on.app.screen, AskLine)
        on.app.screen.query_one(Input).value = "2"
        await on.press("enter")
        assert on.turn == 2
        await on.press("space")
        assert on.turn == on.live.turns > 6


async def test_a_number_cues_who_speaks_next(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 1)
        names = on.live.screen.masthead.agents
        await on.press("7")
        assert Cued(to=names[6]) in [event.body for event in events_of(on)]
        await on.press("full_stop", "full_stop")
        assert on.live.screen.speaker == names[6]


async def test_a_number_that_nobody_has_and_a_key_before_anything_was_said_say_why(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        for key in ("e", "r"):
            before = len(on.notes)
            await on.press(key)
            (said,) = on.notes[before:]
            assert "Nothing has been said" in said
        agents = len(on.live.screen.masthead.agents)
        on.room.action_cue(agents + 1)
        await on.pilot.pause()
        assert on.notes[-1] == f"There is no agent {agents + 1}: there are {agents}."


async def test_a_name_that_is_clicked_cues_its_agent(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 1)
        names = on.live.screen.masthead.agents
        row = next(row for row in cells(on.app) if row.startswith(" 1 "))
        await on.pilot.click(AgentLine, offset=(row.index(names[2]) + 1, 0))
        await on.settle()
        assert events_of(on)[-1].body == Cued(to=names[2])
        await on.pilot.click(AgentLine, offset=(row.index(names[2]) - 3, 0))
        await on.settle()
        assert len([1 for event in events_of(on) if isinstance(event.body, Cued)]) == 1
        await on.press("t", "enter")
        assert f"{names[0]}*" in "\n".join(cells(on.app))


async def test_a_note_is_whispered_to_one_agent(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 1)
        await on.press("d")
        assert isinstance(on.app.screen, Pick)
        await on.press("j", "enter")
        await on.write("be brief")
        await on.press("enter")
        assert Whispered(to=on.live.screen.masthead.agents[1], text="be brief") in [
            event.body for event in events_of(on)
        ]
        await on.press("d")
        await on.press("escape")
        assert len([1 for event in events_of(on) if isinstance(event.body, Whispered)]) == 1


async def test_a_note_that_cannot_be_whispered_is_said_and_changes_nothing(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await on.press("d", "enter")
        dialog = on.app.screen
        assert isinstance(dialog, AskLine)
        dialog.query_one(Input).value = "x" * 5000
        await on.press("enter")
        assert on.app.screen is dialog, "the words are still there to be shortened"
        assert "5,000" in "\n".join(cells(on.app))
        assert not on.notes
        dialog.query_one(Input).value = "be brief"
        await on.press("enter")
        assert [event.body.text for event in events_of(on) if isinstance(event.body, Whispered)] == [
            "be brief"
        ]
        assert any("Whispered" in note for note in on.notes)
        with pytest.raises(Refused, match="5,000"):
            await on.live.whisper(on.live.screen.masthead.agents[0], "x" * 5000)
        assert on.live.state == "ready"


async def test_a_person_takes_a_seat_answers_the_form_and_leaves_again(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 2)
        agenda = on.live.screen.agenda
        assert agenda is not None
        at = on.live.screen.masthead.agents.index(agenda.agents[0])
        await on.press("t")
        await on.press(*["down"] * at, "enter")
        assert SeatTaken(seat=agenda.agents[0], by="person") in [event.body for event in events_of(on)]
        seat = on.room.query_one(SeatPanel)
        assert on.live.form is not None
        assert seat.display
        assert seat.form == on.live.form
        assert on.live.saying == "your turn"
        words = "Because the light has to go out."
        free = list(seat.query(Input))
        assert free
        for box in free:
            box.value = words
        await on.press("ctrl+s")
        assert on.turn == 3, on.live.trouble
        said = events_of(on)[-1]
        assert said.agent == agenda.agents[0]
        assert not seat.display
        await on.press("t")
        await on.press(*["down"] * at, "enter")
        assert events_of(on)[-1].body == SeatTaken(seat=agenda.agents[0], by="model")


async def test_in_a_form_letters_are_words_and_tab_goes_through_its_fields(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await seated(on)
        seat = on.room.query_one(SeatPanel)
        assert seat.has_focus_within
        been: list[object] = []
        while on.room.focused not in been:
            been.append(on.room.focused)
            if not isinstance(on.room.focused, Input | TextArea):
                await on.press("r", "e", "i", "q", "b", "1")
            await on.press("tab")
            assert seat.has_focus_within
        assert any(isinstance(one, Select) for one in been)
        assert any(isinstance(one, Input | TextArea) for one in been)
        await on.press("shift+tab")
        assert on.room.focused is been[-1]
        assert on.app.screen is on.room
        assert branches_of(on) == 1
        assert on.turn == 2
        await on.press("escape")
        assert on.room.debate.has_focus
        await on.press("tab")
        assert on.room.focused is been[0]


async def test_an_answer_that_is_not_legal_is_refused_where_it_stands(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await seated(on)
        form = on.live.form
        assert form is not None
        refusal = await on.live.answer(form, {"no such field": "x"})
        assert refusal is not None
        assert refusal.problem
        seat = on.room.query_one(SeatPanel)
        seat.complain(refusal)
        for box in seat.query(Input):
            box.value = ""
        await on.press("ctrl+s")
        assert on.turn == 2
        assert seat.display
        assert on.live.form == form


async def test_what_was_said_of_a_field_goes_once_the_field_is_changed(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await seated(on)
        seat = on.room.query_one(SeatPanel)
        field = next(box for box in seat.query(Input) if box.is_on_screen)
        field.value = ""
        await on.press("ctrl+s")
        assert any("is not answered" in row for row in cells(on.app))
        field.focus()
        await on.write("m")
        assert not any("is not answered" in row for row in cells(on.app))
        assert on.turn == 2


async def test_a_text_is_edited_and_the_old_one_stays_as_a_branch(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 3)
        subject = on.room.subject
        assert subject is not None
        await on.press("e")
        assert isinstance(on.app.screen, AskText)
        area = on.app.screen.query_one(TextArea)
        assert area.text
        area.text = "Mara sinks the boat at dawn."
        await on.press("ctrl+s")
        assert branches_of(on) == 2
        edits = [event.body for event in events_of(on) if isinstance(event.body, Edited)]
        assert [(edit.target, edit.text) for edit in edits] == [(subject.id, "Mara sinks the boat at dawn.")]
        assert any("sinks the boat" in said.event.body.model_dump_json() for said in on.live.screen.debate)
        await on.press("e", "escape")
        assert branches_of(on) == 2


async def test_a_branch_as_long_as_the_line_it_leaves_is_counted(tmp_path: Path) -> None:
    """An edit, another take and a branch of the last turn leave the session with as many turns as before."""
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 3)
        await on.live.another_take(on.live.archive.head)
        await on.settle()
        assert on.live.turns == 3
        assert "branch 2/2" in "\n".join(cells(on.app))
        subject = on.room.subject
        assert subject is not None
        await on.live.edit(subject.id, "Mara sinks the boat at dawn.")
        await on.settle()
        assert on.live.turns == 3
        assert "branch 3/3" in "\n".join(cells(on.app))
        await on.press("b")
        assert on.live.turns == 3
        assert "branch 4/4" in "\n".join(cells(on.app))


async def test_a_text_is_edited_in_the_editor_of_the_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor.py"
    script.write_text("import sys; open(sys.argv[1], 'w').write('Iris burns the radio.\\n')")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    monkeypatch.delenv("VISUAL", raising=False)
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 3)
        monkeypatch.setattr(on.app, "suspend", nullcontext)  # the pilot's terminal cannot be given away
        await on.press("E")
        edits = [event.body for event in events_of(on) if isinstance(event.body, Edited)]
        assert [edit.text for edit in edits] == ["Iris burns the radio."]
        monkeypatch.setenv("EDITOR", "/no/such/editor")
        await on.press("E")
        assert any("/no/such/editor" in note for note in on.notes)


async def test_keys_are_about_what_was_said_last_or_what_one_points_at_in_the_panel_in_use(
    tmp_path: Path,
) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        turn = 0
        while not isinstance(events_of(on)[-1].body, StanceTaken):
            turn += 1
            await stepped(on, 1) if turn == 1 else await on.press("full_stop")
        stance = events_of(on)[-1]
        assert on.room.subject == stance
        await on.press("e")
        assert isinstance(on.app.screen, AskText)
        assert on.app.screen.query_one(TextArea).text == getattr(stance.body, "reason", None)
        await on.press("escape", "r")
        again = events_of(on)[-1]
        assert isinstance(again.body, StanceTaken)
        assert again.agent == stance.agent
        assert again.body != stance.body
        await on.press("up", "up")
        pointed = on.room.subject
        assert pointed is not None
        assert pointed.id < again.id
        await on.press("tab")  # In another panel nothing is pointed at.
        assert on.room.subject == again


async def test_a_turn_is_spoken_again_and_both_takes_can_be_seen(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 3)
        first = events_of(on)[-1].body
        await on.press("r")
        assert branches_of(on) == 2
        second = events_of(on)[-1].body
        assert first.kind == second.kind
        assert first != second
        await on.press("less_than_sign")
        assert events_of(on)[-1].body == first
        await on.press("greater_than_sign")
        assert events_of(on)[-1].body == second
        assert on.room.takes.said is not None
        before, after = on.room.takes.said
        assert (before.name, after.name) == ("turn 3, branch 1", "turn 3, branch 2")
        assert (before.text, after.text) == (words_of(first), words_of(second))
        await on.press("f5")
        shown = " ".join("\n".join(cells(on.app)).split())
        assert "turn 3, branch 1" in shown
        assert "turn 3, branch 2" in shown
        assert on.room.subject is not None
        await on.press("full_stop")
        assert on.turn == 4


async def test_it_goes_on_from_an_earlier_turn_and_branches_are_compared(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room")), size=(140, 40)) as on:
        await stepped(on, 12)
        await on.press("g")
        await on.write("3")  # Of a round that tells on both pitches may stand; the second is another one.
        await on.press("enter", "b")
        assert branches_of(on) == 2
        assert on.live.turns == 3
        await on.press("7", "space")
        assert on.live.turns > 12
        await on.press("B")
        screen = on.app.screen
        assert isinstance(screen, BranchesScreen)
        await on.press("k")
        assert screen.compared is not None
        assert screen.compared.text
        assert {run.side for run in screen.compared.beats} & {"one", "other"}
        await on.press("space", "j")
        await on.press("k", "enter")
        assert on.live.turns == 12
        assert next(branch.id for branch in on.live.archive.branches() if branch.current) == 1


async def test_why_says_what_is_known(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 3)
        await on.press("i")
        screen = on.app.screen
        assert isinstance(screen, WhyScreen)
        assert screen.whys
        assert all(one.matches for one in screen.whys)
        assert all("lighthouse" in one.prompt for one in screen.whys)
        await on.press("y")
        assert on.app.clipboard == screen.whys[0].prompt
        await on.press("escape")
        assert on.app.screen is on.room


async def test_a_weakness_is_marked_as_meant(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await on.press("space")
        await on.press("f3", "w", "m")
        marked = [event.body for event in events_of(on) if isinstance(event.body, WeaknessIntended)]
        assert [mark.intended for mark in marked] == [True]
        assert on.live.screen.intended == {marked[0].weakness}


class Failing(ScriptedEngine):
    """Fails at the request of a number, once."""

    def __init__(self, at: int) -> None:
        super().__init__(says, context=8192)
        self.left = at

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        self.left -= 1
        if self.left == 0:
            raise EngineFailed("The model crashed while it was decoding.")
        return await super().generate(request, on_token=on_token, stop=stop)


async def test_a_crash_of_the_model_leaves_the_session_open_and_says_what_to_do(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"), engine=Failing(8))) as on:
        await on.press("space")
        trouble = on.live.trouble
        assert trouble is not None
        assert "crashed" in trouble.what
        assert "Space" in trouble.todo
        assert on.live.saying == "no model"
        turns = on.live.turns
        await on.press("home")
        assert on.turn == 0
        await on.press("escape")
        assert on.live.trouble is None
        await on.press("space")
        assert on.live.saying == "ended"
        assert on.live.turns > turns
    with Archive.open(tmp_path / "a.room") as archive:
        assert "failed" in {event.body.kind for event in archive.events()}


async def test_leaving_while_it_plays_begins_no_other_turn(tmp_path: Path) -> None:
    engine = Halting(halting=True)
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine)) as on:
        await on.pilot.press("space")
        await heard(on, words=2)
        live = on.live
        engine.halting = False  # Whatever were asked now would be written to the end.
        await on.press("q")
        assert isinstance(on.app.screen, HomeScreen)
        assert live.turns == 0


async def test_a_model_that_cannot_be_loaded_is_said(tmp_path: Path) -> None:
    app = live_app(begun(tmp_path / "a.room"))
    async with driven(app) as on:
        on.live._model._opening = _no_model  # pyright: ignore[reportPrivateUsage]  # a model that went away
        on.live.start()
        await on.settle()
        assert on.live.trouble is not None
        assert on.live.trouble.what == "There is no such model."
        assert on.live.state == "lost"


async def _no_model() -> ScriptedEngine:
    raise EngineFailed("There is no such model.")


async def test_before_there_are_turns_no_turn_is_counted(tmp_path: Path) -> None:
    engine = Halting(halting=True)
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine), size=(80, 24)) as on:
        assert cells(on.app)[-2].startswith(" ❙❙ paused  no turn yet  ")
        assert any(row.startswith(" no turn yet ") for row in cells(on.app))
        await on.pilot.press("full_stop")
        await on.until_state("taking")
        await on.becomes(lambda: cells(on.app)[-2].startswith(" ❙❙ writing  the first turn  "))
        await on.pilot.press("full_stop")
        await on.becomes(lambda: any("still being written" in note for note in on.notes))
        assert any(row.startswith(" no turn yet ") for row in cells(on.app))
        await on.press("escape")


async def test_reading_pace_waits_between_turns(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        assert on.live.speed == 8
        await on.press("left_square_bracket", "left_square_bracket")
        assert on.live.speed == 2
        before = on.live.screen
        await stepped(on, 3)
        assert on.live._pause_after(before) > 0  # pyright: ignore[reportPrivateUsage]  # no clock in tests
        await on.press("right_square_bracket", "right_square_bracket")
        assert on.live._pause_after(before) == 0  # pyright: ignore[reportPrivateUsage]  # as above


async def test_the_gauges_are_in_sight(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"), engine=scripted())) as on:
        await stepped(on, 3)
        gauges = on.live.gauges
        assert gauges.context == 8192
        assert gauges.used > 0
        assert gauges.gpu_layers == 0
        assert gauges.model == "scripted"
        assert gauges.tokens_per_second > 0
        await on.press("left")
        on.live.speed = 2  # All that the line can have to say.
        for width in (120, 80):
            await on.pilot.resize_terminal(width, 24)
            await on.settle()
            line = next(row for row in cells(on.app) if "GPU" in row)
            assert "turn 2/3" in line
            assert line.rstrip().endswith("GPU 0 layers")


async def test_help_explains_the_panel_in_use(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await on.press("f1")
        assert isinstance(on.app.screen, Help)
        await on.press("escape")
        assert on.app.screen is on.room


async def test_lines_stream_under_their_speakers(tmp_path: Path) -> None:
    engine = Halting(halting=True)
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine)) as on:
        await on.pilot.press("full_stop")
        said = await heard(on, words=2)
        on.room.look()
        await on.pilot.pause()
        assert said.split()[0] in "\n".join(cells(on.app))
        piece = next(iter(on.live.pieces.values()))
        assert piece.agent in on.live.screen.masthead.agents
        await on.press("escape")
        assert not on.live.pieces
