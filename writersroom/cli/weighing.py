"""What `score` and `critic` share: opening the critic, and saying on stderr what is worth saying."""

from __future__ import annotations

import importlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import click

from writersroom.cli.terminal import narrate

if TYPE_CHECKING:
    from writersroom.critic.critic import Critic

P = ParamSpec("P")
R = TypeVar("R")


def weights_option(command: Callable[P, R]) -> Callable[P, R]:
    """The option `--weights FILE`."""
    return click.option(
        "--weights",
        metavar="FILE",
        type=click.Path(path_type=Path),
        default=None,
        help="Weights made with `critic train`; those that came with the program if not given.",
    )(command)


@asynccontextmanager
async def opened_critic(weights: Path | None) -> AsyncGenerator[Critic]:
    """A critic over the built-in model, closed at the end."""
    # The engine takes half a second to load; `--help` needs none of it.
    from writersroom.engine.opening import open_engine  # noqa: PLC0415

    module = importlib.import_module("writersroom.critic.critic")
    kind = cast("type[Critic]", module.Critic)
    async with await open_engine() as engine:
        critic = await kind.open(weights, engine)
        if critic.other_eye:
            narrate(
                "Another model file reads here than the weights were trained with; figures may "
                "differ a little."
            )
        yield critic
