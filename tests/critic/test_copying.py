"""What copies from the texts that D learns from."""

from __future__ import annotations

from tests.critic.texts import HUMAN, MACHINE, people_like
from writersroom.critic.attacks import attacked
from writersroom.critic.copying import Copies


def known(*passages: str) -> Copies:
    copies = Copies()
    copies.add(passages)
    return copies


def test_lines_of_a_passage_strewn_in_are_found_and_quoted() -> None:
    taken = attacked(MACHINE, [HUMAN], "human lines strewn in", 1)
    found = known(people_like(1), HUMAN).found(taken)
    assert found is not None
    assert found.guard == "copied"
    assert "reference/" in found.sentence
    quoted = found.sentence.partition("“")[2].partition(" …")[0]
    assert quoted in HUMAN.lower().replace(",", "").replace(".", "")


def test_typing_does_not_hide_a_copy() -> None:
    shouted = HUMAN.upper().replace("'", "\u2019").replace(". ", " —\n\n")
    assert known(HUMAN).found(shouted) is not None


def test_what_is_nobodys_is_let_through() -> None:
    assert known(HUMAN).found(MACHINE) is None
    assert known().found(HUMAN) is None
    assert known(HUMAN).found("") is None


def test_one_quoted_sentence_in_a_page_is_no_copy() -> None:
    page = " ".join(
        [MACHINE, people_like(3, 30), "Nobody had moved them, not even Mum, who moves everything."]
    )
    assert known(HUMAN).found(page) is None
