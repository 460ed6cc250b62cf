"""The screenplay: its model, Fountain out and in, and what else it can be printed as.

`pdf.to_pdf` is imported from its module, for it needs the extra `pdf`; `build` is, for it knows events.
"""

from writersroom.script.errors import NoScene, ScriptError, UnreadableScript
from writersroom.script.fdx import to_fdx
from writersroom.script.fountain import to_fountain
from writersroom.script.html import to_html
from writersroom.script.markdown import to_markdown
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
    "to_fdx",
    "to_fountain",
    "to_html",
    "to_markdown",
]
