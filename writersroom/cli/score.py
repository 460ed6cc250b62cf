"""`writersroom score`: how texts read beside human writing, scene by scene."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from writersroom.cli import parameters
from writersroom.cli.terminal import write, write_json
from writersroom.cli.weighing import opened_critic, weights_option
from writersroom.view.printable import one_line

if TYPE_CHECKING:
    from writersroom.critic.corpus import Passage
    from writersroom.critic.verdict import Verdict


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@weights_option
@parameters.as_json
def score(files: tuple[Path, ...], weights: Path | None, as_json: bool) -> None:
    """Tell how texts read beside human writing.

    FILE is prose or a script (.txt, .md, .fountain, .fdx); scripts are judged scene by scene. D is the
    probability that it reads as human-written, with its 90 % interval; C says whether it holds together; J
    how many drafts experts would place below it. A text that cannot be judged, or that a guard caught, is
    refused in one sentence.

    It judges drafts, never people: do not use it to accuse anybody.
    """
    # numpy and the engine take their time to load; `--help` needs neither.
    from writersroom.critic.corpus import read_passages  # noqa: PLC0415

    passages = [passage for file in files for passage in read_passages(file)]
    verdicts = asyncio.run(_weighed(passages, weights))
    if as_json:
        write_json([_facts(passage, verdict) for passage, verdict in zip(passages, verdicts, strict=True)])
        return
    for passage, verdict in zip(passages, verdicts, strict=True):
        for line in _told(passage, verdict):
            write(line)


async def _weighed(passages: Sequence[Passage], weights: Path | None) -> tuple[Verdict, ...]:
    async with opened_critic(weights) as critic:
        return await critic.weigh([passage.text for passage in passages])


def _facts(passage: Passage, verdict: Verdict) -> dict[str, object]:
    return {"file": str(passage.path), "scene": passage.scene, **verdict.model_dump(mode="json")}


def _told(passage: Passage, verdict: Verdict) -> list[str]:
    name = one_line(str(passage.path), 80) + (f", {one_line(passage.scene, 60)}" if passage.scene else "")
    if verdict.refused_by:
        # What was measured of such a text, in the JSON, is no reason for anything.
        return [f"{name}: refused ({verdict.refused_by}). {verdict.refusal}"]
    lines = [
        f"{name}: D {verdict.d:.2f} [{verdict.d_low:.2f}, {verdict.d_high:.2f}], "
        f"C {verdict.c:.2f}, J {verdict.j:.2f}, {verdict.words:,} words"
    ]
    lines += [f"  - {reason}" for reason in verdict.reasons]
    lines += [f"  {chance:.2f}  {one_line(sentence, 90)}" for sentence, chance in verdict.sentences[:3]]
    return lines
