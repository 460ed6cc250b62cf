"""Filters: what is caught, what is let through, and what holds for any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.cast.filters import COPIED, FaultKind, faults
from writersroom.cast.kinds import EXPECTED, Kind
from writersroom.cast.said import Said, words_in
from writersroom.cast.tidy import sentences_of, tidy
from writersroom.view.summary import repeated_share

PROMPT = """\
Logline: A lighthouse keeper's radio receives tomorrow's news.

The story so far:
b1. Mara hears on the radio that a boat will sink tomorrow.

[Mara wants to save her brother. Mara would say: "I had my hands full."]

MARA
(afraid, to Tobias)
"""
CAST = ("Tobias", "Iris", "The Cynic")


def found(
    text: str, kind: Kind = "line", *, said: Said | None = None, inventive: bool = True
) -> set[FaultKind]:
    """The kinds of fault in a text of Mara's."""
    told = faults(
        text,
        prompt=PROMPT,
        said=said or Said(),
        speaker="Mara",
        others=CAST,
        kind=kind,
        inventive=inventive,
    )
    return {fault.kind for fault in told}


KEPT: list[tuple[str, Kind]] = [
    ("I'm afraid of what you're going to say.", "line"),
    ("No.", "line"),
    ("You don't want to tell me what to do, Tobias.", "line"),
    ("I am Mara, and this is my house.", "line"),
    ("They call me old Mara, as if I were dead.", "line"),
    ("She said she would come.", "line"),
    ("Wait... the radio!", "line"),
    ("What if this is a truth?", "thought"),
    ("Mara blames Tobias for her brother's death.", "sentence"),
    ("Tobias offers Mara his boat for the radio, but Mara refuses.", "sentence"),
    ("Why would Mara need to hide the truth from Tobias?", "reason"),
    ("The story needs a price, and nobody pays.", "reason"),
    ("This is just a lie.", "note"),
    ("The Last Tongue of the World", "title"),
    ("The Transformation of Constantinople", "title"),
    ("Der Leuchtturmw\u00e4rterinnenbund", "title"),
    (
        "\u706f\u53f0\u5b88\u304c\u805e\u3044\u305f\u660e\u65e5\u306e\u30cb\u30e5\u30fc\u30b9\u653e\u9001",
        "title",
    ),
    ("Iris would do exactly as you want.", "reason"),
    ("Tobias has a PlayStation and FitzGerald has none.", "line"),
    ('b2 says "you knew", and nobody did.', "verdict"),
    ("to be left alone with her incomprehensibility", "phrase"),
    ("to find a cure for the disease that killed the town", "phrase"),
]


@pytest.mark.parametrize(("text", "kind"), KEPT)
def test_what_may_be_kept_is(text: str, kind: Kind) -> None:
    """Texts that the built-in model wrote, and what people say."""
    assert found(text, kind, inventive=False) == set()
    assert tidy(text, kind, speaker="Mara") == text


CAUGHT: list[tuple[str, Kind, FaultKind]] = [
    ("", "line", FaultKind.EMPTY),
    ("... !", "line", FaultKind.EMPTY),
    ("Mara hears on the radio that a boat sinks.", "sentence", FaultKind.COPIES),
    ("I had my hands full.", "line", FaultKind.COPIES),
    ("The radio is here. The radio is here.", "line", FaultKind.LOOPS),
    ("No, no, no, no, I won't.", "line", FaultKind.LOOPS),
    ("Mara's brother's wife's husband's wife's son's wife's wife.", "reason", FaultKind.LOOPS),
    ("The radio is too old and the radio is too loud.", "line", FaultKind.LOOPS),
    ("I know that I know what I know and I know that you know what I.", "line", FaultKind.LOOPS),
    ("I will go. TOBIAS: Then go.", "line", FaultKind.BREAKS_ROLE),
    ("I will go. Tobias (angry): Then go.", "line", FaultKind.BREAKS_ROLE),
    ("The Cynic: I have seen this.", "reason", FaultKind.BREAKS_ROLE),
    ("Mara looks at the radio.", "line", FaultKind.BREAKS_ROLE),
    ("I have to go, she says.", "line", FaultKind.BREAKS_ROLE),
    ("As an AI language model, I cannot know.", "line", FaultKind.BREAKS_ROLE),
    ("Sure, I can help you with that.", "line", FaultKind.BREAKS_ROLE),
    ("I'm sorry, but I cannot do that.", "reason", FaultKind.BREAKS_ROLE),
    ("Write one short sentence about Mara.", "sentence", FaultKind.BREAKS_ROLE),
    ("Mara must save her brother before the end of the story.", "sentence", FaultKind.BREAKS_ROLE),
    ("Premise: Mara must go.", "sentence", FaultKind.BREAKS_ROLE),
    ("b3. Tobias finds the boat.", "sentence", FaultKind.BREAKS_ROLE),
    ("[She turns away] I will go now.", "reason", FaultKind.BREAKS_ROLE),
    ("I will go<|im_end|> now.", "line", FaultKind.BREAKS_ROLE),
    ("See https://example.org for more.", "reason", FaultKind.BREAKS_ROLE),
    ("I will go and", "line", FaultKind.CUT_OFF),
    ("I will go. And then I", "line", FaultKind.CUT_OFF),
    ("Tobias leaves.", "sentence", FaultKind.TOO_SHORT),
    (
        "I "
        + "really " * 3
        + "and truly and wholly and deeply and fully want that very old red boat, my dear good "
        "friend of the long lost cold grey northern sea which nobody loved.",
        "line",
        FaultKind.TOO_LONG,
    ),
    ("Iris would do exactly as you want.", "verdict", FaultKind.BREAKS_ROLE),
    ("1 2 3 4 5 6 7 a.", "sentence", FaultKind.MALFORMED),
    ("a fisherman. He is old", "phrase", FaultKind.MALFORMED),
    ("The Barbershoponversia", "title", FaultKind.MALFORMED),
    ("Iris gives him a friend in immortalTobias.", "beat", FaultKind.MALFORMED),
]


@pytest.mark.parametrize(("text", "kind", "fault"), CAUGHT)
def test_what_may_not_be_kept_is_caught(text: str, kind: Kind, fault: FaultKind) -> None:
    """One example or more for each fault; most were written by the built-in model."""
    assert fault in found(text, kind)


def test_a_stranger_is_caught_unless_the_card_lets_agents_invent() -> None:
    """Small models ramble off to people who are not in the story."""
    text = "Tobias tells Sara about the boat."
    assert found(text, "sentence", inventive=False) == {FaultKind.STRANGER}
    assert found(text, "sentence") == set()
    assert found("Tobias tells the doctor, Iris, on Monday.", "sentence", inventive=False) == set()
    assert found("No. Sara would know.", "line", inventive=False) == set()


def test_a_title_may_have_a_long_word_that_its_prompt_has() -> None:
    """As the logline says it, in whatever case."""
    told = faults(
        "The MISUNDERSTANDING",
        prompt="A misunderstanding sinks a boat.",
        said=Said(),
        speaker="Mara",
        others=CAST,
        kind="title",
    )
    assert told == ()


def test_the_words_a_prompt_began_with_are_no_copy() -> None:
    """An amendment goes on from the whole pitch."""
    begun = "Tobias offers Mara his boat for the radio, but"
    told = faults(
        f"{begun} Mara refuses.",
        prompt=f"{PROMPT}\n{begun}",
        said=Said(),
        speaker="Vera",
        others=CAST,
        kind="sentence",
    )
    assert told == ()


@pytest.mark.parametrize(
    ("text", "given", "kind", "own"),
    [
        ("b2 left open.", "b2 left", "reason", False),
        ("b2 left open what he wants.", "b2 left", "reason", True),
        ("Nobody expects Mara.", "Nobody expects Mara", "reason", False),
        ("You knew.", "You knew", "line", False),
        ("You knew it.", "You knew", "line", True),
        ("If only.", "If only", "thought", False),
    ],
)
def test_words_that_were_given_are_not_enough(text: str, given: str, kind: Kind, own: bool) -> None:
    told = faults(
        text, prompt=f"Mara: {given}", said=Said(), speaker="Iris", others=(), kind=kind, given=given
    )
    assert (told == ()) is own


def test_what_was_said_before_is_caught() -> None:
    """By its words, whatever its case and punctuation; short answers may come again, but not for ever."""
    said = Said(["I never wanted the boat, Tobias.", "No."])
    assert found("I NEVER wanted the boat - Tobias!", said=said) >= {FaultKind.REPEATS}
    assert FaultKind.REPEATS in found("I never wanted the boat or you.", said=said)
    assert FaultKind.REPEATS not in found("You never wanted any boat of mine.", said=said)
    assert found("No.", said=said) == set()
    for _ in range(2):
        said.add("no!")
    assert found("No.", said=said) == {FaultKind.REPEATS}


TIDIED: list[tuple[str, Kind, bool, str]] = [
    (' "No," she says. ', "line", False, "No,"),
    ("MARA: I know.", "line", False, "I know."),
    ("Mara (softly): \u201cI know.\u201d", "line", False, "I know."),
    ("(whispers) I know.", "line", False, "I know."),
    ("**I know.** And then I", "line", False, "I know."),
    ("- I know", "line", True, "I know."),
    ("I know", "line", False, "I know"),
    ("I saw Dr. Stone on St. Mary's Road. He", "line", False, "I saw Dr. Stone on St. Mary's Road."),
    ("3. Tobias leaves the house. Then he runs.", "sentence", False, "Tobias leaves the house."),
    ("tobias leaves the house,", "sentence", True, "Tobias leaves the house."),
    ('He said "go away. Now', "sentence", False, "He said go away."),
    ("b2 left it open", "reason", True, "b2 left it open."),
    ('The Late Edition"', "title", True, "The Late Edition"),
    ("to go home. He is tired.", "phrase", True, "to go home"),
    ("I go.<|im_end|>\nuser", "line", False, "I go."),
    ("I\x00 go\u202e.\n\nNow.", "line", False, "I go."),
]


@pytest.mark.parametrize(("text", "kind", "ended", "tidied"), TIDIED)
def test_a_reply_is_tidied(text: str, kind: Kind, ended: bool, tidied: str) -> None:
    """What surrounds the text goes, and so does what was cut."""
    assert tidy(text, kind, speaker="Mara", ended=ended) == tidied


def test_a_card_may_allow_more_sentences() -> None:
    """A bigger model gets more room."""
    text = "I know. You do not. Nobody does. And"
    assert tidy(text, "line", sentences=2) == "I know. You do not."
    assert tidy(text, "line", sentences=9) == "I know. You do not. Nobody does."


TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            [
                "Mara",
                "Tobias:",
                "MARA:",
                '"',
                "(",
                ")",
                ".",
                "?",
                "1. ",
                "- ",
                "**",
                "no",
                "the radio",
                "\n",
                "Dr.",
                "<|im_end|>",
            ]
        ),
        max_size=14,
    ).map(" ".join),
)
KINDS = st.sampled_from(sorted(EXPECTED))


@given(TEXTS, KINDS, st.booleans(), st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_tidying_again_changes_nothing(text: str, kind: Kind, ended: bool, sentences: int) -> None:
    """And it only ever takes away, but for one full stop a sentence."""
    once = tidy(text, kind, speaker="Mara", sentences=sentences, ended=ended)
    assert tidy(once, kind, speaker="Mara", sentences=sentences, ended=ended) == once
    assert "\n" not in once
    assert once.isprintable() or not text.isprintable()
    assert len(words_in(once)) <= len(words_in(text)) or not text.isascii()
    if EXPECTED[kind].sentence:
        assert len(sentences_of(once)) <= sentences


@given(TEXTS, KINDS)
@settings(max_examples=150, deadline=None)
def test_any_text_is_judged(text: str, kind: Kind) -> None:
    """No text is an error, and none without words may be kept."""
    told = found(tidy(text, kind, speaker="Mara"), kind, inventive=False)
    assert told or words_in(text)


WORDS = (
    "boat",
    "lamp",
    "storm",
    "letter",
    "brother",
    "keeper",
    "harbour",
    "money",
    "door",
    "night",
    "rope",
    "knife",
)
WORD = st.sampled_from(WORDS)


@given(st.lists(WORD, min_size=12, max_size=20, unique=True), st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_every_long_run_of_the_prompt_is_a_copy(words: list[str], at: int) -> None:
    """Wherever it stands in the text, and however it is punctuated."""
    run = words[at : at + COPIED]
    text = f"And {', '.join(run).title()} it is."
    told = faults(text, prompt=" ".join(words), said=Said(), speaker="", others=(), kind="sentence")
    assert FaultKind.COPIES in {fault.kind for fault in told}
    short = faults(
        f"And {' '.join(run[: COPIED - 1])} it is.",
        prompt=" ".join(words),
        said=Said(),
        speaker="",
        others=(),
        kind="sentence",
    )
    assert FaultKind.COPIES not in {fault.kind for fault in short}


@given(st.lists(st.lists(WORD, max_size=9).map(" ".join), max_size=12))
@settings(max_examples=80, deadline=None)
def test_the_share_said_again_is_that_of_the_summary(texts: list[str]) -> None:
    """`show --json` and the filters count alike, text by text or all at once."""
    said = Said()
    for text in texts:
        before = said.again(text)
        assert 0.0 <= before <= 1.0
        said.add(text)
        assert said.again(text) in (0.0, 1.0)
    assert said.share == repeated_share(texts)
    assert Said(texts).share == said.share


def test_a_copy_of_what_was_said_goes_its_own_way() -> None:
    """Takes written side by side do not hear each other."""
    said = Said(["I never wanted the boat."])
    other = said.copy()
    other.add("You never asked about the storm.")
    assert other.times("you never asked about the storm") == 1
    assert said.times("you never asked about the storm") == 0
    assert said.again("You never asked about the storm.") == 0.0
    assert other.again("I never wanted the boat.") == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "Mara tells you what has happened on the boat.",
        "I find the radio and Mara takes it away.",
        "Mara gives us the key, and we're saved.",
    ],
)
def test_a_beat_speaks_to_nobody(text: str) -> None:
    assert FaultKind.BREAKS_ROLE in found(text, "beat")
    assert FaultKind.BREAKS_ROLE not in found(text, "reason")
    # A theme may speak of us all.
    assert FaultKind.BREAKS_ROLE not in found(text, "sentence")


@pytest.mark.parametrize(
    "text",
    [
        'Mara hears a voice that says, "You must turn back now."',
        "Mara goes down into the mine with Tobias.",
        "Mara takes the US flag from the boat.",
        "Mara was a nurse in World War I and tells nobody.",
    ],
)
def test_what_only_looks_like_it_is_let_through(text: str) -> None:
    assert not found(text, "beat")


def test_one_sentence_does_not_go_on_with_the_same_word() -> None:
    twice = "Mara leaves the boat because it is late, because Tobias is asleep."
    assert FaultKind.LOOPS in found(twice, "beat")
    apart = "Mara leaves because it is late. Tobias stays because he is asleep."
    assert FaultKind.LOOPS not in found(apart, "reason")


def test_what_a_pitch_says_does_not_count_for_how_long_its_amendment_is() -> None:
    pitch = " ".join(["Mara"] + ["carries the lamp of Tobias over the wet rocks to the far boat"] * 2)
    text = f"{pitch}, but nobody is there to see it."
    told = faults(text, prompt=pitch, said=Said(), speaker="Mara", others=CAST, kind="beat", given=pitch)
    assert FaultKind.TOO_LONG not in {fault.kind for fault in told}
    assert FaultKind.TOO_LONG in found(text, "beat")


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("Iliad, you have a message.", True),
        ("Not now. Ludwig! Come down.", True),
        ("Tobias, you have a message.", False),
        ("Listen, there is a message.", False),
        ("No! Stop, it hurts.", False),
        ("Actually, I saw it.", False),
        ("Nonsense! The lamp is out.", False),
    ],
)
def test_nobody_is_called_who_is_not_there(text: str, stranger: bool) -> None:
    assert (FaultKind.STRANGER in found(text, inventive=False)) == stranger
