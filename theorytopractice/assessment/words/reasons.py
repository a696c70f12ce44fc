"""Which very rows raised each flag? One sentence a flag, with ids and dates.

A reason is a function from a :class:`Situation` of a single case to a sentence, declared under the name of its
flag; it is asked only where the flag is raised, and reads the rows by which the flag's rule was judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from theorytopractice.assessment.words.wording import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.assessment.stages.situation import Situation

Reason: TypeAlias = "Callable[[Situation], str]"

REASONS: dict[str, Reason] = {}


def because(reason: Reason) -> Reason:
    """Declare a function as the reason of the flag of its name."""
    REASONS[reason.__name__] = reason
    return reason


def flag_reasons(s: Situation, flags: list[str]) -> dict[str, str]:
    """Return a sentence for each raised flag of a single case."""
    return {name: sentence(REASONS[name](s)) for name in flags}
