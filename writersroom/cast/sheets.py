"""What templates print, each as a small sheet of facts."""

from __future__ import annotations

from pydantic import Field

from writersroom.frozen import Frozen
from writersroom.story.beats import Beat
from writersroom.story.characters import Character


class Speech(Frozen):
    """What somebody said, in the room or in a scene."""

    who: str
    words: str
    action: str = ""
    """What the others saw, in a scene."""


class Shared(Frozen):
    """The beginning of a prompt, in the order in which it changes: rarely first, often last.

    Give agents of one round the very same value, and the engine reads it once for all of them. For a
    character hold back the beats and words that it did not witness.
    """

    logline: str
    title: str = ""
    premise: str = ""
    theme: str = ""
    characters: tuple[Character, ...] = Field(default=())
    """Secrets are not printed for all; a template gives a character its own."""
    beats: tuple[Beat, ...] = ()
    """In telling order; those that are cut left out."""
    condensed: tuple[str, ...] = ()
    """What no longer fits, in short, oldest first."""
    said: tuple[Speech, ...] = ()
    """What was said since, oldest first."""


class SceneSheet(Frozen):
    """A scene as a template prints it."""

    heading: str = ""
    purpose: str = ""


class StageSheet(Frozen):
    """What a character in a scene has before it when it is about to speak."""

    scene: SceneSheet
    lines: tuple[Speech, ...] = ()
    """What was said and done in the scene so far."""
    now: str = ""
    """What happens in the story at this moment; empty where the character is not in it."""
    knows: tuple[str, ...] = ()
    """What it has witnessed of the story."""


class PitchSheet(Frozen):
    """A pitch as a template prints it."""

    by: str
    text: str
    """What it would do, in a sentence."""
    reason: str = ""
    amendment: str = ""
    """What it would do as somebody wants it changed, in a sentence."""
    fault: str = ""
    """What a critic has against it, in a few words."""


class DeviceSheet(Frozen):
    """A dramatic device as a template prints it."""

    label: str
    """With its article: "a bargain"."""
    tells: str = ""
    """What it is, in a sentence."""
    opening: str = ""
    """How the beat goes on after its first character's name: "offers"."""
