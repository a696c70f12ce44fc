"""How does a file come to lie somewhere whole, or not at all, and over no plan?"""

from __future__ import annotations

import os
from pathlib import Path

from theorytopractice.errors import PracticeError, reason_of, shown
from theorytopractice.i18n import say
from theorytopractice.store.open import refuse_over_plan


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
            say("Cannot write {path}: {reason}.", path=shown(target), reason=reason_of(error))
        ) from error
    finally:
        if not is_special:
            pending.unlink(missing_ok=True)
    return target
