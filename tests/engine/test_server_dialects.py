"""What is sent to which kind of server, and what is made of its answers."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Literal, get_args

import numpy as np
import pytest
import pytest_asyncio
from pydantic import BaseModel

from tests.standin_server import Answering, Asked, StandIn, refuses, says, told, writes
from writersroom.engine.errors import (
    EmptyPrompt,
    PromptTooLong,
    ReplyInvalid,
    ServerError,
    UnsatisfiableSchema,
    Unsupported,
)
from writersroom.engine.interface import PRESETS, Part, Request, Sampling
from writersroom.engine.seeds import take_seed
from writersroom.engine.server import ServerEngine, ServerSettings
from writersroom.engine.server.dialects import DIALECTS, dropped, sampling_fields
from writersroom.engine.server.settings import DialectName

CHAT = (Part(role="system", text="Be brief."), Part(role="user", text="Hello"))
BEGUN = (Part(role="user", text="Count."), Part(role="assistant", text="one, two,"))
HASTY = ServerSettings(attempts=2, first_pause_s=0.01, first_token_s=10, api_key=None, choice_samples=40)
FULL = Sampling(
    temperature=0.7,
    top_p=0.9,
    top_k=40,
    min_p=0.05,
    seed=3,
    logit_bias={5: -2.0},
    dry_multiplier=0.8,
    xtc_probability=0.5,
)


class Ball(BaseModel):
    colour: Literal["red", "blue"]


@pytest_asyncio.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as server:
        yield server


def test_every_dialect_is_described() -> None:
    assert set(DIALECTS) == set(get_args(DialectName))


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("llama-server", set[str]()),
        ("llama-cpp-python", {"dry_multiplier", "xtc_probability"}),
        ("vllm", {"dry_multiplier", "xtc_probability"}),
        ("sglang", {"dry_multiplier", "xtc_probability"}),
        ("ollama", {"dry_multiplier", "xtc_probability", "logit_bias"}),
        ("openai", {"dry_multiplier", "xtc_probability", "top_k", "min_p"}),
    ],
)
def test_what_a_server_does_not_know_is_left_out_and_named(name: DialectName, left_out: set[str]) -> None:
    dialect = DIALECTS[name]
    sent = sampling_fields(dialect, FULL, 0)
    assert dropped(dialect, FULL) == left_out
    assert not left_out & set(sent)
    assert sent["temperature"] == 0.7
    assert sent["top_p"] == 0.9
    assert dropped(dialect, Sampling()) == frozenset()


def test_neutral_values_are_sent_so_that_a_servers_own_do_not_join_in() -> None:
    neutral = Sampling()
    python = sampling_fields(DIALECTS["llama-cpp-python"], neutral, 0)
    assert python["repeat_penalty"] == 1.0
    assert python["top_k"] == 0
    assert python["min_p"] == 0.0
    assert sampling_fields(DIALECTS["vllm"], neutral, 0)["top_k"] == -1
    llama = sampling_fields(DIALECTS["llama-server"], FULL, 0)
    assert llama["dry_penalty_last_n"] == FULL.dry_range
    assert llama["logit_bias"] == {"5": -2.0}
    assert sampling_fields(DIALECTS["llama-server"], neutral, 0)["xtc_probability"] == 0.0


def test_seeds_of_takes_differ_and_are_ordinary_numbers() -> None:
    seeds = {take_seed(seed, take) for seed in range(20) for take in range(20)}
    assert len(seeds) == 400
    assert all(0 <= seed < 2**31 for seed in seeds)


async def test_a_request_says_what_it_should(standin: StandIn) -> None:
    standin.chat(says("Good ", "day"))
    extra = HASTY.model_copy(update={"extra": {"chat_template_kwargs": {"enable_thinking": False}}})
    async with await ServerEngine.open(standin.address, extra) as engine:
        assert engine.dropped(PRESETS["creative"]) == {"dry_multiplier", "xtc_probability", "min_p"}
        request = Request(prompt=CHAT, sampling=FULL, max_tokens=9, stop=("a", "b", "c", "d", "e"), n=3)
        completion = await engine.generate(request)
    assert [take.text for take in completion.takes] == ["Goo"] * 3
    bodies = standin.bodies()
    assert len({body["seed"] for body in bodies}) == 3
    for body in bodies:
        assert body["messages"] == [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello"},
        ]
        assert body["model"] == "stand-in"
        assert body["max_tokens"] == 9
        assert body["stop"] == ["a", "b", "c", "d"]
        assert body["stream"] is True
        assert body["chat_template_kwargs"] == {"enable_thinking": False}
        assert "n" not in body


async def test_stop_strings_hold_though_the_server_ignores_them(standin: StandIn) -> None:
    gone = asyncio.Event()

    async def ramble(_: Asked, back: Answering) -> None:
        await back.events("One. T", "he ", "EN", "D. And", finish=None, done=False)
        await back.gone.wait()
        gone.set()

    standin.chat(ramble)
    async with asyncio.timeout(20), await ServerEngine.open(standin.address, HASTY) as engine:
        completion = await engine.generate(Request(prompt=CHAT, stop=("END.", "EN?")))
        await gone.wait()
    (take,) = completion.takes
    assert take.text == "One. The "
    assert take.finish == "stop"
    assert take.tokens == 4


async def test_half_characters_in_a_prompt_are_replaced(standin: StandIn) -> None:
    standin.chat(says("Good day"))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        await engine.generate(Request(prompt=(Part(role="user", text="a\ud83db"),)))
    assert standin.bodies()[0]["messages"][0]["content"] == "a\ufffdb"


async def test_costs_are_what_the_server_says(standin: StandIn) -> None:
    async def talk(_: Asked, back: Answering) -> None:
        await back.events("Good ", "day", finish="length", done=False)
        usage = {
            "prompt_tokens": 30,
            "completion_tokens": 7,
            "prompt_tokens_details": {"cached_tokens": 20},
        }
        await back.event({"choices": [], "usage": usage, "timings": {"prompt_ms": 12.5, "predicted_n": 3}})
        await back.send(b"data: [DONE]\n\n")

    standin.chat(talk)
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        completion = await engine.generate(Request(prompt=CHAT, n=2))
    assert [take.finish for take in completion.takes] == ["length"] * 2
    assert [take.tokens for take in completion.takes] == [7, 7]
    usage = completion.usage
    assert (usage.prefilled, usage.reused, usage.decoded, usage.prefill_ms) == (20, 40, 14, 25.0)


async def test_a_server_that_does_not_stream(standin: StandIn) -> None:
    message = {"role": "assistant", "content": "Good day"}
    standin.chat(told({"choices": [{"message": message, "finish_reason": "stop"}]}))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        completion = await engine.generate(Request(prompt=CHAT))
    assert completion.takes[0].text == "Good day"


# --- schemas -----------------------------------------------------------------------------------------------


async def test_a_refused_form_is_followed_by_the_next_and_not_tried_again(standin: StandIn) -> None:
    async def picky(asked: Asked, back: Answering) -> None:
        if asked.body["response_format"]["type"] == "json_schema":
            await back.refuse(500, "1 validation error: ('body', 'response_format', 'type')")
        else:
            await back.events('{"colour": ', '"red"}')

    standin.chat(picky)
    request = Request(prompt=CHAT, reply_schema=Ball)
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        for _ in range(2):
            assert (await engine.generate(request)).takes[0].parsed == Ball(colour="red")
    forms = [body["response_format"] for body in standin.bodies()]
    assert [form["type"] for form in forms] == ["json_schema", "json_object", "json_object"]
    assert forms[0]["json_schema"]["schema"] == forms[1]["schema"] == Ball.model_json_schema()


async def test_a_server_without_schemas(standin: StandIn) -> None:
    standin.chat(refuses(400, "response_format is not available"))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        with pytest.raises(Unsupported, match=r"takes no reply schema with chat parts: .*not available"):
            await engine.generate(Request(prompt=CHAT, reply_schema=Ball))
        with pytest.raises(Unsupported, match=r"takes no reply schema .*not available"):
            await engine.generate(Request(prompt="Hello", reply_schema=Ball))


async def test_a_server_without_schemas_for_plain_text_is_given_a_chat(standin: StandIn) -> None:
    standin.chat(says('{"colour": "red"}'))
    standin.answer("/v1/completions", refuses(400, "not this"))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        completion = await engine.generate(Request(prompt="A ball:", reply_schema=Ball))
    assert completion.takes[0].parsed == Ball(colour="red")
    assert standin.bodies()[0]["messages"] == [{"role": "user", "content": "A ball:"}]


async def test_a_server_that_takes_schemas_but_not_this_one(standin: StandIn) -> None:
    standin.chat(says('{"colour": "red"}'), refuses(400, "json_schema: unknown keyword"))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        await engine.generate(Request(prompt=CHAT, reply_schema=Ball))
        with pytest.raises(UnsatisfiableSchema, match="unknown keyword"):
            await engine.generate(Request(prompt=CHAT, reply_schema=Ball))


async def test_other_refusals_are_not_taken_for_schemas(standin: StandIn) -> None:
    standin.chat(refuses(400, "the moon is full"))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        with pytest.raises(ServerError, match="the moon is full"):
            await engine.generate(Request(prompt=CHAT, reply_schema=Ball))
    assert len(standin.bodies()) == 1


async def test_a_server_that_ignores_the_schema_is_found_out(standin: StandIn) -> None:
    standin.chat(says("Certainly! "), says('{"colour": "green"}'))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        for schema in (Ball, Ball.model_json_schema()):
            with pytest.raises(ReplyInvalid):
                await engine.generate(Request(prompt=CHAT, reply_schema=schema))


async def test_a_cut_reply_is_closed(standin: StandIn) -> None:
    standin.chat(says('{"col', finish="length"))
    pieces: list[str] = []
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        completion = await engine.generate(
            Request(prompt=CHAT, reply_schema=Ball), on_token=lambda event: pieces.append(event.text)
        )
    (take,) = completion.takes
    assert take.finish == "length"
    assert take.text == '{"colour":"red"}' == "".join(pieces)
    assert take.parsed == Ball(colour="red")


@pytest.mark.parametrize(("owner", "field"), [("llamacpp", "json_schema"), ("vllm", "response_format")])
async def test_schemas_with_plain_text(owner: str, field: str) -> None:
    async with StandIn(owned_by=owner) as standin:
        reply = {"choices": [{"text": '{"colour": "blue"}', "finish_reason": "stop"}]}
        standin.answer("/v1/completions", told(reply))
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            completion = await engine.generate(Request(prompt="A ball:", reply_schema=Ball))
        assert completion.takes[0].parsed == Ball(colour="blue")
        assert field in standin.bodies("/v1/completions")[-1]


# --- plain text --------------------------------------------------------------------------------------------


async def test_plain_text_is_given_as_it_is(standin: StandIn) -> None:
    standin.answer("/v1/completions", told({"choices": [{"text": " there", "finish_reason": "stop"}]}))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        completion = await engine.generate(Request(prompt="Once upon"))
    assert completion.takes[0].text == " there"
    assert standin.bodies("/v1/completions")[0]["prompt"] == "Once upon"


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_server_that_has_only_chats_is_given_plain_text_in_one(standin: StandIn, status: int) -> None:
    standin.answer("/v1/completions", refuses(status, "This is a chat model"))
    standin.chat(says("a fox"))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        for _ in range(2):
            completion = await engine.generate(Request(prompt="Once upon"))
            assert completion.takes[0].text == "a fox"
    assert standin.bodies()[0]["messages"] == [{"role": "user", "content": "Once upon"}]
    assert len(standin.bodies("/v1/completions")) == 1


async def test_a_refused_plain_text_is_not_given_again_in_a_chat(standin: StandIn) -> None:
    standin.answer("/v1/completions", refuses(400, "the moon is full"))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        with pytest.raises(ServerError, match="the moon is full"):
            await engine.generate(Request(prompt="Once upon"))
    assert not standin.bodies()


async def test_ollama_is_given_plain_text_on_its_own_interface() -> None:
    """Its `/v1/completions` lays plain text out as a chat."""
    async with StandIn(owned_by="library") as standin:
        standin.answer("/api/generate", writes(" there\u2028", "\x85 was", finish="length"))
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            request = Request(prompt="Once upon", sampling=FULL, max_tokens=9, stop=("END",))
            completion = await engine.generate(request)
    (take,) = completion.takes
    assert (take.text, take.finish, take.tokens) == (" there\u2028\x85 was", "length", 7)
    usage = completion.usage
    assert (usage.prefilled, usage.decoded, usage.prefill_ms) == (30, 7, 12.5)
    (body,) = standin.bodies("/api/generate")
    assert body["prompt"] == "Once upon"
    assert body["raw"] is True
    assert body["truncate"] is False
    options = body["options"]
    assert options["num_predict"] == 9
    assert options["stop"] == ["END"]
    assert (options["top_k"], options["min_p"], options["repeat_penalty"]) == (40, 0.05, 1.0)
    assert "format" not in body


async def test_ollama_is_given_chats_on_its_own_interface() -> None:
    """Its `/v1/chat/completions` drops the beginning of a prompt that is too long, without a word."""
    async with StandIn(owned_by="library") as standin:
        standin.answer("/api/chat", writes('{"colour": ', '"blue"}', chat=True))
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            parts = (Part(role="system", text="A play."), Part(role="user", text="A ball?"))
            request = Request(prompt=parts, sampling=FULL, max_tokens=40, stop=("END",), reply_schema=Ball)
            completion = await engine.generate(request)
    assert completion.takes[0].parsed == Ball(colour="blue")
    assert (completion.usage.prefilled, completion.usage.decoded) == (30, 7)
    (body,) = standin.bodies("/api/chat")
    assert body["messages"] == [{"role": part.role, "content": part.text} for part in parts]
    assert body["truncate"] is False
    assert body["format"] == Ball.model_json_schema()
    options = body["options"]
    assert (options["num_predict"], options["stop"]) == (40, ["END"])
    assert (options["top_k"], options["min_p"], options["repeat_penalty"]) == (40, 0.05, 1.0)


async def test_ollama_binds_plain_text_to_a_schema() -> None:
    async with StandIn(owned_by="library") as standin:
        standin.answer("/api/generate", writes('{"colour": ', '"blue"}'))
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            completion = await engine.generate(Request(prompt="A ball:", reply_schema=Ball))
    assert completion.takes[0].parsed == Ball(colour="blue")
    assert standin.bodies("/api/generate")[0]["format"] == Ball.model_json_schema()


async def test_ollama_breaks_off_in_the_middle() -> None:
    async def fall(_: Asked, back: Answering) -> None:
        await back.head(200, "application/x-ndjson", chunked=True)
        await back.line({"response": "Good ", "done": False})
        await back.line({"error": "out of memory"})

    async with StandIn(owned_by="library") as standin:
        standin.answer("/api/generate", fall)
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            with pytest.raises(ServerError, match="broke off the reply: out of memory") as caught:
                await engine.generate(Request(prompt="Once upon"))
    assert caught.value.received == ("Good ",)


# --- replies that have begun -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "sent"),
    [
        ("llamacpp", {}),
        ("vllm", {"continue_final_message": True, "add_generation_prompt": False}),
        ("sglang", {"continue_final_message": True}),
        ("library", {}),
    ],
)
async def test_a_server_goes_on_from_a_reply_that_has_begun(owner: str, sent: dict[str, bool]) -> None:
    async with StandIn(owned_by=owner, max_model_len=60) as standin:
        standin.chat(says(" three"))
        standin.answer("/api/chat", writes(" three", chat=True))
        standin.answer("/tokenize", told({"count": 9, "tokens": list(range(9))}))
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            for prompt in (BEGUN, CHAT):
                completion = await engine.generate(Request(prompt=prompt, max_tokens=8))
                assert completion.takes[0].text == " three"
        fields = {"continue_final_message", "add_generation_prompt"}
        bodies = [*standin.bodies(), *standin.bodies("/api/chat")]
        begun, whole = [{name: body[name] for name in fields & set(body)} for body in bodies]
        assert begun == sent
        assert whole == {}
        if owner == "vllm":
            counted = standin.bodies("/tokenize")
            assert {name: counted[0][name] for name in fields} == sent
            assert not fields & set(counted[-1])


@pytest.mark.parametrize("dialect", ["openai", "llama-cpp-python"])
async def test_a_server_that_would_close_what_has_begun_says_so(
    standin: StandIn, dialect: DialectName
) -> None:
    standin.chat(says("one, two, three"))
    settings = HASTY.model_copy(update={"dialect": dialect})
    async with await ServerEngine.open(standin.address, settings) as engine:
        with pytest.raises(
            Unsupported, match=r"cannot go on from a reply that has begun.*plain text"
        ) as caught:
            await engine.generate(Request(prompt=BEGUN))
    assert standin.address in str(caught.value)
    assert not standin.bodies()


async def test_what_has_begun_is_not_counted_as_closed(standin: StandIn) -> None:
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        assert await engine.count_tokens(BEGUN) - await engine.count_tokens(BEGUN[:1]) == 2


# --- what the server is ------------------------------------------------------------------------------------


async def test_ollama_tells_its_context_once_the_model_is_loaded() -> None:
    async with StandIn(id="smollm2:latest", owned_by="library") as standin:
        standin.answer("/api/ps", told({"models": [{"name": "smollm2:latest", "context_length": 4096}]}))
        named = HASTY.model_copy(update={"model": "smollm2"})
        async with await ServerEngine.open(standin.address, named) as engine:
            assert engine.info.context == 4096
            assert engine.info.model == "smollm2:latest"
            assert await engine.count_tokens("abcd" * 10) == 10


async def test_ollama_is_known_by_its_version_where_models_have_other_owners(standin: StandIn) -> None:
    standin.answer("/api/version", told({"version": "0.12"}))
    standin.answer("/api/chat", writes("Good day", chat=True))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        await engine.generate(Request(prompt=CHAT, sampling=FULL))
    assert "logit_bias" not in standin.bodies("/api/chat")[0]["options"]


async def test_a_dialect_can_be_given(standin: StandIn) -> None:
    standin.chat(says("Good day"))
    standin.answer("/api/chat", writes("Good day", chat=True))
    for name in get_args(DialectName):
        settings = HASTY.model_copy(update={"dialect": name, "context": 999})
        async with await ServerEngine.open(standin.address, settings) as engine:
            assert engine.info.context == 999
            await engine.generate(Request(prompt=CHAT, max_tokens=5))
        sent = standin.bodies("/api/chat" if name == "ollama" else "/v1/chat/completions")[-1]
        assert set(DIALECTS[name].always) <= set(sent.get("options", sent))


async def test_a_model_that_is_loaded_only_now_is_no_obstacle(standin: StandIn) -> None:
    """Ollama and llama-swap load it for the first vector that they are asked for."""
    standin.answer("/v1/embeddings", lambda _, back: back.hang())
    standin.chat(says("Good day"))
    hasty = HASTY.model_copy(update={"inquiry_s": 0.3})
    async with await ServerEngine.open(standin.address, hasty) as engine:
        assert "embed" not in engine.info.supports
        assert (await engine.generate(Request(prompt=CHAT))).takes[0].text == "Good day"


async def test_an_unanswered_question_about_the_context_is_no_obstacle() -> None:
    about = {"info": {"title": "🦙 llama.cpp Python API", "version": "0.3.16"}}
    async with StandIn(owned_by="me") as standin:
        standin.answer("/openapi.json", told(about))
        standin.answer("/v1/completions", lambda _, back: back.hang())
        hasty = HASTY.model_copy(update={"inquiry_s": 0.3})
        async with await ServerEngine.open(standin.address, hasty) as engine:
            assert engine.info.context == 0


async def test_llama_server_counts_with_its_template() -> None:
    async with StandIn(owned_by="llamacpp") as standin:
        standin.answer("/props", told({"default_generation_settings": {"n_ctx": 300}}))
        standin.answer("/apply-template", told({"prompt": "<user>Hello"}))
        standin.answer("/tokenize", told({"tokens": list(range(280))}))
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            assert engine.info.context == 300
            assert await engine.count_tokens(CHAT) == 280
            with pytest.raises(PromptTooLong) as caught:
                await engine.generate(Request(prompt=CHAT, max_tokens=50))
        assert (caught.value.needed, caught.value.available) == (330, 300)
        assert standin.bodies("/tokenize")[0] == {"content": "<user>Hello", "add_special": True}
        assert not standin.bodies()


async def test_without_a_template_the_count_is_an_estimate() -> None:
    async with (
        StandIn(owned_by="llamacpp") as standin,
        await ServerEngine.open(standin.address, HASTY) as engine,
    ):
        assert 10 < await engine.count_tokens(CHAT) < 30


async def test_vectors_come_in_order_and_at_unit_length(standin: StandIn) -> None:
    rows = [
        {"index": 1, "embedding": [0.0, 2.0]},
        {"index": 0, "embedding": [3.0, 4.0]},
    ]
    standin.answer("/v1/embeddings", told({"data": rows}))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        assert "embed" in engine.info.supports
        vectors = await engine.embed(["a", "b"])
        assert vectors == pytest.approx(np.array([[0.6, 0.8], [0.0, 1.0]]))
        with pytest.raises(EmptyPrompt):
            await engine.embed([])
        with pytest.raises(ServerError, match=r"2 vectors .* for 3 texts"):
            await engine.embed(["a", "b", "c"])


async def test_a_vector_without_direction_is_an_error(standin: StandIn) -> None:
    standin.answer("/v1/embeddings", told({"data": [{"embedding": [0.0, 0.0]}]}))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        with pytest.raises(ServerError, match="without direction"):
            await engine.embed(["a"])


async def test_rows_for_tokens_are_pooled_one_text_at_a_time(standin: StandIn) -> None:
    standin.answer("/v1/embeddings", told({"data": [{"embedding": [[1.0, 0.0], [0.0, 1.0]]}]}))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        vectors = await engine.embed(["a", "b"])
    assert vectors == pytest.approx(np.full((2, 2), math.sqrt(0.5)))
    assert [body["input"] for body in standin.bodies("/v1/embeddings")[1:]] == [["a"], ["b"]]


def test_asking_a_server_does_not_load_llama_cpp() -> None:
    program = "import sys, writersroom.engine.server; print('llama_cpp' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
