"""A turn for each thing that can be asked."""

from __future__ import annotations

from collections.abc import Callable

from tests.cast.golden_pages import PROMPTS
from writersroom.cast.cards import Card
from writersroom.cast.choices import Choosing
from writersroom.cast.requests import Asked, Turn
from writersroom.cast.samples import SAMPLES
from writersroom.cast.sheets import StageSheet
from writersroom.cast.templates import Templates
from writersroom.story.characters import Character

ROOM = Templates.load(PROMPTS)
LINE = SAMPLES["line"]
SHARED, CARD = LINE["shared"], LINE["card"]
SCENE, LINES = LINE["scene"], LINE["lines"]
STAGE = StageSheet(scene=SCENE, lines=LINES, now=LINE["now"], knows=LINE["knows"])
BEATS = SHARED.beats
MARA: Character = SHARED.characters[0]
PITCH = SAMPLES["reason"]["pitch"]
DEVICE = SAMPLES["pitch_sentence"]["device"]


def turn(card: Card = CARD, *, seed: int = 1, number: int = 7, attempt: int = 0, n: int = 1) -> Turn:
    return Turn(templates=ROOM, shared=SHARED, card=card, seed=seed, number=number, attempt=attempt, n=n)


WRITING: dict[str, Callable[[Turn], Asked]] = {
    "convene_title": lambda at: at.title(),
    "convene_premise": lambda at: at.premise(lead="Mara"),
    "convene_theme": lambda at: at.theme(),
    "character_role": lambda at: at.trait("role", MARA),
    "character_want": lambda at: at.trait("want", MARA),
    "pitch_sentence": lambda at: at.pitch_sentence(
        device=DEVICE, subject="Tobias", others=["Mara"], beats=BEATS[1:], weakness="Nothing leads to b2."
    ),
    "amend_sentence": lambda at: at.amend_sentence(pitch=PITCH),
    "reason": lambda at: at.reason(pitch=PITCH, verb="objects", opener="Mara would never"),
    "line": lambda at: at.line(
        STAGE, emotion="fear", action="looks away", to="Tobias", note="She must not beg."
    ),
    "thought": lambda at: at.thought(STAGE, emotion="fear"),
    "note": lambda at: at.note(
        scene=SCENE, lines=LINES, quote="What radio?", fault="nothing is at stake in it"
    ),
    "advice": lambda at: at.advice(quote="What radio?", problem="Nothing is at stake in it.", who="Mara"),
    "condense": lambda at: at.condensed(lines=LINES, lead="Tobias"),
}
WEIGHING: dict[str, Callable[[Turn], Choosing]] = {
    "choose": lambda at: at.choose(question="Where?", lead_in="It is", options=["at sea", "at home"]),
    "choose_role": lambda at: at.choose_role(MARA, options=["a doctor", "a thief"]),
    "choose_secret": lambda at: at.choose_secret(MARA, options=["took the money", "is dying"]),
    "choose_place": lambda at: at.choose_place(beats=BEATS, options=["kitchen", "harbour"]),
    "choose_device": lambda at: at.choose_device(options=["bargain", "deadline"]),
    "choose_stance": lambda at: at.choose_stance(pitch=PITCH),
    "choose_ruling": lambda at: at.choose_ruling(pitch=PITCH, amended=True),
    "choose_tactic": lambda at: at.choose_tactic(STAGE, options=["begs", "threatens"]),
    "yes_no": lambda at: at.yes_no(subject=PITCH.text, question="Does it cost somebody something?"),
    "choose_emotion": lambda at: at.choose_emotion(STAGE, options=["afraid", "angry"]),
    "choose_action": lambda at: at.choose_action(
        STAGE, emotion="afraid", options=["looks away", "sits down"]
    ),
}
