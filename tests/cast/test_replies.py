"""Replies: from what the model wrote to what an event holds."""

from __future__ import annotations

import pytest

from tests.cast.asking import BEATS, MARA, WRITING, turn
from writersroom.cast.filters import FaultKind
from writersroom.cast.replies import Reply, best, cites, placed, read, whole, with_trait
from writersroom.cast.said import Said
from writersroom.engine.interface import Finish, Take

OTHERS = ("Tobias", "Vera")


def reply(template: str, text: str, finish: Finish = "stop") -> Reply:
    """What becomes of a reply of Mara's."""
    asked = WRITING[template](turn())
    return read(asked, Take(text=text, finish=finish, tokens=9), said=Said(), speaker="Mara", others=OTHERS)


@pytest.mark.parametrize(
    ("template", "written", "kept"),
    [
        ("reason", " sell the only thing she has.", "Mara would never sell the only thing she has."),
        ("pitch_sentence", " his boat for the lamp", "Tobias offers Mara his boat for the lamp."),
        ("pitch_sentence", "'s brother a way out. And", "Tobias offers Mara's brother a way out."),
        (
            "amend_sentence",
            " Mara says no.",
            "Tobias offers Mara his boat for the radio, because Mara says no.",
        ),
        ("line", "It is late.", "It is late."),
        ("convene_title", ' The Lamp"', "The Lamp"),
        ("character_want", " be paid in salt.", "to be paid in salt"),
    ],
)
def test_a_reply_joins_the_words_it_began_with(template: str, written: str, kept: str) -> None:
    """A whole text, tidied; nothing is wrong with these."""
    assert reply(template, written) == Reply(text=kept)


def test_a_reply_that_its_limit_cut_is_not_ended_for_it() -> None:
    """A full stop is set only where the model stopped of itself."""
    cut = reply("reason", " sell the only thing", "length")
    assert [fault.kind for fault in cut.faults] == [FaultKind.CUT_OFF]
    assert reply("reason", " sell the only thing", "stop").faults == ()


def test_a_reply_is_looked_at_by_the_filters() -> None:
    """With the prompt it came from, the names, and what was said."""
    assert [fault.kind for fault in reply("line", "What radio?").faults] == []
    assert FaultKind.COPIES in {fault.kind for fault in reply("line", "The lamp is enough.").faults}
    assert FaultKind.BREAKS_ROLE in {fault.kind for fault in reply("line", "Go. Tobias: Never.").faults} or (
        reply("line", "Go. Tobias: Never.").text == "Go."
    )
    assert FaultKind.STRANGER in {fault.kind for fault in reply("line", "Ask Sara about Jonas.").faults}


def test_the_best_reply_has_the_fewest_faults() -> None:
    """Of equals the first, so that the order of takes decides and not chance."""
    late, sara, cut = reply("line", "It is late."), reply("line", "Ask Sara."), reply("line", "Ask", "length")
    assert best([cut, late, sara]) == late
    assert best([sara, cut]) == sara
    with pytest.raises(ValueError, match="empty"):
        best([])
    assert whole(WRITING["reason"](turn()), " go.") == "Mara would never go."


def test_a_trait_is_taken_over() -> None:
    """The words before it are the template's, not the character's."""
    assert with_trait(MARA, "role", "is a clerk at a bank").description == "a clerk at a bank"
    assert with_trait(MARA, "want", "to be paid.").want == "to be paid"
    assert with_trait(MARA, "want", "to run").model_copy(update={"want": MARA.want}) == MARA


def test_a_character_is_placed_in_the_story() -> None:
    """Who it is here stands before what its card says."""
    assert placed(MARA, "a doctor").description == "a doctor, the keeper of the lighthouse"
    assert placed(MARA, "a doctor").secret == MARA.secret
    assert placed(MARA.model_copy(update={"description": ""}), "a doctor").description == "a doctor"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("After b2 Tobias has to pay.", ("b2", "Tobias")),
        ("It costs Mara nothing.", ("Mara",)),
        ("She hears that the boat sinks tomorrow.", ("b1",)),
        ("Nobody pays for it.", ()),
        ("The radio is loud.", ()),
        ("b22 is no beat, and Maramount no name.", ()),
    ],
)
def test_a_reason_cites_what_it_names(text: str, named: tuple[str, ...]) -> None:
    """Beats by id or by what happens in them, characters by name."""
    assert cites(text, beats=BEATS, characters=("Mara", "Tobias", "")) == named
