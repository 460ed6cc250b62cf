"""Scripts as people write them are read as the Fountain specification says."""

from __future__ import annotations

import re
import textwrap
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.script import NoScene, ScriptError, UnreadableScript, from_fountain, to_fountain
from writersroom.script.emphasis import Emphasis, Style
from writersroom.script.model import (
    Action,
    Centred,
    Dialogue,
    DualSpeech,
    Element,
    Heading,
    Lyric,
    Note,
    PageBreak,
    Parenthetical,
    Section,
    Speech,
    TitlePage,
    Transition,
)
from writersroom.script.reading import piece_from_fountain
from writersroom.script.text import clean

PAUSE = "  "
"""Two spaces keep a speech going over an empty line."""


def elements(text: str) -> tuple[Element, ...]:
    return piece_from_fountain(textwrap.dedent(text)).elements


LIGHTHOUSE = f"""\
Title:
    _**The Lamp Room**_
    A Play for the Sea
Credit: written by
Authors: Ines Aldana
Source: a story told at Point Harrow
Draft date: 3 March
Contact:
    Ines Aldana
    14 Quay Street
Lights: two

FADE IN:

# Act One

= Two keepers, one secret.

INT. LIGHTHOUSE - LAMP ROOM - NIGHT #1A#

= Mara finds the light has been out for an hour.

Rain on glass. MARA (40s, oilskins) climbs the last steps
    and stops. The lamp is *cold*. [[How does she know? Touch?]]

MARA
(under her breath)
Tom. Tom, you didn't.
{PAUSE}
You promised.

TOM (O.S.)
Didn't what?

MARA (CONT'D)
Don't come up.

TOM
I'm coming up!

MARA ^
(louder)
Don't!

/* A version in which he falls.

INT. STAIRS - NIGHT
*/

BANG! The door.

!TOM STANDS THERE.

@McRae
~Oh the keeper's lamp is low
Is that you singing, Tom?
[[He is not.]]

> CUT TO:

.THE ROCKS

[[Shoot from the boat.

===

EXT. POINT HARROW - DAWN

SMASH-CUT TO:

> THE END <
"""


def test_a_script_with_a_bit_of_everything() -> None:
    script = from_fountain(LIGHTHOUSE)
    page = script.title_page
    assert page.title == "The Lamp Room\nA Play for the Sea"
    assert (page.credit, page.author, page.draft_date) == ("written by", "Ines Aldana", "3 March")
    assert page.contact == "Ines Aldana\n14 Quay Street"
    assert page.more == {"Lights": "two"}
    assert script.elements == (
        Transition(text="FADE IN:"),
        Section(text="Act One", synopses=("Two keepers, one secret.",)),
        Heading(
            text="INT. LIGHTHOUSE - LAMP ROOM - NIGHT",
            number="1A",
            synopses=("Mara finds the light has been out for an hour.",),
        ),
        Action(
            text="Rain on glass. MARA (40s, oilskins) climbs the last steps\n"
            "    and stops. The lamp is cold.",
            styles=(Style(start=85, end=89, emphasis=Emphasis.ITALIC),),
        ),
        Note(text="How does she know? Touch?"),
        Speech(
            character="MARA",
            lines=(
                Parenthetical(text="under her breath"),
                Dialogue(text="Tom. Tom, you didn't.\n\nYou promised."),
            ),
        ),
        Speech(character="TOM", extensions=("O.S.",), lines=(Dialogue(text="Didn't what?"),)),
        Speech(character="MARA", extensions=("CONT'D",), lines=(Dialogue(text="Don't come up."),)),
        DualSpeech(
            left=Speech(character="TOM", lines=(Dialogue(text="I'm coming up!"),)),
            right=Speech(character="MARA", lines=(Parenthetical(text="louder"), Dialogue(text="Don't!"))),
        ),
        Action(text="BANG! The door."),
        Action(text="TOM STANDS THERE."),
        Speech(
            character="McRae",
            lines=(
                Lyric(text="Oh the keeper's lamp is low"),
                Dialogue(text="Is that you singing, Tom?"),
                Note(text="He is not."),
            ),
        ),
        Transition(text="CUT TO:"),
        Heading(text="THE ROCKS"),
        Action(text="[ [Shoot from the boat."),
        PageBreak(),
        Heading(text="EXT. POINT HARROW - DAWN"),
        Transition(text="SMASH-CUT TO:"),
        Centred(text="THE END"),
    )
    assert [scene.heading.text for scene in script.scenes] == [
        "INT. LIGHTHOUSE - LAMP ROOM - NIGHT",
        "THE ROCKS",
        "EXT. POINT HARROW - DAWN",
    ]
    assert script.scenes[0].characters == ("MARA", "TOM", "McRae") == script.characters
    assert from_fountain(to_fountain(script)) == script


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    assert from_fountain("\ufeff" + LIGHTHOUSE.replace("\n", "\r\n")) == from_fountain(LIGHTHOUSE)


@pytest.mark.parametrize(
    "name", ["ÉLODIE", "ЖЕНЯ", "D\u2019ARTAGNAN", "MR. & MRS. SMITH", "BOB/ALICE", "WOMAN, 40", "R2D2"]
)
def test_a_line_in_capitals_over_another_is_a_cue(name: str) -> None:
    assert elements(f"{name}\nHello.\n") == (Speech(character=name, lines=(Dialogue(text="Hello."),)),)


@pytest.mark.parametrize("said", ["NO. NEVER.", "Ext. 12, please.", "WE GO TO:", "BOB", "23"])
def test_a_cue_is_one_whatever_is_said_under_it(said: str) -> None:
    assert elements(f"ANN\n{said}\n") == (Speech(character="ANN", lines=(Dialogue(text=said),)),)


def test_what_is_no_cue() -> None:
    assert elements("THE LAMP GOES OUT.\n") == (Action(text="THE LAMP GOES OUT."),)
    assert elements("A SHOT  \nrings out.\n") == (Action(text="A SHOT\nrings out."),)
    assert elements("He said\nBOB\nloudly.\n") == (Action(text="He said\nBOB\nloudly."),)
    assert elements("@BOB\n\nHe goes.\n") == (Action(text="BOB"), Action(text="He goes."))
    long = "LET " * 30 + "GO"
    assert elements(f"{long}\nof me\n") == (Action(text=f"{long}\nof me"),)


def test_a_second_caret_makes_no_pair() -> None:
    one, two, three = (Speech(character=name, lines=(Dialogue(text="Hi."),)) for name in ("A1", "B2", "C3"))
    assert elements("A1\nHi.\n\nB2 ^\nHi.\n\nC3 ^\nHi.\n") == (DualSpeech(left=one, right=two), three)
    assert elements("He waits.\n\nA1 ^\nHi.\n") == (Action(text="He waits."), one)


def test_a_note_between_two_who_speak_at_once_loses_nothing() -> None:
    john = Speech(character="JOHN", lines=(Dialogue(text="Hello."),))
    mary = Speech(character="MARY", lines=(Dialogue(text="Hi."),))
    pair = (DualSpeech(left=john, right=mary), Note(text="both at once"))
    assert elements("JOHN\nHello.\n\n[[both at once]]\nMARY ^\nHi.\n") == pair
    assert elements("JOHN\nHello.\n\n[[both at once]]\n\n@MARY ^ ^\nHi.\n") == pair
    italic = (Style(start=11, end=14, emphasis=Emphasis.ITALIC),)
    assert elements("He.\nMARY ^\n*Hi.*\n") == (Action(text="He.\nMARY ^\nHi.", styles=italic),)
    # What fountain-py would pair and the specification would not.
    text = "JOHN\nHello.\n[[softly]]\n  \nMARY ^\nHi.\n"
    assert [word for word in ("Hello", "softly", "MARY", "Hi") if word in str(elements(text))] == [
        "Hello",
        "softly",
        "MARY",
        "Hi",
    ]


@pytest.mark.parametrize("name", ["BOB", "\u00c9MILE", "MR. & MRS. X"])
def test_a_note_above_a_cue_is_not_there_for_it(name: str) -> None:
    speech = Speech(character=name, lines=(Dialogue(text="Hello."),))
    above = "Walks.\n\n[[x]]\n[[y\nz]]\n"
    assert elements(f"{above}{name}\nHello.\n") == (
        Action(text="Walks."),
        Note(text="x"),
        Note(text="y\nz"),
        speech,
    )
    assert elements(f"[[x]]\n{name}\nHello.\n") == (Note(text="x"), speech)
    assert speech not in elements(f"Walks.\n[[x]]\n{name}\nHello.\n")


def test_notes_and_lyrics_within_dual_dialogue_are_kept() -> None:
    (pair,) = elements("A1\nHi.\n[[softer?]]\n~la la\n\nB2 ^\n~lo lo\nHo.\n")
    assert pair == DualSpeech(
        left=Speech(character="A1", lines=(Dialogue(text="Hi."), Note(text="softer?"), Lyric(text="la la"))),
        right=Speech(character="B2", lines=(Lyric(text="lo lo"), Dialogue(text="Ho."))),
    )


def test_notes_within_a_line_are_moved_behind_their_paragraph() -> None:
    text = "He runs [[how\nfast?]] to [[where?]] the door\nand falls.\n\nBOB\nI [[never]] said so.\nNo.\n"
    assert elements(text) == (
        Action(text="He runs to the door\nand falls."),
        Note(text="how\nfast?"),
        Note(text="where?"),
        Speech(character="BOB", lines=(Dialogue(text="I said so.\nNo."), Note(text="never"))),
    )


def test_comments_are_taken_out_wherever_they_are() -> None:
    text = "He /* slowly */ runs/*!*/.\n/* all\n\nof this */\nAnd on.\n\nBOB\n/* cut */\nYes. /* no */\n"
    assert elements(text) == (
        Action(text="He runs.\nAnd on."),
        Speech(character="BOB", lines=(Dialogue(text="Yes."),)),
    )


def test_a_comment_that_never_ends_is_text() -> None:
    assert elements("He pays 5 /* 6 times.\n\nAnd goes.\n") == (
        Action(text="He pays 5 /* 6 times."),
        Action(text="And goes."),
    )


def test_a_synopsis_belongs_to_what_it_stands_under() -> None:
    text = "= Before all.\n\nINT. ROOM - DAY\n\nHe sits.\n\n= He will stand.\n"
    assert elements(text) == (
        Note(text="Before all."),
        Heading(text="INT. ROOM - DAY", synopses=("He will stand.",)),
        Action(text="He sits."),
    )


def test_emphasis() -> None:
    (action,) = elements("_Under_ **bold *both* bold** \\*plain\\* snake_case_name 5*3\n")
    assert isinstance(action, Action)
    assert action.text == "Under bold both bold *plain* snake_case_name 5*3"
    assert {(action.text[style.start : style.end], style.emphasis) for style in action.styles} == {
        ("Under", Emphasis.UNDERLINE),
        ("bold both bold", Emphasis.BOLD),
        ("both", Emphasis.ITALIC),
    }


def test_letters_beyond_a_to_z_where_they_matter() -> None:
    assert elements(".ÎLE DÉSERTE - JOUR\n\nÀ SUIVRE TO:\n\n> « <fin> » <\n") == (
        Heading(text="ÎLE DÉSERTE - JOUR"),
        Transition(text="À SUIVRE TO:"),
        Centred(text="« <fin> »"),
    )


def test_extensions() -> None:
    (speech, other) = elements(f"BOB (V.O.) (CONT'D)\nHi.\n\nBOB ({'on and ' * 20}on)\nHi.\n")
    assert isinstance(speech, Speech)
    assert isinstance(other, Speech)
    assert (speech.extensions, speech.cue) == (("V.O.", "CONT'D"), "BOB (V.O.) (CONT'D)")
    assert other.extensions == ()
    assert other.lines[0] == Parenthetical(text="on and " * 20 + "on")


def test_a_first_line_with_a_colon_that_names_no_field_is_action() -> None:
    assert elements("He looks up: nothing.\n") == (Action(text="He looks up: nothing."),)
    assert elements("<b>Well</b>: nothing.\n") == (Action(text="<b>Well</b>: nothing."),)


TEMPLATE = "Title: Foo\nCredit:\nAuthor: Jane\nDraft date: 1 May\n\nINT. A\n\nHe goes.\n"


@pytest.mark.parametrize(
    ("text", "page"),
    [
        (TEMPLATE, TitlePage(title="Foo", author="Jane", draft_date="1 May")),
        (
            TEMPLATE.replace("Credit:", "WGA #: 12\n    and 13\nbased on: a story"),
            TitlePage(
                title="Foo", author="Jane", draft_date="1 May", notes="WGA #: 12\nand 13\nbased on: a story"
            ),
        ),
        (
            TEMPLATE.replace("Credit:", "Author(s): Joe\nRevision:\nNotes: none"),
            TitlePage(title="Foo", author="Jane", draft_date="1 May", notes="Author(s): Joe\nnone"),
        ),
        ("Title: Foo\nCredit:\n\t\nINT. A\n\nHe goes.\n", TitlePage(title="Foo")),
        ("Title:\nCredit:\n\nINT. A\n\nHe goes.\n", TitlePage()),
        (
            "Author: Jane\nAuthors: Joe\nauthor: Jo\n\nINT. A\n\nHe goes.\n",
            TitlePage(author="Jane\nJo\nJoe"),
        ),
    ],
    ids=["template", "no key", "odd key", "blank", "empty", "twice"],
)
def test_a_title_page_with_odd_and_empty_fields(text: str, page: TitlePage) -> None:
    script = from_fountain(text)
    assert script.title_page == page
    assert script.elements == (Heading(text="INT. A"), Action(text="He goes."))


@pytest.mark.parametrize("opening", ["FADE IN:", "INT. A - 3:00 PM", "BOB\nHi."])
def test_a_title_page_ends_where_the_script_begins(opening: str) -> None:
    script = piece_from_fountain(f"Title: Foo\n{opening}\n\nHe goes.\n")
    assert script.title_page == TitlePage(title="Foo")
    assert script.elements == piece_from_fountain(f"{opening}\n\nHe goes.\n").elements


def test_empty_marks_are_nothing() -> None:
    assert elements("#\n\n~\n\n[[]]\n\n[[ ]]\n\n><\n\n> <\n\n!\n\nHe goes.\n")[-1] == Action(text="He goes.")


@pytest.mark.parametrize(
    "text", ["", "   \n", "He runs.\n", "BOB\nHi.\n", "Title: Nothing\n", "\x00\x01\x02"]
)
def test_without_a_heading_there_is_no_scene(text: str) -> None:
    with pytest.raises(NoScene, match=r"^This script has no scene: .*INT\. LIGHTHOUSE"):
        from_fountain(text)


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("\n@" + "Bo" * 5_000 + "\nHi.\n", "a character's name of 10,000 characters; at most 80 fit", 2),
        ("INT. " + "very " * 200 + "LONG\n\n", "a scene heading of 1,009 characters; at most 500 fit", 1),
        ("He ran.\n\n" + "x" * 10_050, "10,050 characters in one line", 3),
        ("x\n" * 2_001, "more than 2,000 lines without an empty one", 2_001),
        ("x\n\n" * 700_000, r"This text has 2,100,000 characters; a script may have 2,000,000", None),
    ],
    ids=["name", "heading", "line", "paragraph", "text"],
)
def test_what_cannot_be_a_script_is_refused_with_its_line(text: str, problem: str, line: int | None) -> None:
    with pytest.raises(UnreadableScript, match=problem) as caught:
        from_fountain(text)
    assert caught.value.line == line
    assert (f"Line {line}: " in str(caught.value)) == (line is not None)


def test_names_with_control_characters_are_cleaned() -> None:
    (speech,) = elements("@Bo\x07b\x1b[31m\u202e\nHi\x00.\n")
    assert speech == Speech(character="Bob[31m", lines=(Dialogue(text="Hi."),))


@st.composite
def scribbles(draw: st.DrawFn) -> str:
    pieces = st.one_of(
        st.sampled_from(
            ["\n", "\n\n", "\n  \n", "[[", "]]", "/*", "*/", "^", "(V.O.)", "BOB\n", "INT. A\n\n"]
        ),
        st.sampled_from(
            ["\n\nA\nHi.\n", "\n\n[[x]]\nB ^\nHo.\n", "[[x]]\n", "Credit:\n", "  \n", "\t\n", "~la\n"]
        ),
        st.sampled_from(["CUT TO:", "> x <", "~la", "# x", "= x", "===", "@x", ".x", "!x", "Title: x", "É"]),
        st.text("ab AB*_\\[]()<>^:#\n", max_size=8),
        st.text(max_size=6),
    )
    return "".join(draw(st.lists(pieces, max_size=20)))


def letters(text: str) -> Counter[str]:
    """How often each letter and digit stands in a text."""
    return Counter(letter for letter in text.upper() if letter.isascii() and letter.isalnum())


@settings(max_examples=150, deadline=None)
@given(scribbles())
def test_anything_is_read_or_refused_and_once_read_stays_the_same(text: str) -> None:
    try:
        script = piece_from_fountain(text)
    except ScriptError:
        return
    written = to_fountain(script)
    assert piece_from_fountain(written) == script
    said = re.sub(r"(?s)/\*.*?\*/", "", clean(text))
    # What names a field of a title page may be left out: where it has no value, or stands twice.
    assert letters(re.sub(r"(?m)^[^\S\n]*[\w ]+:", "", said)) <= letters(written)
