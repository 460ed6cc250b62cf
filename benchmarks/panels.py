"""What the panels cost: a frame while 300 beats scroll, a debate of 10,000 items, a face, and memory.

`uv run python benchmarks/panels.py [--beats N] [--items N] [--json]`

A frame is what it takes to draw every line of a panel that has scrolled, as the terminal gets it: strips
made, and written as escape sequences. The app runs without a terminal, at 160x50.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import random
import statistics
import sys
import time
import tracemalloc

from textual.geometry import Region

from tests.tui.panels.hosting import Host
from tests.view.playing import Room
from writersroom.events import Event
from writersroom.story.beats import LinkKind
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import AddBeat, AddLink, BeatDraft
from writersroom.tui.panels.cast import CastPanel
from writersroom.tui.panels.critic import CriticPanel
from writersroom.tui.panels.debate import DebatePanel
from writersroom.tui.panels.panel import Panel
from writersroom.tui.panels.plot import PlotPanel
from writersroom.tui.panels.script import ScriptPanel
from writersroom.tui.panels.takes import TakesDiff
from writersroom.view.debate import debate_of
from writersroom.view.plot import Plot, replotted
from writersroom.view.screen import Screen, Window, folded

SIZE = (160, 50)


def plot_of(beats: int) -> Plot:
    """A plot of so many beats in five acts, with half as many further links."""
    rng = random.Random(3)
    graph, plot = PlotGraph(), Plot()
    for number in range(beats):
        known = graph.ids()
        recent = known[-12:]
        move = AddBeat(
            beat=BeatDraft(
                summary=f"Somebody does thing number {number}, and someone else has to live with it",
                characters=("Mara", "Ioan"),
                act=1 + number * 5 // beats,
                tension=rng.uniform(-1, 1),
            ),
            after=known[-1] if known else None,
            caused_by=tuple(rng.sample(recent, min(len(recent), 1 + (number % 5 == 0)))),
        )
        plot = replotted(plot, graph.apply(move), number + 1)
        if number % 2 and len(recent) > 4:
            source, target = recent[0], graph.ids()[-1]
            kind = rng.choice([LinkKind.MOTIVATES, LinkKind.ENABLES, LinkKind.SETS_UP, LinkKind.PRECEDES])
            link = AddLink(source=source, target=target, link=kind)
            if not graph.check(link):
                plot = replotted(plot, graph.apply(link), number + 1)
    return plot


def painted(panel: Panel) -> float:
    """Milliseconds of one frame of a panel, as it stands."""
    console = panel.host.console
    panel.refresh()
    start = time.perf_counter()
    for line in panel.render_lines(Region(0, 0, *panel.size)):
        line.render(console)
    return (time.perf_counter() - start) * 1e3


def spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "median": statistics.median(ordered),
        "p95": ordered[int(len(ordered) * 0.95)],
        "worst": ordered[-1],
    }


async def plot_figures(beats: int) -> dict[str, float]:
    screen = Screen(plot=plot_of(beats))
    panel = PlotPanel()
    found: dict[str, float] = {"plot_links": len(screen.plot.links)}
    async with Host(panel).run_test(size=SIZE) as pilot:
        start = time.perf_counter()
        panel.show(screen)
        found["plot_first_draw_ms"] = (time.perf_counter() - start) * 1e3
        await pilot.pause()
        panel.action_next()
        await pilot.pause()
        times: list[float] = []
        for y in range(panel.max_scroll_y):
            panel.scroll_to(y=y, animate=False, force=True)
            times.append(painted(panel))
        found |= {f"plot_frame_{name}_ms": value for name, value in spread(times).items()}
        walked: list[float] = []
        for _ in range(100):
            start = time.perf_counter()
            panel.action_next()
            walked.append((time.perf_counter() - start) * 1e3 + painted(panel))
        found |= {f"plot_step_{name}_ms": value for name, value in spread(walked).items()}
        start = time.perf_counter()
        for n in range(20):
            panel.show(screen.model_copy(update={"turn": n}))
        found["plot_show_unchanged_us"] = (time.perf_counter() - start) / 20 * 1e6
    return found


def played(items: int) -> list[Event]:
    events: list[Event] = []
    for event in Room(random.Random(1), most_beats=60, most_scenes=20):
        events.append(event)
        if len(events) >= items and len(events) % (items // 3) == 0 and len(debate_of(events)) >= items:
            return events
    return events


async def debate_figures(events: list[Event], items: int) -> dict[str, float]:
    debate = debate_of(events)[:items]
    wide = folded(events, Screen(window=Window(debate=400)))
    whole = wide.model_copy(update={"debate": debate})
    panel = DebatePanel()
    found: dict[str, float] = {"debate_items": len(debate)}
    async with Host(panel).run_test(size=SIZE) as pilot:
        await pilot.pause()
        gc.collect()
        tracemalloc.start()
        start = time.perf_counter()
        panel.show(whole)
        found["debate_first_draw_ms"] = (time.perf_counter() - start) * 1e3
        await pilot.pause()
        found["debate_memory_mb"] = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        times: list[float] = []
        panel.action_up()
        rng = random.Random(2)
        top = panel.max_scroll_y
        for step in range(400):
            y = top - step * 3 if step < 300 else rng.randrange(top)
            panel.scroll_to(y=max(0, y), animate=False, force=True)
            Panel.changed(panel)
            times.append(painted(panel))
        found |= {f"debate_frame_{name}_ms": value for name, value in spread(times).items()}
        held = spread([_shown(panel, whole, n) for n in range(100)])
        found |= {f"debate_next_item_{name}_ms": value for name, value in held.items()}
    return found


def _shown(panel: DebatePanel, screen: Screen, n: int) -> float:
    """Milliseconds from a new item to its frame."""
    again = screen.debate[n]
    start = time.perf_counter()
    panel.show(screen.model_copy(update={"debate": (*screen.debate, again)}))
    return (time.perf_counter() - start) * 1e3 + painted(panel)


async def other_figures(events: list[Event]) -> dict[str, float]:
    screen = folded(events)
    found: dict[str, float] = {}
    for name, panel in (
        ("critic", CriticPanel()),
        ("cast", CastPanel()),
        ("script", ScriptPanel()),
        ("takes", TakesDiff()),
    ):
        async with Host(panel).run_test(size=SIZE) as pilot:
            await pilot.pause()
            start = time.perf_counter()
            panel.show(screen)
            found[f"{name}_first_draw_ms"] = (time.perf_counter() - start) * 1e3
            await pilot.pause()
            found[f"{name}_frame_ms"] = statistics.median(painted(panel) for _ in range(50))
    return found


def growth(events: list[Event]) -> dict[str, float]:
    """Megabytes that the debate holds half way through a session and at its end, every event of it shown."""

    async def run() -> dict[str, float]:
        panel = DebatePanel()
        marks: list[float] = []
        async with Host(panel).run_test(size=SIZE) as pilot:
            await pilot.pause()
            tracemalloc.start()
            screen = Screen(window=Window(debate=200))
            half = len(events) // 2
            for number, event in enumerate(events, start=1):
                screen = folded([event], screen)
                panel.show(screen)
                if number % 50 == 0:
                    await pilot.pause()
                if number in (half, len(events)):
                    gc.collect()
                    marks.append(tracemalloc.get_traced_memory()[0] / 1e6)
            tracemalloc.stop()
        return {"replay_events": len(events), "replay_half_mb": marks[0], "replay_end_mb": marks[1]}

    return asyncio.run(run())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--beats", type=int, default=300)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    events = played(options.items)
    gc.freeze()  # What the session weighs is not what a panel costs.
    result = asyncio.run(plot_figures(options.beats))
    result |= asyncio.run(debate_figures(events, options.items))
    result |= asyncio.run(other_figures(events[:4000]))
    result |= growth(events[:3000])
    if options.json:
        json.dump(result, sys.stdout)
        print()
        return
    for name, value in result.items():
        print(f"{name:28} {value:12,.2f}")


if __name__ == "__main__":
    main()
