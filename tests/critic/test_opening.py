"""A session's game: with the eye that is there, or not at all, and then it is said why."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.critic.test_reference import prose
from tests.scripted import ScriptedEngine
from writersroom.critic import opening
from writersroom.critic.opening import open_game
from writersroom.critic.weights import load, save
from writersroom.engine.files.fingerprint import model_sha256
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings
from writersroom.resources import critic_weights

PLAIN = EngineSettings(n_ctx=1024, sequences=2)


async def built_in(path: Path, settings: EngineSettings = PLAIN) -> LlamaEngine:
    """The built-in model, as a session opens it."""
    return await LlamaEngine.open(path, settings, name="smollm2", sha256=model_sha256(path))


async def test_a_model_on_a_server_has_no_critic() -> None:
    told: list[str] = []
    async with open_game(ScriptedEngine(["Yes."]), tell=told.append) as game:
        assert game is None
    assert "server" in told[0]


async def test_without_usable_weights_there_is_no_critic(model_path: Path, tmp_path: Path) -> None:
    (tmp_path / "critic.npz").write_bytes(b"PK\x03\x04 not really")
    told: list[str] = []
    async with (
        await built_in(model_path) as engine,
        open_game(engine, room=tmp_path, tell=told.append) as game,
    ):
        assert game is None
    assert "not scored" in told[0]
    assert str(tmp_path) in told[0]


async def test_the_writer_is_its_own_critics_eye_where_it_can_be(model_path: Path, tmp_path: Path) -> None:
    """With the room's own weights and texts, where it has some."""
    shutil.copy(critic_weights(), tmp_path)
    reference = tmp_path / "reference"
    reference.mkdir()
    (reference / "own.txt").write_text(prose(0, 60))
    (reference / "none.txt").write_text("Short.")
    told: list[str] = []
    async with (
        await built_in(model_path) as engine,
        open_game(engine, room=tmp_path, tell=told.append) as game,
    ):
        assert game is not None
        assert len(told) == 1
        assert "none.txt" in told[0]
        assert critic_weights(tmp_path).parent == tmp_path
        await game.catch_up([])
        (verdict,) = await game.weigh([prose(100, 12)])
        assert 0 <= verdict.c <= 1
        assert game.value([verdict]).d_human > 0.5
        assert 0 < game.floor < 1
        leaned = game.biases(1, lambda: [prose(0, 30)], engine.token_ids)
        assert leaned
        assert all(abs(bias) <= 2 for bias in leaned.values())


async def test_another_file_adapters_and_a_coarse_cache_close_the_writers_eye(model_path: Path) -> None:
    """What reads must be the file that the heads were trained with, whatever the writer is called."""
    coarse = PLAIN.model_copy(update={"kv_key_type": "q8_0"})
    own = model_sha256(model_path)
    for settings, sha256, beside_it in ((PLAIN, own, False), (coarse, own, True), (PLAIN, "0" * 64, True)):
        async with await LlamaEngine.open(model_path, settings, name="smollm2", sha256=sha256) as engine:
            assert engine.info.altered is (settings is coarse)
            opened: list[str] = []

            async def beside(name: str, _: EngineSettings, into: list[str] = opened) -> LlamaEngine:
                into.append(name)
                return await built_in(model_path)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(opening, "open_engine", beside)
                async with open_game(engine) as game:
                    assert game is not None
            assert opened == (["smollm2"] if beside_it else [])


async def test_weights_that_were_trained_with_another_file_are_told_of(
    model_path: Path, tmp_path: Path
) -> None:
    held = load(critic_weights())
    trained = held.trained.model_copy(update={"eye_sha256": "0" * 64})
    save(held.model_copy(update={"trained": trained}), tmp_path / "critic.npz")
    told: list[str] = []
    async with (
        await built_in(model_path) as engine,
        open_game(engine, room=tmp_path, tell=told.append) as game,
    ):
        assert game is not None
    assert len(told) == 1
    assert "Another model file" in told[0]
