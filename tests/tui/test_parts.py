"""The parts of the screens that are no widgets: geometry, settings, branches, editors, meters."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App
from textual.geometry import Region

from tests.scripted import ScriptedEngine
from tests.tui.panels.lighthouse import lighthouse
from tests.tui.screens import recorded_file, scripted
from tests.view.playing import session
from writersroom.archive import Archive
from writersroom.critic.game import Tokenizing
from writersroom.engine.interface import Part, Request
from writersroom.engine.settings import EngineSettings
from writersroom.events import opens_turn
from writersroom.resources import Room
from writersroom.tui.config import (
    LARGEST,
    Config,
    Remembered,
    config_path,
    read_config,
    remember,
    remembered,
    remembered_path,
)
from writersroom.tui.editor import EditorFailed, edited, editor_command
from writersroom.tui.mosaic.tiles import (
    PANELS,
    Split,
    Tile,
    laid,
    plan_for,
    seam_beside,
    share_at,
    tiles_of,
)
from writersroom.tui.playing.metering import Metered, metered
from writersroom.tui.room.comparing import Turn, aligned, compared, turn_runs, word_runs
from writersroom.tui.room.forking import as_tree, parting, sibling
from writersroom.tui.serving import OwnPages, command_for
from writersroom.view.screen import folded
from writersroom.view.wording import words_of


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 260),
    height=st.integers(1, 90),
    share=st.floats(0, 1),
    seen=st.sampled_from(PANELS),
)
def test_a_terminal_of_any_size_is_shared_out_whole(width: int, height: int, share: float, seen: str) -> None:
    plan = plan_for(width, height)
    assert sorted(panel for tile in tiles_of(plan) for panel in tile.panels) == sorted(PANELS)
    shares: dict[str, float] = dict.fromkeys(("debate", "right", "middle", "side", "pair", "halves"), share)
    first = {tile.panels[0]: seen for tile in tiles_of(plan) if seen in tile.panels}
    found = laid(plan, Region(0, 0, width, height), shares, first)
    assert seen in found.panels
    upright = [seam.line for seam in found.seams if seam.way == "across"]
    regions = [*found.panels.values(), *(head.region for head in found.heads), *upright]
    cells = [(x, y) for one in regions for x in range(one.x, one.right) for y in range(one.y, one.bottom)]
    assert len(cells) == len(set(cells))
    if width >= 40 and height >= 12:
        assert len(cells) == width * height
        assert all(region.width >= 8 and region.height >= 2 for region in found.panels.values())


def test_the_nearest_seam_is_the_one_that_a_panel_lies_at() -> None:
    plan = plan_for(200, 60)
    assert isinstance(plan, Split)
    for panel, seam in (("debate", "debate"), ("plot", "middle"), ("takes", "middle"), ("critic", "side")):
        beside = seam_beside(plan, panel)
        assert beside is not None
        assert beside[0].seam == seam
    assert seam_beside(Tile(panels=("plot",)), "plot") is None
    seams = laid(plan, Region(0, 0, 200, 60), {}, {}).seams
    across, down = seams[0], next(seam for seam in seams if seam.way == "down")
    assert share_at(across, 100, 5) == pytest.approx(100 / 199)
    assert share_at(across, 900, 5) == 0.95
    assert share_at(down, 0, -7) == 0.05


def test_a_config_file_counts_as_far_as_it_is_right(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert read_config(path) == (Config(), ())
    path.write_text('theme = "nord"\nspeed = 2.0\nmotion = "reduced"\n[keys]\n"room.play" = "f8"\n')
    config, wrong = read_config(path)
    assert config == Config(theme="nord", speed=2.0, motion="reduced", keys={"room.play": "f8"})
    assert wrong == ()
    path.write_text('theme = "nord"\nspeed = -1\nfont = "large"\nmouse = "perhaps"\n')
    config, wrong = read_config(path)
    assert config == Config(theme="nord")
    assert len(wrong) == 3
    assert any("font" in one and "no such setting" in one for one in wrong)
    path.write_text('speed = 2.0\n[keys]\n"room.play" = "f8"\n"plot.open" = 3\n"room.stop" = ["x"]\n')
    config, wrong = read_config(path)
    assert config == Config(speed=2.0, keys={"room.play": "f8"})
    assert ["keys.plot.open" in one or "keys.room.stop" in one for one in wrong] == [True, True]
    for damaged in (b"theme = ", b"\xff\xfe", b"#" * (LARGEST + 5)):
        path.write_bytes(damaged)
        config, wrong = read_config(path)
        assert config == Config()
        assert len(wrong) == 1
    assert read_config(tmp_path)[1]


def test_what_was_chosen_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "some" / "screen.json"
    assert remembered(path) == Remembered()
    chosen = Remembered(theme="nord", shares={"debate": 0.4})
    remember(path, chosen)
    assert remembered(path) == chosen
    path.write_text("{")
    assert remembered(path) == Remembered()
    remember(path / "below a file" / "x.json", chosen)
    monkeypatch.setenv("WRITERSROOM_STATE", str(path))
    monkeypatch.setenv("WRITERSROOM_CONFIG", str(tmp_path / "c.toml"))
    assert remembered_path() == path
    assert config_path({"WRITERSROOM_CONFIG": str(tmp_path / "c.toml")}) == tmp_path / "c.toml"
    assert config_path({}).name == "config.toml"


def test_the_editor_of_the_person_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert editor_command("code --wait", {}) == ["code", "--wait"]
    assert editor_command("", {"VISUAL": "a", "EDITOR": "b"}) == ["a"]
    assert editor_command("", {"EDITOR": "'my editor' -n"}) == ["my editor", "-n"]
    with pytest.raises(EditorFailed, match="no command"):
        editor_command("'unfinished", {})
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EditorFailed, match="EDITOR"):
        editor_command("", {})


class Stage(App[object]):
    """An app whose terminal can be given away."""

    suspend = staticmethod(nullcontext)  # pyright: ignore[reportAssignmentType]  # as a test has it


def test_what_an_editor_leaves_is_taken_or_refused(tmp_path: Path) -> None:
    def command(body: str) -> str:
        script = tmp_path / "editor.py"
        script.write_text(f"import sys; name = sys.argv[1]; {body}")
        return f"{sys.executable} {script}"

    stage = Stage()
    assert edited(stage, "old", command("open(name, 'a').write(' and new')")) == "old and new"
    with pytest.raises(EditorFailed, match="ended with 3"):
        edited(stage, "old", command("sys.exit(3)"))
    with pytest.raises(EditorFailed, match="UTF-8"):
        edited(stage, "old", command(r"open(name, 'wb').write(b'\xff\xfe\xff')"))
    with pytest.raises(EditorFailed, match="cannot be started"):
        edited(stage, "old", str(tmp_path / "nowhere"))


def test_branches_stand_under_those_they_go_on_from(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room", events=60)
    with Archive.open(path, write=True) as archive:
        archive.branch(5)
        archive.branch(3)
        archive.switch(archive.branches()[0])
        archive.branch(10)
        branches = archive.branches()
        assert [(branch.id, before) for branch, before in as_tree(branches)] == [
            (1, ""),
            (2, "├─ "),
            (3, "├─ "),
            (4, "└─ "),
        ]
        assert parting(branches, branches[0], branches[1]) == 5
        assert parting(branches, branches[2], branches[3]) == 3
        assert parting(branches, branches[1], branches[1]) == 5
        turn = archive.at_turn(10)
        assert sibling(archive, turn, -1) == branches[0]
        assert sibling(archive, turn, 1) is None
        archive.switch(branches[1])
        assert sibling(archive, archive.at_turn(3), 1) == branches[2], "it parted later than that turn"


def test_two_branches_differ_in_scores_plot_and_text() -> None:
    events = session(2, 160)
    one, other = folded(events[:90]), folded(events)
    found = compared(one, other, one.turn)
    assert found.shared + sum(run.side == "other" for run in found.beats) == len(other.plot.told)
    assert found.links == (len(one.plot.links), len(other.plot.links))
    assert {scene for scene, _, _ in found.scores} == set(other.script.pages)
    assert compared(one, one, 0).beats == ()
    assert all(run.side == "both" for run in compared(one, one, 0).text)


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("ab \n.")), st.text(st.sampled_from("ab \n.")))
def test_woven_texts_hold_both(one: str, other: str) -> None:
    runs = word_runs(one, other)
    assert "".join(run.text for run in runs if run.side != "other") == one
    assert "".join(run.text for run in runs if run.side != "one") == other


_TURNS = st.lists(
    st.builds(Turn, st.sampled_from("PQ"), st.lists(st.sampled_from("abcde"), max_size=4).map(" ".join)),
    max_size=8,
)


@settings(max_examples=100, deadline=None)
@given(_TURNS, _TURNS)
def test_aligned_turns_hold_all_of_both_in_order(one: list[Turn], other: list[Turn]) -> None:
    pairs = list(aligned(one, other))
    assert [mine for mine, _ in pairs if mine is not None] == one
    assert [theirs for _, theirs in pairs if theirs is not None] == other
    for mine, theirs in pairs:
        assert mine is not None or theirs is not None
        if mine is not None and theirs is not None:
            assert mine.by == theirs.by


def test_words_of_different_turns_are_never_woven_together() -> None:
    one = [
        Turn("Ada", "Ada: The keeper hides the letter in the lamp."),
        Turn("Ioan", "Ioan: I would stay on the island if she told me the truth."),
    ]
    other = [
        Turn("Lise", "Lise: The keeper hides the letter in the lamp, and the truth with it."),
        Turn("Ioan", "Ioan: I would leave the island if she told me the truth."),
        Turn("Ada", "Ada: Nobody knows."),
    ]
    runs = [(run.side, run.text) for run in turn_runs(one, other)]
    assert runs == [
        ("one", one[0].text),
        ("both", "\n"),
        ("other", other[0].text),
        ("both", "\n"),
        ("both", "Ioan: I would "),
        ("one", "stay on"),
        ("other", "leave"),
        ("both", " the island if she told me the truth."),
        ("both", "\n"),
        ("other", other[2].text),
    ]


def test_what_was_said_since_branches_parted_is_compared_by_turns() -> None:
    told = lighthouse()
    events = told[: next(at for at, event in enumerate(told) if event.body.kind == "take_written")]
    one, other = folded(events[:30]), folded(events)
    found = compared(one, other, one.turn)
    fresh = [e for e in events if e.turn > one.turn and opens_turn(e.body, e.agent)]
    assert {e.body.kind for e in fresh} >= {"pitched", "stance_taken", "ruled"}
    assert [run.text for run in found.text if run.side == "other"] == [
        f"{event.agent}: {words_of(event.body)}" for event in fresh
    ]
    assert {run.text for run in found.text if run.side != "other"} == {"\n"}


def test_many_turns_that_have_nothing_in_common_stand_beside_nothing() -> None:
    one = [Turn("Ada", f"{'a b c d ' * 8}{number}") for number in range(1000)]
    other = [Turn("Ada", f"{'e f g h ' * 8}{number}") for number in range(1000)]
    assert len(list(aligned(one, other))) == 2000


async def test_the_meter_counts_what_goes_through_it() -> None:
    now = [100.0]
    meter = Metered(scripted(), now=lambda: now[0])
    assert meter.tokens_per_second == 0
    heard: list[str] = []
    request = Request(prompt=(Part(role="user", text="Say something."),), max_tokens=40)
    completion = await meter.generate(request, on_token=lambda token: heard.append(token.text))
    assert "".join(heard) == completion.takes[0].text
    assert meter.tokens_per_second == len(heard) / 0.25
    assert meter.used == completion.usage.prefilled + completion.usage.decoded
    now[0] += 60
    assert meter.tokens_per_second == 0
    assert (await meter.choose("Which?", ["one", "two"])).options == ("one", "two")
    assert len(await meter.score("", ["text"])) == 1
    assert (await meter.embed(["text"])).shape[0] == 1
    assert await meter.count_tokens("two words") > 0
    assert meter.info.model == "scripted"
    await meter.close()


class Writing(ScriptedEngine):
    """Says how its model writes a text, too."""

    def token_ids(self, text: str) -> list[int]:
        return [len(text)]


def test_a_meter_hides_nothing_of_what_the_critic_steers_by() -> None:
    steerable = metered(Writing(["word"]))
    assert isinstance(steerable, Tokenizing)
    assert steerable.token_ids("three") == [5]
    assert not isinstance(metered(scripted()), Tokenizing)


def test_a_page_in_a_browser_runs_the_same_program(tmp_path: Path) -> None:
    room = Room(root=tmp_path, agents=tmp_path, prompts=tmp_path, sessions=tmp_path, packaged=False)
    command = command_for(room, "a model", EngineSettings(threads=3))
    assert "-m writersroom.tui" in command
    assert str(tmp_path) in command
    assert "'a model'" in command
    assert "threads" in command


async def test_pages_of_other_sites_cannot_use_the_room() -> None:
    """A browser sends what any page asks to this machine, too, and says whose page it was."""
    server = OwnPages("true", host="127.0.0.1", port=8000)
    # What a fixture does elsewhere; Textual's server leaves no other way to its application.
    app = await server._make_app()  # pyright: ignore[reportPrivateUsage]
    async with TestClient(TestServer(app)) as client:
        here = {"Host": "127.0.0.1:8000"}
        assert (await client.get("/", headers=here)).status == 200
        assert (await client.get("/ws", headers=here | {"Origin": "http://evil.example"})).status == 403
        bent = {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}
        assert (await client.get("/ws", headers=bent)).status == 403
    assert server.expects("localhost:8000", "http://127.0.0.1:8000")
    assert server.expects("[::1]:8000", None)
    shared = OwnPages("true", host="0.0.0.0", port=8000, public_url="https://room.example")
    assert shared.expects("room.example", "https://room.example")
    assert shared.expects("192.0.2.7:8000", "http://192.0.2.7:8000")
    assert not shared.expects("room.example", "https://evil.example")
