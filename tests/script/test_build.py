"""What the room says becomes a script as a screenwriter sets it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scene_opened import SceneOpened
from writersroom.script import Screenplay, TitlePage, from_fountain, to_fountain
from writersroom.script.build import SceneLines, bound, build_screenplay, scene_elements
from writersroom.script.model import Action, Dialogue, DualSpeech, Element, Heading, Parenthetical, Speech
from writersroom.script.parentheticals import LOUD, PARENTHETICALS, SHOWN_BY, parenthetical, shows
from writersroom.story.beats import Beat
from writersroom.story.emotions import Emotion

SCENE = SceneOpened(scene="s1", heading="INT. LAMP ROOM - NIGHT", beats=("b1", "b2"))


def spoken(*lines: LineSpoken) -> tuple[Element, ...]:
    """The elements under the heading."""
    return scene_elements(SCENE, lines)[1:]


def line(character: str, text: str = "", **fields: object) -> LineSpoken:
    return LineSpoken.model_validate({"take": "s1.t1", "character": character, "line": text, **fields})


def said(element: Element) -> list[str]:
    assert isinstance(element, Speech)
    return [item.text for item in element.lines]


def test_a_scene_with_synopses_from_its_beats() -> None:
    beats = {
        "b1": Beat(id="b1", summary="Mara finds the lamp cold."),
        "b3": Beat(id="b3", summary="Not here."),
    }
    script = build_screenplay(
        [SceneLines(scene=SCENE, lines=(line("Mara", "Tom?"),), number="7")],
        title_page=TitlePage(title="The Lamp Room"),
        beats=beats,
    )
    assert script.elements == (
        Heading(text="INT. LAMP ROOM - NIGHT", number="7", synopses=("Mara finds the lamp cold.",)),
        Speech(character="MARA", lines=(Dialogue(text="Tom?"),)),
    )
    told = SCENE.model_copy(update={"synopsis": "Told otherwise."})
    (heading,) = scene_elements(told, (), beats=beats)
    assert heading == Heading(text="INT. LAMP ROOM - NIGHT", synopses=("Told otherwise.",))
    assert from_fountain(to_fountain(script)) == script


def test_what_happens_is_told_once_before_the_first_line_of_its_beat() -> None:
    beats = {
        "b1": Beat(id="b1", summary="Mara finds the lamp cold."),
        "b2": Beat(id="b2", summary="Tom comes in."),
    }
    lines = [line("Mara", "Tom?", beat="b1"), line("Mara", "Who?", beat="b1"), line("Tom", "Me.", beat="b2")]
    elements = scene_elements(SCENE, lines, beats=beats)[1:]
    assert [one.text for one in elements if isinstance(one, Action)] == [
        beat.summary for beat in beats.values()
    ]
    assert [type(one) for one in elements] == [Action, Speech, Action, Speech]
    # One that no line is left for is told with the next.
    late = scene_elements(SCENE, lines[2:], beats=beats)[1:]
    assert [type(one) for one in late] == [Action, Action, Speech]
    # A beat that was cut since is told no more.
    assert not any(isinstance(one, Action) for one in scene_elements(SCENE, lines, beats={})[1:])


def test_a_speaker_who_goes_on_is_continued_after_an_action_and_joined_without_one() -> None:
    elements = spoken(
        line("Mara", "Tom?"),
        line("Mara", "Tom!"),
        line("Mara", "There.", action="lifts the lamp"),
        line("Tom", "Here."),
        line("Mara", "Good."),
    )
    assert elements == (
        Speech(character="MARA", lines=(Dialogue(text="Tom?\nTom!"),)),
        Action(text="Mara lifts the lamp."),
        Speech(character="MARA", extensions=("CONT'D",), lines=(Dialogue(text="There."),)),
        Speech(character="TOM", lines=(Dialogue(text="Here."),)),
        Speech(character="MARA", lines=(Dialogue(text="Good."),)),
    )


def test_nobody_is_continued_into_the_next_scene() -> None:
    one = SceneLines(scene=SCENE, lines=(line("Mara", "Tom?"),))
    speeches = [element for element in build_screenplay([one, one]).elements if isinstance(element, Speech)]
    assert [speech.extensions for speech in speeches] == [(), ()]


def test_an_emotion_is_said_only_where_it_changes_and_does_not_show() -> None:
    elements = spoken(
        line("Mara", "You lit it."),
        line("Tom", "I did."),
        line("Mara", "At noon.", emotion=Emotion.ANGER),
        line("Tom", "I know.", emotion=Emotion.SHAME),
        line("Mara", "Get out!", emotion=Emotion.ANGER),
        line("Tom", "I'm sorry.", emotion=Emotion.REMORSE),
        line("Mara", "Sit down.", emotion=Emotion.CALM),
        line("Tom", "Thank you.", emotion=Emotion.GRATITUDE),
        line("Mara", "Eat.", emotion=Emotion.LOVE, action="She kisses his brow."),
    )
    assert [said(element) for element in elements if isinstance(element, Speech)] == [
        ["You lit it."],
        ["I did."],
        ["angry", "At noon."],
        ["ashamed", "I know."],
        ["Get out!"],
        ["I'm sorry."],
        ["calmer", "Sit down."],
        ["Thank you."],
        ["Eat."],
    ]


def test_every_emotion_has_words_for_the_page_and_a_way_to_show() -> None:
    assert set(PARENTHETICALS) == set(SHOWN_BY) == set(Emotion)
    for emotion in Emotion:
        stem = SHOWN_BY[emotion].split()[0].rstrip("$").replace(".", " ")
        assert shows(emotion, f"Well, {stem} it is")
        assert not shows(emotion, "Xylophone.")
        assert shows(emotion, "Xylophone!") == (emotion in LOUD)
        assert parenthetical(emotion, emotion, "Xylophone.") == ""
    assert not shows(Emotion.ANGER, "Hello there.")


def test_directions() -> None:
    (speech,) = spoken(line("Mara", "(low) (to herself) \u201cNo\u201d is no.", emotion=Emotion.FEAR))
    assert isinstance(speech, Speech)
    assert speech.lines == (
        Parenthetical(text="low"),
        Parenthetical(text="to herself"),
        Dialogue(text="\u201cNo\u201d is no."),
    )
    assert said(spoken(line("Mara", "\u201cNo.\u201d", parenthetical="(softly)"))[0]) == ["softly", "No."]
    assert said(spoken(line("Mara", "(sighs)"))[0]) == ["sighs"]
    assert spoken(line("Mara", "  ", thought="Nobody hears this.")) == ()


def test_actions() -> None:
    told = "*The lamp turns.*\n\nturns with it\n\n\u2026and stops!\n\n(**)"
    elements = spoken(line("Mara", action=told))
    assert [element.text for element in elements if isinstance(element, Action)] == [
        "The lamp turns.",
        "Mara turns with it.",
        "\u2026and stops!",
        "**",
    ]


def test_lines_spoken_at_once_stand_side_by_side() -> None:
    elements = spoken(
        line("Tom", "I'm coming up!"),
        line("Mara", "Don't!", parenthetical="overlapping"),
        line("Mara", "I said don't."),
        line("Tom", "What?", parenthetical="(Overlapping)", action="He stops."),
    )
    assert elements == (
        DualSpeech(
            left=Speech(character="TOM", lines=(Dialogue(text="I'm coming up!"),)),
            right=Speech(character="MARA", lines=(Dialogue(text="Don't!"),)),
        ),
        Speech(character="MARA", extensions=("CONT'D",), lines=(Dialogue(text="I said don't."),)),
        Action(text="He stops."),
        Speech(character="TOM", lines=(Dialogue(text="What?"),)),
    )


@pytest.mark.parametrize(
    ("name", "cue"),
    [
        ("Mara", "MARA"),
        ("47", "VOICE 47"),
        ("", "VOICE"),
        ("straße", "STRASSE"),
        ("B\u202eob (V.O.)^", "BOB V.O."),
    ],
)
def test_cues(name: str, cue: str) -> None:
    (speech,) = spoken(line(name, "Here."))
    assert isinstance(speech, Speech)
    assert speech.character == cue


@pytest.mark.parametrize("heading", ["", "...", "\x00", "[["])
def test_a_scene_without_a_usable_heading_has_its_id(heading: str) -> None:
    opened = SceneOpened(scene="s4", heading=heading, beats=())
    assert scene_elements(opened, ()) == (Heading(text="SCENE s4"),)


def test_takes_are_bound_into_one_script() -> None:
    takes = ["Title: x\n\nINT. A - DAY\n\nBOB\nHi.\n", "INT. B - DAY\n\nHe goes.\n"]
    script = bound(map(from_fountain, takes), title_page=TitlePage(title="All of it"))
    assert script.title_page == TitlePage(title="All of it")
    assert [scene.heading.text for scene in script.scenes] == ["INT. A - DAY", "INT. B - DAY"]
    assert bound([]) == Screenplay()


anything = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["[[x]]", "(a) b", "()", "\u2060", "\n\n", "x" * 12_000, "[" * 600, "*", "(((", '"Hi"', "x\n" * 9]
    ),
)


@settings(max_examples=100, deadline=None)
@given(
    anything,
    st.lists(
        st.builds(
            LineSpoken,
            take=st.just("s1.t1"),
            character=st.one_of(st.sampled_from(["Mara", "Tom"]), anything),
            line=anything,
            parenthetical=anything,
            emotion=st.sampled_from(Emotion),
            action=anything,
        ),
        max_size=6,
    ),
)
def test_whatever_is_said_makes_a_script_that_reads_back(heading: str, lines: list[LineSpoken]) -> None:
    opened = SceneOpened(scene="s1", heading=heading, beats=(), synopsis=heading)
    script = build_screenplay([SceneLines(scene=opened, lines=tuple(lines))])
    assert from_fountain(to_fountain(script)) == script
