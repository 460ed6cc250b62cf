"""The cast: what is felt and why, and who knows what at any point of the telling."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.tui.panels.hosting import Host
from tests.tui.panels.lighthouse import lighthouse
from writersroom.events.affect_changed import AffectChanged
from writersroom.story.characters import Character, CharacterState, Feeling, Mood
from writersroom.story.emotions import Emotion
from writersroom.tui.messages import BeatChosen, NothingToDo
from writersroom.tui.panels.cast import CastPanel, curve
from writersroom.view.cast import Member
from writersroom.view.screen import Screen, folded


@asynccontextmanager
async def shown(
    screen: Screen, size: tuple[int, int] = (80, 44)
) -> AsyncGenerator[tuple[Host[CastPanel], CastPanel, Pilot[None]], None]:
    panel = CastPanel()
    app = Host(panel)
    async with app.run_test(size=size) as pilot:
        panel.show(screen)
        await pilot.pause()
        yield app, panel, pilot


def column(rows: list[str], beat: str, name: str) -> str:
    head = next(row for row in rows if "audience" in row and "Mara" in row)
    row = next(row for row in rows if row[1:].startswith(f"{beat} "))
    return row[head.index(name)]


async def test_a_card_says_what_is_felt_how_strongly_and_why() -> None:
    async with shown(folded(lighthouse())) as (app, _, _):
        text = "\n".join(app.picture())
        for words in (
            "fear ▮▮▮▮▯",
            "because b1: Mara hears the radio",
            "moderately anxious",
            "→ to keep Ioan ashore",
            "→ to leave the island with his sister",
            "knows 6 of 7 beats",
        ):
            assert words in text


async def test_who_knows_what_at_the_end_and_when_a_beat_was_told() -> None:
    async with shown(folded(lighthouse())) as (app, panel, pilot):
        rows = app.picture()
        assert column(rows, "b2", "Ioan") == "○"  # Mara lies to him: the audience has seen it, he has not.
        assert column(rows, "b2", "Mara") == "●"
        assert column(rows, "b3", "Mara") == "◐"  # She was told of it.
        assert column(rows, "b3", "Lise") == "●"
        panel.cursor = "b1"
        await pilot.pause()
        rows = app.picture()
        assert "when b1 has been told" in "\n".join(rows)
        assert column(rows, "b1", "audience") == "●"
        assert column(rows, "b2", "audience") == "·"
        assert column(rows, "b4", "Ioan") == "·"


async def test_what_happened_before_it_is_told_is_a_mystery() -> None:
    screen = folded(lighthouse())
    beats = screen.plot.beats
    early = beats | {"b6": beats["b6"].model_copy(update={"time": -10.0})}
    plot = screen.plot.model_copy(update={"beats": early})
    async with shown(screen.model_copy(update={"plot": plot})) as (app, panel, pilot):
        panel.cursor = "b1"
        await pilot.pause()
        assert column(app.picture(), "b6", "Mara") == "▲"
        assert column(app.picture(), "b6", "Ioan") == "·"


async def test_keys_and_mouse_go_to_cards_and_beats() -> None:
    async with shown(folded(lighthouse())) as (app, panel, pilot):
        await pilot.press("down")
        assert panel.cursor == "@Mara"
        assert "because b1" in panel.copied()
        await pilot.press("enter")
        assert isinstance(app.said[-1], BeatChosen)
        assert app.said[-1].beat == "b1"
        await pilot.press("w")
        assert panel.cursor == "b6"
        await pilot.press("up", "enter")
        assert isinstance(app.said[-1], BeatChosen)
        assert app.said[-1].beat == "b5"
        await pilot.press("pageup", "pageup", "pagedown")
        row = next(n for n, text in enumerate(app.picture()) if text[1:].startswith("b7 "))
        await pilot.click(panel, offset=(10, row), times=2)
        assert panel.cursor == "b7"
        assert isinstance(app.said[-1], BeatChosen)
        assert app.said[-1].beat == "b7"


@pytest.mark.parametrize("size", [(30, 12), (80, 24), (120, 50)])
async def test_every_emotion_has_its_card_in_every_size(size: tuple[int, int]) -> None:
    events = lighthouse()
    last = events[-1]
    hopes = (
        Feeling(emotion=Emotion.HOPE, intensity=1, cause="b1"),
        Feeling(emotion=Emotion.FEAR, cause="dark"),
    )
    async with shown(folded(events), size) as (_, panel, _):
        for number, emotion in enumerate(Emotion):
            feeling = Feeling(emotion=emotion, intensity=0.9, cause="the sea")
            state = CharacterState(feeling=feeling, mood=Mood(pleasure=0.2), prospects=hopes)
            body = AffectChanged(character="Mara", state=state)
            panel.show(folded([*events, last.model_copy(update={"id": last.id + 1 + number, "body": body})]))
            text = "\n".join(line.text for line in panel.sheet.body)
            assert emotion.value.replace("_", " ") in text
            assert "fears dark" in text


async def test_cards_stand_beside_each_other_where_there_is_room() -> None:
    async with shown(folded(lighthouse()), size=(120, 40)) as (app, _, _):
        assert any("Mara" in row and "Ioan" in row for row in app.picture()[:3])


async def test_a_crowd_has_as_many_columns_as_there_is_room_for() -> None:
    screen = folded(lighthouse())
    crowd = {
        f"Person {n}": Member(character=Character(name=f"Person {n}"), state=CharacterState())
        for n in range(60)
    }
    async with shown(screen.model_copy(update={"cast": screen.cast | crowd})) as (app, _, pilot):
        await pilot.press("w")
        text = "\n".join(app.picture())
        assert "no room for 49 of them" in text
        row = next(row for row in app.picture() if row[1:].startswith("b2 "))
        assert row.count("●") >= 2
        assert cell_len(row) <= 80


async def test_the_signs_are_explained_where_there_is_room() -> None:
    for size, rows in (((36, 19), 0), ((80, 19), 1), ((36, 40), 2)):
        async with shown(folded(lighthouse()), size) as (_, panel, _pilot):
            text = [row.text for row in panel.sheet.body]
            title = next(at for at, row in enumerate(text) if "who knows what" in row)
            first = next(at for at, row in enumerate(text) if row.startswith(" b7 "))
            assert first - title - 2 == rows, size  # Names stand over the columns.


async def test_an_empty_room_says_so() -> None:
    async with shown(Screen()) as (app, panel, pilot):
        assert "has not said yet" in app.picture()[0]
        await pilot.press("down", "w", "enter")
        panel.show(Screen(cast={"Mara": Member(character=Character(name="Mara"), state=CharacterState())}))
        await pilot.pause()
        assert "calm" in "\n".join(app.picture())
        assert len(app.of(NothingToDo)) == len(app.said) == 2


def test_the_curve_of_moods_rises_with_pleasure() -> None:
    moods = tuple(Mood(pleasure=value) for value in (-1, -0.5, 0, 0.5, 1))
    drawn = curve(moods, 4)
    assert len(drawn) == 4
    assert list(drawn) == sorted(drawn)
