"""Remedies for every weakness: legal, tried, told apart, and the plot left as it was."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.story.making import beat, chain, rising, story
from writersroom.story.beats import Beat, LinkKind, Status
from writersroom.story.characters import Character
from writersroom.story.emotions import Emotion
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatChange,
    BeatDraft,
    MergeBeats,
    Move,
    PayOffSetup,
    PlantSetup,
    ReviseBeat,
)
from writersroom.story.remedies import Remedy, remedies, trial, with_summary
from writersroom.story.weaknesses import Weakness, WeaknessKind, weaknesses

CAST = [Character(name=name) for name in ("Mara", "Tobias", "Ida")]


def scene(*told: Beat, links: str = "", structure: str = "none") -> tuple[PlotGraph, str]:
    return story(*told, links=links), structure


def felt(emotion: Emotion) -> dict[str, object]:
    return {"characters": ("Mara",), "emotions": {"Mara": emotion}}


def still(n: int, **fields: object) -> list[Beat]:
    """Beats in which nothing turns, so that a detector of values is not silenced and finds nothing."""
    return [beat(f"Step {i}", value_before=0.4, value_after=0.4, time=i, **fields) for i in range(n)]


SCENES: dict[WeaknessKind, tuple[PlotGraph, str]] = {
    WeaknessKind.NOTHING_HAPPENS: (PlotGraph(), "three_act"),
    WeaknessKind.UNFINISHED: scene(*rising(4), links=chain(4), structure="three_act"),
    WeaknessKind.UNCAUSED: scene(*rising(8), links="b1 causes b2 b2 causes b3 b3 causes b4 b6 causes b7"),
    WeaknessKind.LOOSE: scene(*rising(8), links="b1 causes b2 b2 causes b4 b4 causes b6 b6 causes b7"),
    WeaknessKind.DEAD_END: scene(*rising(8), links="b1 causes b2 b1 causes b3 b3 causes b6"),
    WeaknessKind.AND_THEN: scene(*rising(12), links=chain(5) + " b9 causes b11 b11 causes b12"),
    WeaknessKind.EFFECT_BEFORE_CAUSE: scene(*rising(5), links=chain(4) + " b5 causes b2"),
    WeaknessKind.UNPAID_SETUP: scene(
        beat("Mara hides a gun", plants="a gun", characters=("Mara",)), *rising(7), links=chain(8)
    ),
    WeaknessKind.PAID_TOO_SOON: scene(*rising(6), links=chain(6) + " b3 sets_up b4"),
    WeaknessKind.UNCHANGED: scene(
        *(
            each.model_copy(update={"characters": ("Mara",), "emotions": {"Mara": Emotion.FEAR}})
            for each in rising(6)
        ),
        links=chain(6),
    ),
    WeaknessKind.ABSENT: scene(*rising(6, characters=("Mara", "Tobias")), links=chain(6)),
    WeaknessKind.UNWITNESSED: scene(
        beat("Mara burns the radio", characters=("Mara",)),
        beat("Ida sleeps", characters=("Ida",)),
        beat("Tobias leaves the island", characters=("Tobias",)),
        links="b1 motivates b3 b1 causes b2 b2 causes b3",
    ),
    WeaknessKind.UNVALUED: scene(*(beat(f"Step {i}") for i in range(5)), links=chain(5)),
    WeaknessKind.NO_TURNING_POINT: scene(*still(5), links=chain(5)),
    WeaknessKind.FLAT_TENSION: scene(*still(6), links=chain(6)),
    WeaknessKind.FALLING_TENSION: scene(
        *(beat(f"Step {i}", tension=0.4 - i / 20, time=i) for i in range(8)), links=chain(8)
    ),
    WeaknessKind.ONE_PLACE: scene(*rising(9, place="the lighthouse"), beat(place="a boat"), links=chain(10)),
    WeaknessKind.MISSING_POINT: scene(*still(6), links=chain(6), structure="three_act"),
}


def occurring(kind: WeaknessKind) -> tuple[PlotGraph, Weakness, str]:
    graph, structure = SCENES[kind]
    return graph, next(w for w in weaknesses(graph, CAST, structure) if w.kind is kind), structure


@pytest.mark.parametrize("kind", WeaknessKind)
def test_every_weakness_can_be_mended(kind: WeaknessKind) -> None:
    graph, weakness, structure = occurring(kind)
    before = graph.snapshot()
    offered = remedies(graph, weakness, CAST, structure)
    assert graph.snapshot() == before
    assert offered[0].mends
    for remedy in offered:
        diff = graph.apply(remedy.move)
        left = {found.key for found in weaknesses(graph, CAST, structure)}
        graph.undo(diff)
        assert not remedy.mends or weakness.key not in left
        assert weakness.key not in remedy.mended or weakness.key not in left
        assert remedy.harm == len(remedy.new_weaknesses)
        assert {found.key for found in remedy.new_weaknesses} <= left


@pytest.mark.parametrize("kind", WeaknessKind)
def test_remedies_are_told_apart_and_briefly(kind: WeaknessKind) -> None:
    graph, weakness, structure = occurring(kind)
    offered = remedies(graph, weakness, CAST, structure)
    assert len({remedy.label for remedy in offered}) == len(offered) > 1
    assert all(0 < len(remedy.label.split()) <= 12 for remedy in offered), [each.label for each in offered]
    assert all(remedy.brief.endswith(".") for remedy in offered)
    assert all(remedy.needs_sentence is _adds(remedy.move) for remedy in offered)


def _adds(move: Move) -> bool:
    return isinstance(move, AddBeat | PlantSetup | PayOffSetup | MergeBeats)


def test_one_kind_of_move_before_more_of_the_same() -> None:
    graph, weakness, structure = occurring(WeaknessKind.UNPAID_SETUP)
    offered = remedies(graph, weakness, CAST, structure, limit=50)
    assert [remedy.mends for remedy in offered] == sorted((r.mends for r in offered), reverse=True)
    kinds = [remedy.move.kind for remedy in offered if remedy.mends]
    different = len(set(kinds))
    assert different == 4
    assert len(set(kinds[:different])) == different
    assert kinds[0] == "pay_off"
    # What is taken out of the story comes last of the first of each kind.
    assert kinds[different - 1] == "cut"


def test_no_more_than_asked_for_and_the_best_of_them() -> None:
    graph, weakness, structure = occurring(WeaknessKind.DEAD_END)
    many = remedies(graph, weakness, CAST, structure, limit=50)
    assert remedies(graph, weakness, CAST, structure, limit=3) == many[:3]
    assert remedies(graph, weakness, CAST, structure, limit=0) == ()


def test_a_weakness_that_is_gone_has_no_remedies() -> None:
    _, weakness, _ = occurring(WeaknessKind.LOOSE)
    assert remedies(story(*rising(3), links=chain(3)), weakness, CAST, "none") == ()


def test_an_unknown_structure_is_named() -> None:
    graph, weakness, _ = occurring(WeaknessKind.LOOSE)
    with pytest.raises(ValueError, match="no structure 'five_act'"):
        remedies(graph, weakness, CAST, "five_act")


def test_a_short_story_loses_nothing_while_something_else_helps() -> None:
    short = story(*rising(4), beat("A stranger passes"), links=chain(4))
    longer = story(*rising(9), beat("A stranger passes"), links=chain(9))
    for graph, loses in ((short, False), (longer, True)):
        weakness = next(w for w in weaknesses(graph, CAST, "none") if w.kind is WeaknessKind.LOOSE)
        kinds = {remedy.move.kind for remedy in remedies(graph, weakness, CAST, "none", limit=50)}
        assert bool(kinds & {"cut", "merge"}) is loses
        assert "link" in kinds


def test_what_is_locked_is_left_as_it_is() -> None:
    told = [each.model_copy(update={"status": Status.LOCKED}) for each in still(6, characters=("Mara",))]
    graph = story(*told, links=chain(6))
    found = weaknesses(graph, CAST, "none")
    assert {WeaknessKind.FLAT_TENSION, WeaknessKind.NO_TURNING_POINT} <= {w.kind for w in found}
    for weakness in found:
        for remedy in remedies(graph, weakness, CAST, "none"):
            assert remedy.move.kind in {"add", "link", "plant", "pay_off"}


def test_only_the_cast_comes_into_new_beats() -> None:
    graph = story(
        *rising(8, characters=("Ghost",)), links="b1 causes b2 b2 causes b3 b3 causes b4 b6 causes b7"
    )
    names = {character.name for character in CAST}
    for weakness in weaknesses(graph, CAST, "three_act"):
        for remedy in remedies(graph, weakness, CAST, "three_act"):
            if isinstance(remedy.move, AddBeat | PlantSetup | PayOffSetup):
                assert set(remedy.move.beat.characters) <= names
    weakness = next(w for w in weaknesses(graph, (), "none") if w.kind is WeaknessKind.UNCAUSED)
    added = [
        remedy.move.beat.characters
        for remedy in remedies(graph, weakness, (), "none")
        if isinstance(remedy.move, AddBeat)
    ]
    assert added
    assert all(characters == ("Ghost",) for characters in added)


def test_harm_is_found_and_what_is_intended_is_none() -> None:
    # Tying the loose beat to nothing but a cause leaves it a dead end.
    graph = story(*rising(12), links=chain(4) + " b4 causes b6 " + chain(7, first=6))
    weakness = next(w for w in weaknesses(graph, CAST[:0], "none") if w.key == "loose:b5")
    offered = remedies(graph, weakness, (), "none", limit=50)
    tied = next(remedy for remedy in offered if remedy.label == "let b4 cause b5")
    assert [found.key for found in tied.new_weaknesses] == ["dead_end:b5"]
    spared = remedies(graph, weakness, (), "none", limit=50, intended={"dead_end:b5", "loose:b5"})
    assert next(remedy for remedy in spared if remedy.label == tied.label).harm == 0


def test_a_run_that_only_begins_one_later_is_not_mended() -> None:
    graph = story(*rising(12), links="b1 causes b2  b2 causes b3")
    weakness = next(w for w in weaknesses(graph, (), "none") if w.kind is WeaknessKind.AND_THEN)
    assert weakness.beats == tuple(f"b{i}" for i in range(4, 13))
    offered = remedies(graph, weakness, (), "none", limit=50)
    assert offered[0].mends
    for remedy in offered:
        diff = graph.apply(remedy.move)
        runs = [w for w in weaknesses(graph, (), "none") if w.kind is WeaknessKind.AND_THEN]
        graph.undo(diff)
        assert remedy.mends is not any(len({*run.beats} & {*weakness.beats}) >= 2 for run in runs)


def test_what_a_weakness_stood_for_is_no_harm() -> None:
    graph, weakness, _ = occurring(WeaknessKind.UNVALUED)
    valued = [r for r in remedies(graph, weakness, (), "three_act") if r.move.kind == "revise"]
    assert all(remedy.mends for remedy in valued)
    assert any(remedy.reveals for remedy in valued)
    for remedy in valued:
        assert not {found.kind for found in remedy.new_weaknesses} & {WeaknessKind.MISSING_POINT}


def test_going_on_to_the_next_point_mends_what_is_unfinished_as_far_as_that_point() -> None:
    graph = story(*rising(2), links=chain(2))
    weakness = next(w for w in weaknesses(graph, (), "three_act") if w.kind is WeaknessKind.UNFINISHED)
    for remedy in remedies(graph, weakness, (), "three_act"):
        assert remedy.mends
        assert [found.key for found in remedy.reveals] == ["unfinished:major_setback"]
        assert not remedy.new_weaknesses


def test_the_plot_stays_as_it_was_if_trying_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, weakness, structure = occurring(WeaknessKind.LOOSE)
    before = graph.snapshot()
    looks: list[int] = []

    def fails(*asked: object) -> tuple[Weakness, ...]:
        looks.append(1)
        if len(looks) > 3:
            raise KeyboardInterrupt
        return weaknesses(*asked)  # pyright: ignore[reportArgumentType]  # passed on as they came

    monkeypatch.setattr(trial, "weaknesses", fails)
    with pytest.raises(KeyboardInterrupt):
        remedies(graph, weakness, CAST, structure)
    assert graph.snapshot() == before


def test_new_beats_fit_between_their_neighbours() -> None:
    graph, weakness, structure = occurring(WeaknessKind.UNCAUSED)
    told = {each.id: each for each in graph.beats()}
    added = [
        remedy.move
        for remedy in remedies(graph, weakness, CAST, structure, limit=50)
        if isinstance(remedy.move, AddBeat)
    ]
    assert added
    for move in added:
        new = move.beat
        assert new.time is not None
        assert all(told[id].time <= new.time for id in move.caused_by)
        assert all(new.time <= told[id].time for id in move.causes)
        assert move.after is not None
        assert new.value_before == told[move.after].value_after
        assert 1 <= len(new.characters) <= 3
        assert not new.emotions


def test_a_place_not_used_lately_breaks_a_stay() -> None:
    graph, weakness, structure = occurring(WeaknessKind.ONE_PLACE)
    moved = [
        remedy.move.change.place
        for remedy in remedies(graph, weakness, CAST, structure, places=("the cellar",))
        if isinstance(remedy.move, ReviseBeat)
    ]
    assert "the cellar" in moved
    assert "the lighthouse" not in moved
    nowhere_else = story(*rising(9, place="the lighthouse"), links=chain(9))
    weakness = next(w for w in weaknesses(nowhere_else, (), "none") if w.kind is WeaknessKind.ONE_PLACE)
    assert remedies(nowhere_else, weakness, (), "none")[0].mends


def test_someone_who_acts_on_it_may_come_to_see_or_hear_of_it() -> None:
    graph, weakness, structure = occurring(WeaknessKind.UNWITNESSED)
    labels = {remedy.label for remedy in remedies(graph, weakness, CAST, structure, limit=50) if remedy.mends}
    assert "let Tobias see b1" in labels
    assert "add a beat in which Tobias hears of b1" in labels
    assert "let Mara take part in b3" in labels


ADD = AddBeat(beat=BeatDraft(summary="Something happens."), after="b1", caused_by=("b1",))


@pytest.mark.parametrize(
    "move",
    [
        ADD,
        PlantSetup(beat=BeatDraft(summary="Something is shown."), payoff="b2"),
        PayOffSetup(beat=BeatDraft(summary="Something matters."), setup="b1", after="b1"),
        ReviseBeat(beat="b1", change=BeatChange(tension=0.5)),
        MergeBeats(beat="b1", absorbed="b2", summary="Both"),
    ],
)
def test_the_writers_sentence_changes_nothing_else(move: Move) -> None:
    graph = story("One", "Two", links="b1 causes b2")
    told = with_summary(move, "  Mara burns\tthe\x1b radio ")
    assert graph.check(told) == ()
    assert told.kind == move.kind
    assert "Mara burns the radio" in told.model_dump_json()
    blank = move.model_dump()
    said = told.model_dump()
    for each in (blank, said):
        inner = each.get("beat") if isinstance(each.get("beat"), dict) else each.get("change", each)
        assert isinstance(inner, dict)
        inner.pop("summary", None)  # pyright: ignore[reportUnknownMemberType]  # a dump's inner dict
    assert blank == said


def test_what_plants_its_own_sentence_plants_the_new_one() -> None:
    planted = ADD.model_copy(
        update={"beat": BeatDraft(summary="Something is hidden.", plants="Something is hidden.")}
    )
    told = with_summary(planted, "Mara hides the key. " * 60)
    assert isinstance(told, AddBeat)
    assert told.beat.plants == told.beat.summary[:500].strip()
    kept = with_summary(
        ADD.model_copy(update={"beat": BeatDraft(summary="A", plants="a key")}), "Mara hides it"
    )
    assert isinstance(kept, AddBeat)
    assert kept.beat.plants == "a key"


def test_a_remedy_with_its_sentence_needs_none() -> None:
    remedy = Remedy(move=ADD, label="add", brief="Something happens.", needs_sentence=True, mends=True)
    told = with_summary(remedy, "Mara burns the radio.")
    assert not told.needs_sentence
    assert told.mends
    assert isinstance(told.move, AddBeat)
    assert told.move.beat.summary == "Mara burns the radio."


def test_sentences_that_are_none_are_refused() -> None:
    for text in ("", "\x00\n", "word " * 500):
        with pytest.raises(ValidationError):
            with_summary(ADD, text)
    with pytest.raises(ValueError, match="holds no sentence"):
        with_summary(AddLink(source="b1", target="b2", link=LinkKind.CAUSES), "Mara burns the radio.")
