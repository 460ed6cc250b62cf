"""From a session's model to the game it plays with the critic, where there can be one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from writersroom.critic.critic import Critic
from writersroom.critic.errors import BadWeights
from writersroom.critic.features.windows import MOST_BYTES
from writersroom.critic.game import Game
from writersroom.critic.reference import FOLDER, read_corpus
from writersroom.engine.errors import EngineError
from writersroom.engine.files.default_model import NAME, default_model
from writersroom.engine.files.fingerprint import model_sha256
from writersroom.engine.interface import Engine
from writersroom.engine.opening import open_engine
from writersroom.engine.settings import EngineSettings
from writersroom.resources import critic_weights

_EYE: Final = EngineSettings(n_ctx=MOST_BYTES + 96, sequences=8, cached_tokens=0)


@asynccontextmanager
async def open_game(
    engine: Engine,
    *,
    room: Path | None = None,
    tell: Callable[[str], None] = lambda sentence: None,
) -> AsyncGenerator[Game | None]:
    """The game of a session, for as long as the session is played.

    The critic's eye is the built-in model's file, whichever writes; where another one does, whatever its
    name, or this one with adapters, it is opened beside. A session with a model on a server has no critic:
    this machine may have no room for an eye.

    Args:
        engine: the model that writes.
        room: the folder of a room, which may have critic weights of its own and a person's texts in
            `reference/`.
        tell: called with a sentence for a person wherever something is left out.

    Yields:
        The game; None where the weights cannot be used, or there is no eye to read with. The room then goes
        by its critics' questions.
    """
    async with AsyncExitStack() as stack:
        game: Game | None = None
        if engine.info.sha256 is None or "score" not in engine.info.supports:
            tell("The model is on a server, so takes are criticised but not scored.")
        else:
            try:
                eye = engine
                built_in = await asyncio.to_thread(lambda: model_sha256(default_model().path))
                if engine.info.sha256 != built_in or engine.info.altered:
                    eye = await stack.enter_async_context(await open_engine(NAME, _EYE))
                critic = await Critic.open(await asyncio.to_thread(critic_weights, room), eye)
            except (EngineError, BadWeights, OSError) as error:
                tell(f"Takes are criticised but not scored: {error}")
            else:
                if critic.other_eye:
                    tell(
                        "Another model file reads the takes than the critic's weights were trained with; its "
                        "figures may differ a little."
                    )
                passages: tuple[str, ...] = ()
                if room is not None:
                    corpus = await asyncio.to_thread(read_corpus, room / FOLDER)
                    passages = corpus.passages
                    for problem in corpus.problems:
                        tell(problem)
                game = Game(critic, references=passages, writer=engine.info.model)
        yield game
