"""A screenplay holds only what Fountain can say; the rest is brought into that, or refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from writersroom.script import Screenplay, TitlePage, to_fountain
from writersroom.script.emphasis import Emphasis, Style
from writersroom.script.model import (
    Action,
    Dialogue,
    Heading,
    Note,
    PageBreak,
    Scene,
    Section,
    Speech,
    Transition,
)


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (lambda: Heading(text="..."), "a scene heading needs a letter or digit"),
        (lambda: Heading(text="x" * 501), "a scene heading of 501 characters; at most 500 fit"),
        (lambda: Heading(text="x", number="1 A"), "String should match pattern"),
        (lambda: Action(text=" \x00\n\t"), "the text is empty"),
        (lambda: Action(text="x" * 10_001), "a line of 10,001 characters; at most 10,000 fit"),
        (lambda: Transition(text="\u202e"), "the text is empty"),
        (lambda: Note(text="\n"), "the text is empty"),
        (lambda: Dialogue(text="\n\n"), "the text is empty"),
        (lambda: Section(text="###"), "the text is empty"),
        (lambda: Section(text="x", level=7), "less than or equal to 6"),
        (lambda: Speech(character="47", lines=(Dialogue(text="x"),)), "the name '47' has no letter"),
        (lambda: Speech(character="x" * 10_000, lines=(Dialogue(text="x"),)), "a character's name of 10,000"),
        (lambda: Speech(character="BOB", lines=()), "nothing is said under the cue"),
        (lambda: Speech(character="BOB", lines=(Note(text="x"),)), "nothing is said under the cue"),
        (lambda: TitlePage(more={"日付": "x"}), "cannot name a field of a title page"),
        (lambda: TitlePage(more={"int. x": "x"}), "cannot name a field of a title page"),
        (lambda: TitlePage(more={"TITLE": "x"}), "'Title' has its own field"),
        (lambda: TitlePage(title="x" * 10_001), "a line of 10,001 characters"),
        (lambda: Heading.model_validate("INT. X"), "should be a valid dictionary"),
    ],
)
def test_what_fountain_cannot_say_is_refused(made: object, problem: str) -> None:
    assert callable(made)
    with pytest.raises(ValidationError) as caught:
        made()
    assert problem in str(caught.value)


def test_what_can_be_brought_into_form_is() -> None:
    assert Heading(text="  (INT.)  ROOM\t-\nDAY #12A# ") == Heading(text="INT.) ROOM - DAY", number="12A")
    assert Action(text="\r\n  One\r\n\r\n\x0b\tTwo\u2028three ").text == "  One\n    Two\nthree"
    assert Dialogue(text=" Yes. \n\n\n\n No. \n").text == "Yes.\n\nNo."
    assert Note(text="a]]]\n\nb").text == "a] ] ]\nb"
    assert Action(text="see [[this]]").text == "see [ [this]]"
    assert Action(text="x" + " " * 5_000 + "y").text == "x" + " " * 200 + "y"
    assert TitlePage(more={"lights by": " two \n\n men ", "empty": "\x00"}).more == {"Lights By": "two\nmen"}
    speech = Speech(
        character="b*o^b (V.O.)",
        extensions=("(O.S.)", "[]", "a_b"),
        lines=(Dialogue(text="x"), Dialogue(text="y")),
    )
    assert (speech.character, speech.extensions) == ("b o b V.O.", ("O.S.", "a b"))
    assert speech.lines == (Dialogue(text="x\ny"),)
    assert speech.cue == "b o b V.O. (O.S.) (a b)"


def test_emphasis_is_kept_in_one_form_and_dropped_where_fountain_has_none() -> None:
    def bold(start: int, end: int) -> Style:
        return Style(start=start, end=end, emphasis=Emphasis.BOLD)

    # Overlapping spans are joined, those past the end cut, spaces at the edges left out.
    joined = Action(text="one two three", styles=(bold(0, 4), bold(2, 7), bold(8, 99)))
    assert joined.styles == (bold(0, 7), bold(8, 13))
    # Emphasis does not cross lines.
    assert Action(text="one\ntwo", styles=(bold(0, 7),)).styles == (bold(0, 3), bold(4, 7))
    # A mark between a letter and a bracket is no mark.
    assert Action(text="a(b)c", styles=(bold(1, 4),)).styles == ()
    assert Action(text="   ab", styles=(bold(0, 3),)).styles == ()


def test_scenes_and_their_characters() -> None:
    def says(name: str) -> Speech:
        return Speech(character=name, lines=(Dialogue(text="Hi."),))

    one, two = Heading(text="INT. A"), Heading(text="INT. B")
    script = Screenplay(
        elements=(
            PageBreak(),
            one,
            says("BOB"),
            says("ANN"),
            says("BOB"),
            Section(text="Two"),
            says("EVE"),
            two,
        )
    )
    assert script.scenes == (
        Scene(heading=one, elements=(says("BOB"), says("ANN"), says("BOB"))),
        Scene(heading=two),
    )
    assert script.scenes[0].characters == ("BOB", "ANN")
    assert script.characters == ("BOB", "ANN", "EVE")


def test_nothing_is_an_empty_text() -> None:
    assert to_fountain(Screenplay()) == ""
    assert to_fountain(Screenplay(title_page=TitlePage(title="Alone"))) == "Title: Alone\n\n"
