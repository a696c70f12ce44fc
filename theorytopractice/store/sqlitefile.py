"""Is the file of a plan still the same, and how is it read from a folder in which SQLite can put nothing beside it?

SQLite is then told that nobody writes to the file meanwhile. That holds only as long as no writer's files lie
beside it, and is looked at again after reading.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from theorytopractice.store import swap

if TYPE_CHECKING:
    from pathlib import Path

READ_ONLY = "mode=ro&immutable=1"
BEING_WRITTEN = ("-wal", "-journal")
Seal = tuple[int, ...]


def place_of(file: Path) -> tuple[int, ...]:
    """Return what another file of the same name would not have."""
    with swap.explained(file, "read"):
        found = file.stat()
    return found.st_dev, found.st_ino


def seal_of(file: Path) -> Seal | None:
    """Return what shows that a file was not written to; None where its folder may be written in, or somebody writes."""
    try:
        if os.access(file.parent, os.W_OK) or any(map(_holds_anything, _beside(file))):
            return None
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def only_read(file: Path, arguments: list[Any], options: dict[str, Any]) -> None:
    """Change what SQLite is opened with, if the file is sealed."""
    if seal_of(file) is not None:
        arguments[0] = f"{file.resolve().as_uri()}?{READ_ONLY}"
        options["uri"] = True


def _beside(file: Path) -> list[Path]:
    return [file.with_name(file.name + end) for end in BEING_WRITTEN]


def _holds_anything(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0
