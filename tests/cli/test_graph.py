"""`graph` writes the plot graph as it stood after any turn, to the terminal or to a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Writersroom
from writersroom.archive import Archive
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.session_started import SessionStarted
from writersroom.events.status_set import StatusSet
from writersroom.exits import Exit
from writersroom.story.graph import PlotGraph

BEGINS = {"graphml": "<graphml", "mermaid": "flowchart LR", "dot": "digraph", "svg": "<svg", "json": "{"}


@pytest.mark.parametrize("form", BEGINS)
def test_each_format_goes_to_stdout_or_to_a_file(
    writersroom: Writersroom, played: Path, tmp_path: Path, form: str
) -> None:
    shown = writersroom("graph", played, "--format", form)
    assert shown.code == Exit.OK
    assert shown.out.startswith(BEGINS[form])
    out = tmp_path / "graph.out"
    written = writersroom("graph", played, "--format", form, "-o", out)
    assert written.out == ""
    assert "beats" in written.err
    assert out.read_text(encoding="utf-8").startswith(BEGINS[form])


def test_mermaid_is_the_default_and_json_has_an_option_of_its_own(
    writersroom: Writersroom, played: Path
) -> None:
    assert writersroom("graph", played).out.startswith("flowchart")
    assert writersroom("graph", played, "--json").json["beats"]


def test_it_stands_as_it_stood_after_the_turn(writersroom: Writersroom, played: Path) -> None:
    with Archive.open(played) as archive:
        last = archive.turn
        for turn in range(0, last + 1, 9):
            graph = PlotGraph()
            for event in archive.events(upto_turn=turn):
                if isinstance(event.body, MoveCommitted | StatusSet):
                    graph.redo(event.body.diff)
            told = writersroom("graph", played, "--at", str(turn), "--json").json
            assert told["turn"] == turn
            assert [(b["id"], b["status"]) for b in told["beats"]] == [
                (beat.id, beat.status.value) for beat in graph.beats()
            ]
    assert writersroom("graph", played, "--at", str(last + 1)).code == Exit.USAGE


def test_a_session_without_beats_gives_an_empty_graph_and_says_so(
    writersroom: Writersroom, tmp_path: Path
) -> None:
    with Archive.create(tmp_path / "bare.room", SessionStarted(logline="x")):
        pass
    ran = writersroom("graph", tmp_path / "bare.room", "--format", "svg")
    assert ran.code == Exit.OK
    assert "no beats yet" in ran.err
    assert "</svg>" in ran.out


def test_an_unknown_format_is_a_matter_of_usage(writersroom: Writersroom, played: Path) -> None:
    assert writersroom("graph", played, "--format", "png").code == Exit.USAGE
