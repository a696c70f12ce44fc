"""How is a file read whole, and how does one come to lie somewhere whole, or not at all, and over no plan?"""

from __future__ import annotations

import os
from pathlib import Path

from theorytopractice.errors import PlanError, PracticeError, quote, reason_of
from theorytopractice.i18n import say
from theorytopractice.store.open import refuse_over_plan

LARGEST = 256 * 2**20
"""Bytes of a file that is read: it is in memory as a whole, and its texts beside it."""


def read_file(path: Path, what: str = "") -> bytes:
    """Return what is in a file, a table unless ``what`` says otherwise; a pipe or a device, which may never end, is none.

    Raises:
        PlanError: it cannot be read, is no file, or too large.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "x.csv")
    >>> _ = path.write_text("Key")
    >>> read_file(path)
    b'Key'
    """
    check_file(path, what)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise _unreadable(path, what, reason_of(error)) from error
    if len(data) > LARGEST:
        raise _too_large(path, what)
    return data


def check_file(path: Path, what: str = "") -> None:
    """Refuse to read what is no file, or too large; raises PlanError."""
    try:
        size = path.stat().st_size
        is_special = not path.is_file() and not path.is_dir()
    except OSError as error:
        raise _unreadable(path, what, reason_of(error)) from error
    if is_special:
        raise _unreadable(path, what, say("it is no file but a pipe or a device"))
    if size > LARGEST and not path.is_dir():
        raise _too_large(path, what)


def _too_large(path: Path, what: str) -> PlanError:
    most = LARGEST // 2**20
    return _unreadable(path, what, say("it is larger than {n} MB; divide it into several files", n=most))


def _unreadable(path: Path, what: str, why: str) -> PlanError:
    sentence = say(
        "Cannot read {what} {path}: {reason}.",
        what=what or say("the table"),
        path=quote(path.name),
        reason=why,
    )
    return PlanError(sentence)


def write_file(target: str | Path, content: bytes) -> Path:
    """Write a file whole under its name; a device or pipe is written to, never replaced.

    Raises:
        PlanError: a plan would be lost.
        PracticeError: the file cannot be written; what stood there still stands.
    """
    target = Path(target)
    refuse_over_plan(target)
    is_special = target.exists() and not target.is_file() and not target.is_dir()
    pending = target if is_special else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        pending.write_bytes(content)
        if not is_special:
            pending.replace(target)
    except OSError as error:
        raise PracticeError(
            say("Cannot write {path}: {reason}.", path=quote(target), reason=reason_of(error))
        ) from error
    finally:
        if not is_special:
            pending.unlink(missing_ok=True)
    return target
