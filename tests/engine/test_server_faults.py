"""What goes wrong between this program and a server, and what the caller sees of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.real_server import free_port
from tests.standin_server import Answer, Answering, Asked, StandIn, refuses, says, told
from writersroom.engine.errors import EngineClosed, ModelNotFound, PromptTooLong, ServerError
from writersroom.engine.interface import Part, Request, TokenEvent
from writersroom.engine.server import ServerEngine, ServerSettings

CHAT = (Part(role="user", text="Hello"),)
HELLO = Request(prompt=CHAT, max_tokens=20)
HASTY = ServerSettings(
    connect_s=2, first_token_s=5, between_tokens_s=5, attempts=3, first_pause_s=0.01, api_key=None
)
LIMIT_S = 20
"""No test needs as long; one that does hangs."""


@pytest_asyncio.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as server:
        yield server


async def ask(
    standin: StandIn,
    request: Request = HELLO,
    *,
    heard: list[str] | None = None,
    settings: ServerSettings = HASTY,
) -> str:
    """The text of one reply of the stand-in."""

    def hear(event: TokenEvent) -> None:
        if heard is not None:
            heard.append(event.text)

    async with await ServerEngine.open(standin.address, settings) as engine:
        async with asyncio.timeout(LIMIT_S):
            completion = await engine.generate(request, on_token=hear)
        return completion.takes[0].text


async def failure(standin: StandIn, settings: ServerSettings = HASTY) -> ServerError:
    """The error one reply ends in; it names the address."""
    with pytest.raises(ServerError) as caught:
        await ask(standin, settings=settings)
    assert caught.value.address == standin.address
    assert standin.address in str(caught.value)
    return caught.value


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_passing_refusal_is_tried_again(standin: StandIn, status: int) -> None:
    standin.chat(refuses(status), refuses(status), says("Good ", "day"))
    assert await ask(standin) == "Good day"
    assert len(standin.bodies()) == 3


async def test_the_server_says_how_long_to_wait(standin: StandIn) -> None:
    slow = HASTY.model_copy(update={"first_pause_s": 1000.0, "longest_pause_s": 1000.0})
    standin.chat(refuses(429, retry_after="0"), says("Good day"))
    assert await ask(standin, settings=slow) == "Good day"


async def test_a_wait_beyond_the_limit_is_an_error_at_once(standin: StandIn) -> None:
    standin.chat(refuses(429, "too many", retry_after="3600"))
    error = await failure(standin)
    assert "3600 s" in error.reason
    assert error.status == 429
    assert len(standin.bodies()) == 1


async def test_a_lasting_refusal_says_how_often_it_was_tried(standin: StandIn) -> None:
    standin.chat(refuses(503, "loading\x1b[2J the model"))
    error = await failure(standin)
    assert error.status == 503
    assert "loading [2J the model (tried 3 times)" in error.reason
    assert len(standin.bodies()) == 3


async def test_a_bad_request_is_not_tried_again(standin: StandIn) -> None:
    standin.chat(refuses(400, "no " * 1000))
    error = await failure(standin)
    assert error.status == 400
    assert len(error.reason) < 400
    assert len(standin.bodies()) == 1


async def test_nobody_listens() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(
        ServerError, match=r"cannot be reached: .* check the address .*\(tried 3 times\)"
    ) as caught:
        await ServerEngine.open(address, HASTY)
    assert caught.value.address == address
    assert caught.value.status is None


@pytest.mark.parametrize(
    "address", ["", "http://", "ftp://host", "http://host:99999", "http://a b/", "http://h?x=1"]
)
async def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ServerError, match="give one like http"):
        await ServerEngine.open(address, HASTY)


async def test_a_password_in_the_address_is_not_shown(standin: StandIn) -> None:
    port = standin.address.rpartition(":")[2]
    standin.chat(refuses(400, "no"))
    async with await ServerEngine.open(f"http://ann:secret@127.0.0.1:{port}/v1/", HASTY) as engine:
        with pytest.raises(ServerError) as caught:
            await engine.generate(HELLO)
    assert "secret" not in str(caught.value) + engine.address
    assert standin.asked[0].headers["authorization"].startswith("Basic ")


async def test_silence_before_the_reply(standin: StandIn) -> None:
    standin.chat(lambda _, back: back.hang())
    error = await failure(standin, HASTY.model_copy(update={"first_token_s": 0.1}))
    assert "no token within 0.1 s" in error.reason
    assert error.received == ()


async def test_silence_within_the_reply(standin: StandIn) -> None:
    async def stall(_: Asked, back: Answering) -> None:
        await back.events("Good ", "da", finish=None, done=False)
        while not back.gone.is_set():
            # Signs of life that are no tokens.
            await back.send(b": ping\n\n")
            await asyncio.sleep(0.02)

    standin.chat(stall)
    error = await failure(standin, HASTY.model_copy(update={"between_tokens_s": 0.2}))
    assert "no further token within 0.2 s" in error.reason
    assert error.received == ("Good da",)


async def test_a_break_within_the_reply_keeps_what_came_and_is_not_tried_again(standin: StandIn) -> None:
    heard: list[str] = []

    async def snap(_: Asked, back: Answering) -> None:
        await back.events("Good ", "da", finish=None, done=False)
        # What is still on its way is lost with the connection.
        while "".join(heard) != "Good da":
            await asyncio.sleep(0.005)
        back.reset()

    standin.chat(snap)
    with pytest.raises(ServerError, match="broke the connection off: ") as caught:
        await ask(standin, heard=heard)
    assert caught.value.received == ("Good da",)
    assert "".join(heard) == "Good da"
    assert len(standin.bodies()) == 1


async def test_every_take_is_kept_when_one_breaks_off(standin: StandIn) -> None:
    heard: list[str] = []

    async def one(_: Asked, back: Answering) -> None:
        await back.events("first", finish=None, done=False)
        await back.hang()

    async def other(_: Asked, back: Answering) -> None:
        await back.events("second", finish=None, done=False)
        while sorted(heard) != ["first", "second"]:
            await asyncio.sleep(0.005)
        back.reset()

    standin.chat(one, other)
    with pytest.raises(ServerError) as caught:
        await ask(standin, HELLO.model_copy(update={"n": 2}), heard=heard)
    assert sorted(caught.value.received) == ["first", "second"]


async def test_a_break_before_the_reply_is_tried_again(standin: StandIn) -> None:
    async def snap(_: Asked, back: Answering) -> None:
        await back.events(finish=None, done=False)
        back.reset()

    standin.chat(snap, says("Good day"))
    assert await ask(standin) == "Good day"


async def test_a_body_that_just_ends_is_a_break_too(standin: StandIn) -> None:
    async def stop_talking(_: Asked, back: Answering) -> None:
        await back.events("Good ", finish=None, done=False)

    standin.chat(stop_talking)
    error = await failure(standin)
    assert error.reason == "broke the reply off before it was finished"
    assert error.received == ("Good ",)


async def test_an_end_without_a_reason_is_no_end(standin: StandIn) -> None:
    standin.chat(says("Good ", finish=None))
    error = await failure(standin)
    assert "--interrupt_requests False" in error.reason
    assert error.received == ("Good ",)


async def test_an_error_within_the_stream(standin: StandIn) -> None:
    async def fall(_: Asked, back: Answering) -> None:
        await back.events("Good ", finish=None, done=False)
        await back.event({"error": {"message": "out of memory"}})

    standin.chat(fall)
    error = await failure(standin)
    assert error.reason == "broke off the reply: out of memory"
    assert error.received == ("Good ",)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"error": {"message": "no such model"}}, "no such model"),
        ({"error": "busy"}, "busy"),
        ({}, "finished"),
    ],
)
async def test_a_success_without_a_reply_is_none(standin: StandIn, answer: object, reason: str) -> None:
    standin.chat(told(answer))
    assert reason in (await failure(standin)).reason


async def test_a_whole_reply_in_one_answer_is_one(standin: StandIn) -> None:
    standin.chat(told({"choices": [{"message": {"content": "Good day"}, "finish_reason": "stop"}]}))
    assert await ask(standin) == "Good day"


@pytest.mark.parametrize("done", [True, False])
async def test_a_break_after_the_end_of_a_reply_loses_nothing(standin: StandIn, done: bool) -> None:
    heard: list[str] = []

    async def snap(_: Asked, back: Answering) -> None:
        await back.events("Good ", "day", done=done)
        while "".join(heard) != "Good day":
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        back.reset()

    standin.chat(snap)
    assert await ask(standin, heard=heard) == "Good day"
    assert len(standin.bodies()) == 1


async def test_silence_after_the_end_of_a_reply_loses_nothing(standin: StandIn) -> None:
    async def linger(_: Asked, back: Answering) -> None:
        await back.events("Good day", done=False)
        await back.hang()

    standin.chat(linger)
    assert await ask(standin, settings=HASTY.model_copy(update={"between_tokens_s": 0.1})) == "Good day"


@pytest.mark.parametrize(
    "answer", [told({"error": "Unexpected endpoint"}), refuses(401, "not yours"), refuses(503)]
)
async def test_an_optional_question_may_be_answered_by_anything(standin: StandIn, answer: Answer) -> None:
    for path in ("/v1/embeddings", "/api/version", "/openapi.json"):
        standin.answer(path, answer)
    standin.chat(says("Good day"))
    assert await ask(standin) == "Good day"
    assert len([asked for asked in standin.asked if asked.path == "/api/version"]) == 1


async def test_an_optional_question_that_is_cut_off_is_asked_again(standin: StandIn) -> None:
    async def cut(_: Asked, back: Answering) -> None:
        back.reset()

    standin.answer("/v1/embeddings", cut, told({"data": [{"embedding": [1.0]}]}))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        assert "embed" in engine.info.supports


async def test_a_count_that_fails_in_the_end_costs_no_reply() -> None:
    async def cut(_: Asked, back: Answering) -> None:
        back.reset()

    async with StandIn(owned_by="vllm") as standin:
        standin.answer("/tokenize", cut)
        standin.chat(says("Good day"))
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            completion = await engine.generate(HELLO)
    assert completion.takes[0].text == "Good day"
    assert completion.usage.prefilled > 0


async def test_a_connection_that_lay_idle_is_not_used_again(standin: StandIn) -> None:
    pools: list[float | None] = []
    usual = httpx.AsyncHTTPTransport.__init__

    def noted(self: httpx.AsyncHTTPTransport, **options: Any) -> None:
        pools.append(options["limits"].keepalive_expiry)
        usual(self, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.AsyncHTTPTransport, "__init__", noted)
        async with await ServerEngine.open(standin.address, HASTY):
            pass
    assert set(pools) == {2.0}  # Below the five seconds after which servers close theirs.


async def test_a_key_that_no_header_can_carry_is_refused(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("schlüssel", "two\nlines"):
        monkeypatch.setenv("WRITERSROOM_API_KEY", key)
        with pytest.raises(ServerError, match="check \\$WRITERSROOM_API_KEY") as caught:
            await ServerEngine.open(standin.address)
        assert key not in str(caught.value)


@pytest.mark.parametrize("content", [b"<html>hello</html>", b'{"choices": 3}', b"data: nonsense\n\n", b""])
async def test_an_answer_of_something_else(standin: StandIn, content: bytes) -> None:
    async def babble(_: Asked, back: Answering) -> None:
        await back.head(200, "text/event-stream" if content.startswith(b"data") else "text/html")
        await back.send(content)

    standin.chat(babble)
    assert "something else than OpenAI's interface" in (await failure(standin)).reason


async def test_a_site_that_is_no_such_server(standin: StandIn) -> None:
    async def page(_: Asked, back: Answering) -> None:
        await back.head(200, "text/html")
        await back.send(b"<!doctype html>\x1b[31m<title>Router</title>")

    standin.answer("/v1/models", page)
    with pytest.raises(ServerError, match="check the address") as caught:
        await ServerEngine.open(standin.address, HASTY)
    assert "\x1b" not in str(caught.value)


async def test_a_redirection_is_named(standin: StandIn) -> None:
    standin.chat(refuses(307, "over there", location="http://elsewhere"))
    assert "give the address it redirects to" in (await failure(standin)).reason


async def test_an_endless_event_is_not_followed(standin: StandIn) -> None:
    async def pour(_: Asked, back: Answering) -> None:
        await back.head(200, "text/event-stream")
        while not back.gone.is_set():
            await back.send(b"data: " + b"x" * 2**20)

    standin.chat(pour)
    assert "16 MiB" in (await failure(standin)).reason


async def test_the_key_is_sent_and_never_shown(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv("WRITERSROOM_API_KEY", "sk-very-secret")
    settings = ServerSettings(attempts=1)
    standin.chat(refuses(401, "bad key sk-very-secret"))
    error = await failure(standin, settings)
    assert "set $WRITERSROOM_API_KEY" in error.reason
    assert "bad key [key]" in error.reason
    assert standin.asked[-1].headers["authorization"] == "Bearer sk-very-secret"
    assert "very-secret" not in repr(settings) + settings.model_dump_json() + caplog.text


async def test_without_a_key_none_is_sent(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRITERSROOM_API_KEY", "  ")
    standin.chat(says("Good day"))
    await ask(standin, settings=ServerSettings())
    assert "authorization" not in standin.asked[-1].headers


async def test_a_proxy_for_the_outside_is_not_used_for_loopback(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    standin.chat(says("Good day"))
    assert await ask(standin) == "Good day"


@pytest.mark.parametrize(
    ("error", "needed", "available"),
    [
        (
            {
                "message": "request (9412 tokens) exceeds the available context size (8192 tokens)",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 9412,
                "n_ctx": 8192,
            },
            9432,
            8192,
        ),
        ({"message": "request (9412 tokens) exceeds the available context size (8192 tokens)"}, 9432, 8192),
        (
            {
                "message": "This model's maximum context length is 4096 tokens. However, you requested 5000 "
                "tokens (4980 in the messages, 20 in the completion).",
                "code": "context_length_exceeded",
            },
            5000,
            4096,
        ),
        (
            {
                "message": "'max_tokens' is too large: 20. This model's maximum context length is 4096 "
                "tokens and your request has 4090 input tokens"
            },
            4110,
            4096,
        ),
        (
            {
                "message": "This model's maximum context length is 4097 tokens. However, your messages "
                "resulted in 10010 tokens. Please reduce the length of the messages.",
                "code": "context_length_exceeded",
            },
            10030,
            4097,
        ),
        (
            {
                "message": "You passed 4090 input tokens and requested 20 output tokens. However, the "
                "model's context length is only 4096 tokens, resulting in a maximum input length of 4076."
            },
            4110,
            4096,
        ),
        (
            {
                "message": "The decoder prompt (length 5000) is longer than the maximum model length of "
                "4096. Make sure that `max_model_len` is no smaller than the number of text tokens."
            },
            5020,
            4096,
        ),
        (
            {
                "message": "Requested token count exceeds the model's maximum context length of 8192 tokens. "
                "You requested a total of 9000 tokens: 8980 tokens from the input messages and 20 for the "
                "completion."
            },
            9000,
            8192,
        ),
        (
            {"message": "The input (9000 tokens) is longer than the model's context length (8192 tokens)."},
            9020,
            8192,
        ),
        ({"message": "prompt is too long: 210000 tokens > 200000 maximum"}, 210020, 200000),
    ],
    ids=[
        "llama-server",
        "llama-server, figures in the text",
        "OpenAI",
        "vLLM",
        "OpenAI, the prompt alone",
        "vLLM of 2026",
        "vLLM, plain text",
        "SGLang",
        "SGLang, the prompt alone",
        "Anthropic",
    ],
)
async def test_a_refusal_for_length_is_told_in_tokens(
    standin: StandIn, error: dict[str, object], needed: int, available: int
) -> None:
    standin.chat(lambda _, back: back.json({"error": error}, 400))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        assert engine.info.context == 0
        with pytest.raises(PromptTooLong) as caught:
            await engine.generate(HELLO)
        assert (caught.value.needed, caught.value.available) == (needed, available)
        assert engine.info.context == available


@pytest.mark.parametrize(
    "error",
    [
        {"message": "Your input is too long.", "code": "context_length_exceeded"},
        "the input length exceeds the context length",
    ],
    ids=["OpenAI", "Ollama"],
)
async def test_a_refusal_for_length_without_figures_is_one_all_the_same(
    standin: StandIn, error: object
) -> None:
    async def refuse(_: Asked, back: Answering) -> None:
        await back.json({"error": error}, 400)

    standin.chat(refuse)
    standin.answer("/v1/embeddings", told({"data": [{"embedding": [1.0]}]}), refuse)
    text = "word " * 800
    long = Request(prompt=(Part(role="user", text=text),), max_tokens=20)
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        for call in (engine.generate(long), engine.choose(long.prompt, ["a", "b"]), engine.embed([text])):
            with pytest.raises(PromptTooLong) as caught:
                await call
            assert caught.value.needed > caught.value.available >= 999
        assert engine.info.context == 0
    standin.answer("/v1/embeddings", told({}))
    known = HASTY.model_copy(update={"context": 900})
    async with await ServerEngine.open(standin.address, known) as engine:
        with pytest.raises(PromptTooLong) as caught:
            await engine.generate(long)
    assert caught.value.available == 900


async def test_a_model_the_server_does_not_have(standin: StandIn) -> None:
    with pytest.raises(ModelNotFound, match="has no model 'other'; it has stand-in"):
        await ServerEngine.open(standin.address, HASTY.model_copy(update={"model": "other"}))


async def test_a_server_that_lists_no_model_needs_one_named(standin: StandIn) -> None:
    standin.answer("/v1/models", refuses(404, "no such path"))
    with pytest.raises(ServerError, match="name one"):
        await ServerEngine.open(standin.address, HASTY)
    standin.chat(says("Good day"))
    named = HASTY.model_copy(update={"model": "mine"})
    assert await ask(standin, settings=named) == "Good day"
    assert standin.bodies()[-1]["model"] == "mine"


async def test_a_stop_ends_the_pause_before_a_retry(standin: StandIn) -> None:
    patient = HASTY.model_copy(update={"first_pause_s": 1000.0, "longest_pause_s": 1000.0})
    stop = threading.Event()

    async def refuse(_: Asked, back: Answering) -> None:
        await back.refuse(503, "busy")
        stop.set()

    standin.chat(refuse)
    async with asyncio.timeout(LIMIT_S), await ServerEngine.open(standin.address, patient) as engine:
        completion = await engine.generate(HELLO, stop=stop)
    assert completion.takes[0].finish == "cancelled"
    assert completion.takes[0].text == ""


async def test_a_stop_closes_the_stream(standin: StandIn) -> None:
    stop = threading.Event()
    left = asyncio.Event()

    async def talk(_: Asked, back: Answering) -> None:
        await back.events("Good ", "da", finish=None, done=False)
        await back.gone.wait()
        left.set()

    standin.chat(talk)
    async with asyncio.timeout(LIMIT_S), await ServerEngine.open(standin.address, HASTY) as engine:
        completion = await engine.generate(HELLO, on_token=lambda _: stop.set(), stop=stop)
        await left.wait()
    assert completion.takes[0].finish == "cancelled"
    assert completion.takes[0].text.startswith("Good ")


async def test_a_cancelled_task_closes_the_stream(standin: StandIn) -> None:
    begun, left = asyncio.Event(), asyncio.Event()

    async def talk(_: Asked, back: Answering) -> None:
        await back.events("Good ", finish=None, done=False)
        await back.gone.wait()
        left.set()

    standin.chat(talk)
    async with asyncio.timeout(LIMIT_S), await ServerEngine.open(standin.address, HASTY) as engine:
        task = asyncio.ensure_future(engine.generate(HELLO, on_token=lambda _: begun.set()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await left.wait()


async def test_closing_ends_a_request_the_server_sits_on(standin: StandIn) -> None:
    arrived = asyncio.Event()

    async def sit(_: Asked, back: Answering) -> None:
        arrived.set()
        await back.hang()

    standin.chat(sit)
    async with asyncio.timeout(LIMIT_S):
        engine = await ServerEngine.open(standin.address, HASTY)
        task = asyncio.ensure_future(engine.generate(HELLO))
        await arrived.wait()
        await engine.close()
        with pytest.raises(EngineClosed):
            await task


async def test_an_error_in_the_callers_callback_is_the_callers(standin: StandIn) -> None:
    def trip(_: TokenEvent) -> None:
        raise KeyError("mine")

    standin.chat(says("Good day"))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        with pytest.raises(KeyError, match="mine"):
            await engine.generate(HELLO, on_token=trip)


async def test_only_so_many_requests_are_in_flight(standin: StandIn) -> None:
    most = running = 0

    async def count(_: Asked, back: Answering) -> None:
        nonlocal most, running
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        await back.events("Good day")

    standin.chat(count)
    narrow = HASTY.model_copy(update={"parallel": 2})
    async with await ServerEngine.open(standin.address, narrow) as engine:
        await engine.generate(HELLO.model_copy(update={"n": 6}))
    assert most == 2
