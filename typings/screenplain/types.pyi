from collections.abc import Iterator, Sequence

from screenplain.richstring import RichString

class Screenplay:
    title_page: dict[str, list[str]]
    def __init__(
        self, title_page: dict[str, list[str]] | None = None, paragraphs: Sequence[object] | None = None
    ) -> None: ...
    def __iter__(self) -> Iterator[object]: ...

class Slug:
    line: RichString
    scene_number: RichString | None
    synopsis: str | None
    def __init__(self, line: RichString, scene_number: RichString | None = None) -> None: ...

class Section:
    text: RichString
    level: int

class Dialog:
    character: RichString
    blocks: list[tuple[bool, RichString]]
    def __init__(self, character: RichString) -> None: ...

class DualDialog:
    left: Dialog
    right: Dialog
    def __init__(self, left_dialog: Dialog, right_dialog: Dialog) -> None: ...

class Action:
    lines: Sequence[RichString]
    centered: bool
    def __init__(self, lines: Sequence[RichString], centered: bool = False) -> None: ...

class Transition:
    line: RichString
    def __init__(self, line: RichString) -> None: ...

class PageBreak: ...
