from typing import TextIO

from screenplain.types import Screenplay

def parse(stream: TextIO) -> Screenplay: ...
