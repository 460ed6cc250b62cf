"""Agent cards: those that ship, what is refused and where, and that a session keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.cast.cards import Card, cards_of, company, load_cards, parse_card, same_name
from writersroom.cast.errors import BadCard, BadCast
from writersroom.cast.toml import MOST_BYTES, line_of

AGENTS = Path(__file__).parents[2] / "agents"

GOOD = """\
# A critic.
name = "Vera"
role = "critic"
mandate = '''You want every beat
to cost somebody something.'''
examples = ["Who pays?"]

[overrides]
temperature = 0.5

[openers]
object = ["It costs {who}", "Since {beat}"]

[[questions]]
ask = "Does it cost somebody something?"

[[questions]]
ask = "Is it free?"
good = "no"
of = "take"
"""
DIRECTOR = 'name = "Director"\nrole = "director"\nmandate = "You decide."\n'
PERSON = 'name = "Mara"\nrole = "character"\nmandate = "You want out."\n[character]\nwant = "out"\n'


def test_the_room_that_ships_argues() -> None:
    """A director, three critics or more who want different things, continuity, and people in conflict."""
    cards = load_cards(AGENTS)
    roles = [card.role for card in cards]
    assert roles[0] == "director"
    assert roles.count("critic") >= 3
    assert roles.count("continuity") == 1
    assert roles.count("character") >= 3
    assert len({card.mandate for card in cards}) == len(cards)
    people = [card.character for card in cards if card.character is not None]
    for person in people:
        assert all([person.description, person.want, person.need, person.flaw, person.secret])
        assert person.voice.examples
        assert {one.to for one in person.relationships} <= {other.name for other in people} - {person.name}
    assert any(one.liking < 0 for person in people for one in person.relationships)


def test_no_two_agents_that_ship_begin_a_reason_alike() -> None:
    """Nobody says the same thing in every session, nor the same thing as another."""
    openers = [
        opener
        for card in load_cards(AGENTS)
        for what in ("pitch", "support", "object", "amend")
        for opener in getattr(card.openers, what)
        if card.role in ("critic", "continuity")
    ]
    assert len(set(openers)) == len(openers)


def test_a_card_is_read() -> None:
    """Text over several lines becomes one; what is not said has a default."""
    card = parse_card(GOOD, "vera.toml")
    assert card.mandate == "You want every beat to cost somebody something."
    assert [question.ask for question in card.asks("pitch")] == ["Does it cost somebody something?"]
    assert [question.good for question in card.asks("take")] == ["no"]
    assert (card.seat, card.sampled(7).seed, card.sampled(7).temperature) == ("model", 7, 0.5)
    assert card.text == GOOD


def test_a_character_has_the_name_of_its_card() -> None:
    """It is said once."""
    character = parse_card(PERSON, "mara.toml").character
    assert character is not None
    assert (character.name, character.want) == ("Mara", "out")


def test_an_opener_is_filled_in_or_passed_over() -> None:
    """One that names a beat is no use where there is none."""
    card = parse_card(GOOD, "vera.toml")
    assert card.opening("object", 0, who="Mara", beat="b2") == "It costs Mara"
    assert card.opening("object", 1, who="Mara", beat="b2") == "Since b2"
    assert card.opening("object", 1, who="Mara") == "It costs Mara"
    assert card.opening("object", 3) == ""
    assert card.opening("support", 0, who="Mara") == ""


def test_a_changed_card_is_what_the_next_session_uses(tmp_path: Path) -> None:
    """Loading reads the files as they are."""
    for name, text in (("d", DIRECTOR), ("v", GOOD), ("m", PERSON)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    assert load_cards(tmp_path)[1].mandate.startswith("You want every beat")
    (tmp_path / "v.toml").write_text(GOOD.replace("every beat", "no beat"), encoding="utf-8")
    assert load_cards(tmp_path)[1].mandate.startswith("You want no beat")


def test_cards_are_rebuilt_from_what_a_session_keeps() -> None:
    """Name to text, in any order, gives the same company."""
    cards = load_cards(AGENTS)
    kept = {card.name: card.text for card in reversed(cards)}
    assert cards_of(kept) == cards


MISTAKES: Mapping[str, tuple[str, str, int, str]] = {
    "not TOML": ("mandate = '''You", "mandate = You", 4, "not TOML"),
    "an unknown key": (
        'role = "critic"',
        'role = "critic"\nmood = "bad"',
        4,
        "there is no `mood`; it may say",
    ),
    "a misspelt key": ('name = "Vera"', 'nmae = "Vera"', 2, "there is no `nmae`"),
    "an unknown role": ('"critic"', '"critick"', 3, "`role` is 'critick', but"),
    "a missing mandate": ("mandate", "#", 5, "not TOML"),
    "no name": ('name = "Vera"', "", 1, "`name` is missing"),
    "an empty name": ('"Vera"', '"  "', 2, "needs letters"),
    "the person's name": ('"Vera"', '"Person"', 1, "the program uses that word itself"),
    "a number for words": ('["Who pays?"]', "3", 6, "`examples` is 3"),
    "a wrong value in the second table": ('good = "no"', 'good = "perhaps"', 19, "`questions.2.good`"),
    "an unknown key in a table": ('good = "no"', 'godo = "no"', 19, "it may say ask, good, of, fault"),
    "no question": ('"Is it free?"', '"Say if it is free."', 18, "ends with a question mark"),
    "a sampler that is none": ("temperature = 0.5", "temprature = 0.5", 9, "`overrides.temprature`"),
    "a sampler out of range": ("temperature = 0.5", "temperature = -1", 9, "`overrides.temperature`"),
    "a look back without end": ("temperature = 0.5", "dry_range = 2000000000", 9, "`overrides.dry_range`"),
    "a sampler that is no number": ("temperature = 0.5", "dry_base = nan", 9, "`overrides"),
    "a seed": ("temperature = 0.5", "seed = 3", 9, "`seed` is the session's"),
    "a preset": ("[overrides]", 'sampling = "wild"\n[overrides]', 8, "there is no sampling 'wild'"),
    "a colour": ("[overrides]", 'colour = "#12"\n[overrides]', 8, "'#12' is no colour"),
    "an unknown blank": ("Since {beat}", "Since {then}", 12, "there is no {then}"),
    "its own text": ("[overrides]", 'text = "x"\n[overrides]', 8, "there is no `text`"),
    "a character in a critic": (
        "[overrides]",
        '[character]\nwant = "x"\n[overrides]',
        1,
        "has no [character] table",
    ),
    "too long": ("Who pays?", "Who pays? " * 100, 6, "shorten it"),
    "no question of a pitch": (
        'ask = "Does it cost somebody something?"',
        'ask = "Does it cost somebody something?"\nof = "take"',
        1,
        "needs at least one [[questions]]",
    ),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_card_with_a_mistake_is_refused_with_its_line(what: str) -> None:
    """File, line and reason, in one sentence."""
    old, new, line, reason = MISTAKES[what]
    assert old in GOOD
    with pytest.raises(BadCard) as refused:
        parse_card(GOOD.replace(old, new, 1), "vera.toml")
    assert (refused.value.where, refused.value.line) == ("vera.toml", line), str(refused.value)
    assert reason in refused.value.reason
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (PERSON + 'name = "Ann"\n', 6, "the name of its card"),
        (PERSON + 'height = "tall"\n', 6, "there is no `character.height`"),
        (PERSON + "[character.temperament]\narousal = 2\n", 7, "`character.temperament.arousal` is 2"),
        (PERSON.replace("[character]\n", "").replace('want = "out"\n', ""), 1, "needs a [character] table"),
        (PERSON + f'flaw = "{"x" * 700}"\n', 6, "`character.flaw`: it may have 600 characters"),
        (PERSON + f'[character.voice]\nexamples = ["a", "{"x" * 700}"]\n', 7, "`character.voice.examples.1`"),
        (PERSON.replace('[character]\nwant = "out"', "character = 3"), 4, "`character` is 3"),
    ],
)
def test_a_character_with_a_mistake_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    """The inside of a table is looked into as well."""
    with pytest.raises(BadCard) as refused:
        parse_card(text, "mara.toml")
    assert refused.value.line == line, str(refused.value)
    assert reason in refused.value.reason


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """Another encoding, a huge file, a folder in a file's place."""
    file = tmp_path / "a.toml"
    file.write_bytes(b'name = "V"\nrole = "\xff"\n')
    with pytest.raises(BadCard, match=r"a\.toml, line 2: it is not UTF-8"):
        load_cards(tmp_path)
    file.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(BadCard, match="larger than 64,000 bytes"):
        load_cards(tmp_path)
    file.unlink()
    file.mkdir()
    with pytest.raises(BadCard, match="cannot be read"):
        load_cards(tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Some editors write one."""
    (tmp_path / "d.toml").write_text(DIRECTOR, encoding="utf-8-sig")
    (tmp_path / "v.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "m.toml").write_text(PERSON, encoding="utf-8")
    assert [card.name for card in load_cards(tmp_path)] == ["Director", "Vera", "Mara"]


def test_what_makes_no_room_is_refused(tmp_path: Path) -> None:
    """Each in one sentence that says what to do."""
    director, critic = parse_card(DIRECTOR, "d"), parse_card(GOOD, "v")
    with pytest.raises(BadCast, match=r"the room has no director; give one card `role = \"director\"`"):
        company([critic], "here")
    with pytest.raises(BadCast, match="the room has no critic"):
        company([director], "here")
    with pytest.raises(BadCast, match=r"the room has no character; give at least one card"):
        company([director, critic], "here")
    with pytest.raises(BadCast, match=r"the room has 2 directors \(Boss, Director\); keep one"):
        company([director, critic, director.model_copy(update={"name": "Boss"})], "here")
    with pytest.raises(BadCast, match="two agents are called"):
        company([director, critic, critic.model_copy(update={"name": " vEra "})], "here")
    with pytest.raises(BadCast, match="holds no agent cards"):
        load_cards(tmp_path)


@given(st.text(min_size=1, max_size=20))
def test_upper_case_and_blanks_tell_no_names_apart(name: str) -> None:
    """Two such names in one room would be taken for one."""
    assert same_name(f" {name}\t") == same_name(name)
    assert same_name("The Cynic") == same_name("THECYNIC")


KEYS = st.text(st.sampled_from("abcxyz-_"), min_size=1, max_size=6)
WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["a = 1", "[b]\nname = 2", "'''", '"""', "# no", "\n\n[[questions]]\n"]),
    st.integers(),
    st.lists(st.text(max_size=5), max_size=3),
)


@given(st.dictionaries(KEYS, WORDS, max_size=6), KEYS, st.data())
@settings(max_examples=80, deadline=None)
def test_the_line_of_a_key_is_found(table: dict[str, object], key: str, data: st.DataObject) -> None:
    """Whatever stands before it: text over many lines, text that looks like keys or tables."""
    multiline = data.draw(st.booleans())
    before = tomli_w.dumps(
        {name: value for name, value in table.items() if name != key}, multiline_strings=multiline
    )
    text = f"{before}# {key} = 0\n{key} = 1\n[table]\n{key} = 2\n"
    line = before.count("\n") + 2
    assert line_of(text, (key,)) == line
    assert line_of(text, ("table", key)) == line + (2 if key != "table" else 0) or key == "table"
    assert line_of(text, (key, "missing", 3)) == line


def test_line_of_nothing() -> None:
    """No text has no lines; a fault of the whole is on the first."""
    assert line_of("", ("a",)) == 0
    assert line_of("a = 1\n", ()) == 1


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_whatever_a_file_holds_it_is_a_card_or_refused(raw: bytes) -> None:
    """No other error leaves the reader."""
    text = raw.decode("utf-8", "replace")
    for candidate in (text, GOOD + text, GOOD.replace("Who pays?", text)):
        try:
            assert isinstance(parse_card(candidate, "x.toml"), Card)
        except BadCard:
            continue
