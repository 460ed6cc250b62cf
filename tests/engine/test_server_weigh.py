"""Weighing options: each of the three ways, and how the wrong one is found out."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any

import pytest
import pytest_asyncio

from tests.standin_server import Answer, Answering, Asked, StandIn, refuses, says, told
from writersroom.engine.errors import ServerError, Unsupported
from writersroom.engine.interface import Part
from writersroom.engine.server import ServerEngine, ServerSettings

CHAT = (Part(role="system", text="Be brief."), Part(role="user", text="Hello"))
HASTY = ServerSettings(attempts=2, first_pause_s=0.01, first_token_s=10, api_key=None, choice_samples=40)


@pytest_asyncio.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as server:
        yield server


def echo(asked: Asked) -> dict[str, Any]:
    """What vLLM answers to `echo`: each word a token, less likely the longer it is."""
    words = [f" {word}" if at else word for at, word in enumerate(str(asked.body["prompt"]).split(" "))]
    words.append(" so")
    values = [None, *(-float(len(word)) for word in words[1:])]
    tops = [None, *({"x": -0.5, word: -float(len(word))} for word in words[1:-1]), {" so": -3.0, "x": -3.5}]
    logprobs: dict[str, list[Any]] = {"tokens": words, "token_logprobs": values, "top_logprobs": tops}
    return {"choices": [{"text": "", "finish_reason": "length", "logprobs": logprobs}]}


async def test_options_are_weighed_by_echo_where_there_is_no_grammar() -> None:
    async with StandIn(owned_by="vllm", max_model_len=4096) as standin:
        standin.answer("/v1/completions", lambda asked, back: back.json(echo(asked)))
        standin.answer("/tokenize", told({"count": 3, "tokens": [1, 2, 3]}))
        standin.answer("/detokenize", told({"prompt": "<|user|> Hello <|assistant|>"}))
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            choice = await engine.choose("Say", [" a", " bcd e"], content_free="N/A")
            assert choice.method == "echoed"
            assert choice.logprobs == (-2.0, -3.0)
            assert choice.prior == (-2.0, -3.0)
            assert choice.probabilities == pytest.approx((0.5, 0.5))
            await engine.choose(CHAT, [" a", " b"])
        last = standin.bodies("/v1/completions")[-1]
        assert last["prompt"].startswith("<|user|> Hello <|assistant|> ")
        assert last["add_special_tokens"] is False
        assert "add_special_tokens" not in standin.bodies("/v1/completions")[0]


async def test_without_a_template_an_echo_is_labelled_by_role(standin: StandIn) -> None:
    standin.answer("/v1/completions", lambda asked, back: back.json(echo(asked)))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        assert (await engine.choose(CHAT, ["yes", "no"])).method == "echoed"
    prompts = [body["prompt"] for body in standin.bodies("/v1/completions")[1:]]
    assert sorted(prompts) == [
        f"System: Be brief.\n\nUser: Hello\n\nAssistant: {word}" for word in ("no", "yes")
    ]


def draws(colours: Mapping[str, float]) -> Answer:
    """Picks among the options of the schema by the seed, with these shares."""

    async def draw(asked: Asked, back: Answering) -> None:
        schema = asked.body["response_format"]["json_schema"]["schema"]
        assert schema["properties"]["choice"]["enum"] == list(colours)
        place = asked.body["seed"] / 2**31
        for colour, share in colours.items():
            place -= share
            if place < 0:
                await back.events(json.dumps({"choice": colour}))
                return

    return draw


def misaligned(asked: Asked, back: Answering) -> Awaitable[None]:
    """What llama-cpp-python answers for models without an opening token: every value beside its token."""
    answer = echo(asked)
    for values in answer["choices"][0]["logprobs"].values():
        values.pop()
    return back.json(answer)


@pytest.mark.parametrize(
    "completions",
    [
        refuses(404, "no such path"),
        refuses(400, "Only no echo is supported"),
        misaligned,
        told({"choices": [{"text": "so", "finish_reason": "length"}]}),
    ],
    ids=["no path", "no echo", "echo beside its tokens", "no probabilities"],
)
async def test_options_are_drawn_where_nothing_else_works(standin: StandIn, completions: Answer) -> None:
    standin.answer("/v1/completions", completions)
    standin.chat(draws({"red": 0.75, "blue": 0.25}))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        choice = await engine.choose(CHAT, ["red", "blue"])
    assert choice.method == "sampled"
    assert choice.best == 0
    assert 0.5 < choice.probabilities[0] < 0.95
    assert sum(choice.probabilities) == pytest.approx(1)
    assert len({body["seed"] for body in standin.bodies()}) == 40
    assert choice.usage.decoded == 40


PAGE = "A page. Mara says: I"


@pytest.mark.parametrize(
    "completions",
    [refuses(404, "no such path"), told({"choices": [{"text": " so", "finish_reason": "length"}]})],
)
async def test_a_page_is_weighed_in_a_chat_where_only_a_chat_can_be_bound(
    standin: StandIn, completions: Answer
) -> None:
    standin.answer("/v1/completions", completions)
    standin.chat(draws({" agree": 0.75, " object": 0.25}))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        choice = await engine.choose(PAGE, [" agree", " object"])
    assert choice.method == "sampled"
    assert choice.best == 0
    assert standin.bodies()[0]["messages"] == [{"role": "user", "content": PAGE}]


async def test_ollama_weighs_a_page_as_it_is() -> None:
    async def draw(asked: Asked, back: Answering) -> None:
        options = asked.body["format"]["properties"]["choice"]["enum"]
        await back.lines(json.dumps({"choice": options[asked.body["options"]["seed"] % 4 == 0]}))

    async with StandIn(owned_by="library") as standin:
        standin.answer("/api/generate", draw)
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            choice = await engine.choose(PAGE, [" agree", " object"], content_free="N/A")
        assert choice.method == "sampled"
        assert choice.best == 0
        bodies = standin.bodies("/api/generate")
        assert {body["prompt"] for body in bodies} == {PAGE, "N/A"}
        assert all(body["raw"] is True for body in bodies)
        assert choice.usage.decoded == 7 * len(bodies)
        assert not standin.bodies("/v1/completions")


async def test_what_has_begun_is_gone_on_with_when_it_is_echoed(standin: StandIn) -> None:
    standin.answer("/v1/completions", lambda asked, back: back.json(echo(asked)))
    begun = (Part(role="user", text="Well?"), Part(role="assistant", text="Mara: I"))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        await engine.choose(begun, [" agree", " object"])
    prompts = [body["prompt"] for body in standin.bodies("/v1/completions")[1:]]
    assert sorted(prompts) == [f"User: Well?\n\nAssistant: Mara: I {word}" for word in ("agree", "object")]


async def test_what_has_begun_is_laid_out_open_by_the_servers_template() -> None:
    async with StandIn(owned_by="vllm", max_model_len=4096) as standin:
        standin.answer("/v1/completions", lambda asked, back: back.json(echo(asked)))
        standin.answer("/tokenize", told({"count": 3, "tokens": [1, 2, 3]}))
        standin.answer("/detokenize", told({"prompt": "<|user|> Well? <|assistant|> Mara: I"}))
        begun = (Part(role="user", text="Well?"), Part(role="assistant", text="Mara: I"))
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            await engine.choose(begun, [" agree", " object"])
        (asked,) = standin.bodies("/tokenize")
    assert asked["continue_final_message"] is True
    assert asked["add_generation_prompt"] is False


async def test_what_has_begun_cannot_be_weighed_where_it_would_be_closed(standin: StandIn) -> None:
    standin.chat(draws({"red": 0.75, "blue": 0.25}))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        with pytest.raises(Unsupported, match="has begun"):
            await engine.choose((*CHAT, Part(role="assistant", text="It is")), ["red", "blue"])


async def test_a_server_that_keeps_to_no_choice_cannot_weigh(standin: StandIn) -> None:
    standin.chat(says("Whichever you like."))
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        with pytest.raises(Unsupported, match="cannot weigh options"):
            await engine.choose(CHAT, ["red", "blue"])


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_is_busy_is_not_taken_for_unable(standin: StandIn, status: int) -> None:
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        standin.answer("/v1/completions", refuses(status, "come back later"))
        with pytest.raises(ServerError):
            await engine.choose(CHAT, ["yes", "no"])
        standin.answer("/v1/completions", lambda asked, back: back.json(echo(asked)))
        assert (await engine.choose(CHAT, ["yes", "no"])).method == "echoed"


async def test_a_server_that_is_gone_is_not_taken_for_unable(standin: StandIn) -> None:
    async def snap(_: Asked, back: Answering) -> None:
        back.reset()

    standin.answer("/v1/completions", snap)
    async with await ServerEngine.open(standin.address, HASTY) as engine:
        with pytest.raises(ServerError, match="broke the connection off"):
            await engine.choose(CHAT, ["red", "blue"])
        standin.answer("/v1/completions", lambda asked, back: back.json(echo(asked)))
        assert (await engine.choose(CHAT, ["red", "blue"])).method == "echoed"


def forced(asked: Asked, logprob: float) -> dict[str, Any]:
    """What llama-server answers under a grammar of tokens: the text it had to write, and an end mark."""
    text = "".join(chr(int(token)) for token in re.findall(r"<\[(\d+)\]>", str(asked.body["grammar"])))
    content: list[dict[str, Any]] = [
        {"token": c, "bytes": list(c.encode()), "logprob": logprob} for c in text
    ]
    content.append({"token": "", "bytes": [], "logprob": -50.0})
    written = {"content": text}
    return {
        "choices": [{"message": written, "finish_reason": "stop", "logprobs": {"content": content}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": len(text)},
    }


@pytest.mark.parametrize(("logprob", "method"), [(-1.0, "forced"), (0.0, "sampled")])
async def test_a_forced_option_counts_only_if_the_grammar_came_last(logprob: float, method: str) -> None:
    """A server that shows the probabilities from after the grammar shows certainty everywhere."""

    async def chat(asked: Asked, back: Answering) -> None:
        if "grammar" in asked.body:
            await back.json(forced(asked, logprob))
        else:
            await draws({"red": 0.6, "é": 0.4})(asked, back)

    async def completions(asked: Asked, back: Answering) -> None:
        if "grammar" in asked.body:
            await back.json(forced(asked, logprob))
        else:
            await back.refuse(400, "Only no echo is supported")

    def tokens(asked: Asked, back: Answering) -> Awaitable[None]:
        return back.json({"tokens": [{"id": ord(c), "piece": c} for c in str(asked.body["content"])]})

    async with StandIn(owned_by="llamacpp") as standin:
        standin.answer("/v1/completions", completions)
        standin.answer("/tokenize", tokens)
        standin.chat(chat)
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            choice = await engine.choose(CHAT, ["red", "é"])
    assert choice.method == method
    if method == "forced":
        assert choice.logprobs == (-1.0, -1.0)
        assert (choice.usage.prefilled, choice.usage.decoded) == (18, 4)


async def test_older_servers_get_grammars_of_characters() -> None:
    """They refuse, or die of, a grammar that names tokens."""

    async def old(asked: Asked, back: Answering) -> None:
        grammar = str(asked.body["grammar"])
        if "<[" in grammar:
            await back.refuse(400, "Failed to parse grammar")
            return
        text = str(json.loads(grammar.removeprefix("root ::= ")))
        shown = {"tokens": list(text), "token_logprobs": [-2.0] * len(text)}
        await back.json({"choices": [{"text": text, "finish_reason": "stop", "logprobs": shown}]})

    async with StandIn(owned_by="llamacpp") as standin:
        standin.answer("/v1/completions", old)
        standin.answer("/tokenize", told({"tokens": [{"id": 7, "piece": "zq-xv"}]}))
        async with await ServerEngine.open(standin.address, HASTY) as engine:
            for _ in range(2):
                choice = await engine.choose("Say", ['"yes"', "no\n"])
                assert choice.method == "forced"
                assert choice.logprobs == (-2.0, -2.0)
        grammars = [body["grammar"] for body in standin.bodies("/v1/completions")]
    assert [grammar for grammar in grammars if "<[" in grammar] == ["root ::= <[7]>"]
