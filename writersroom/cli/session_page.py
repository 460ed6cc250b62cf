"""A session on one page, for a person to read in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from writersroom.events import Event, Trace
from writersroom.story.beats import LINK_WORDS, Beat
from writersroom.view.cast import Member
from writersroom.view.pages import Page
from writersroom.view.plot import Plot
from writersroom.view.printable import columns, one_line, wrapped
from writersroom.view.summary import Summary

if TYPE_CHECKING:
    from writersroom.story.weakness import Weakness

WIDTH = 96


def page(held: Summary, weaknesses: Sequence[Weakness]) -> str:
    """The page: head, cast, beats with their links, weaknesses, scenes, and what it took."""
    screen = held.screen
    blocks = [
        list(_head(held)),
        _titled("Cast", [line for member in screen.cast.values() for line in _member(member)]),
        _titled(
            f"Beats ({_count(screen.plot)})",
            [line for beat in screen.plot.told for line in _beat(beat, screen.plot)],
        ),
        _titled(
            f"Weaknesses ({len(weaknesses)})",
            [line for weakness in weaknesses for line in _weakness(weakness)],
        ),
        _titled("Scenes", [line for scene in screen.script.pages.values() for line in _scene(scene)]),
        list(_stats(held)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def circumstances(event: Event) -> Iterator[str]:
    """How the texts of a turn came about, line by line; nothing where none was generated."""
    for trace in event.trace.texts if event.trace is not None else ():
        yield from _circumstances(trace)


def _circumstances(trace: Trace) -> Iterator[str]:
    sampling = ", ".join(f"{name} {value:g}" for name, value in trace.sampling.items()) or "defaults"
    again = f", the most telling of {trace.among} replies" if trace.among > 1 else ""
    again += f", {trace.resampled} replies thrown away" if trace.resampled else ""
    again += f", not fit: {one_line(', '.join(trace.faults), 120)}" if trace.faults else ""
    template = one_line(trace.template, 60)
    yield f"template {template}, seed {trace.seed}, take {trace.take}, {one_line(sampling, 200)}"
    if trace.text:
        yield f"it came to {one_line(trace.text, 200)!r}"
    yield (
        f"{trace.tokens_in} tokens in ({trace.tokens_reused} reused), {trace.tokens_out} out, "
        f"{trace.milliseconds:.0f} ms{again}"
    )
    yield f"model {one_line(trace.model_sha256 or 'unknown', 64)}, prompt {one_line(trace.prompt_sha256, 64)}"


def _head(held: Summary) -> Iterator[str]:
    masthead = held.screen.masthead
    yield one_line(masthead.title or "Untitled", WIDTH)
    for text in (masthead.logline, masthead.premise, masthead.theme):
        if text:
            yield from _item("", text, 0)
    model = one_line(masthead.model, 60) or "none"
    digest = f" (sha256 {one_line(masthead.model_sha256, 12)})" if masthead.model_sha256 else ""
    turns, structure = held.screen.turn, one_line(masthead.structure, 40)
    yield f"{turns} turns, model {model}{digest}, seed {masthead.seed}, structure {structure}"
    if held.screen.wrapped:
        yield from _item("", f"Ended: {held.screen.wrapped}", 0)


def _member(member: Member) -> Iterator[str]:
    character, state = member.character, member.state
    wants = f"wants {character.want}" if character.want else character.description
    feels = state.feeling.emotion.value.replace("_", " ")
    goal = f", after {state.goal}" if state.goal else ""
    yield from _item(one_line(character.name, 24), f"{wants}{'; ' if wants else ''}feels {feels}{goal}", 26)


def _count(plot: Plot) -> str:
    return f"{len(plot.beats)}{f', {len(plot.cut)} cut' if plot.cut else ''}"


def _beat(beat: Beat, plot: Plot) -> Iterator[str]:
    who = one_line(", ".join(beat.characters), 50)
    where = one_line(beat.place, 30)
    facts = [
        beat.status.value,
        f"act {beat.act}",
        f"tension {beat.tension:+.1f}",
        *filter(None, (who, where)),
    ]
    yield from _item(beat.id, beat.summary, 6)
    yield f"        {', '.join(facts)}"
    if links := plot.outgoing.get(beat.id, ()):
        yield from _item("", "; ".join(f"{LINK_WORDS[link.kind]} {link.target}" for link in links), 6)


def _weakness(weakness: Weakness) -> Iterator[str]:
    yield from _item(f"{weakness.severity:.0%}", f"{weakness.evidence} [{weakness.key}]", 6)


def _scene(scene: Page) -> Iterator[str]:
    beats = f" ({', '.join(scene.beats)})" if scene.beats else ""
    yield from _item(one_line(scene.scene, 12), f"{scene.heading}{beats}", 6)
    for draft in scene.drafts:
        mark = "*" if draft.take == scene.chosen else " "
        heads = [
            f"{name} {value:.2f}"
            for name, value in zip("DCJ", (draft.d, draft.c, draft.j), strict=True)
            if value is not None
        ]
        yield f"      {mark} {one_line(draft.take, 24)}  {', '.join(heads) or 'not scored'}"


def _stats(held: Summary) -> Iterator[str]:
    verdicts = [said.ruling.verdict for said in held.pitches if said.ruling is not None]
    counts = ", ".join(
        f"{verdicts.count(verdict)} {verdict}" for verdict in ("adopted", "amended", "rejected")
    )
    yield f"{len(held.pitches)} pitches: {counts}; {held.objections} objections"
    spent = held.screen.spent
    if spent.tokens_out:
        yield (
            f"{spent.tokens_in} tokens in ({spent.tokens_reused} reused), {spent.tokens_out} out, "
            f"{held.seconds:.1f} s; {held.repeated_4gram_share:.0%} of four-word runs said before"
        )


def _titled(title: str, lines: list[str]) -> list[str]:
    return [title, *lines] if lines else []


def _item(label: str, text: str, margin: int) -> Iterator[str]:
    """A text, wrapped beside its label; the lines start after `margin` columns."""
    lines = wrapped(" ".join(text.split()), WIDTH - margin - 2) or [""]
    for index, line in enumerate(lines):
        lead = f"  {label}" if margin and index == 0 else "  " if margin else ""
        yield f"{lead}{' ' * max(1, margin + 2 - columns(lead)) if margin else ''}{line}"
