from typing import BinaryIO

from screenplain.types import Screenplay

def to_pdf(screenplay: Screenplay, output_filename: BinaryIO) -> None: ...
