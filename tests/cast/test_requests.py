"""Turns: what is asked of the model, and how its choices are read."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cast.asking import CARD, MARA, PITCH, ROOM, SCENE, SHARED, STAGE, WEIGHING, WRITING, turn
from writersroom.cast.choices import STANCES, VERDICTS, YES_NO, balanced, choosing, draw
from writersroom.cast.errors import BadTemplate
from writersroom.cast.requests import TELLING
from writersroom.cast.samples import SAMPLES
from writersroom.cast.sheets import StageSheet
from writersroom.engine.interface import Choice, Usage


def test_every_template_has_a_request() -> None:
    """No template is kept for nothing."""
    assert {*WRITING, *WEIGHING} == set(SAMPLES)


@pytest.mark.parametrize("template", WRITING)
def test_a_text_is_asked_for(template: str) -> None:
    """The prompt ends with the reply's first words; sampling and length are the card's."""
    asked = WRITING[template](turn(n=2))
    assert asked.template == template
    assert isinstance(asked.request.prompt, str)
    assert asked.prompt == asked.request.prompt
    assert asked.prompt.endswith(asked.begun)
    assert asked.begun or not asked.prompt.endswith(" ")
    drawn = {"bible": 4, "beat": 3, "line": 2}.get(TELLING.get(template, ""), 1)
    assert asked.drawn == drawn
    assert bool(asked.content_free) == (drawn > 1)
    assert asked.request.n == max(2, drawn)
    assert asked.request.stop
    assert asked.request.sampling.model_dump(exclude={"seed"}) == CARD.sampled(0).model_dump(exclude={"seed"})
    assert "N/A" not in asked.prompt


@pytest.mark.parametrize("template", [*WRITING, *WEIGHING])
def test_the_same_turn_asks_the_same(template: str) -> None:
    """Same seed, same request; so a session can be played again, and a prompt shown again."""
    ask = {**WRITING, **WEIGHING}[template]
    assert ask(turn()) == ask(turn())


def test_each_attempt_and_each_template_draws_its_own_stream() -> None:
    """Otherwise a text thrown away would come again."""
    streams = [turn(attempt=attempt).stream(template) for attempt in range(4) for template in WRITING]
    assert len(set(streams)) == len(streams)
    assert turn(seed=2).stream("line") != turn(seed=1).stream("line")
    assert all(0 <= stream < 2**32 for stream in streams)


def test_examples_take_turns() -> None:
    """What a template has several of changes from turn to turn, and with each attempt."""
    prompts = {turn(number=number).line(StageSheet(scene=SCENE), emotion="calm").prompt for number in (0, 1)}
    assert len(prompts) == 2
    later = turn(number=0, attempt=1).line(StageSheet(scene=SCENE), emotion="calm").prompt
    assert later == turn(number=1).line(StageSheet(scene=SCENE), emotion="calm").prompt


def test_a_character_is_as_the_bible_has_it() -> None:
    """When the room convened it was written anew for the logline; the card is older."""
    written = MARA.model_copy(update={"want": "to be paid in salt", "secret": "wrote the news herself"})
    shared = SHARED.model_copy(update={"characters": (written,)})
    page = turn().model_copy(update={"shared": shared}).thought(STAGE, emotion="fear").prompt
    assert "wrote the news herself" in page
    assert "let a ship sink" not in page
    alone = turn().model_copy(update={"shared": SHARED.model_copy(update={"characters": ()})})
    assert "let a ship sink" in alone.thought(STAGE, emotion="fear").prompt


def test_nobody_is_shown_the_secret_of_another() -> None:
    """Only the template of a thought prints one, and only the thinker's own."""
    other = SHARED.characters[1].model_copy(update={"secret": "poisoned the well"})
    at = turn().model_copy(update={"shared": SHARED.model_copy(update={"characters": (MARA, other)})})
    for ask in WRITING.values():
        assert "poisoned the well" not in ask(at).prompt
    for weigh in WEIGHING.values():
        assert "poisoned the well" not in str(weigh(at).prompt)


def test_a_card_gives_a_bigger_model_more_room() -> None:
    """By its fields alone."""
    roomy = CARD.model_copy(
        update={"tokens": CARD.tokens.model_copy(update={"line": 300}), "sentences": 4, "inventive": True}
    )
    asked = WRITING["line"](turn(roomy))
    assert (asked.request.max_tokens, asked.sentences, asked.inventive) == (300, 4, True)


def test_a_bigger_model_is_told_what_a_character_is_like() -> None:
    """What stands on its card and a small model would only repeat."""
    of_mara = (
        "What Mara needs is to be forgiven.",
        "Mara lies to whoever trusts her.",
        "Mara answers a question with a smaller one.",
        "Towards Tobias: Mara owes him money.",
    )
    told = WRITING["line"](turn(CARD.model_copy(update={"inventive": True}))).prompt
    assert " ".join(of_mara) in str(told)
    assert not any(one in str(WRITING["line"](turn()).prompt) for one in of_mara)


def test_a_line_needs_a_character() -> None:
    """A critic has no lines; asking for one is refused with the template's name."""
    critic = SAMPLES["reason"]["card"]
    with pytest.raises(BadTemplate, match="line"):
        WRITING["line"](turn(critic))


@pytest.mark.parametrize("template", WEIGHING)
def test_a_choice_is_asked_for(template: str) -> None:
    """Options go on from the prompt with a blank; the twin ends alike and lacks the content."""
    asked = WEIGHING[template](turn())
    assert asked.template == template
    assert isinstance(asked.prompt, str)
    assert isinstance(asked.content_free, str)
    assert not asked.prompt.endswith(" ")
    assert all(option.startswith(" ") and option.strip() for option in asked.options)
    assert "N/A" in asked.content_free


def test_what_decides_is_what_the_twin_lacks() -> None:
    """The bible, so that the twin stays the same; of a stance the pitch, of a place what happens, too."""
    stance, role, place = (WEIGHING[f"choose_{what}"](turn()) for what in ("stance", "role", "place"))
    assert "A lighthouse keeper" not in stance.content_free
    assert "Does it cost somebody something?" in WEIGHING["yes_no"](turn()).content_free
    assert PITCH.text not in stance.content_free
    assert "A lighthouse keeper" not in role.content_free
    assert "Mara is the keeper of the lighthouse." in role.content_free
    assert "a boat will sink" in place.prompt
    assert "a boat will sink" not in place.content_free


def test_a_card_may_ask_for_the_models_chat_template() -> None:
    """The parts then stay parts; the reply goes on from the last one all the same."""
    chat = CARD.model_copy(update={"chat": True})
    asked = WRITING["reason"](turn(chat))
    assert not isinstance(asked.request.prompt, str)
    assert [part.role for part in asked.request.prompt] == ["system", "user", "assistant"]
    assert asked.prompt == WRITING["reason"](turn()).prompt
    assert asked.request.prompt[-1].text.endswith(asked.begun)
    weighed, plain = WEIGHING["yes_no"](turn(chat)), WEIGHING["yes_no"](turn())
    assert not isinstance(weighed.prompt, str)
    assert not isinstance(weighed.content_free, str)
    assert weighed.options == plain.options


def test_stances_and_rulings_have_their_words() -> None:
    """The places that are given back count in the order of these."""
    assert len(turn().choose_stance(pitch=PITCH).options) == len(STANCES)
    assert len(turn().choose_ruling(pitch=PITCH, amended=True).options) == len(VERDICTS)
    two = turn().choose_ruling(pitch=PITCH, amended=False)
    assert {option.strip() for option in two.options} == {VERDICTS["adopted"], VERDICTS["rejected"]}
    assert {option.strip() for option in WEIGHING["yes_no"](turn()).options} == set(YES_NO)


def choice(options: tuple[str, ...], probabilities: tuple[float, ...]) -> Choice:
    zeros = (0.0,) * len(options)
    logs = tuple(math.log(probability) for probability in probabilities)
    return Choice(options=options, probabilities=probabilities, logprobs=logs, prior=zeros, usage=Usage())


OPTIONS: tuple[str, ...] = ("a boat", "a lamp", "a storm", "a rope")


@given(st.integers(0, 2**31), st.permutations([0.4, 0.3, 0.2, 0.1]))
@settings(max_examples=60, deadline=None)
def test_probabilities_go_back_to_their_options(seed: int, given_to: list[float]) -> None:
    """Whatever order the options were listed in."""
    wanted = dict(zip(OPTIONS, given_to, strict=True))
    asked = choosing(ROOM, "choose", OPTIONS, SAMPLES["choose"], seed=seed)
    weighed = choice(asked.options, tuple(wanted[option.strip()] for option in asked.options))
    assert asked.probabilities(weighed) == tuple(given_to)
    assert OPTIONS[asked.best(weighed)] == max(wanted, key=wanted.__getitem__)


def test_the_order_of_options_is_shuffled() -> None:
    """Every option stands first about as often."""
    first = Counter[str]()
    for seed in range(200):
        asked = choosing(ROOM, "choose", OPTIONS, SAMPLES["choose"], seed=seed)
        first[asked.options[0].strip()] += 1
        assert isinstance(asked.prompt, str)
        assert sorted(option.strip() for option in asked.options) == sorted(OPTIONS)
    assert min(first[option] for option in OPTIONS) > 25


def test_an_option_is_drawn_by_its_probability() -> None:
    """The same seed draws the same; sharpened, the likeliest comes nearly always."""
    asked = choosing(ROOM, "choose", OPTIONS, SAMPLES["choose"], seed=5)
    weights = {"a boat": 0.5, "a lamp": 0.3, "a storm": 0.15, "a rope": 0.05}
    weighed = choice(asked.options, tuple(weights[option.strip()] for option in asked.options))
    drawn = Counter(OPTIONS[draw(asked.probabilities(weighed), seed=seed)] for seed in range(2000))
    for option, weight in weights.items():
        assert abs(drawn[option] / 2000 - weight) < 0.04
    sharp = Counter(
        OPTIONS[draw(asked.probabilities(weighed), seed=seed, temperature=0.1)] for seed in range(500)
    )
    assert sharp["a boat"] > 480
    assert draw(asked.probabilities(weighed), seed=9) == draw(asked.probabilities(weighed), seed=9)


@pytest.mark.parametrize("options", [("one",), ("one", "one"), ("one", " "), ()])
def test_what_is_no_choice_is_refused(options: tuple[str, ...]) -> None:
    """As the engine would, but before anything is rendered."""
    with pytest.raises(ValueError, match="two options or more"):
        choosing(ROOM, "choose", options, SAMPLES["choose"], seed=1)


SHARES = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3).map(
    lambda each: [one / sum(each) for one in each]
)


@given(SHARES, st.lists(SHARES, max_size=6))
@settings(max_examples=80, deadline=None)
def test_what_every_case_leans_to_is_taken_off(now: list[float], earlier: list[list[float]]) -> None:
    """Still probabilities; nothing earlier changes nothing; a case like all others comes out even."""
    told = balanced(now, earlier)
    assert sum(told) == pytest.approx(1.0)
    assert balanced(now, []) == pytest.approx(now)
    assert balanced(now, [now] * 500, weight=0) == pytest.approx([1 / 3] * 3)
    # The order of two options' odds against their odds before is kept.
    ratio = (
        [a / b for a, b in zip(balanced(now, [earlier[0]], weight=0), now, strict=True)] if earlier else []
    )
    for one, of in zip(ratio, earlier[0] if earlier else [], strict=True):
        assert one * of == pytest.approx(ratio[0] * earlier[0][0])


def test_answers_of_another_question_are_no_measure() -> None:
    """They have another number of options."""
    with pytest.raises(ValueError, match="another number of options"):
        balanced([0.5, 0.5], [[0.2, 0.3, 0.5]])
