"""The normal form: what typing, markup and an assistant's manners add to a text is gone before it is
measured."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.critic.texts import HUMAN, MACHINE
from writersroom.critic.features.normal import normal_form, sentences_of
from writersroom.critic.features.style import style
from writersroom.critic.features.windows import MOST_BYTES, WINDOW, windows


def _typographic(text: str) -> str:
    out: list[str] = []
    opens = True
    for char in text:
        if char == '"':
            out.append("\u201c" if opens else "\u201d")
            opens = not opens
        else:
            out.append(char)
    return "".join(out).replace("'", "\u2019")


VARIANTS: dict[str, Callable[[str], str]] = {
    "typographic quotes": _typographic,
    "blank lines": lambda text: text.replace(". ", ".\n\n"),
    "hard wrapped": lambda text: textwrap.fill(text, 60),
    "newline marks": lambda text: text.replace(". ", ". <newline> "),
    "double blanks": lambda text: text.replace(" ", "  "),
    "tabs and returns": lambda text: "\t" + text.replace(". ", ".\r\n\t"),
    "Markdown": lambda text: (
        "# A Title\n\n" + text.replace(" the ", " **the** ", 2).replace(" a ", " _a_ ", 1)
    ),
    "HTML": lambda text: f"<p>{text.replace(' the ', ' <i>the</i> ', 2)}</p>",
    "quoted lines": lambda text: "> " + text,
    "taken apart": lambda text: text.replace("n't", " n't").replace(",", " ,").replace(". ", " . "),
    "an assistant": lambda text: f"Sure! Here is a story for you:\n\n{text}",
    "an assistant's farewell": lambda text: f"{text}\n\nI hope you enjoyed it! Let me know if you want more.",
    "invisible characters": lambda text: text.replace("th", "t\u200bh"),
    "entities": lambda text: text.replace('"', "&quot;"),
}


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("text", [HUMAN, MACHINE], ids=["human", "machine"])
def test_typing_and_markup_do_not_reach_what_is_measured(name: str, text: str) -> None:
    plain, varied = normal_form(text), normal_form(VARIANTS[name](text))
    assert varied.text == plain.text
    assert (style(varied.text) == style(plain.text)).all()


TOLD = (
    "Dad put his boots by the old green door and nobody moved them. He stopped \u2014 then went on. "
    "'I do not know what you want of me,' she said. 'You never told me. Did you?' Mary sat on the stairs and "
    "told me the whole story. Then he left the room and we never saw him, or not until the winter of the "
    "year 12. The men came for the boat that Friday, all four of them... and took the part. Nobody asked "
    "what they did with it.",
    "It was cold - colder than she had said. Scene: a kitchen, and one lamp.",
)
"""What of a paragraph can be taken for a title, an item of a list or a dash that begins it, once wrapped."""


@pytest.mark.parametrize("columns", [*range(24, 80, 3), 45, 72])
@pytest.mark.parametrize(
    ("between", "indent"), [("\n\n", ""), ("\n", "    ")], ids=["blank lines", "indents"]
)
def test_hard_wrapping_takes_nothing_from_a_text(columns: int, between: str, indent: str) -> None:
    wrapped = between.join(textwrap.fill(part, columns, initial_indent=indent) for part in TOLD)
    form = normal_form(wrapped)
    assert form.text == normal_form("\n\n".join(TOLD)).text
    assert form.text.startswith(
        "Dad put his boots by the old green door and nobody moved them. He stopped\u2014then went on. "
        '"I do not know what you want of me," she said. "You never told me. Did you?" Mary'
    )


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("Ann told me the whole\nstory. Then he left.", "Ann told me the whole story. Then he left."),
        ("By the old green door\nMary put her boots.", "By the old green door Mary put her boots."),
        ("It was the year\n12. The men came.", "It was the year 12. The men came."),
        ("The Boots\n\nIt was cold\nin the house.", "It was cold in the house."),
        ("Title: The Boots\nIt was cold\nin the house.", "It was cold in the house."),
        ("He took:\n1. a lamp\n2. the boat\nof Ann\n3. a coat", "He took: a lamp the boat of Ann a coat"),
        ("It was cold.\n# The Boots\nNobody\nmoved.", "It was cold. Nobody moved."),
        ("\u2014 No, he said.\n\u2014 Yes.", "No, he said. Yes."),
        ("> It was cold\n> \u2014 and dark.", "It was cold\u2014and dark."),
    ],
)
def test_lines_that_go_on_are_joined_and_no_others(raw: str, plain: str) -> None:
    assert normal_form(raw).text == plain


def test_where_a_line_is_a_paragraph_each_is_by_itself() -> None:
    """A line too long to be wrapped shows it: what stands above it may be a title, what follows an item."""
    raw = f"The Old Boots\n{HUMAN}\n2. Ray\n\u2014 Two minutes."
    assert normal_form(raw).text == f"{normal_form(HUMAN).text} Ray Two minutes."


def test_single_quotes_and_double_ones_speak_alike() -> None:
    double = 'She stopped. "I don\'t know where," he said, "it went."'
    single = "She stopped. 'I don't know where,' he said, 'it went.'"
    assert normal_form(single).text == normal_form(double).text


def test_what_an_assistant_says_is_kept_apart() -> None:
    form = normal_form(f"Sure! Here's the scene:\n\n{HUMAN}\n\nLet me know if you'd like changes.")
    assert form.text == normal_form(HUMAN).text
    assert any("Here's the scene" in one for one in form.chatter)
    assert any("Let me know" in one for one in form.chatter)


@pytest.mark.parametrize(
    "told",
    [
        "Great men die, and small men watch them go. The rest is dust.",
        "Hello darkness, my old friend. I came to talk.",
        "Okay, so he went. Nobody saw him.",
        "Okay, I'll tell you what he did that night. Nobody saw him.",
        "Of course he went. Nobody saw him.",
        "Hi, said Ray. He had the engine going.",
        "This is the story of my father. He was poor.",
        "Here is the story of my father. He was poor.",
    ],
)
def test_people_may_begin_as_an_assistant_does(told: str) -> None:
    assert normal_form(told).text == told
    assert normal_form(f"{told} {HUMAN}").chatter == ()


@pytest.mark.parametrize(
    "offered",
    [
        "Sure! Here is a story for you: ",
        "Sure, here's the scene.\n",
        "Okay, here is a story based on the prompt you gave me: ",
        "Certainly! Here is a story about a dog.\n\n",
        "Great, I'd be happy to help you with that!\nHere is a story that I hope you will like.\n\n",
        "This is the revised version:\n\n",
        "Absolutely! ",
    ],
)
def test_what_an_assistant_begins_with_is_taken_off(offered: str) -> None:
    form = normal_form(f"{offered}{HUMAN}")
    assert form.text == normal_form(HUMAN).text
    assert form.chatter


def test_words_that_name_a_speaker_in_prose_end_nothing() -> None:
    """What stands after them is measured: nothing can be hidden behind them, and no story is cut short."""
    for marked in (
        f"{HUMAN} He mended the alarm system: three wires. {MACHINE}",
        f"{HUMAN} She was only human: {MACHINE}",
        f"{HUMAN} User: that is what the screen called him. {MACHINE}",
        f"{HUMAN} System: off. {MACHINE} System: on.",
    ):
        form = normal_form(marked)
        assert form.text == " ".join(marked.split())
        assert not form.chatter


def test_a_conversation_after_the_text_is_taken_off() -> None:
    plain = normal_form(HUMAN).text
    form = normal_form(f"{HUMAN}\n\nHuman: Thank you!\n\nAssistant: You are welcome.")
    assert form.text == plain
    assert form.chatter == ("Human: Thank you! Assistant: You are welcome.",)
    words = len(plain.split())
    assert form.talk == pytest.approx(7 / (words + 7))
    assert normal_form(f"Assistant: {HUMAN}").text == plain


@pytest.mark.parametrize(
    ("before", "padding", "after"),
    [
        ("Cold.", " ", " "),
        ("Cold.", "\t", ""),
        ("Cold.", "&nbsp;", ""),
        ("Cold.", "&#8232;", ""),
        ("Cold.", "\n", ""),
        ("Cold.\n", " ", "\n"),
        ("", " ", "Cold. "),
        ("Cold. <br", " ", "> "),
    ],
    ids=["blanks", "tabs", "entities", "line separators", "lines", "a line of blanks", "indented", "a tag"],
)
def test_padding_costs_time_in_step_with_its_length(before: str, padding: str, after: str) -> None:
    padded = f"{before}{padding * 60_000}{after}{MACHINE}"
    began = time.process_time()
    assert normal_form(padded).text == normal_form(f"Cold. {MACHINE}").text
    assert time.process_time() - began < 4  # with the square of it: a minute


def test_an_image_within_a_text_is_not_measured() -> None:
    """The eye would read it as one word, longer than it can."""
    first, second = normal_form(HUMAN).text, normal_form(MACHINE).text
    data = "iVBORw0KGgoAAAANSUhEUg/+" * 3_400
    began = time.process_time()
    form = normal_form(f"{HUMAN}\n\n![boots](data:image/png;base64,{data})\n\n{MACHINE}")
    assert form.text == f"{first} {second}"
    assert time.process_time() - began < 4


def test_words_with_dashes_between_them_are_words() -> None:
    said = "No\u2014" * 60 + "not now."
    assert normal_form(f"{HUMAN} {said}").text.endswith(said)
    assert normal_form(f"{HUMAN} {said[:-8] * 600}not now.").text.endswith("going. not now.")


def test_a_window_is_of_a_number_of_words_and_fits_the_eye() -> None:
    assert [len(window.split()) for window in windows("word " * 400)] == [WINDOW, WINDOW, 80]
    for window in windows(("\u4e2d" * 90 + " ") * 400):
        assert 0 < len(window.encode()) <= MOST_BYTES


def test_comments_that_nobody_closes_cost_no_more() -> None:
    began = time.process_time()
    assert normal_form("<!--" * 50_000 + f"<!-- a note --> {HUMAN}").text.endswith(normal_form(HUMAN).text)
    assert time.process_time() - began < 4


def test_a_script_reads_as_prose() -> None:
    script = (
        "INT. KITCHEN - NIGHT\n\nShe turns.\n\nMARY (O.S.)\n(softly)\nWhere is it?\n\nTOM\nWhat?\n\nCUT TO:\n"
    )
    assert normal_form(script).text == 'She turns. "Where is it?" "What?"'


def test_sentences_joined_are_the_text() -> None:
    plain = normal_form(HUMAN).text
    assert " ".join(sentences_of(plain)) == plain
    assert sentences_of('Mr. Hale left. "Why?" she said. He shrugged.') == [
        "Mr. Hale left.",
        '"Why?" she said.',
        "He shrugged.",
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_anything_has_a_normal_form_of_one_line(text: str) -> None:
    plain = normal_form(text).text
    assert "\n" not in plain
    assert plain == " ".join(plain.split())
    assert " ".join(sentences_of(plain)) == plain
