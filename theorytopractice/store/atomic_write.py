"""How do several files of a folder change all at once, or not at all?

The new contents are written beside the old files and brought to the disk; a marker then says that they
count; only then are they renamed into place. Whoever comes next finishes the renames where the marker
stands, and clears the new files away where it does not: after a power cut the folder holds the old plan
or the new one, never a mixture.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, quote, reason_of
from theorytopractice.i18n import message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


try:
    import fcntl
except ImportError:  # Windows has no such locks: there, one writer at a time is up to the people
    fcntl = None  # type: ignore[assignment,unused-ignore]

MARKER = ".plan.commit"
SUFFIX = ".plan-new"
PATIENCE = 10.0
PAUSE = 0.02
REFUSED = {
    "read": message("Cannot read the plan folder {path}: {reason}."),
    "write": message("Cannot write the plan folder {path}: {reason}."),
}


@contextmanager
def explain_refusal(path: Path, verb: str) -> Iterator[None]:
    """Turn an error of the operating system into one plain sentence."""
    try:
        yield
    except OSError as error:
        raise PlanError(say(REFUSED[verb], path=path, reason=reason_of(error))) from error
    except UnicodeEncodeError as error:
        raise PlanError(half_a_character(error)) from error


def half_a_character(error: UnicodeEncodeError) -> str:
    """Say that a text holds half a surrogate pair, which no file and no database can keep."""
    return say("A text holds half a character ({sign}); remove it.", sign=quote(error.object[error.start]))


@contextmanager
def folder_lock(path: Path, *, exclusive: bool) -> Iterator[None]:
    """Hold the folder: together with other readers, or alone for writing; raises PlanError."""
    if fcntl is None:
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        _wait(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH, path)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, kind: int, path: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise PlanError(
                    say(
                        "Another program has held the plan folder {path} for {n:.0f} seconds; try again later.",
                        path=path,
                        n=PATIENCE,
                    )
                ) from None
            time.sleep(PAUSE)
        else:
            return


def is_interrupted(path: Path) -> bool:
    """Tell whether a writer was interrupted and left something to finish or to clear away."""
    return (path / MARKER).exists() or bool(_new_files(path))


def is_to_finish(path: Path) -> bool:
    """Tell whether a writer was interrupted after its change counted, so that files wait to be moved into place."""
    return (path / MARKER).exists() and bool(_new_files(path))


def recover(path: Path) -> None:
    """Finish an interrupted change that counts, or clear away one that does not; needs the lock."""
    if (path / MARKER).exists():
        _rename(path)
    for new in _new_files(path):
        new.unlink()


def replace(path: Path, contents: Mapping[str, bytes]) -> None:
    """Replace or make the files of these names together; needs the lock. Other files are left alone."""
    try:
        for name, content in contents.items():
            if not _holds(path / name, content):
                _to_disk(path / f".{name}{SUFFIX}", content)
        _flush(path)
        _to_disk(path / MARKER, b"")
    except OSError:
        with suppress(OSError):
            recover(path)
        raise
    _flush(path)
    _rename(path)


def _new_files(path: Path) -> list[Path]:
    names = sorted(one.name for one in path.iterdir())
    return [path / name for name in names if name.startswith(".") and name.endswith(SUFFIX)]


def _holds(path: Path, content: bytes) -> bool:
    """Tell whether a file has these bytes already."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _to_disk(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _rename(path: Path) -> None:
    """Move the new files into place (those that an interrupted run did not move already)."""
    for new in _new_files(path):
        new.replace(path / new.name[1 : -len(SUFFIX)])
    _flush(path)
    (path / MARKER).unlink()


def _flush(path: Path) -> None:
    """Bring the folder's own entries to the disk, where the system can."""
    if fcntl is None:
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
