"""`writersroom critic`: train the critic, test it, and tell what it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from writersroom.cli import parameters
from writersroom.cli.files import require_folder, require_free
from writersroom.cli.terminal import Refused, narrate, write, write_json
from writersroom.cli.weighing import opened_critic, weights_option
from writersroom.exits import Exit
from writersroom.view.printable import one_line

if TYPE_CHECKING:
    from writersroom.critic.corpus import Passage
    from writersroom.critic.critic import Critic
    from writersroom.critic.eye import Reading
    from writersroom.critic.verdict import Verdict

_AT_ONCE: Final = 16
"""Texts read between two lines of narration."""
_FOLDER: Final = click.Path(path_type=Path)

# What each command needs of the critic is imported in it: numpy and the engine take their time to load.


@click.group()
def critic() -> None:
    """Train the critic, test it, or tell what it is."""


@critic.command()
@click.option("--human", metavar="DIR", required=True, type=_FOLDER, help="Texts that people wrote.")
@click.option("--machine", metavar="DIR", required=True, type=_FOLDER, help="Texts that models wrote.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=Path("critic.npz"),
    show_default=True,
    help="The weights file to write.",
)
@parameters.force
@weights_option
def train(human: Path, machine: Path, output: Path, force: bool, weights: Path | None) -> None:
    """Train D on two folders of texts, and write the weights.

    Subfolders of the machine folder are taken for different writers. C and J are taken over from the shipped
    weights. The figures told are of writers left out of the training; where all machine texts are by one, of
    texts left out.
    """
    from writersroom.critic.corpus import read_folder  # noqa: PLC0415
    from writersroom.critic.training import trained  # noqa: PLC0415
    from writersroom.critic.weights import Trained, save  # noqa: PLC0415

    # Now, and not after minutes of training.
    require_free(output, replace=force)
    require_folder(output)
    people, machines = read_folder(human, named="human"), read_folder(machine, named="machine")

    async def run() -> None:
        async with opened_critic(weights) as judge:
            read = await _readings(judge, [*people, *machines])
            sides = _sided(people, read), _sided(machines, read)
            made = trained(
                *sides,
                base=judge.weights,
                told=Trained(
                    on=(
                        f"{len(sides[0])} human texts of {human}",
                        f"{len(sides[1])} machine texts of {machine}",
                    ),
                    eye=judge.weights.trained.eye,
                    eye_sha256=judge.eye_sha256,
                    day=datetime.now(UTC).date().isoformat(),
                ),
            )
        digest = save(made, output)
        told = ", ".join(f"{name} {value:.3f}" for name, value in made.trained.figures)
        narrate(f"On {made.trained.measured_on}: {told}.")
        write(f"{output}  sha256 {digest}")

    asyncio.run(run())


@critic.command("eval")
@click.option("--human", metavar="DIR", type=_FOLDER, help="Texts that people wrote.")
@click.option("--machine", metavar="DIR", type=_FOLDER, help="Texts that models wrote.")
@click.option(
    "--adapt", metavar="N", type=click.IntRange(min=0), default=0, help="Learn N machine texts first."
)
@click.option("--pairs", metavar="FILE", type=_FOLDER, help="Pairs of texts in JSONL: a, b, preferred.")
@weights_option
@parameters.as_json
def evaluate(
    human: Path | None,
    machine: Path | None,
    adapt: int,
    pairs: Path | None,
    weights: Path | None,
    as_json: bool,
) -> None:
    """Test the critic on texts of known origin, or on pairs of which one is preferred.

    With --adapt the first N machine texts, taken from each writer in turn, are learned and left out of the
    test.
    """
    if pairs is not None and human is None and machine is None:
        figures = asyncio.run(_of_pairs(pairs, weights))
    elif human is not None and machine is not None and pairs is None:
        figures = asyncio.run(_of_folders(human, machine, adapt, weights))
    else:
        raise click.UsageError("Give --human and --machine, or --pairs.")
    if as_json:
        write_json(figures)
        return
    for name, value in figures.items():
        write(f"{name}: {json.dumps(value)}")


@critic.command()
@weights_option
@parameters.as_json
def card(weights: Path | None, as_json: bool) -> None:
    """Tell what the critic was trained on, where it fails, and for whom it must not be used."""
    from writersroom.critic.card import model_card  # noqa: PLC0415
    from writersroom.critic.weights import load  # noqa: PLC0415
    from writersroom.resources import critic_weights  # noqa: PLC0415

    held = load(weights or critic_weights())
    told = model_card(held)
    if as_json:
        write_json(told.model_dump(mode="json"))
        return
    for heading, lines in told.sections():
        write(heading)
        for line in lines:
            write(f"  {line}")


async def _of_folders(human: Path, machine: Path, adapt: int, weights: Path | None) -> dict[str, object]:
    from writersroom.critic.corpus import read_folder, spread  # noqa: PLC0415
    from writersroom.critic.evaluation import folder_figures  # noqa: PLC0415

    people = read_folder(human, named="human")
    learned, machines = spread(read_folder(machine, named="machine"), adapt)
    if not machines:
        raise Refused(f"Nothing of {machine} is left to test on when {adapt} texts are learned.", Exit.USAGE)
    async with opened_critic(weights) as judge:
        if learned:
            fit = await judge.learn(machine=[one.text for one in learned])
            narrate(f"Learned {len(learned)} texts in {fit.milliseconds:.0f} ms.")
        tested = [*people, *machines]
        verdicts: list[Verdict] = []
        for at in range(0, len(tested), _AT_ONCE):
            verdicts += await judge.weigh([one.text for one in tested[at : at + _AT_ONCE]])
            narrate(f"Judged {min(at + _AT_ONCE, len(tested))} of {len(tested)} texts.")
    sources = [one.source for one in tested]
    return folder_figures(verdicts, [at < len(people) for at in range(len(tested))], sources)


async def _of_pairs(path: Path, weights: Path | None) -> dict[str, object]:
    from writersroom.critic.evaluation import pair_figures, read_pairs  # noqa: PLC0415

    pairs = read_pairs(path)
    async with opened_critic(weights) as judge:
        verdicts: list[tuple[Verdict, Verdict]] = []
        for at in range(0, len(pairs), _AT_ONCE):
            part = pairs[at : at + _AT_ONCE]
            both = await judge.weigh([text for pair in part for text in (pair.a, pair.b)])
            verdicts += list(zip(both[::2], both[1::2], strict=True))
            narrate(f"Judged {min(at + _AT_ONCE, len(pairs))} of {len(pairs)} pairs.")
    return pair_figures(verdicts, pairs)


async def _readings(judge: Critic, passages: Sequence[Passage]) -> dict[Path, Reading]:
    found: dict[Path, Reading] = {}
    for at in range(0, len(passages), _AT_ONCE):
        part = passages[at : at + _AT_ONCE]
        for passage, reading in zip(part, await judge.read([one.text for one in part]), strict=True):
            if reading is None or judge.refuses(passage.text):
                narrate(f"{one_line(str(passage.path), 120)} was left out: it cannot be judged.")
            else:
                found[passage.path] = reading
        narrate(f"Read {min(at + _AT_ONCE, len(passages))} of {len(passages)} texts.")
    return found


def _sided(passages: Sequence[Passage], read: dict[Path, Reading]) -> list[tuple[str, Reading]]:
    return [(one.source, read[one.path]) for one in passages if one.path in read]
