"""Models that mark the beginning of a text by a space: what goes on from a text gets none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.llama.tiny import write_sentencepiece_model
from writersroom.engine.interface import Request
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.llama.runtime import Weights
from writersroom.engine.settings import EngineSettings

SETTINGS = EngineSettings(n_ctx=256, sequences=4, threads=1)


@pytest.fixture(scope="module")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sentencepiece_model(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture
def weights(tiny_path: Path) -> Iterator[Weights]:
    weights = Weights(tiny_path, SETTINGS)
    yield weights
    weights.close()


@pytest_asyncio.fixture
async def engine(tiny_path: Path) -> AsyncIterator[LlamaEngine]:
    async with await LlamaEngine.open(tiny_path, SETTINGS) as engine:
        yield engine


@pytest.mark.parametrize(
    "text", [" agree", "agree", "agree lamp", "]", "\nagree", "\n\n", "  agree", "né", ""]
)
def test_what_goes_on_is_spelled_as_it_is(weights: Weights, text: str) -> None:
    spelled = b"".join(weights.piece(token) for token in weights.continuation(text))
    assert spelled == text.encode()
    assert weights.tokenize("agree", special=False, opening=False) == weights.continuation(" agree")


def test_after_a_control_token_a_text_is_marked_once(weights: Weights) -> None:
    begun = weights.opening()
    assert weights.is_control(begun[-1])
    assert weights.continuation("agree", after=begun) == weights.continuation(" agree")
    assert weights.continuation(" agree", after=begun) == weights.continuation(" agree")
    said = [*begun, *weights.continuation("I")]
    assert weights.continuation("agree", after=said) == weights.continuation("agree")


async def test_a_bias_is_on_the_word_itself(engine: LlamaEngine) -> None:
    assert len(engine.token_ids(" agree")) == len(engine.token_ids("agree")) == 1
    assert engine.token_ids(" agree") != engine.token_ids("agree")


async def test_an_option_is_weighed_as_the_word_it_is(engine: LlamaEngine) -> None:
    choice = await engine.choose("I", [" agree", "agree"])
    whole, joined = await engine.score("", ["I agree", "Iagree"])
    assert choice.logprobs == pytest.approx([whole.logprob[-1], joined.logprob[-1]], abs=1e-3)


@pytest.mark.parametrize("context", ["", "I"])
async def test_tokens_start_where_their_characters_are(engine: LlamaEngine, context: str) -> None:
    word, spaced = await engine.score(context, ["agree lamp", " agree lamp"])
    assert list(word.starts) == [0, 5]
    assert list(spaced.starts) == [0, 6]


async def test_a_cut_reply_is_closed(engine: LlamaEngine) -> None:
    words = {"type": "array", "items": {"type": "string"}}
    for max_tokens in range(1, 6):
        said = await engine.generate(Request(prompt="Say", reply_schema=words, max_tokens=max_tokens))
        assert isinstance(said.takes[0].parsed, list)
