"""What only a real server can show: that its answers mean what this program takes them for."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.real_server import CONTEXT, running_server, shipped_model
from writersroom.engine.errors import ServerError
from writersroom.engine.files.catalogue import ServerAddress, resolve
from writersroom.engine.interface import Part, Prompt, Request, Sampling, TokenEvent
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.opening import open_engine
from writersroom.engine.server import ServerEngine, ServerSettings
from writersroom.engine.settings import EngineSettings

ASK: Prompt = (Part(role="system", text="You are terse."), Part(role="user", text="Name a fruit."))


@pytest_asyncio.fixture
async def server(server_address: str) -> AsyncIterator[ServerEngine]:
    async with await ServerEngine.open(server_address) as engine:
        yield engine


@pytest_asyncio.fixture
async def here() -> AsyncIterator[LlamaEngine]:
    """The very model file that the server runs, in this process."""
    async with await LlamaEngine.open(shipped_model(), EngineSettings(n_ctx=1024, sequences=4)) as engine:
        yield engine


async def test_the_server_is_known_for_what_it_is(server: ServerEngine) -> None:
    assert server.info.model == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert server.info.context == CONTEXT
    assert server.info.supports == {"generate", "schema", "choose", "embed"}
    assert server.dropped(Sampling(xtc_probability=0.5, top_k=3)) == {"xtc_probability"}


async def test_it_is_found_again_by_its_address(server: ServerEngine, server_address: str) -> None:
    found = resolve(server.info.address)
    assert isinstance(found, ServerAddress)
    assert found.url == f"{server_address}/v1"
    async with await open_engine(server.info.address) as again:
        assert again.info == server.info


@pytest.mark.parametrize("prompt", ["The capital of France is", ASK], ids=["plain", "chat"])
async def test_options_weigh_what_they_weigh_in_this_process(
    server: ServerEngine, here: LlamaEngine, prompt: Prompt
) -> None:
    """The same weights on both sides; batches of another size round otherwise, by up to a few tenths."""
    options = [" Paris", " London", "banana", "xylophone"]
    mine, theirs = [await engine.choose(prompt, options, content_free="N/A") for engine in (here, server)]
    assert theirs.method == "forced"
    assert theirs.logprobs == pytest.approx(mine.logprobs, abs=0.5)
    assert theirs.prior == pytest.approx(mine.prior, abs=0.5)


async def test_odd_options_do_no_harm(server: ServerEngine) -> None:
    """Grammars are built from them, and the server dies of one that it cannot read."""
    options = ['"]\\', "a\nb\t\r", "\x01", "😀", "<[1]>"]
    choice = await server.choose(ASK, options)
    assert sum(choice.probabilities) == pytest.approx(1)
    assert (await server.generate(Request(prompt=ASK, max_tokens=1))).takes[0].text


async def test_counts_of_plain_text_are_the_models_own(server: ServerEngine, here: LlamaEngine) -> None:
    for text in ("A fox.", "Die Füchse schliefen 😀.", "x" * 300):
        assert await server.count_tokens(text) == await here.count_tokens(text)
    estimate, exact = await server.count_tokens(ASK), await here.count_tokens(ASK)
    assert abs(estimate - exact) <= 4


async def test_the_same_seed_draws_the_same_text(server: ServerEngine) -> None:
    def request(seed: int) -> Request:
        return Request(prompt=ASK, sampling=Sampling(seed=seed), max_tokens=8)

    first, again, other = [(await server.generate(request(seed))).takes[0].text for seed in (1, 1, 2)]
    assert first == again != other


async def test_a_stopped_reply_frees_the_server(server: ServerEngine) -> None:
    """It writes one reply at a time: the next one would wait for the end of one that nobody reads."""
    stop = threading.Event()
    request = Request(prompt=ASK, max_tokens=400)
    cut = await server.generate(request, on_token=lambda _: stop.set(), stop=stop)
    assert cut.takes[0].finish == "cancelled"
    reply = await server.generate(Request(prompt=ASK, max_tokens=2))
    assert reply.takes[0].text


async def test_a_key_is_refused_or_taken_by_a_real_server(server_address: str) -> None:
    """This one asks for none and takes any."""
    settings = ServerSettings.model_validate({"api_key": "anything"})
    async with await ServerEngine.open(f"{server_address}/v1", settings) as engine:
        assert (await engine.generate(Request(prompt=ASK, max_tokens=1))).takes[0].text


async def test_an_unknown_address_of_a_real_server(server_address: str) -> None:
    with pytest.raises(ServerError, match="answered 404"):
        async with await ServerEngine.open(
            f"{server_address}/elsewhere", ServerSettings(model="x")
        ) as engine:
            await engine.generate(Request(prompt=ASK))


async def test_a_server_that_dies_within_a_reply() -> None:
    with running_server() as doomed:
        settings = ServerSettings(attempts=2, first_pause_s=0.01)
        async with await ServerEngine.open(doomed.address, settings) as engine:
            heard: list[str] = []

            def kill(event: TokenEvent) -> None:
                heard.append(event.text)
                doomed.process.kill()

            with pytest.raises(ServerError, match="broke the connection off") as caught:
                await engine.generate(Request(prompt=ASK, max_tokens=400), on_token=kill)
            assert caught.value.received == ("".join(heard),)
            assert caught.value.address == doomed.address
            doomed.process.wait()  # until then the kernel may still take connections for it
            with pytest.raises(ServerError, match="cannot be reached"):
                await engine.generate(Request(prompt=ASK))
