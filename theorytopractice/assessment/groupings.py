"""Into which groups do the findings of a plan fall, by theme, kind, owner or unit?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays import NOBODY, Array, code
from theorytopractice.assessment.durations import answering
from theorytopractice.errors import UnknownName
from theorytopractice.model.vocabularies import FindingKind

if TYPE_CHECKING:
    from theorytopractice.assessment.snapshot import PlanSnapshot

GROUPINGS = ("theme", "kind", "owner", "unit")
WITHOUT = {"owner": NOBODY, "unit": "(no unit)"}


def groups_of(s: PlanSnapshot, by: str) -> tuple[list[str], Array]:
    """Return the names of the groups in order, and that of each finding of a snapshot.

    Owner and unit are those that answer for a finding, as in ``durations``.

    Raises:
        UnknownName: there is no such grouping.
    """
    if by not in GROUPINGS:
        raise UnknownName("grouping", by, GROUPINGS)
    if by == "theme":
        word = s.encoded.findings.theme
    elif by == "kind":
        word = np.empty(len(s), dtype=object)
        for kind in FindingKind:
            word[s.encoded.findings.kind == code(FindingKind, kind)] = str(kind)
    else:
        owners = pd.Series(answering(s.encoded, s.cases, by), dtype=object)
        word = owners.where(owners.notna(), WITHOUT[by]).to_numpy(dtype=object)
    present = set(word[s.is_in_plan])
    names = [str(kind) for kind in FindingKind if kind in present] if by == "kind" else sorted(present)
    return names, word
