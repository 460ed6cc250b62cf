"""The screenplay: its model, Fountain out and in, and what else it can be printed as."""

from writersroom.script.errors import NoScene, ScriptError, UnreadableScript
from writersroom.script.fountain import to_fountain
from writersroom.script.model import Scene, Screenplay, TitlePage
from writersroom.script.reading import from_fountain

__all__ = [
    "NoScene",
    "Scene",
    "Screenplay",
    "ScriptError",
    "TitlePage",
    "UnreadableScript",
    "from_fountain",
    "to_fountain",
]
