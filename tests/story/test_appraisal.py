"""What characters feel follows from what happens, whose deed it is, and whom they like."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.story.affect import FAINT
from writersroom.story.appraisal import (
    COMPOUNDS,
    MAX_PROSPECTS,
    RULES,
    Occurrence,
    appraise,
    update,
)
from writersroom.story.beats import Beat
from writersroom.story.characters import Character, CharacterState, Feeling, Mood, Relationship
from writersroom.story.emotions import PLEASANT, UNPLEASANT, Emotion
from writersroom.story.occurrences import TOWARDS, of_beat, of_line, of_pitch, of_ruling
from writersroom.story.text import telling

E = Emotion
NAMES = ("Mara", "Tom", "Eve")
unit = st.floats(-1, 1)
strong = st.floats(0.2, 1)


def mara(*likings: tuple[str, float], want: str = "") -> Character:
    relationships = tuple(Relationship(to=name, liking=liking) for name, liking in likings)
    return Character(name="Mara", want=want, relationships=relationships)


def feels(
    character: Character, state: CharacterState | None = None, **fields: object
) -> dict[Emotion, float]:
    what = Occurrence.model_validate({"cause": "b1", "witnesses": NAMES, **fields})
    found = appraise(character, state or CharacterState(), what)
    assert all(feeling.cause == "b1" for feeling in found)
    return {feeling.emotion: feeling.intensity for feeling in found}


@st.composite
def occurrences(draw: st.DrawFn) -> Occurrence:
    somebody = st.sampled_from(NAMES)
    return Occurrence(
        cause=draw(st.sampled_from(["b1", "b2", "a word"])),
        text=draw(st.sampled_from(["", "The lamp goes out."])),
        actor=draw(st.sampled_from(["", *NAMES])),
        merit=draw(unit),
        gains=draw(st.dictionaries(somebody, unit)),
        likelihood=draw(st.floats(0.01, 1)) if draw(st.booleans()) else 1.0,
        answers=draw(st.sampled_from(["", "b1", "b2"])),
        fulfilled=draw(st.booleans()),
        witnesses=draw(st.lists(somebody, unique=True).map(tuple)),
        written=draw(st.dictionaries(somebody, st.sampled_from(Emotion), max_size=1)),
        beat=draw(st.sampled_from(["", "b1", "b2"])),
    )


@st.composite
def characters(draw: st.DrawFn) -> Character:
    likings = draw(st.dictionaries(st.sampled_from(NAMES[1:]), unit))
    temperament = Mood(pleasure=draw(unit), arousal=draw(unit), dominance=draw(unit))
    return mara(*likings.items(), want=draw(st.sampled_from(["", "to keep the lamp lit"]))).model_copy(
        update={"temperament": temperament}
    )


@settings(max_examples=60, deadline=None)
@given(characters(), st.lists(occurrences(), max_size=8))
def test_any_history_leaves_a_valid_state_and_always_the_same(
    who: Character, history: list[Occurrence]
) -> None:
    def lived() -> CharacterState:
        state = CharacterState(mood=who.temperament)
        for what in history:
            state = update(state, who, what)
        return state

    state = lived()
    # `model_copy` checks nothing; making it anew does.
    assert CharacterState.model_validate(state.model_dump()) == state == lived()
    assert state.beliefs == {what.beat for what in history if what.beat and "Mara" in what.witnesses}
    assert len(state.prospects) <= MAX_PROSPECTS
    assert all(prospect.emotion in (E.HOPE, E.FEAR) for prospect in state.prospects)


@settings(max_examples=60, deadline=None)
@given(characters(), occurrences())
def test_feelings_are_strongest_first_and_none_is_faint(who: Character, what: Occurrence) -> None:
    felt = appraise(who, CharacterState(), what)
    if "Mara" not in what.witnesses:
        assert felt == ()
    kept = felt[1:] if "Mara" in what.written else felt
    assert [feeling.intensity for feeling in kept] == sorted((f.intensity for f in kept), reverse=True)
    assert all(FAINT <= feeling.intensity <= 1 for feeling in felt)
    assert len({feeling.emotion for feeling in felt}) == len(felt)
    assert E.CALM not in {feeling.emotion for feeling in felt}


@settings(max_examples=60, deadline=None)
@given(strong, strong)
def test_liking_turns_what_is_felt_for_others(gain: float, liking: float) -> None:
    friend, foe = mara(("Tom", liking)), mara(("Tom", -liking))
    strength = pytest.approx(gain * liking) if gain * liking >= FAINT else None
    assert feels(friend, gains={"Tom": gain}).get(E.HAPPY_FOR) == strength
    assert feels(foe, gains={"Tom": gain}).get(E.RESENTMENT) == strength
    assert feels(friend, gains={"Tom": -gain}).get(E.PITY) == strength
    assert feels(foe, gains={"Tom": -gain}).get(E.GLOATING) == strength
    assert feels(mara(), gains={"Tom": gain}) == feels(mara(("Tom", 0.0)), gains={"Tom": gain}) == {}


@settings(max_examples=60, deadline=None)
@given(strong)
def test_what_happens_to_oneself(gain: float) -> None:
    assert set(feels(mara(), gains={"Mara": gain})) == {E.JOY}
    assert set(feels(mara(), gains={"Mara": -gain})) == {E.DISTRESS}
    assert feels(mara(), gains={"Mara": 0.0}) == {}


@settings(max_examples=60, deadline=None)
@given(strong)
def test_deeds(merit: float) -> None:
    assert feels(mara(), actor="Mara", merit=merit) == {E.PRIDE: merit}
    assert feels(mara(), actor="Mara", merit=-merit) == {E.SHAME: merit}
    assert feels(mara(), actor="Tom", merit=merit) == {E.ADMIRATION: merit}
    assert feels(mara(), actor="Tom", merit=-merit) == {E.REPROACH: merit}
    assert feels(mara(), merit=merit) == {}


@settings(max_examples=60, deadline=None)
@given(strong, strong)
def test_a_deed_and_what_it_does_to_oneself_are_felt_as_one(gain: float, merit: float) -> None:
    assert set(feels(mara(), actor="Mara", merit=merit, gains={"Mara": gain})) == {E.GRATIFICATION}
    assert set(feels(mara(), actor="Mara", merit=-merit, gains={"Mara": -gain})) == {E.REMORSE}
    assert set(feels(mara(), actor="Tom", merit=merit, gains={"Mara": gain})) == {E.GRATITUDE}
    anger = feels(mara(), actor="Tom", merit=-merit, gains={"Mara": -gain})
    assert set(anger) == {E.ANGER}
    assert max(merit, 0.6 * gain) - 1e-9 <= anger[E.ANGER] <= 1
    # A good deed that hurts is no compound.
    assert set(feels(mara(), actor="Tom", merit=merit, gains={"Mara": -gain})) == {E.ADMIRATION, E.DISTRESS}


def test_someone_loved_or_hated_is_so_when_they_act() -> None:
    assert feels(mara(("Tom", 0.8)), actor="Tom") == {E.LOVE: 0.4}
    assert feels(mara(("Tom", -0.8)), actor="Tom") == {E.HATE: 0.4}
    assert feels(mara(("Tom", 0.5)), actor="Tom") == {}
    assert feels(mara(("Mara", 0.9)), actor="Mara") == {}


@pytest.mark.parametrize(
    ("gain", "fulfilled", "before", "after"),
    [
        (0.9, True, E.HOPE, E.SATISFACTION),
        (0.9, False, E.HOPE, E.DISAPPOINTMENT),
        (-0.9, True, E.FEAR, E.FEARS_CONFIRMED),
        (-0.9, False, E.FEAR, E.RELIEF),
    ],
)
def test_hopes_and_fears_are_settled(gain: float, fulfilled: bool, before: Emotion, after: Emotion) -> None:
    prospect = Occurrence(cause="b7", gains={"Mara": gain}, likelihood=0.5, witnesses=NAMES)
    waiting = update(CharacterState(), mara(), prospect)
    assert waiting.feeling == Feeling(emotion=before, intensity=abs(gain) * 0.6 * 0.5, cause="b7")
    assert waiting.prospects == (waiting.feeling,)
    # It is remembered while other things are felt, and settled once.
    answer = Occurrence(cause="b9", answers="b7", fulfilled=fulfilled, witnesses=NAMES)
    settled = update(waiting, mara(), answer, turns=10)
    assert settled.feeling == Feeling(emotion=after, intensity=waiting.feeling.intensity, cause="b9")
    assert settled.prospects == ()
    assert update(settled, mara(), answer, turns=100).feeling.emotion == E.CALM


def test_a_prospect_seen_again_is_carried_once_and_the_oldest_are_forgotten() -> None:
    state = CharacterState()
    for number in (0, *range(MAX_PROSPECTS + 2)):
        what = Occurrence(cause=f"b{number}", gains={"Mara": 0.9}, likelihood=0.9, witnesses=NAMES)
        state = update(state, mara(), what)
    assert [prospect.cause for prospect in state.prospects] == [f"b{n}" for n in range(2, MAX_PROSPECTS + 2)]


def test_what_bears_on_ones_want_weighs_more() -> None:
    keeper, stranger = mara(want="to keep the lamps burning"), mara(want="to marry")
    text, gains = "The lamp burns out.", {"Mara": -1.0}
    assert feels(keeper, text=text, gains=gains) == {E.DISTRESS: 1.0}
    assert feels(stranger, text=text, gains=gains) == {E.DISTRESS: 0.6}
    # What they are after at the moment comes before what they want.
    busy = CharacterState(goal="to burn the letters")
    assert feels(stranger, busy, text=text, gains=gains) == {E.DISTRESS: 0.8}
    assert telling("To keep the lamps of all LIGHTING!") == {"lamp", "light"}


def test_who_does_not_see_it_only_rests() -> None:
    what = Occurrence(cause="b1", gains={"Mara": -1.0}, witnesses=("Tom",), beat="b1")
    state = CharacterState(mood=Mood(pleasure=0.4))
    after = update(state, mara(), what, turns=12)
    assert after == state.model_copy(update={"mood": Mood(pleasure=0.2)})


def test_what_the_room_has_written_comes_first() -> None:
    assert feels(mara(), gains={"Mara": 1.0}, written={"Mara": E.FEAR}) == {E.FEAR: 0.6, E.JOY: 0.6}
    assert feels(mara(), written={"Mara": E.FEAR}) == {E.FEAR: 0.5}
    assert feels(mara(), gains={"Mara": 1.0}, written={"Mara": E.CALM}) == {}
    angry = CharacterState(feeling=Feeling(emotion=E.ANGER, intensity=1.0, cause="b0"))
    calmed = update(angry, mara(), Occurrence(cause="b1", witnesses=NAMES, written={"Mara": E.CALM}))
    assert calmed.feeling == Feeling()
    assert update(angry, mara(), Occurrence(cause="b1", witnesses=NAMES)).feeling.emotion == E.ANGER


def test_the_rules_together_give_every_emotion_and_each_says_where_it_is_from() -> None:
    sources = " ".join(f"{rule.__doc__}" for rule in RULES).lower()
    for rule in RULES:
        assert rule.__doc__ is not None
        assert "OCC chapter" in rule.__doc__
    for emotion in (PLEASANT | UNPLEASANT) - {compound.whole for compound in COMPOUNDS}:
        assert emotion.replace("fears_", "fears-").replace("happy_", "happy-") in sources


# Beats, lines, pitches and rulings as occurrences.


def test_a_beat_touches_its_protagonist_and_those_who_care() -> None:
    beat = Beat(
        id="b3",
        summary="Tom lets the lamp go out.",
        characters=("Tom", "Mara"),
        value_before=0.5,
        value_after=-0.5,
    )
    what = of_beat(beat, protagonist="Mara")
    assert (what.actor, what.merit, what.gains, what.witnesses) == (
        "Tom",
        -0.5,
        {"Mara": -0.5},
        ("Tom", "Mara"),
    )
    wronged = update(CharacterState(), mara(("Tom", 0.9)), what)
    assert wronged.feeling.emotion == E.ANGER
    assert wronged.feeling.cause == "b3"
    assert wronged.beliefs == {"b3"}
    assert wronged.mood.pleasure < 0 < wronged.mood.arousal
    tom = Character(name="Tom", relationships=(Relationship(to="Mara", liking=0.9),))
    assert [feeling.emotion for feeling in appraise(tom, CharacterState(), what)] == [E.SHAME, E.PITY]


def test_a_beat_to_come_is_hoped_for_and_known_only_when_it_is_there() -> None:
    beat = Beat(id="b4", summary="The boat comes.", characters=("Eve",), witnesses=NAMES, value_after=1.0)
    hoping = update(CharacterState(), mara(), of_beat(beat, protagonist="Mara", likelihood=0.5))
    assert (hoping.feeling.emotion, hoping.beliefs) == (E.HOPE, frozenset())
    seen = appraise(mara(), hoping, of_beat(beat, protagonist="Mara", actor="", merit=0, gains={"Eve": 0.2}))
    assert {feeling.emotion for feeling in seen} == {E.JOY, E.SATISFACTION}
    assert update(hoping, mara(), of_beat(beat, protagonist="Mara")).beliefs == {"b4"}


def test_a_beat_says_what_its_characters_feel() -> None:
    beat = Beat(id="b5", summary="She waits.", characters=("Mara",), emotions={"Mara": E.HOPE})
    state = update(CharacterState(), mara(), of_beat(beat, protagonist="Mara"))
    assert state.feeling == Feeling(emotion=E.HOPE, intensity=0.5, cause="b5")
    assert state.prospects == ()


def test_a_line_is_felt_by_the_one_it_is_meant_for() -> None:
    line = of_line("Tom", E.ANGER, "You let it go out.", to="Mara", hearers=("Eve", "Tom"))
    assert line.witnesses == ("Tom", "Mara", "Eve")
    assert line.cause == "Tom to Mara: anger"
    assert update(CharacterState(), mara(), line).feeling.emotion == E.ANGER
    eve = Character(name="Eve", relationships=(Relationship(to="Mara", liking=-0.9),))
    assert [feeling.emotion for feeling in appraise(eve, CharacterState(), line)] == [E.GLOATING, E.REPROACH]
    tom = Character(name="Tom")
    assert update(CharacterState(), tom, line).feeling.emotion == E.ANGER
    thanks = of_line("Tom", E.GRATITUDE, "Thank you.", to="Mara")
    assert update(CharacterState(), mara(), thanks).feeling.emotion == E.GRATITUDE
    aside = of_line("Tom", E.FEARS_CONFIRMED, "I knew it.", hearers=("Mara",))
    assert (aside.cause, aside.gains) == ("Tom: fears confirmed", {})
    assert appraise(mara(), CharacterState(), aside) == ()
    assert of_line("Tom", E.ANGER, "Fool that I am.", to="Tom").gains == {}


def test_to_be_spoken_to_is_good_or_bad_as_the_emotion_is() -> None:
    for emotion, (gain, _) in TOWARDS.items():
        kind = emotion in PLEASANT or emotion in (E.REMORSE, E.SHAME, E.PITY)
        assert (gain > 0) == (kind and emotion != E.GLOATING)


def test_a_pitch_is_hoped_for_and_the_ruling_settles_it() -> None:
    tom, eve = Character(name="Tom"), Character(name="Eve")
    pitch = of_pitch("pitch 12", "Mara", "The lamp goes out.", against=("Tom",), present=("Eve",))
    states = {who.name: update(CharacterState(), who, pitch) for who in (mara(), tom, eve)}
    assert {name: state.feeling.emotion for name, state in states.items()} == {
        "Mara": E.HOPE,
        "Tom": E.FEAR,
        "Eve": E.CALM,
    }
    no = of_ruling("pitch 12", "Mara", "rejected", against=("Tom",), backers=("Eve",))
    felt = {who.name: [f.emotion for f in appraise(who, states[who.name], no)] for who in (mara(), tom, eve)}
    assert felt == {"Mara": [E.DISTRESS, E.DISAPPOINTMENT], "Tom": [E.JOY, E.RELIEF], "Eve": [E.DISTRESS]}
    yes = of_ruling("pitch 12", "Mara", "adopted", against=("Tom",), present=("Eve",))
    felt = {who.name: [f.emotion for f in appraise(who, states[who.name], yes)] for who in (mara(), tom, eve)}
    assert felt == {"Mara": [E.JOY, E.SATISFACTION], "Tom": [E.DISTRESS, E.FEARS_CONFIRMED], "Eve": []}
    partly = of_ruling("pitch 12", "Mara", "amended")
    assert 0 < partly.gains["Mara"] < yes.gains["Mara"]
