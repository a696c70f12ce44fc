"""How does a rule become a flag?

A flag is a function from a :class:`Situation` to one truth a case, declared where its rule stands; for
kinds to which a flag does not apply, and for findings that are not open, it is never raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from theorytopractice.model.vocabularies import FindingKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.assessment.arrays.segments import Truths
    from theorytopractice.assessment.stages.situation import Situation

Rule: TypeAlias = "Callable[[Situation], Truths]"

EVERY_KIND = tuple(FindingKind)
LADDER_KINDS = (FindingKind.INSIGHT, FindingKind.PROBLEM)

FLAGS: dict[str, tuple[Rule, tuple[FindingKind, ...]]] = {}


def flag(*kinds: FindingKind) -> Callable[[Rule], Rule]:
    """Declare a rule as a flag of these kinds; its name is the function's."""

    def declare(rule: Rule) -> Rule:
        FLAGS[rule.__name__] = (rule, kinds)
        return rule

    return declare


def raised(situation: Situation, name: str) -> Truths:
    """Judge one flag for every case."""
    rule, kinds = FLAGS[name]
    return rule(situation) & situation.is_kind(*kinds) & situation.seen.is_open


def listed(found: dict[str, Truths], n: int) -> list[list[str]]:
    """Turn truths a flag into a sorted list of names a case."""
    names = sorted(found)
    mask = np.zeros(n, dtype=np.int64)
    for bit, name in enumerate(names):
        mask |= found[name].astype(np.int64) << bit
    patterns, which = np.unique(mask, return_inverse=True)
    lists = [[name for bit, name in enumerate(names) if pattern >> bit & 1] for pattern in patterns.tolist()]
    return [list(lists[i]) for i in which.tolist()]
