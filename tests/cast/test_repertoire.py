"""The repertoire: enough to choose from, each with a source, and refused with its line where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from writersroom.cast.errors import BadRepertoire
from writersroom.cast.repertoire import FILE, load_repertoire, parse_repertoire
from writersroom.cast.words import FEELING
from writersroom.story.emotions import Emotion
from writersroom.story.weakness import WeaknessKind

PROMPTS = Path(__file__).parents[2] / "prompts"
REPERTOIRE = load_repertoire(PROMPTS)

GOOD = """\
[[devices]]
name = "bargain"
label = "a bargain"
tells = "Somebody offers something for a price."
begins = ["offers {other}", "agrees to pay"]
mends = ["loose"]
acts = [1, 2]
source = "Polti (1895)"

[[devices]]
name = "sacrifice"
label = "a sacrifice"
tells = "Somebody gives up what they want."
begins = ["gives up"]
mends = ["unchanged"]
acts = [3]
source = "Polti (1895)"

[[actions]]
words = ["looks down", "blushes"]
emotions = ["shame"]
source = "Darwin (1872)"
"""


def test_there_is_enough_to_choose_from() -> None:
    """Between 25 and 40 devices, each with its source and its year."""
    assert 25 <= len(REPERTOIRE.devices) <= 40
    for device in REPERTOIRE.devices:
        assert any(character.isdigit() for character in device.source), device.name
        assert len(device.begins) >= 3


@pytest.mark.parametrize("kind", WeaknessKind)
@pytest.mark.parametrize("act", [1, 2, 3, 5])
def test_every_weakness_can_be_answered_in_every_act(kind: WeaknessKind, act: int) -> None:
    """Something helps there, and all that is offered helps."""
    devices = REPERTOIRE.devices_for(kind, act)
    assert len(devices) >= 1
    assert all(kind in device.mends for device in devices)
    assert list(devices) == sorted(devices, key=REPERTOIRE.devices.index)


@pytest.mark.parametrize("act", [1, 2, 3])
def test_with_no_weakness_there_is_what_suits_the_act(act: int) -> None:
    """A room that opens freely chooses among many."""
    devices = REPERTOIRE.devices_for(None, act)
    assert len(devices) >= 10
    assert all(act in device.acts for device in devices)


@pytest.mark.parametrize("emotion", Emotion)
def test_every_emotion_shows_and_has_a_word(emotion: Emotion) -> None:
    """Actions are short: four words said twice would count as a repetition."""
    actions = REPERTOIRE.actions_for(emotion)
    assert len(actions) >= 4
    assert all(len(words.split()) <= 3 for words in actions)
    assert FEELING[emotion]


def test_there_is_enough_to_put_a_story_together() -> None:
    """Roles, secrets and places to choose from, each once, in the form that its template goes on with."""
    for options, least in ((REPERTOIRE.roles, 40), (REPERTOIRE.secrets, 20), (REPERTOIRE.place_names, 40)):
        assert len(options) >= least
        assert len(set(options)) == len(options)
    assert all(role.startswith(("a ", "an ")) for role in REPERTOIRE.roles)
    assert REPERTOIRE.is_inside("kitchen")
    assert not REPERTOIRE.is_inside("harbour")
    assert REPERTOIRE.is_inside("space station")


def test_no_two_emotions_have_one_word() -> None:
    """A choice among the words tells which emotion it is."""
    assert len(set(FEELING.values())) == len(Emotion)


def test_a_beat_begins_as_its_device_does() -> None:
    """Who is there is named; where nobody else is, openings take turns that need nobody."""
    bargain = parse_repertoire(GOOD, "r").named(" Bargain")
    assert bargain is not None
    assert {bargain.opening(number, "Mara") for number in range(3)} == {"offers Mara"}
    assert {bargain.opening(number) for number in range(3)} == {"agrees to pay"}
    more = bargain.model_copy(update={"begins": ("pays", "agrees to pay", "offers {other}")})
    assert [more.opening(number) for number in range(3)] == ["pays", "agrees to pay", "pays"]
    only = bargain.model_copy(update={"begins": ("offers {other}",)})
    assert only.opening(0) == "offers somebody"


def test_where_nothing_fits_something_is_offered_still() -> None:
    """A person may cut the list short; the room goes on."""
    few = parse_repertoire(GOOD, "r")
    assert [device.name for device in few.devices_for(WeaknessKind.LOOSE, 3)] == ["bargain"]
    assert [device.name for device in few.devices_for(WeaknessKind.ONE_PLACE, 3)] == ["sacrifice"]
    assert [device.name for device in few.devices_for(None, 1)] == ["bargain"]
    late = parse_repertoire(GOOD.replace("acts = [1, 2]", "acts = [3]"), "r")
    assert len(late.devices_for(WeaknessKind.ONE_PLACE, 1)) == 2
    assert few.named("pursuit") is None
    assert few.actions_for(Emotion.JOY) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('"loose"', '"lose"', 6, "`devices.1.mends.1` is 'lose'"),
        ("offers {other}", "offers {him}", 5, "the only blank to fill in is {other}"),
        ('name = "sacrifice"', 'name = "Bargain"', 1, "two devices are called 'Bargain'"),
        ("acts = [3]", "acts = []", 16, "at least 1 item"),
        ('emotions = ["shame"]', 'emotions = ["guilt"]', 21, "`actions.1.emotions.1` is 'guilt'"),
        ('tells = "Somebody gives', 'told = "Somebody gives', 13, "there is no `devices.2.told`"),
        ("[[actions]]", 'text = "x"\n[[actions]]', 19, "there is no `devices.2.text`"),
        ("[[devices]]", 'text = "x"\n[[devices]]', 1, "there is no `text`"),
        ("[[devices]]", "[[devices]", 1, "not TOML"),
        ('source = "Polti (1895)"\n\n[[actions]]', "[[actions]]", 10, "`devices.2.source` is missing"),
    ],
)
def test_a_mistake_is_refused_with_its_line(old: str, new: str, line: int, reason: str) -> None:
    """As for cards."""
    assert old in GOOD
    with pytest.raises(BadRepertoire) as refused:
        parse_repertoire(GOOD.replace(old, new, 1), "r.toml")
    assert refused.value.line == line, str(refused.value)
    assert reason in refused.value.reason


def test_a_room_without_a_repertoire_is_refused(tmp_path: Path) -> None:
    """The file is named."""
    with pytest.raises(BadRepertoire, match=rf"{FILE}: it cannot be read"):
        load_repertoire(tmp_path)


def test_a_session_keeps_it() -> None:
    """Its text gives the same again."""
    assert parse_repertoire(REPERTOIRE.text, "the session") == REPERTOIRE
