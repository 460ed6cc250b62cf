"""How far a download is, on stderr: a bar in a terminal, a line a file elsewhere."""

from __future__ import annotations

from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from writersroom.engine.files.pull import Progress as FileProgress
from writersroom.engine.memory import sized
from writersroom.view.printable import one_line


class FileBars:
    """Shows the progress of each file; a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def show(self, progress: FileProgress) -> None:
        """Draw, or tell of a file that begins."""
        key = (progress.file, progress.doing)
        task = self._tasks.get(key)
        label = f"{progress.doing} {one_line(progress.file, 60)}"
        if task is None:
            task = self._tasks[key] = self._bars.add_task(escape(label), total=progress.total)
            if not self._console.is_terminal:
                going_on = (
                    f", from {sized(progress.done)} on"
                    if progress.done and progress.doing == "fetching"
                    else ""
                )
                self._console.print(
                    f"{label} ({sized(progress.total)}{going_on})", markup=False, highlight=False
                )
        self._bars.update(task, completed=progress.done)
