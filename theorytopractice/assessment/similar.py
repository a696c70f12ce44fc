"""Which findings say almost the same?"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays import natural_order, texts
from theorytopractice.assessment.encode import complete_tables, identifiers, refuse_missing
from theorytopractice.errors import PracticeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scipy.sparse import csr_matrix

BLOCK = 512  # rows of similarities held at once
RUNS = {False: (3, 5), True: (1, 3)}  # letters in a row; in scripts of wide signs, one may be a word
COMMON_SHARE, COMMON = (
    0.1,
    100,
)  # runs in more of the statements than both tell nothing and cost most of the time


def similar(plan: Mapping[str, pd.DataFrame], *, at_least: float = 0.5, most: int = 50) -> pd.DataFrame:
    """List the pairs of findings whose statements read alike, to find duplicates and what belongs together.

    Statements are compared by the runs of letters that they share, rare runs weighing more (TF–IDF, cosine): three
    to five letters within a word, or one to three signs of a script without spaces such as Chinese; case and
    punctuation do not count. It knows nothing of meaning, and the same plan always gives the same list. The measure
    is relative: how rare a run is depends on the other statements. Pairs above about 0.8 are mostly copies
    with small edits; pairs around 0.5 often speak of one subject.

    Args:
        plan: a plan, or any mapping of table names to frames; only the table ``finding`` is read, whatever the
            disposition of a finding is.
        at_least: the smallest similarity listed, above 0 and up to 1.
        most: the greatest number of pairs listed, the most similar first.

    Returns:
        One row a pair, most similar first: ``finding_id``, ``other_finding_id`` (the later in natural order),
        ``similarity`` (0–1, rounded to 4 places), ``statement``, ``other_statement``. Empty statements are in no pair.

    Raises:
        PracticeError: ``at_least`` or ``most`` is out of its range.
        InvalidPlan: the findings have no statements, or an identifier is empty or stands twice.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> ttp.similar(plan, most=1)[["finding_id", "other_finding_id"]].to_numpy().tolist()
        [['F-013', 'F-042']]
    """
    if not 0 < at_least <= 1:
        raise PracticeError(f"at_least is a similarity above 0 and up to 1, not {at_least}.")
    if most < 1:
        raise PracticeError(f"most is a number of pairs from 1, not {most}.")
    tables = complete_tables(plan)
    finding = tables["finding"]
    refuse_missing(plan, tables, "finding", "statement")
    ids = identifiers(finding, "finding_id")
    order = natural_order(ids)
    statements = np.array(texts(finding["statement"]), dtype=object)[order]
    bare = [_letters(statement) for statement in statements]
    filled = np.flatnonzero([bool(text) for text in bare])
    first, second, likeness = _pairs([bare[row] for row in filled], at_least, most)
    one, other = filled[first], filled[second]
    names = ids.to_numpy(dtype=object)[order]
    return pd.DataFrame(
        {
            "finding_id": names[one],
            "other_finding_id": names[other],
            "similarity": likeness,
            "statement": statements[one],
            "other_statement": statements[other],
        }
    )


def _letters(statement: str) -> str:
    """Return a statement in one writing: compatible signs made equal, case folded, punctuation as spaces."""
    text = unicodedata.normalize("NFKC", statement).casefold()
    kept = "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in text)
    return " ".join(kept.split())


def _pairs(statements: list[str], at_least: float, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the most similar pairs as (position, later position, similarity)."""
    pairs = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))]
    if len(statements) > 1:
        for block in _blocks(_vectors(statements), at_least):
            pairs = [_best([*pairs, block], most)]
    return _best(pairs, most)


def _vectors(statements: list[str]) -> csr_matrix:
    """Return the statements as unit vectors of weighted runs of letters; copies do not make a run common."""
    different, which = np.unique(np.array(statements, dtype=object), return_inverse=True)
    counts = _run_counts(different)
    spread = np.bincount(counts.indices, minlength=counts.shape[1])  # in how many statements each run stands
    weight = np.log((1 + len(different)) / (1 + spread)) + 1
    is_common = spread > max(int(COMMON_SHARE * len(different)), COMMON)
    if not is_common.all():  # where every run is common, none may be left out
        weight[is_common] = 0
    counts.data *= weight[counts.indices].astype(np.float32)
    counts.eliminate_zeros()
    lengths = np.sqrt(counts.multiply(counts).sum(axis=1).A1)
    counts.data /= np.repeat(lengths, np.diff(counts.indptr))
    return counts[which]


def _run_counts(statements: Iterable[str]) -> csr_matrix:
    """Count how often each run of letters (a column) stands in each statement (a row)."""
    from scipy.sparse import csr_matrix

    places: dict[str, int] = {}
    columns: list[int] = []
    numbers: list[int] = []
    ends = [0]
    for statement in statements:
        for run, number in Counter(_runs(statement)).items():
            columns.append(places.setdefault(run, len(places)))
            numbers.append(number)
        ends.append(len(columns))
    return csr_matrix(
        (np.array(numbers, dtype=np.float32), columns, ends), shape=(len(ends) - 1, len(places))
    )


def _runs(statement: str) -> list[str]:
    """Cut a statement into runs of letters; a space marks the edge of a word."""
    pairs = []
    for word in statement.split():
        is_wide = any(unicodedata.east_asian_width(sign) == "W" for sign in word)
        text = word if is_wide else f" {word} "
        shortest, longest = RUNS[is_wide]
        for length in range(shortest, longest + 1):
            pairs += [text[i : i + length] for i in range(len(text) - length + 1)]
    return pairs


def _blocks(vectors: csr_matrix, at_least: float) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Compare a block of statements at a time with all from there on, and keep what is similar enough."""
    for begin in range(0, vectors.shape[0], BLOCK):
        alike = (vectors[begin : begin + BLOCK] @ vectors[begin:].T).tocoo()
        likeness = np.minimum(np.round(alike.data, 4), 1.0)
        keep = (alike.col > alike.row) & (likeness >= at_least)
        yield alike.row[keep] + begin, alike.col[keep] + begin, likeness[keep]


def _best(
    pairs: list[tuple[np.ndarray, np.ndarray, np.ndarray]], most: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the most similar of the pairs, ties by their places in the plan."""
    first, second, likeness = (np.concatenate(part) for part in zip(*pairs, strict=True))
    order = np.lexsort((second, first, -likeness))[:most]
    return first[order], second[order], likeness[order]
