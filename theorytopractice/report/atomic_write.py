"""How is a report put in place so that nobody ever finds half of one?"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from theorytopractice.errors import PracticeError, reason_of, shown

if TYPE_CHECKING:
    from collections.abc import Mapping


OURS = re.compile(r"findings-\d\d+-[0-9a-f]{8}\.html")


def place(target: Path, page: str, files: Mapping[str, bytes], printed: bytes | None = None) -> None:
    """Write the files beside a report, the PDF, and last the page; then remove files of an earlier one.

    The files are named for their content, so the page that stands there until the last moment keeps its own.

    Raises:
        PracticeError: something cannot be written; the earlier report stands as it was.
    """
    folders = {(target.parent / name).parent for name in files}
    try:
        for folder in folders:
            folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _cannot(target, error) from error
    for name, content in files.items():
        replace(target.parent / name, content)
    if printed is not None:
        replace(target.with_suffix(".pdf"), printed)
    replace(target, page.encode())
    beside = target.with_name(f"{target.stem}_files")
    if beside.is_dir() and not beside.is_symlink():
        _remove_old(beside, {Path(name).name for name in files})


def replace(target: Path, content: bytes) -> None:
    """Write a file whole, under its name, or not at all; a device or pipe is written to, never replaced."""
    is_special = target.exists() and not target.is_file() and not target.is_dir()
    pending = target if is_special else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        pending.write_bytes(content)
        if not is_special:
            pending.replace(target)
    except OSError as error:
        raise _cannot(target, error) from error
    finally:
        if not is_special:
            pending.unlink(missing_ok=True)


def _cannot(target: Path, error: OSError) -> PracticeError:
    reason = reason_of(error)
    return PracticeError(f"Cannot write {shown(target)}: {reason}.")


def _remove_old(folder: Path, kept: set[str]) -> None:
    """Remove what an earlier report kept beside it, and nothing that anybody else put there."""
    for file in folder.iterdir():
        if OURS.fullmatch(file.name) and file.name not in kept:
            file.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
