"""The two lines of the room that are always in sight: what the session is, and how it stands."""

from __future__ import annotations

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from writersroom.frozen import Frozen
from writersroom.tui.panels.cells import fit, line
from writersroom.tui.playing.live import Live
from writersroom.tui.playing.model_at_hand import Gauges
from writersroom.tui.playing.player import Player
from writersroom.tui.playing.recorded import Recorded
from writersroom.view.screen import Screen


class Standing(Frozen):
    """How a session stands, as the status line says it."""

    live: bool
    playing: bool
    saying: str
    turn: int
    turns: int
    speed: float
    branch: int
    branches: int
    gauges: Gauges
    recorded_speed: float = 0.0
    """Tokens a second at which a recorded session was written."""


def standing_of(player: Player, branch: int, branches: int) -> Standing:
    """How a session stands."""
    spent = player.screen.spent
    seconds = spent.milliseconds / 1000
    return Standing(
        live=player.live,
        playing=player.playing,
        saying=player.saying,
        turn=player.screen.turn,
        turns=player.turns,
        speed=player.speed,
        branch=branch,
        branches=branches,
        gauges=player.gauges if isinstance(player, Live) else Gauges(model=player.screen.masthead.model),
        recorded_speed=spent.tokens_out / seconds if isinstance(player, Recorded) and seconds else 0.0,
    )


class TitleLine(Widget):
    """Title and logline, and which scene is written."""

    DEFAULT_CSS = """
    TitleLine { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    TitleLine > .title-line--title { text-style: bold; }
    TitleLine > .title-line--logline { color: $faint; }
    """
    COMPONENT_CLASSES = {"title-line--title", "title-line--logline"}  # noqa: RUF012  # as Textual declares it

    said: tuple[str, str, str] = ("", "", "")

    def say(self, screen: Screen) -> None:
        """Show whose session this is."""
        head = screen.masthead
        scene = screen.script.pages.get(screen.scene)
        place = f"{screen.scene} {scene.heading}" if scene is not None else ""
        said = (line(head.title) or "Untitled", line(head.logline), line(place))
        if said != self.said:
            self.said = said
            self.refresh()

    def render(self) -> Text:
        """`Title  logline …      scene`."""
        title, logline, place = self.said
        width = self.size.width
        head = Text(
            fit(title, width), self.get_component_rich_style("title-line--title", partial=True), end=""
        )
        place = fit(place, max(0, width // 3)) if width >= 100 else ""
        left = width - head.cell_len - cell_len(place) - 4
        faint = self.get_component_rich_style("title-line--logline", partial=True)
        if left > 12:
            head.append("  ").append(fit(logline, left), faint)
        if place:
            place_text = Text(place, faint)
            head.append(" " * max(1, width - head.cell_len - place_text.cell_len)).append(place_text)
        return head


class StatusLine(Widget):
    """What it does, where one looks, and what the model gives."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $background; color: $foreground; }
    StatusLine > .status-line--state { color: $accent; text-style: bold; }
    StatusLine > .status-line--faint { color: $faint; }
    """
    COMPONENT_CLASSES = {"status-line--state", "status-line--faint"}  # noqa: RUF012  # as Textual declares it

    standing: Standing | None = None

    def say(self, standing: Standing) -> None:
        """Show how it stands."""
        if standing != self.standing:
            self.standing = standing
            self.refresh()

    def render(self) -> Text:
        """`▶ playing  turn 12/40  2x        31 tok/s  ctx 1,204/8,192  GPU 0`."""
        stands = self.standing
        if stands is None:
            return Text()
        state = self.get_component_rich_style("status-line--state", partial=True)
        faint = self.get_component_rich_style("status-line--faint", partial=True)
        glyph = "▶" if stands.playing else "◼" if stands.saying in ("ended", "no model") else "❙❙"
        right = Text(gauged(stands), faint)
        room = self.size.width - right.cell_len - 2
        text = Text(end="", no_wrap=True).append(fit(f"{glyph} {stands.saying}", room), state)
        said = [(turn_words(stands), Style())]
        if stands.branches > 1:
            said.append((f"branch {stands.branch}/{stands.branches}", faint))
        if stands.live and stands.turn < stands.turns:
            said.append(("looking back: End returns", faint))
        if not stands.live or stands.speed < 8:
            said.append((f"{stands.speed:g}x", faint))
        for words, style in said:  # What the model does is always in sight, so the rest makes room for it.
            if text.cell_len + 2 + cell_len(words) <= room:
                text.append(f"  {words}", style)
        text.append(" " * max(2, self.size.width - text.cell_len - right.cell_len)).append(right)
        return text


def turn_words(stands: Standing) -> str:
    """Where one looks, of how many turns; before there are any, whether one is on its way."""
    if stands.turns:
        return f"turn {stands.turn}/{stands.turns}"
    return "the first turn" if stands.saying in ("playing", "writing", "your turn") else "no turn yet"


def gauged(stands: Standing) -> str:
    """What is read off the model, on one line."""
    gauges = stands.gauges
    if not stands.live:
        written = f"written at {stands.recorded_speed:.0f} tok/s" if stands.recorded_speed else ""
        return "  ".join(filter(None, ("replay, no model", written)))
    if not gauges.model:
        return "0 tok/s  ctx -  GPU -"
    share = f"{gauges.used:,}/{gauges.context:,}" if gauges.context else f"{gauges.used:,}"
    return f"{gauges.tokens_per_second:.0f} tok/s  ctx {share}  GPU {gauges.gpu_layers} layers"
