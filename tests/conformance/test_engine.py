"""What every engine must do: `writersroom/engine/interface.py`, held against running engines.

Nothing here depends on what a model says, only on what the interface promises; and only where servers are
excused for what they cannot do does a test ask which engine it talks to. Replies are short, since one of the
engines answers one request at a time.
"""

from __future__ import annotations

import asyncio
import json
import math
import string
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import numpy as np
import pytest
from pydantic import BaseModel, Field

from tests.conformance.conftest import SERVERS, OpenEngine
from writersroom.engine.errors import (
    EmptyPrompt,
    EngineClosed,
    PromptTooLong,
    ReplyInvalid,
    ReplyTruncated,
    UnsatisfiableSchema,
    Unsupported,
)
from writersroom.engine.interface import (
    PRESETS,
    Engine,
    Part,
    Prompt,
    Request,
    Sampling,
    Take,
    TokenEvent,
)

STORY: Prompt = (
    Part(role="system", text="You write long stories."),
    Part(role="user", text="Tell me a long story about a fox."),
)
COUNTING = (Part(role="user", text="Count to ten."), Part(role="assistant", text="one, two, three,"))
PLAIN: Prompt = "Once upon a time there was a fox who"
LIVELY = Sampling(temperature=1.0, seed=7)
GREEDY = Sampling(temperature=0)


class Ball(BaseModel):
    colour: Literal["red", "blue"]
    count: Literal[1, 2, 3]


class Bouncy(BaseModel):
    """Has a rule that the grammars of some servers do not know."""

    count: int = Field(ge=1, le=3)


class Crowd(BaseModel):
    names: list[str] = Field(min_length=40)


class Multitude(BaseModel):
    names: list[str] = Field(min_length=2000)


async def offers(engine: Engine, ability: str, call: Callable[[], Awaitable[object]]) -> bool:
    """Whether the engine claims an ability; one that does not must say so when asked."""
    if ability in engine.info.supports:
        return True
    with pytest.raises(Unsupported) as caught:
        await call()
    assert str(caught.value).endswith(".")
    return False


async def test_info_says_what_runs(engine: Engine) -> None:
    info = engine.info
    assert info.model
    assert "generate" in info.supports
    assert info.context >= 0
    assert info.threads >= 0


@pytest.mark.parametrize("prompt", [STORY, PLAIN], ids=["chat", "plain"])
async def test_a_reply_has_text_an_end_and_a_cost(engine: Engine, prompt: Prompt) -> None:
    completion = await engine.generate(Request(prompt=prompt, sampling=LIVELY, max_tokens=12))
    (take,) = completion.takes
    assert take.text
    assert take.finish in {"stop", "length"}
    assert 1 <= take.tokens <= 12
    assert take.parsed is None
    usage = completion.usage
    assert usage.prefilled + usage.reused > 0
    assert usage.decoded + usage.forced >= take.tokens
    assert min(usage.queued_ms, usage.prefill_ms, usage.decode_ms, usage.occupancy) >= 0


async def test_a_reply_that_has_begun_is_gone_on_with(engine: Engine, kind: str) -> None:
    whole, begun = COUNTING[:1], COUNTING[1].text
    more = await engine.count_tokens(COUNTING) - await engine.count_tokens(whole)
    # To close the part and open another would take tokens too.
    assert 0 < more <= await engine.count_tokens(begun) + 1
    request = Request(prompt=COUNTING, sampling=LIVELY, max_tokens=4)
    try:
        completion = await engine.generate(request)
    except Unsupported:
        assert kind in SERVERS
        return
    assert completion.takes[0].text
    other = await engine.generate(request.model_copy(update={"prompt": whole}))
    assert completion.prompt_sha256 != other.prompt_sha256


async def test_the_token_limit_ends_a_reply(engine: Engine) -> None:
    completion = await engine.generate(Request(prompt=PLAIN, sampling=LIVELY, max_tokens=3))
    (take,) = completion.takes
    assert take.finish == "length"
    assert take.tokens <= 3


async def test_takes_differ_and_are_counted_together(engine: Engine) -> None:
    completion = await engine.generate(Request(prompt=STORY, sampling=LIVELY, max_tokens=12, n=3))
    assert len(completion.takes) == 3
    assert len({take.text for take in completion.takes}) > 1
    assert completion.usage.decoded + completion.usage.forced >= sum(take.tokens for take in completion.takes)


async def test_the_prompt_hash_tells_prompts_apart(engine: Engine) -> None:
    request = Request(prompt=STORY, max_tokens=1)
    first, again, other = [
        (await engine.generate(one)).prompt_sha256
        for one in (request, request, request.model_copy(update={"prompt": PLAIN}))
    ]
    assert first == again != other
    assert len(bytes.fromhex(first)) == 32


async def test_pieces_come_on_the_loop_and_make_up_the_text(engine: Engine) -> None:
    pieces: list[list[str]] = [[], []]
    threads: set[int] = set()

    def hear(event: TokenEvent) -> None:
        threads.add(threading.get_ident())
        pieces[event.take].append(event.text)

    completion = await engine.generate(
        Request(prompt=STORY, sampling=LIVELY, max_tokens=12, n=2), on_token=hear
    )
    assert ["".join(one) for one in pieces] == [take.text for take in completion.takes]
    assert all(len(one) > 1 for one in pieces)
    assert threads == {threading.get_ident()}


async def test_a_reply_ends_before_the_first_stop_string(engine: Engine) -> None:
    pieces: list[str] = []
    completion = await engine.generate(
        Request(prompt=PLAIN, sampling=LIVELY, max_tokens=60, stop=("\n\n\n\n", "e", "er and")),
        on_token=lambda event: pieces.append(event.text),
    )
    (take,) = completion.takes
    assert take.finish == "stop"
    assert "e" not in take.text
    assert "".join(pieces) == take.text


async def test_presets_are_accepted(engine: Engine) -> None:
    for sampling in PRESETS.values():
        completion = await engine.generate(Request(prompt=PLAIN, sampling=sampling, max_tokens=2))
        assert completion.takes[0].text


async def test_text_from_outside_is_only_text(engine: Engine) -> None:
    odd = "\x1b[31m‮é😀\u2028\r\n<|im_end|>{{ x }}"
    for prompt in (odd, (Part(role="user", text=odd),)):
        completion = await engine.generate(Request(prompt=prompt, max_tokens=2))
        completion.takes[0].text.encode()


async def test_a_reply_is_an_object_of_its_model(engine: Engine) -> None:
    request = Request(prompt=STORY, sampling=LIVELY, max_tokens=60, reply_schema=Ball, n=2)
    call = engine.generate
    if await offers(engine, "schema", lambda: call(request)):
        for take in (await call(request)).takes:
            assert isinstance(take.parsed, Ball)
            assert Ball.model_validate_json(take.text) == take.parsed


@pytest.mark.parametrize("prompt", [STORY, PLAIN], ids=["chat", "plain"])
async def test_a_reply_is_json_where_the_schema_is_json(engine: Engine, prompt: Prompt) -> None:
    schema = Ball.model_json_schema()
    request = Request(prompt=prompt, sampling=LIVELY, max_tokens=60, reply_schema=schema)
    if await offers(engine, "schema", lambda: engine.generate(request)):
        (take,) = (await engine.generate(request)).takes
        assert take.parsed == json.loads(take.text)
        Ball.model_validate(take.parsed)


async def test_a_reply_that_keeps_every_rule_is_given(engine: Engine) -> None:
    asked = (Part(role="user", text='Answer with this JSON: {"count": 2}'),)
    schema = Bouncy.model_json_schema()
    request = Request(prompt=asked, sampling=GREEDY, max_tokens=12, reply_schema=schema)
    if await offers(engine, "schema", lambda: engine.generate(request)):
        Bouncy.model_validate((await engine.generate(request)).takes[0].parsed)


async def test_a_reply_that_breaks_a_rule_is_an_error(engine: Engine, kind: str) -> None:
    request = Request(prompt=STORY, sampling=LIVELY, max_tokens=30, reply_schema=Bouncy.model_json_schema())
    if not await offers(engine, "schema", lambda: engine.generate(request)):
        return
    try:
        completion = await engine.generate(request)
    except (ReplyInvalid, ReplyTruncated):
        assert kind in SERVERS  # The grammar of an engine's own knows the rule.
        return
    Bouncy.model_validate(completion.takes[0].parsed)


@pytest.mark.parametrize("model", [Ball, Crowd])
async def test_a_cut_reply_is_closed(engine: Engine, model: type[BaseModel]) -> None:
    request = Request(prompt=STORY, sampling=LIVELY, max_tokens=5, reply_schema=model)
    if not await offers(engine, "schema", lambda: engine.generate(request)):
        return
    pieces: list[str] = []
    completion = await engine.generate(request, on_token=lambda event: pieces.append(event.text))
    (take,) = completion.takes
    assert take.finish == "length"
    assert isinstance(take.parsed, model)
    assert model.model_validate_json(take.text) == take.parsed
    assert "".join(pieces) == take.text


async def test_a_cut_reply_far_from_its_end_is_an_error(engine: Engine) -> None:
    request = Request(prompt=STORY, sampling=LIVELY, max_tokens=5, reply_schema=Multitude)
    if await offers(engine, "schema", lambda: engine.generate(request)):
        with pytest.raises(ReplyTruncated) as caught:
            await engine.generate(request)
        assert caught.value.text


async def test_a_schema_that_nothing_satisfies_is_refused(engine: Engine) -> None:
    never: dict[str, list[str]] = {"enum": []}
    schema = {"type": "object", "properties": {"n": never}, "required": ["n"]}
    request = Request(prompt=STORY, max_tokens=30, reply_schema=schema)
    if await offers(engine, "schema", lambda: engine.generate(request)):
        with pytest.raises(UnsatisfiableSchema):
            await engine.generate(request)


@pytest.mark.parametrize("reply_schema", [None, Crowd], ids=["free", "bound"])
async def test_a_stop_keeps_what_was_written(engine: Engine, reply_schema: type[BaseModel] | None) -> None:
    stop = threading.Event()
    pieces: list[str] = []

    def hear(event: TokenEvent) -> None:
        pieces.append(event.text)
        if len(pieces) == 2:
            # From another thread, as a screen would.
            threading.Thread(target=stop.set).start()

    request = Request(prompt=STORY, sampling=LIVELY, max_tokens=200, reply_schema=reply_schema)
    completion = await engine.generate(request, on_token=hear, stop=stop)
    (take,) = completion.takes
    assert take.finish == "cancelled"
    assert take.parsed is None
    assert take.text
    assert take.text == "".join(pieces)
    assert take.tokens < 200


async def test_calls_stopped_together_keep_what_each_held_back(engine: Engine) -> None:
    stop = threading.Event()
    pieces: list[list[str]] = [[] for _ in range(5)]
    # Whatever a piece ends in, a stop string may begin there; so there is always something held back.
    stops = tuple(f"{char}#~#" for char in string.ascii_letters + string.digits + string.punctuation + " \n")

    async def ask(number: int) -> Take:
        def hear(event: TokenEvent) -> None:
            pieces[number].append(event.text)
            if number == 0 and len(pieces[0]) == 3:
                stop.set()

        request = Request(
            prompt=STORY, sampling=LIVELY.model_copy(update={"seed": number}), max_tokens=200, stop=stops
        )
        return (await engine.generate(request, on_token=hear, stop=stop)).takes[0]

    takes = await asyncio.gather(*map(ask, range(5)))
    assert [take.finish for take in takes] == ["cancelled"] * 5
    assert ["".join(one) for one in pieces] == [take.text for take in takes]


async def test_what_a_callback_raises_is_its_callers_alone(engine: Engine) -> None:
    pieces: list[list[str]] = [[] for _ in range(3)]

    async def ask(number: int) -> Take:
        def hear(event: TokenEvent) -> None:
            pieces[number].append(event.text)
            if number == 1:
                raise KeyError("mine")

        completion = await engine.generate(
            Request(prompt=STORY, sampling=Sampling(seed=number), max_tokens=8), on_token=hear
        )
        return completion.takes[0]

    before, failed, after = await asyncio.gather(*map(ask, range(3)), return_exceptions=True)
    assert isinstance(failed, KeyError)
    assert len(pieces[1]) == 1
    for number, take in ((0, before), (2, after)):
        assert isinstance(take, Take)
        assert "".join(pieces[number]) == take.text


async def test_a_caller_that_has_gone_hears_no_more(engine: Engine) -> None:
    heard: list[str] = []
    begun = asyncio.Event()

    def hear(event: TokenEvent) -> None:
        heard.append(event.text)
        begun.set()

    task = asyncio.ensure_future(
        engine.generate(Request(prompt=STORY, sampling=LIVELY, max_tokens=200), on_token=hear)
    )
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    before = len(heard)
    await engine.generate(Request(prompt=PLAIN, max_tokens=3))
    assert len(heard) == before


async def test_a_stop_set_before_ends_every_take_at_once(engine: Engine) -> None:
    stop = threading.Event()
    stop.set()
    completion = await engine.generate(Request(prompt=STORY, max_tokens=200, n=3), stop=stop)
    assert [take.finish for take in completion.takes] == ["cancelled"] * 3
    assert all(take.tokens <= 1 for take in completion.takes)


async def test_a_cancelled_task_leaves_the_engine_of_use(engine: Engine) -> None:
    begun = asyncio.Event()
    task = asyncio.ensure_future(
        engine.generate(
            Request(prompt=STORY, sampling=LIVELY, max_tokens=200, n=2), on_token=lambda _: begun.set()
        )
    )
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    completion = await engine.generate(Request(prompt=PLAIN, max_tokens=3))
    assert completion.takes[0].text


@pytest.mark.parametrize("prompt", ["", (), (Part(role="user", text=""),)], ids=["text", "no parts", "part"])
async def test_an_empty_prompt_is_refused(engine: Engine, prompt: Prompt) -> None:
    with pytest.raises(EmptyPrompt):
        await engine.generate(Request(prompt=prompt))
    with pytest.raises(EmptyPrompt):
        await engine.count_tokens(prompt)


@pytest.mark.parametrize("chat", [True, False])
async def test_a_prompt_that_cannot_fit_is_refused_with_figures(engine: Engine, chat: bool) -> None:
    text = "word and " * (engine.info.context or 100_000)
    prompt: Prompt = (Part(role="user", text=text),) if chat else text
    with pytest.raises(PromptTooLong) as caught:
        await engine.generate(Request(prompt=prompt, max_tokens=4))
    assert caught.value.needed > caught.value.available > 0


async def test_room_for_the_reply_counts_too(engine: Engine) -> None:
    if not engine.info.context:
        return
    with pytest.raises(PromptTooLong) as caught:
        await engine.generate(Request(prompt=STORY, max_tokens=engine.info.context))
    assert caught.value.available == engine.info.context


async def test_requests_at_the_same_time_do_not_mix(engine: Engine) -> None:
    heard: dict[int, list[str]] = {number: [] for number in range(4)}

    async def ask(number: int) -> str:
        request = Request(
            prompt=(Part(role="user", text=f"Count from {number}."),),
            sampling=Sampling(seed=number),
            max_tokens=6 + 2 * number,
        )
        completion = await engine.generate(request, on_token=lambda event: heard[number].append(event.text))
        return completion.takes[0].text

    texts = await asyncio.gather(*(ask(number) for number in heard))
    assert ["".join(heard[number]) for number in heard] == texts


async def test_one_failure_leaves_the_others_alone(engine: Engine) -> None:
    good = engine.generate(Request(prompt=STORY, max_tokens=6))
    bad = engine.generate(Request(prompt=""))
    first, second = await asyncio.gather(good, bad, return_exceptions=True)
    assert not isinstance(first, BaseException)
    assert first.takes[0].text
    assert isinstance(second, EmptyPrompt)


OPTIONS = ("yes", "no", "perhaps later")


@pytest.mark.parametrize("prompt", [STORY, PLAIN], ids=["chat", "plain"])
async def test_a_choice_is_a_distribution_over_its_options(engine: Engine, prompt: Prompt) -> None:
    if not await offers(engine, "choose", lambda: engine.choose(prompt, OPTIONS)):
        return
    choice = await engine.choose(prompt, OPTIONS)
    assert choice.options == OPTIONS
    assert choice.prior == (0.0, 0.0, 0.0)
    assert all(logprob <= 0 for logprob in choice.logprobs)
    assert sum(choice.probabilities) == pytest.approx(1)
    assert min(choice.probabilities) >= 0
    weights = [math.exp(logprob) for logprob in choice.logprobs]
    assert choice.probabilities == pytest.approx([weight / sum(weights) for weight in weights], rel=1e-3)
    assert choice.best == choice.probabilities.index(max(choice.probabilities))


async def test_a_calibrated_choice_takes_the_prior_out(engine: Engine) -> None:
    free: Prompt = (Part(role="user", text="N/A"),)
    if not await offers(engine, "choose", lambda: engine.choose(STORY, OPTIONS)):
        return
    choice = await engine.choose(STORY, OPTIONS, content_free=free)
    assert all(prior < 0 for prior in choice.prior)
    raised = [math.exp(a - b) for a, b in zip(choice.logprobs, choice.prior, strict=True)]
    assert sum(choice.probabilities) == pytest.approx(1)
    assert choice.probabilities == pytest.approx([one / sum(raised) for one in raised], rel=1e-3)


@pytest.mark.parametrize("options", [[], ["yes"], ["yes", "yes"], ["yes", ""]])
async def test_a_choice_needs_two_options_that_differ(engine: Engine, options: list[str]) -> None:
    if "choose" in engine.info.supports:
        with pytest.raises(ValueError, match="option"):
            await engine.choose(STORY, options)


async def test_a_choice_after_nothing_is_refused(engine: Engine) -> None:
    if "choose" in engine.info.supports:
        with pytest.raises(EmptyPrompt):
            await engine.choose("", OPTIONS)


async def test_scores_have_one_value_for_each_token(engine: Engine) -> None:
    texts = ["The river was wide.", "Die Füchse schliefen 😀."]
    if not await offers(engine, "score", lambda: engine.score("A fox. ", texts)):
        return
    for context in ("A fox came. ", ""):
        scores = await engine.score(context, texts)
        assert len(scores) == 2
        for text, score in zip(texts, scores, strict=True):
            (tokens,) = score.logprob.shape
            assert 1 <= tokens <= len(text.encode())
            arrays = (score.starts, score.rank, score.entropy, score.variance)
            assert {array.shape for array in arrays} == {(tokens,)}
            assert score.starts[0] == 0
            assert (np.diff(score.starts) >= 0).all()
            assert score.starts[-1] < len(text)
            assert (score.logprob <= 0).all()
            assert (score.rank >= 0).all()
            assert (score.entropy >= 0).all()
            assert (score.variance >= 0).all()
            assert score.hidden is None


async def test_scores_keep_their_order_and_show_states_on_request(engine: Engine) -> None:
    texts = ["one", "two and three", "four"]
    if not await offers(engine, "score", lambda: engine.score("", texts)):
        return
    together = await engine.score("Count: ", texts, hidden=True)
    alone = [(await engine.score("Count: ", [text], hidden=True))[0] for text in texts]
    for one, other in zip(together, alone, strict=True):
        assert one.starts.tolist() == other.starts.tolist()
        assert one.logprob == pytest.approx(other.logprob, abs=0.5)
        assert one.hidden is not None
        assert other.hidden is not None
        assert one.hidden.shape == other.hidden.shape
        assert one.hidden.ndim == 1
        assert np.isfinite(one.hidden).all()
    assert await engine.score("Count: ", []) == []


async def test_nothing_cannot_be_scored_or_embedded(engine: Engine) -> None:
    calls: dict[str, Callable[[], Awaitable[Any]]] = {
        "score": lambda: engine.score("A fox.", ["text", ""]),
        "embed": lambda: engine.embed(["text", ""]),
    }
    for ability, call in calls.items():
        if await offers(engine, ability, call):
            with pytest.raises(EmptyPrompt):
                await call()


async def test_embeddings_are_of_unit_length(engine: Engine) -> None:
    texts = ["The fox sleeps.", "A heron wakes beside the river.", "The fox sleeps."]
    if not await offers(engine, "embed", lambda: engine.embed(texts)):
        return
    vectors = await engine.embed(texts)
    assert vectors.ndim == 2
    assert len(vectors) == 3
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-4)
    same, other = float(vectors[0] @ vectors[2]), float(vectors[0] @ vectors[1])
    assert same > other
    assert same == pytest.approx(1, abs=1e-2)


async def test_longer_prompts_count_more_tokens(engine: Engine) -> None:
    for short, long in (
        ("A fox.", "A fox. " * 30),
        ((Part(role="user", text="A fox."),), (Part(role="user", text="A fox. " * 30),)),
    ):
        assert 0 < await engine.count_tokens(short) < await engine.count_tokens(long)


async def test_a_closed_engine_says_so(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    await engine.close()
    await engine.close()
    with pytest.raises(EngineClosed):
        await engine.generate(Request(prompt=STORY, max_tokens=3))
    calls: dict[str, Callable[[], Awaitable[Any]]] = {
        "choose": lambda: engine.choose(STORY, OPTIONS),
        "score": lambda: engine.score("", ["text"]),
        "embed": lambda: engine.embed(["text"]),
    }
    for ability, call in calls.items():
        if ability in engine.info.supports:
            with pytest.raises(EngineClosed):
                await call()


async def test_closing_ends_what_is_in_flight(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    begun = asyncio.Event()
    request = Request(prompt=STORY, sampling=LIVELY, max_tokens=200)
    running = asyncio.ensure_future(engine.generate(request, on_token=lambda _: begun.set()))
    waiting = [asyncio.ensure_future(engine.generate(request)) for _ in range(3)]
    await begun.wait()
    await asyncio.gather(engine.close(), engine.close())
    results = await asyncio.gather(running, *waiting, return_exceptions=True)
    assert [type(result) for result in results] == [EngineClosed] * 4
