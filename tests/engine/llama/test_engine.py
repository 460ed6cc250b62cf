"""What the in-process engine promises beyond the interface: sharing, determinism, memory, bad input."""

from __future__ import annotations

import asyncio
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from unittest.mock import Mock

import gguf
import numpy as np
import psutil
import pytest
from pydantic import BaseModel, Field

from tests.conftest import SMALL
from tests.engine.llama.tiny import write_sentencepiece_model
from writersroom.engine.errors import (
    EmptyPrompt,
    EngineClosed,
    EngineFailed,
    ModelNotFound,
    NoChatTemplate,
    NotAModel,
    PromptTooLong,
    ReplyTruncated,
    UnsatisfiableSchema,
    Unsupported,
)
from writersroom.engine.interface import PRESETS, Completion, Part, Request, Sampling, TokenEvent
from writersroom.engine.llama import engine as engine_module
from writersroom.engine.llama import runtime, worker
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.opening import open_engine
from writersroom.engine.seeds import take_seed
from writersroom.engine.settings import EngineSettings

BIBLE = Part(role="system", text="The keeper of the lighthouse hears tomorrow's news on the radio. " * 20)


class Stance(BaseModel):
    """A turn's reply."""

    stance: Literal["support", "object", "amend"]
    cites: list[str] = Field(max_length=3)
    reason: str = Field(max_length=80)


def ask(text: str) -> tuple[Part, ...]:
    return (BIBLE, Part(role="user", text=text))


async def room(engine: LlamaEngine) -> list[Completion]:
    """Agents in parallel, takes in parallel, schema-bound and free, twice over."""
    said: list[Completion] = []
    for turn in range(2):
        requests = [
            Request(prompt=ask(f"You are {name}. Turn {turn}."), max_tokens=16, n=n, reply_schema=schema)
            for name, n, schema in (("Mara", 1, None), ("Tobias", 3, None), ("Ines", 2, Stance))
        ]
        said += await asyncio.gather(*(engine.generate(request) for request in requests))
    return said


def no_end(engine: LlamaEngine) -> Sampling:
    """A sampling that goes on for as long as it may."""
    return Sampling(logit_bias={engine.token_ids(" lamp")[0]: 100.0})


def texts(said: list[Completion]) -> list[str]:
    return [take.text for completion in said for take in completion.takes]


async def test_the_same_seed_gives_the_same_text_whatever_runs_beside_it(model_path: Path) -> None:
    async with await LlamaEngine.open(model_path, SMALL) as engine:
        first = texts(await room(engine))
    async with await LlamaEngine.open(model_path, SMALL) as engine:
        assert texts(await room(engine)) == first
        await engine.forget_prefixes()
        assert texts(await room(engine)) == first
    assert len(set(first)) > len(first) // 2


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """The interpreter goes from thread to thread as often as it can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty_threads")
async def test_callers_whose_answers_come_in_one_step_are_woken_together(llama_engine: LlamaEngine) -> None:
    """Else their next calls would come in an order that is left to how the threads happen to run."""
    loop = asyncio.get_running_loop()
    turns, asking = 0, True

    def turn() -> None:
        nonlocal turns
        turns += 1
        if asking:
            loop.call_soon(turn)

    async def woken(text: str) -> int:
        await llama_engine.generate(Request(prompt=text, max_tokens=1))
        return turns

    loop.call_soon(turn)
    for _ in range(25):
        await llama_engine.forget_prefixes()
        woke = await asyncio.gather(*(woken(f"{name} says") for name in "ABCDEF"))
        assert len(set(woke)) == 1
    asking = False


async def test_another_seed_gives_another_text(llama_engine: LlamaEngine) -> None:
    a, b = [
        await llama_engine.generate(
            Request(prompt=ask("Go on."), sampling=Sampling(seed=seed), max_tokens=16)
        )
        for seed in (1, 2)
    ]
    assert a.takes[0].text != b.takes[0].text
    assert a.prompt_sha256 == b.prompt_sha256


def test_takes_draw_from_streams_of_their_own() -> None:
    assert len({take_seed(seed, take) for seed in range(20) for take in range(20)}) == 400


async def test_agents_that_ask_at_once_read_the_bible_once(llama_engine: LlamaEngine) -> None:
    prompts = [ask(f"You are {name}.") for name in ("Mara", "Tobias", "Ines", "Otto")]
    length = await llama_engine.count_tokens(prompts[0])
    said = await asyncio.gather(
        *(llama_engine.generate(Request(prompt=prompt, max_tokens=4)) for prompt in prompts)
    )
    prefilled = [completion.usage.prefilled for completion in said]
    assert sum(prefilled) < length + 3 * 20
    assert sum(completion.usage.reused for completion in said) > 3 * (length - 20)
    assert said[0].usage.queued_ms >= 0


async def test_takes_share_one_prefill_and_batches(llama_engine: LlamaEngine) -> None:
    length = await llama_engine.count_tokens(ask("Go on."))
    said = await llama_engine.generate(Request(prompt=ask("Go on."), max_tokens=12, n=6))
    assert said.usage.prefilled == length + 5  # each take but the first reads the last token again
    assert said.usage.reused == 5 * (length - 1)
    assert said.usage.occupancy > 4


async def test_more_takes_than_sequences_are_queued(model_path: Path) -> None:
    settings = EngineSettings(n_ctx=1024, sequences=2)
    async with await LlamaEngine.open(model_path, settings) as engine:
        said = await engine.generate(Request(prompt=ask("Go on."), max_tokens=8, n=7))
        assert len(said.takes) == 7
        assert said.usage.occupancy <= 2
        assert len({take.text for take in said.takes}) > 1


async def test_a_full_cache_makes_calls_wait_and_old_prefixes_go(model_path: Path) -> None:
    settings = EngineSettings(n_ctx=512, sequences=8)
    async with await LlamaEngine.open(model_path, settings) as engine:
        said = await asyncio.gather(
            *(
                engine.generate(Request(prompt=f"{name} said: " * 40, max_tokens=60))
                for name in ("Mara", "Tobias", "Ines", "Otto", "Vera", "Paul")
            )
        )
        assert [len(completion.takes) for completion in said] == [1] * 6


async def test_a_long_cached_prompt_makes_way_while_others_write(model_path: Path) -> None:
    async with await LlamaEngine.open(model_path, EngineSettings(n_ctx=512, sequences=4)) as engine:
        cached, wanted = "The lamp turned. " * 75, "The sea did not. " * 30
        assert await engine.count_tokens(cached) + await engine.count_tokens(wanted) + 140 > 512
        await engine.generate(Request(prompt=cached, max_tokens=1))
        stop, begun = threading.Event(), asyncio.Event()
        long = Request(prompt="She", sampling=no_end(engine), max_tokens=140)
        writing = asyncio.create_task(engine.generate(long, on_token=lambda _: begun.set(), stop=stop))
        await begun.wait()
        said = await engine.generate(Request(prompt=wanted, max_tokens=1))
        assert said.usage.reused > 0  # The two begin alike: what they share stays.
        assert not writing.done()
        stop.set()
        await writing


async def test_what_must_wait_in_any_case_costs_no_cached_prefix(model_path: Path) -> None:
    async with await LlamaEngine.open(model_path, EngineSettings(n_ctx=1024, sequences=4)) as engine:
        for prompt in ("The lamp turned. " * 20, "A lamp. " * 20):
            await engine.generate(Request(prompt=prompt, max_tokens=1))
        stop, begun = threading.Event(), asyncio.Event()
        long = Request(prompt="She", sampling=no_end(engine), max_tokens=700)
        writing = asyncio.create_task(engine.generate(long, on_token=lambda _: begun.set(), stop=stop))
        await begun.wait()
        waiting = asyncio.create_task(engine.generate(Request(prompt="So " * 300, max_tokens=100), stop=stop))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        stop.set()
        await asyncio.gather(writing, waiting)
        again = await engine.generate(Request(prompt="The lamp turned. " * 20, max_tokens=1))
        assert again.usage.prefilled == 1


async def test_of_two_cached_prompts_the_one_used_last_stays(model_path: Path) -> None:
    settings = EngineSettings(n_ctx=512, sequences=4, cached_tokens=512)
    async with await LlamaEngine.open(model_path, settings) as engine:

        async def read(prompt: str, max_tokens: int = 1) -> int:
            request = Request(prompt=prompt, max_tokens=max_tokens, stop=(" ", "\n"))
            return (await engine.generate(request)).usage.prefilled

        first, second, third = "The lamp turned. " * 35, "A ferry came. " * 35, "Nobody spoke. " * 35
        lengths = [await engine.count_tokens(prompt) for prompt in (first, second, third)]
        assert await read(first) == lengths[0]
        assert await read(second) == lengths[1]
        assert await read(first) == 1
        # With the first there is room for as much as this may come to, but not with both.
        assert await read(third, max_tokens=512 - lengths[0] - lengths[2]) == lengths[2]
        assert await read(first) == 1
        assert await read(second) == lengths[1]


async def test_words_keep_coming_while_a_long_prompt_is_read(model_path: Path) -> None:
    settings = EngineSettings(n_ctx=1024, sequences=2, n_batch=64)
    async with await LlamaEngine.open(model_path, settings) as engine:
        prompt = "The lamp turned. " * 100
        assert await engine.count_tokens(prompt) >= 400
        begun, stop, pieces = asyncio.Event(), threading.Event(), 0

        def heard(_: TokenEvent) -> None:
            nonlocal pieces
            pieces += 1
            begun.set()

        endless = Request(prompt="She", sampling=no_end(engine), max_tokens=400)
        writing = asyncio.create_task(engine.generate(endless, on_token=heard, stop=stop))
        await begun.wait()
        before = pieces
        await engine.generate(Request(prompt=prompt, max_tokens=1))
        assert not writing.done()
        assert pieces - before >= 400 // 64
        stop.set()
        await writing


async def test_calls_given_up_leave_the_whole_context(model_path: Path) -> None:
    async with await LlamaEngine.open(model_path, EngineSettings(n_ctx=512, sequences=1)) as engine:
        for number in range(20):
            begun = asyncio.Event()
            request = Request(prompt=f"Number {number}: " * 4, max_tokens=300)
            task = asyncio.create_task(engine.generate(request, on_token=lambda _, begun=begun: begun.set()))
            if number % 2:
                await begun.wait()
            else:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        prompt = "The lamp turned. " * 115
        length = await engine.count_tokens(prompt)
        said = await engine.generate(Request(prompt=prompt, sampling=no_end(engine), max_tokens=512 - length))
        assert said.takes[0].tokens == 512 - length


async def test_what_cannot_fit_is_refused_with_both_numbers(llama_engine: LlamaEngine) -> None:
    with pytest.raises(PromptTooLong) as caught:
        await llama_engine.generate(Request(prompt="word " * 1990, max_tokens=200))
    assert caught.value.available == SMALL.n_ctx
    assert caught.value.needed > SMALL.n_ctx
    with pytest.raises(PromptTooLong):
        await llama_engine.score("", ["word " * 3000])
    with pytest.raises(PromptTooLong):
        await llama_engine.choose("word " * 3000, ["yes", "no"])


async def test_a_refusal_says_what_would_make_room(model_path: Path, tmp_path: Path) -> None:
    tiny = write_sentencepiece_model(tmp_path / "tiny.gguf")
    for path, n_ctx, remedy in (
        (model_path, 256, "raise n_ctx"),
        (tiny, 256, "model with a longer context"),
    ):
        async with await LlamaEngine.open(path, EngineSettings(n_ctx=n_ctx, sequences=1)) as engine:
            with pytest.raises(PromptTooLong, match=remedy) as caught:
                await engine.generate(Request(prompt="word " * 300))
            assert str(caught.value.available) in str(caught.value)


async def test_forced_tokens_are_appended_not_drawn(llama_engine: LlamaEngine) -> None:
    said = await llama_engine.generate(
        Request(prompt=ask("Answer."), reply_schema=Stance, max_tokens=200, sampling=PRESETS["precise"])
    )
    assert said.usage.forced >= 12  # names, quotes and colons of three fields
    assert isinstance(said.takes[0].parsed, Stance)


async def test_what_the_schema_forces_first_is_computed_with_the_prompt(llama_engine: LlamaEngine) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    request = Request(prompt=ask("How many?"), reply_schema=schema, max_tokens=20)
    await llama_engine.generate(request.model_copy(update={"reply_schema": None, "max_tokens": 1}))
    before = llama_engine.profile.steps
    said = await llama_engine.generate(request)
    usage = said.usage
    assert usage.prefilled == 1
    # One step reads the end of the prompt and `{"n": `; each that follows, one drawn token.
    assert llama_engine.profile.steps - before == usage.decoded
    only = {"const": "yes"}
    certain = await llama_engine.generate(request.model_copy(update={"reply_schema": only}))
    assert certain.takes[0].parsed == "yes"
    assert certain.usage.decoded == certain.usage.prefilled == 0


async def test_a_cut_reply_is_closed_or_refused(llama_engine: LlamaEngine) -> None:
    closed = await llama_engine.generate(Request(prompt=ask("Answer."), reply_schema=Stance, max_tokens=3))
    assert closed.takes[0].finish == "length"
    assert isinstance(closed.takes[0].parsed, Stance)
    endless = {"type": "string", "minLength": 5000}
    with pytest.raises(ReplyTruncated):
        await llama_engine.generate(Request(prompt=ask("Answer."), reply_schema=endless, max_tokens=3))
    assert (await llama_engine.generate(Request(prompt="Go on", max_tokens=2))).takes


async def test_a_reply_that_its_schema_ends_at_the_token_limit_is_not_cut(llama_engine: LlamaEngine) -> None:
    for schema in (Stance, {"const": "yes and no"}, {"type": "array", "items": {"const": 1}, "maxItems": 2}):
        request = Request(prompt="Answer: ", reply_schema=schema, sampling=Sampling(temperature=0))
        whole = (await llama_engine.generate(request)).takes[0]
        assert whole.finish == "stop"
        for limit, finish in ((whole.tokens, "stop"), (whole.tokens - 1, "length")):
            said = await llama_engine.generate(request.model_copy(update={"max_tokens": limit}))
            assert said.takes[0].finish == finish


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 5, "maximum": 3},
        {"type": "string", "minLength": 5, "maxLength": 3},
        {"type": "nonsense"},
        {"$ref": "#/nowhere"},
    ],
)
async def test_a_schema_that_nothing_satisfies_is_refused(
    llama_engine: LlamaEngine, schema: dict[str, object]
) -> None:
    with pytest.raises(UnsatisfiableSchema):
        await llama_engine.generate(Request(prompt="x", reply_schema=schema, max_tokens=8))


async def test_stopping_keeps_what_was_written_and_frees_the_rest(llama_engine: LlamaEngine) -> None:
    stop, seen = threading.Event(), list[TokenEvent]()

    def on_token(event: TokenEvent) -> None:
        seen.append(event)
        if len(seen) == 3:
            stop.set()

    said = await llama_engine.generate(
        Request(prompt=ask("Tell it all."), max_tokens=400), on_token=on_token, stop=stop
    )
    take = said.takes[0]
    assert take.finish == "cancelled"
    assert take.tokens <= 6
    assert take.text == "".join(event.text for event in seen)


async def test_a_call_stopped_in_the_queue_never_begins(model_path: Path) -> None:
    settings = EngineSettings(n_ctx=1024, sequences=1)
    async with await LlamaEngine.open(model_path, settings) as engine:
        stop = threading.Event()
        long = asyncio.create_task(engine.generate(Request(prompt=ask("Tell it."), max_tokens=24)))
        queued = asyncio.create_task(
            engine.generate(Request(prompt=ask("And?"), max_tokens=24, reply_schema=Stance), stop=stop)
        )
        await asyncio.sleep(0)
        stop.set()
        said = await queued
        assert said.takes[0].finish == "cancelled"
        assert said.takes[0].parsed is None
        assert said.usage.decoded == 0
        assert not long.done()
        assert (await long).takes[0].tokens > 0


@pytest.fixture
def steps_begun(monkeypatch: pytest.MonkeyPatch) -> list[threading.Event]:
    """Events that are set as soon as a step has begun; in the thread that computes it."""
    events: list[threading.Event] = []
    decode = runtime.lib.llama_decode

    def decoding(context: runtime.lib.llama_context_p, batch: runtime.lib.llama_batch) -> int:
        for event in events:
            event.set()
        return decode(context, batch)

    monkeypatch.setattr(runtime.lib, "llama_decode", decoding)
    return events


LONG = "The lamp turned, and nobody on the island saw it. " * 60


async def test_a_stop_ends_the_reading_of_a_prompt_within_its_step(
    model_path: Path, steps_begun: list[threading.Event]
) -> None:
    settings = EngineSettings(n_ctx=2048, n_batch=1024, sequences=1)
    other = Request(prompt="The sea did not", sampling=Sampling(seed=3), max_tokens=8)
    async with await LlamaEngine.open(model_path, settings) as engine:
        undisturbed = await engine.generate(other)
    async with await LlamaEngine.open(model_path, settings) as engine:
        assert await engine.count_tokens(LONG) > 512
        steps_begun.append(stop := threading.Event())
        stopped = asyncio.create_task(engine.generate(Request(prompt=LONG), stop=stop))
        queued = asyncio.create_task(engine.generate(other))
        take, usage = (await stopped).takes[0], (await stopped).usage
        assert (take.finish, take.text, usage.prefilled) == ("cancelled", "", 0)
        assert (await queued).takes == undisturbed.takes
        steps_begun.clear()
        length = await engine.count_tokens(LONG)
        again = await engine.generate(Request(prompt=LONG, max_tokens=4))
        # It is read anew, but for the one word that both begin with: what was broken off is not there.
        assert (again.usage.prefilled, again.usage.reused) == (length - 1, 1)
        assert again.takes[0].tokens == 4


async def test_a_recurrent_model_holds_no_ended_sequences_and_is_not_interrupted(
    model_path: Path, steps_begun: list[threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    make = runtime.lib.llama_init_from_model

    def making(
        model: runtime.lib.llama_model_p, params: runtime.lib.llama_context_params
    ) -> runtime.lib.llama_context_p | None:
        made.append(params.n_seq_max)
        return make(model, params)

    monkeypatch.setattr(runtime.lib, "llama_init_from_model", making)
    monkeypatch.setattr(runtime.lib, "llama_model_is_recurrent", Mock(return_value=True))
    async with await LlamaEngine.open(model_path, EngineSettings(n_ctx=512, sequences=3)) as engine:
        assert made == [3]
        for _ in range(2):
            said = await engine.generate(Request(prompt="The lamp turned", max_tokens=2, n=5))
            assert len(said.takes) == 5
            assert said.usage.reused == 0
        steps_begun.append(stop := threading.Event())
        request = Request(prompt=LONG[:600], max_tokens=9)
        stopped = await engine.generate(request, stop=stop)
        assert stopped.takes[0].finish == "cancelled"
        assert stopped.usage.prefilled == await engine.count_tokens(LONG[:600])


async def test_closing_ends_the_reading_of_a_prompt_within_its_step(
    model_path: Path, steps_begun: list[threading.Event]
) -> None:
    engine = await LlamaEngine.open(model_path, EngineSettings(n_ctx=2048, n_batch=1024, sequences=1))
    steps_begun.append(begun := threading.Event())
    reading = asyncio.create_task(engine.generate(Request(prompt=LONG)))
    await asyncio.to_thread(begun.wait)
    await engine.close()
    with pytest.raises(EngineClosed):
        await reading
    assert engine.profile.prefilled == 0


async def test_a_stopped_call_leaves_what_is_computed_beside_it_alone(
    model_path: Path, steps_begun: list[threading.Event]
) -> None:
    settings = EngineSettings(n_ctx=2048, n_batch=1024, sequences=2)
    long = Request(prompt=LONG[:1000], max_tokens=6)
    other = Request(prompt="She saw the sea, " * 10, sampling=Sampling(temperature=0), max_tokens=6)

    async def both(stop: threading.Event) -> tuple[Completion, Completion]:
        async with await LlamaEngine.open(model_path, settings) as engine:
            return await asyncio.gather(engine.generate(long, stop=stop), engine.generate(other))

    _, undisturbed = await both(threading.Event())
    steps_begun.append(stop := threading.Event())
    stopped, said = await both(stop)
    assert stopped.takes[0].finish == "cancelled"
    assert stopped.usage.prefilled > 0
    assert (said.takes, said.usage.prefilled) == (undisturbed.takes, undisturbed.usage.prefilled)


async def test_closing_ends_calls_in_flight_and_later_ones(model_path: Path) -> None:
    engine = await LlamaEngine.open(model_path, SMALL)
    running = asyncio.create_task(engine.generate(Request(prompt="Go on", max_tokens=1000)))
    await asyncio.sleep(0.1)
    await engine.close()
    with pytest.raises(EngineClosed):
        await running
    await engine.close()
    with pytest.raises(EngineClosed):
        await engine.generate(Request(prompt="Go on"))


async def test_single_token_options_cost_one_pass(llama_engine: LlamaEngine) -> None:
    question = ask("Is it dark at night? Answer yes or no.")
    first = await llama_engine.choose(question, ["yes", "no"], content_free=ask("Answer yes or no."))
    assert sum(first.probabilities) == pytest.approx(1)
    assert first.prior != (0.0, 0.0)
    again = await llama_engine.choose(question, ["yes", "no"], content_free=ask("Answer yes or no."))
    assert again.usage.prefilled == 1
    assert again.probabilities == pytest.approx(first.probabilities, abs=0.02)


@pytest.mark.parametrize("n_batch", [64, 512])
async def test_the_context_of_a_choice_stays_for_its_options_and_the_next_choice(
    model_path: Path, n_batch: int
) -> None:
    """However little may be cached, and whether it or the form about nothing is read first."""
    bible = "The keeper of the lighthouse hears tomorrow's news on the radio. " * 12
    form = f"{'Nothing is known of anybody here. ' * 8}They"
    options = (" row out to the reef", " burn the old radio", " call the harbour at once")
    settings = EngineSettings(n_ctx=1024, sequences=8, cached_tokens=64, n_batch=n_batch)
    async with await LlamaEngine.open(model_path, settings) as engine:
        length = await engine.count_tokens(bible)
        read: list[int] = []
        for name in ("Mara", "Tobias", "Iris"):
            before = engine.profile.prefilled
            await engine.choose(f"{bible}{name} would", options, content_free=form)
            read.append(engine.profile.prefilled - before)
    assert length > 2 * settings.cached_tokens
    assert read[0] > length
    assert max(read[1:]) < length / 2


async def test_a_choice_costs_what_its_calibration_does_too(llama_engine: LlamaEngine) -> None:
    question, free = ask("Is it dark at night? Answer yes or no."), ask("Answer yes or no.")
    lengths = [await llama_engine.count_tokens(prompt) for prompt in (question, free)]
    first, again = [
        (await llama_engine.choose(question, ["yes", "no"], content_free=free)).usage for _ in range(2)
    ]
    assert first.prefilled + first.reused == sum(lengths)
    assert again.prefilled + again.reused == lengths[0]  # The calibration is known by then.


async def test_a_choice_that_fails_leaves_nothing_running(llama_engine: LlamaEngine) -> None:
    with pytest.raises(PromptTooLong):
        await llama_engine.choose(ask("Is it dark?"), ["yes", "no"], content_free="word " * 3000)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_priors_may_be_forgotten_while_some_are_asked_for(llama_engine: LlamaEngine) -> None:
    free = ask("Answer yes or no.")
    await llama_engine.choose(ask("Dark?"), ["yes", "no"], content_free=free)
    asked = asyncio.create_task(llama_engine.choose(ask("Dark?"), ["yes", "never"], content_free=free))
    await asyncio.sleep(0.005)
    await llama_engine.forget_prefixes()
    assert sum((await asked).probabilities) == pytest.approx(1)


async def test_a_choice_equals_the_score_of_its_options(llama_engine: LlamaEngine) -> None:
    options = [" burned the radio", " slept", " told Tobias everything"]
    choice = await llama_engine.choose("That night she", options)
    scores = await llama_engine.score("That night she", options)
    means = [float(score.logprob.mean()) for score in scores]
    assert choice.logprobs == pytest.approx(means, abs=0.05)
    assert choice.best == means.index(max(means))


async def test_a_text_said_before_is_less_surprising(llama_engine: LlamaEngine) -> None:
    line = "The radio said that the ferry would not come back on Friday."
    alone, after = (
        (await llama_engine.score("", [line]))[0],
        (await llama_engine.score(line + "\n", [line]))[0],
    )
    assert after.logprob.mean() > alone.logprob.mean() + 0.5
    assert (after.rank >= 0).all()
    assert (after.entropy > 0).all()
    assert (after.variance >= 0).all()
    assert list(alone.starts[:2]) == [0, 3]


async def test_likeness_of_embeddings_follows_meaning(llama_engine: LlamaEngine) -> None:
    keeper, lamp, tax = await llama_engine.embed(
        ["The keeper lit the lamp.", "The keeper lights the lamp.", "Quarterly tax returns are due in April."]
    )
    assert keeper @ lamp > keeper @ tax


async def test_a_model_that_says_how_to_pool_embeds_and_measures_all_the_same(tmp_path: Path) -> None:
    path = write_sentencepiece_model(tmp_path / "pooled.gguf", pooling=gguf.PoolingType.MEAN)
    async with await LlamaEngine.open(path, EngineSettings(n_ctx=256, sequences=1, threads=1)) as engine:
        assert np.linalg.norm(await engine.embed(["agree", "a lamp"]), axis=1) == pytest.approx(1)
        (score,) = await engine.score("a", ["lamp"], hidden=True)
        assert score.hidden is not None


async def test_embedding_takes_no_measure_of_surprise(
    llama_engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["The keeper lit the lamp.", "Tax returns are due."]
    scores = await llama_engine.score("", lines, hidden=True)
    monkeypatch.setattr(runtime.Context, "logits", Mock(side_effect=AssertionError("looked at logits")))
    for row, score in zip(await llama_engine.embed(lines), scores, strict=True):
        assert score.hidden is not None
        assert row == pytest.approx(score.hidden / np.linalg.norm(score.hidden), abs=1e-3)


async def test_repeats_are_penalised_by_dry(llama_engine: LlamaEngine) -> None:
    prompt = "rain on the roof, rain on the roof, rain on the roof, rain on"
    plain = Request(prompt=prompt, sampling=Sampling(temperature=0), max_tokens=8)
    dry = Request(prompt=prompt, sampling=Sampling(temperature=0, dry_multiplier=5.0), max_tokens=8)
    assert (await llama_engine.generate(plain)).takes[0].text.startswith(" the roof")
    assert not (await llama_engine.generate(dry)).takes[0].text.startswith(" the roof, rain on")


async def test_a_bias_decides(llama_engine: LlamaEngine) -> None:
    token = llama_engine.token_ids(" lamp")[0]
    said = await llama_engine.generate(
        Request(prompt="She saw the", sampling=Sampling(logit_bias={token: 100.0}), max_tokens=3)
    )
    assert said.takes[0].text == " lamp lamp lamp"


async def test_a_last_part_by_the_assistant_is_gone_on_from(llama_engine: LlamaEngine) -> None:
    asked = (Part(role="user", text="Count."),)
    begun = (*asked, Part(role="assistant", text="one, two, three,"))
    added = await llama_engine.count_tokens(begun) - await llama_engine.count_tokens(asked)
    assert added == len(llama_engine.token_ids("one, two, three,"))
    said = await llama_engine.generate(Request(prompt=begun, sampling=Sampling(temperature=0), max_tokens=3))
    assert said.takes[0].text.startswith(" four")


@pytest.mark.parametrize("preset", sorted(PRESETS))
async def test_presets_write(llama_engine: LlamaEngine, preset: str) -> None:
    said = await llama_engine.generate(Request(prompt=ask("Go on."), sampling=PRESETS[preset], max_tokens=8))
    assert said.takes[0].text


async def test_a_quantised_cache_writes(model_path: Path) -> None:
    settings = EngineSettings(n_ctx=512, sequences=2, kv_key_type="q8_0", kv_value_type="q8_0")
    async with await LlamaEngine.open(model_path, settings) as engine:
        assert (await engine.generate(Request(prompt="The lamp", max_tokens=8))).takes[0].tokens == 8


async def test_memory_settles(llama_engine: LlamaEngine) -> None:
    process = psutil.Process()

    async def ask(at: int) -> None:
        schema = Stance if at % 5 == 0 else None
        await llama_engine.generate(
            Request(prompt=f"Beat {at % 7}: the radio said", max_tokens=2, reply_schema=schema)
        )

    async def ask_many(count: int) -> int:
        for start in range(0, count, 10):
            await asyncio.gather(*(ask(start + at) for at in range(10)))
        return process.memory_info().rss

    after_50 = await ask_many(50)
    assert await ask_many(450) < after_50 * 1.05


async def test_models_that_are_not_there_or_none(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound):
        await open_engine("no-such-model")
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(NotAModel, match=r"broken\.gguf"):
        await LlamaEngine.open(broken)
    with pytest.raises(NotAModel, match="LoRA"):
        await open_engine(settings=EngineSettings(n_ctx=256, lora=(str(broken),)))


async def test_a_file_may_have_any_name_the_system_takes(model_path: Path, tmp_path: Path) -> None:
    named = tmp_path / os.fsdecode(b"m\xff.gguf")
    named.symlink_to(model_path)
    async with await LlamaEngine.open(named, EngineSettings(n_ctx=256, sequences=1)) as engine:
        assert await engine.count_tokens("The lamp") > 0


@pytest.fixture
def freed(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The models that were given back so far."""
    models: list[object] = []
    usual = runtime.lib.llama_model_free

    def free(model: runtime.lib.llama_model_p) -> None:
        models.append(model)
        usual(model)

    monkeypatch.setattr(runtime.lib, "llama_model_free", free)
    return models


@pytest.mark.parametrize("lora", ["a.gguf=x", "a.gguf=nan", "=2", "a=b.gguf"])
async def test_an_adapter_that_is_none_frees_the_model(
    model_path: Path, freed: list[object], lora: str
) -> None:
    with pytest.raises(NotAModel, match="FILE=SCALE") as caught:
        await LlamaEngine.open(model_path, EngineSettings(n_ctx=256, lora=(lora,)))
    assert f"adapter {lora}:" in str(caught.value)
    assert len(freed) == 1


async def test_a_broken_template_is_told_and_frees_the_model(
    model_path: Path, freed: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.lib, "llama_model_chat_template", Mock(return_value=b"{% for m in %}"))
    with pytest.raises(NoChatTemplate, match=f"template of {model_path.name} cannot be read"):
        await LlamaEngine.open(model_path, SMALL)
    assert len(freed) == 1


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads that made contexts, and an empty one for each that was given back."""
    seen: list[str] = []
    make, free = runtime.lib.llama_init_from_model, runtime.lib.llama_free

    def making(
        model: runtime.lib.llama_model_p, params: runtime.lib.llama_context_params
    ) -> runtime.lib.llama_context_p | None:
        seen.append(threading.current_thread().name)
        return make(model, params)

    def freeing(context: runtime.lib.llama_context_p) -> None:
        seen.append("")
        free(context)

    monkeypatch.setattr(runtime.lib, "llama_init_from_model", making)
    monkeypatch.setattr(runtime.lib, "llama_free", freeing)
    return seen


async def test_the_event_loop_turns_while_a_context_is_made(model_path: Path, contexts: list[str]) -> None:
    async with await LlamaEngine.open(model_path, SMALL):
        assert contexts != [threading.current_thread().name]
    assert contexts[1:] == [""]


async def test_an_opening_that_is_given_up_frees_all_of_it(
    model_path: Path, freed: list[object], contexts: list[str]
) -> None:
    opening = asyncio.create_task(LlamaEngine.open(model_path, SMALL))
    await asyncio.sleep(0.01)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    async with asyncio.timeout(20):
        while not freed:
            await asyncio.sleep(0.01)
    assert contexts[1:] == [""]


async def test_a_thread_that_cannot_start_frees_all(
    model_path: Path, freed: list[object], contexts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "Worker", Mock(side_effect=RuntimeError("no more threads")))
    with pytest.raises(RuntimeError, match="no more threads"):
        await LlamaEngine.open(model_path, SMALL)
    assert (len(freed), contexts[1:]) == (1, [""])


async def test_a_template_that_refuses_a_system_part_gets_it_in_the_first_question(
    model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = (
        b"{% for m in messages %}"
        b"{% if m.role == 'system' %}{{ raise_exception('no system part') }}{% endif %}"
        b"{% if 'mute' in m.content %}{{ raise_exception('it is mute') }}{% endif %}"
        b"<{{ m.content }}>{% endfor %}"
    )
    monkeypatch.setattr(runtime.lib, "llama_model_chat_template", Mock(return_value=template))
    async with await LlamaEngine.open(model_path, SMALL) as engine:
        system, user = Part(role="system", text="A play."), Part(role="user", text="Begin.")
        joined = Part(role="user", text="A play.\n\nBegin.")
        assert await engine.count_tokens((system, user)) == await engine.count_tokens((joined,))
        with pytest.raises(Unsupported, match=f"template of {model_path.name} refuses .*: it is mute"):
            await engine.generate(Request(prompt=(system, Part(role="user", text="mute"))))


class SlowInbox(queue.SimpleQueue[Callable[[], None] | None]):
    """An inbox that, once it is told to, lets the thread fail before it takes in the next message."""

    failing = False

    def put(self, item: Callable[[], None] | None, block: bool = True, timeout: float | None = None) -> None:
        if SlowInbox.failing:
            SlowInbox.failing = False
            super().put(self.fail)
            time.sleep(0.3)
        super().put(item)

    def fail(self) -> None:
        raise MemoryError("no room")


async def test_a_call_made_while_the_model_fails_is_answered(
    model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.queue, "SimpleQueue", SlowInbox)
    async with await LlamaEngine.open(model_path, SMALL) as engine:
        SlowInbox.failing = True
        with pytest.raises(EngineFailed, match="no room"):
            async with asyncio.timeout(20):
                await engine.generate(Request(prompt="The lamp", max_tokens=2))


async def test_a_context_that_memory_cannot_hold_is_refused(model_path: Path) -> None:
    with pytest.raises(EngineFailed, match="n_ctx"):
        await LlamaEngine.open(model_path, EngineSettings(n_ctx=2**25))


async def test_half_a_character_is_read_as_something_broken_not_a_fault(llama_engine: LlamaEngine) -> None:
    assert (await llama_engine.generate(Request(prompt="The \ud83d lamp", max_tokens=2))).takes[0].tokens


async def test_nothing_to_embed_is_an_empty_prompt(llama_engine: LlamaEngine) -> None:
    with pytest.raises(EmptyPrompt):
        await llama_engine.embed([])
    assert await llama_engine.score("", []) == []
