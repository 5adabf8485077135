"""Progress on standard error: a bar for people, nothing where nobody watches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class ProgressBar:
    """One bar a stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of ``total`` items."""
        self._progress.reset(self._task, description=name, total=total)

    def at(self, done: int) -> None:
        """Say how many items of the stage are done."""
        self._progress.update(self._task, completed=done)


@contextmanager
def progress_bar() -> Iterator[ProgressBar]:
    """Show a bar on standard error inside the block."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:<14}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield ProgressBar(progress)
