"""The room's screen: what a person does to a session, besides looking at it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Final, Unpack

from textual import on
from textual.app import ComposeResult

from writersroom.archive import Archive, ArchiveError, Branch, current
from writersroom.events import Event
from writersroom.resources import sample_session
from writersroom.tui.actions import Group, app_of
from writersroom.tui.dialogs.asking import AskLine, AskText, Choice, Pick
from writersroom.tui.editor import EditorFailed, edited
from writersroom.tui.messages import WeaknessIntended
from writersroom.tui.panels.debate import NOTHING_SAID
from writersroom.tui.panels.takes import Wording
from writersroom.tui.playing.live import Live, Refusal
from writersroom.tui.playing.player import Refused
from writersroom.tui.playing.recorded import Recorded
from writersroom.tui.room.agents import AgentLine
from writersroom.tui.room.branches import BranchesScreen
from writersroom.tui.room.doing import ROOM
from writersroom.tui.room.forking import sibling, wording
from writersroom.tui.room.looking import Given, Making
from writersroom.tui.room.moving import Moving
from writersroom.tui.room.seat import SeatPanel
from writersroom.tui.room.why import WhyScreen
from writersroom.view.wording import words_of

_BESIDE_A_FORM: Final = ("stop", "panel")
"""What the room's keys do while one is in a form; the others are letters, and words there."""
_IN_THE_ROOM: Final = frozenset((action.call or action.name).partition("(")[0] for action in ROOM.actions)
SAMPLE_STAYS: Final = "The sample stays as it is. Begin a session of your own with `writersroom`."
NO_MODEL: Final = "This is a replay: no model is at hand. Resume the session from the list to change it."


class RoomScreen(Moving):
    """A session in panels, and all that can be done to it."""

    ACTIONS: ClassVar[Group] = ROOM
    BINDINGS = ROOM.bindings()

    def __init__(self, making: Making, *, editor: str = "", **given: Unpack[Given]) -> None:
        """Show a session.

        Args:
            making: makes its player, given what to call when there is something new.
            editor: command of the person's editor, where the config file names one.
            given: how it is shown.
        """
        super().__init__(making, **given)
        self.seat = SeatPanel()
        self._editor = editor

    def below(self) -> ComposeResult:
        """The form of a person's turn."""
        yield self.seat

    def look(self) -> None:
        """Show the session, and ask the person whose turn it is."""
        super().look()
        live = self.player if isinstance(self.player, Live) else None
        form = None if live is None else live.form
        if form is not self.seat.form:
            self.call_later(self.seat.ask, form)
        self.critic.notices = () if live is None else live.notices

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether something can be done now: in a form letters are words, whichever field has the focus."""
        if action in _IN_THE_ROOM and action not in _BESIDE_A_FORM and self.seat.has_focus_within:
            return False
        return super().check_action(action, parameters)

    def action_next_panel(self) -> None:
        """To the next panel in sight, or to the form that waits."""
        self._to_form_or(super().action_next_panel)

    def action_panel_before(self) -> None:
        """To the panel before, or to the form that waits."""
        self._to_form_or(super().action_panel_before)

    def _to_form_or(self, go: Callable[[], None]) -> None:
        if self.seat.display and self.seat.form is not None:
            self.seat.enter()
        else:
            go()

    @on(SeatPanel.Answered)
    def answer(self, message: SeatPanel.Answered) -> None:
        """Take the person's turn."""
        message.stop()
        if isinstance(self.player, Live):
            self.player.do(self._answer(self.player, message))

    async def _answer(self, live: Live, message: SeatPanel.Answered) -> None:
        try:
            refusal = await live.answer(message.form, message.answers)
        except Refused as why:
            refusal = Refusal(field="", problem=str(why))
        if message.form != self.seat.form:
            return  # Another is asked by now.
        if refusal is not None:
            self.seat.complain(refusal)
            return
        await self.seat.ask(None)
        self.look()
        if live.form is None:
            self.debate.focus()

    def _want(
        self,
        work: Callable[[], Coroutine[Any, Any, object]],
        *,
        done: str = "",
        again: Callable[[str], None] | None = None,
    ) -> None:
        """Have the player do something, and say how that went.

        Args:
            work: what it is to do; see `Live` for what it may raise.
            done: what is said once it is done.
            again: asks the person once more, given why it could not be done: so no words of theirs are lost.
        """

        async def wanted() -> None:
            try:
                await work()
            except (Refused, ArchiveError) as why:
                if again is not None:
                    again(str(why))
                elif isinstance(why, Refused):
                    self.refuse(str(why))
                else:
                    raise
            else:
                if done:
                    self.notify(done, markup=False)

        self.player.do(wanted())

    # The model

    def action_stop(self) -> None:
        """Close what is open; else stop the model and keep what it has said."""
        if self.player.trouble is not None:
            self.player.clear_trouble()
        elif self.mosaic.maximised:
            self.mosaic.maximise("")
        elif self.seat.display and self.seat.has_focus_within:
            self.debate.focus()
        elif isinstance(self.player, Live):
            self.player.stop()
        else:
            self.player.pause()

    def action_cue(self, number: int) -> None:
        """Hear an agent next, by its number."""
        names = self.player.screen.masthead.agents
        live = self._live()
        if live is not None and number > len(names):
            self.refuse(f"There is no agent {number}: there are {len(names)}.")
        elif live is not None:
            agent = names[number - 1]
            self._want(lambda: live.cue(agent), done=f"{agent} speaks next, if it may.")

    @on(AgentLine.Cued)
    def cue_clicked(self, message: AgentLine.Cued) -> None:
        """Hear the agent whose name was clicked."""
        message.stop()
        names = self.player.screen.masthead.agents
        self.action_cue(names.index(message.agent) + 1)

    def action_whisper(self) -> None:
        """Ask whom, then what."""
        live = self._live()
        if live is None:
            return

        def say(agent: str, words: str | None) -> None:
            if words:
                self._want(
                    lambda: live.whisper(agent, words),
                    done=f"Whispered to {agent}.",
                    again=lambda why: ask_what(agent, words, why),
                )

        def ask_what(agent: str, words: str, why: str) -> None:
            hint = why or "Nobody else hears it; it counts in this agent's next turn."
            asking = AskLine(f"Whisper to {agent}", value=words, hint=hint, check=live.wrong_note)
            app_of(self).push_screen(asking, lambda found: say(agent, found))

        def ask(agent: str | None) -> None:
            if agent is not None:
                ask_what(agent, "", "")

        app_of(self).push_screen(Pick("Whisper to whom?", self._agents()), ask)

    def action_seat(self) -> None:
        """Ask whose seat, then take or leave it."""
        live = self._live()
        if live is None:
            return

        def swap(agent: str | None) -> None:
            if agent is not None:
                self._want(lambda: live.swap_seat(agent))

        hint = "In a seat of yours you are asked for what its agent would say. Choose it again to leave it."
        app_of(self).push_screen(Pick("Whose seat?", self._agents(), hint=hint), swap)

    @on(WeaknessIntended)
    def intend(self, message: WeaknessIntended) -> None:
        """Keep that a weakness is meant."""
        message.stop()
        live = self._live()
        if live is not None:
            self._want(lambda: live.intend(message.key, message.intended))

    # What was said

    def action_edit(self) -> None:
        """Change the text that the cursor is on, and go on from there."""
        found = self._to_edit()
        if found is not None:
            live, event, text = found
            self._ask_text(live, event, text, written=text)

    def action_edit_outside(self) -> None:
        """Change it in the person's own editor."""
        found = self._to_edit()
        if found is None:
            return
        live, event, text = found
        try:
            new = edited(app_of(self), text, self._editor)
        except EditorFailed as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if new.strip():
            self._edit(live, event, text, new)

    def _ask_text(self, live: Live, event: Event, text: str, *, written: str, why: str = "") -> None:
        """Ask for the text that is to stand in the place of an event's.

        Args:
            live: the player.
            event: what was said.
            text: how it reads.
            written: what stands in the dialog at first.
            why: why that could not be kept, where it could not.
        """

        def check(new: str) -> str:
            return "" if new.strip() == text.strip() else live.wrong_edit(event, new)

        def keep(new: str | None) -> None:
            if new is not None:
                self._edit(live, event, text, new)

        hint = why or "It goes on from here with your words. What was said before stays as a branch."
        title = f"Edit what {event.agent or 'the room'} said"
        app_of(self).push_screen(AskText(title, written, hint=hint, check=check), keep)

    def _edit(self, live: Live, event: Event, text: str, new: str) -> None:
        """Have an event read otherwise; where it cannot, what the person wrote is before them again."""
        if new.strip() != text.strip():
            self._want(
                lambda: live.edit(event.id, new),
                again=lambda why: self._ask_text(live, event, text, written=new, why=why),
            )

    def action_retake(self) -> None:
        """Have the turn spoken again."""
        live, event = self._live(), self.subject
        if live is None:
            return
        if event is None:
            self.refuse(NOTHING_SAID)
        else:
            self._want(lambda: live.another_take(event.id))

    def action_other_take(self, way: int) -> None:
        """See the take before or after: of this turn, or of the scene that is shown."""
        event = self.subject

        async def step() -> None:
            archive = self.player.archive
            branch = None if event is None else sibling(archive, event, way)
            if event is None or branch is None:
                self._step_take(way)
                return
            turn = event.turn
            here = current(archive.branches()).id
            was = Wording(f"turn {turn}, branch {here}", wording(archive, turn))
            await self.player.go_to(branch)
            self.takes.hold(was, Wording(f"turn {turn}, branch {branch.id}", wording(archive, turn)))

        self._want(step)

    def _step_take(self, way: int) -> None:
        """See another take of the scene that is shown, where there is one."""
        if not self.takes.step(way):
            which = "before" if way < 0 else "after"
            self.refuse(f"There is no take {which} this one, neither of this turn nor of the scene.")
        elif "takes" not in self.mosaic.seen:
            self.action_panel("takes")

    def action_why(self) -> None:
        """Say why this was said."""
        event = self.subject
        if event is None:
            self.refuse(NOTHING_SAID)
        else:
            app_of(self).push_screen(WhyScreen(self.player.archive, event))

    def action_copy(self) -> None:
        """Put the text that the cursor is on onto the clipboard, over SSH too (OSC 52)."""
        copied = getattr(self.focused, "copied", None)
        text = copied() if callable(copied) else ""
        event = self.subject
        if not text and event is not None:
            text = words_of(event.body)
        if text:
            app_of(self).copy_to_clipboard(str(text))
            self.notify(f"Copied {len(str(text)):,} characters.", timeout=2)
        else:
            self.refuse("There is no text under the cursor to copy.")

    # Branches

    def action_branch(self) -> None:
        """Go on from after this turn on a new branch."""
        player, turn = self.player, self.player.screen.turn
        if isinstance(player, Live):
            self._want(lambda: player.go_back(turn), done=f"A new branch goes on after turn {turn}.")
        elif isinstance(player, Recorded):
            self._branch_file(player, turn)

    def action_branches(self) -> None:
        """Show the tree of branches."""

        def go(branch: Branch | None) -> None:
            if branch is not None:
                self._want(lambda: self.player.go_to(branch))

        archive = self.player.archive
        here = self.player.read(lambda: current(archive.branches()).id)
        if here is not None:
            app_of(self).push_screen(BranchesScreen(archive.path, here=here), go)

    def _branch_file(self, player: Recorded, turn: int) -> None:
        """Start a branch in a file that is only being read."""
        if player.archive.path == sample_session():
            self.notify(SAMPLE_STAYS)
            return
        try:
            with Archive.open(player.archive.path, write=True) as archive:
                branch = archive.branch(turn)
        except ArchiveError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        said = f"A new branch goes on after turn {turn}. Resume the session to play it."
        self._want(lambda: player.go_to(branch), done=said)

    def _live(self) -> Live | None:
        if isinstance(self.player, Live):
            return self.player
        self.refuse(NO_MODEL)
        return None

    def _agents(self) -> list[Choice]:
        screen = self.player.screen
        return [
            Choice(key=name, label=name, more="your seat" if screen.seats.get(name) == "person" else "")
            for name in screen.masthead.agents
        ]

    def _to_edit(self) -> tuple[Live, Event, str] | None:
        live, event = self._live(), self.subject
        if live is None:
            return None
        if event is None:
            self.refuse(NOTHING_SAID)
            return None
        try:
            text = live.editable(event)
        except Refused as why:
            self.refuse(str(why))
            return None
        if text is None:
            self.refuse("There are no words in this that you could change.")
            return None
        return live, event, text
