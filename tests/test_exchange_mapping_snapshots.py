"""Does a series of dated snapshots become what happened between them?"""

from __future__ import annotations

import pytest

from theorytopractice.errors import PlanError
from theorytopractice.exchange.mapping import apply, read_mapping

MAPPING = """
[source.plan]
file = "plan-{month}.csv"
[[action]]
action_id = "No"
title = "What"
recorded_on = "snapshot"
due = "Due"
[[action_owner]]
action_id = "No"
owner_id = { name = "Who" }
role = { constant = "accountable" }
[[owner]]
owner_id = { name = "Who" }
name = "Who"
[[status]]
column = "State"
subject = "action"
subject_id = "No"
words."Open" = {}
words."Going" = { event = "start" }
words."Done" = { event = "complete", happened_on = { column = "Finished", dates = ["dd/mm/yyyy"] } }
fell_back = { event = "reopen" }
gone = { event = "cancel", reason = { constant = "no longer in the plan" } }
"""
FILES = {
    "2025-03": "A-1,Call,Open,,2025-12-31,Kim\nA-2,Write,Going,,2025-12-31,Kim\nA-3,Go,Open,,,Lee\n",
    "2025-06": "A-1,Call,Going,,2025-12-31,Kim\nA-2,Write letters,Done,15/05/2025,2025-12-31,Kim\nA-3,Go,Open,,,Lee\n",
    "2025-09": "A-1,Call,Going,,2026-03-31,Lee\nA-2,Write letters,Going,,2025-12-31,Kim\n",
}


@pytest.fixture
def run(tmp_path):
    """Apply a mapping to snapshots."""

    def run(mapping=MAPPING, files=FILES):
        (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
        for month, rows in files.items():
            (tmp_path / f"plan-{month}.csv").write_text(
                f"No,What,State,Finished,Due,Who\n{rows}", encoding="utf-8"
            )
        return apply(read_mapping(tmp_path / "mapping.toml"), tmp_path)

    return run


def events(mapped):
    table = mapped.tables["event"]
    return sorted(zip(table["subject_id"], table["happened_on"], table["event"], table["due"], strict=True))


def test_each_change_between_snapshots_is_an_event_on_the_day_of_the_snapshot(run):
    mapped = run()
    assert events(mapped) == [
        ("A-1", "2025-06-30", "start", ""),
        ("A-1", "2025-09-30", "redate", "2026-03-31"),
        ("A-2", "2025-03-31", "start", ""),
        ("A-2", "2025-05-15", "complete", ""),  # a better date than the snapshot's
        ("A-2", "2025-09-30", "reopen", ""),  # fell back
        ("A-3", "2025-09-30", "cancel", ""),  # gone
    ]
    assert mapped.issues == []


def test_a_row_was_first_seen_on_the_first_day_and_reads_as_in_the_last(run):
    action = run().tables["action"]
    rows = list(zip(*(action[name] for name in ("action_id", "title", "recorded_on", "due")), strict=True))
    assert rows == [
        ("A-1", "Call", "2025-03-31", "2025-12-31"),
        ("A-2", "Write letters", "2025-03-31", "2025-12-31"),
        ("A-3", "Go", "2025-03-31", ""),
    ]


def test_the_owner_of_the_last_snapshot_is_accountable(run):
    links = run().tables["action_owner"]
    assert list(zip(links["action_id"], links["owner_id"], strict=True)) == [
        ("A-3", "Lee"),
        ("A-1", "Lee"),
        ("A-2", "Kim"),
    ]


def test_what_fell_back_or_is_gone_is_listed_where_the_mapping_does_not_say_what_that_means(run):
    lines = [line for line in MAPPING.splitlines() if not line.startswith(("fell_back", "gone"))]
    mapped = run("\n".join(lines))
    assert [event[:3] for event in events(mapped) if event[2] in ("reopen", "cancel")] == []
    assert sorted(
        (issue.where, issue.row, issue.code, issue.message.split(";")[0]) for issue in mapped.issues
    ) == [
        ("plan-2025-06.csv", 4, "W-IMPORT", "the next snapshot no longer has this row"),
        ("plan-2025-09.csv", 3, "W-STATUS", "this row fell back"),
    ]


def test_a_row_that_was_gone_and_comes_back_fell_back(run):
    files = {
        "2025-03": "A-1,Call,Going,,,Kim\n",
        "2025-06": "A-2,Go,Open,,,Kim\n",
        "2025-09": "A-1,Call,Going,,,Kim\n",
    }
    assert [event[:3] for event in events(run(files=files))] == [
        ("A-1", "2025-03-31", "start"),
        ("A-1", "2025-06-30", "cancel"),
        ("A-1", "2025-09-30", "reopen"),
        ("A-2", "2025-09-30", "cancel"),
    ]


def test_a_further_snapshot_adds_only_what_is_new(run):
    before = events(run())
    files = {
        **FILES,
        "2025-12": "A-1,Call,Going,,2026-03-31,Lee\nA-2,Write letters,Done,01/12/2025,2025-12-31,Kim\n",
    }
    assert sorted(set(events(run(files=files))) - set(before)) == [("A-2", "2025-12-01", "complete", "")]
    assert set(before) <= set(events(run(files=files)))


def test_a_row_that_stands_twice_in_a_snapshot_counts_once_and_the_other_word_is_listed(run):
    rows = "A-1,Call,Going,,,Kim\nA-1,Call,Done,01/03/2025,,Kim\nA-1,Call,going,,,Kim\n"
    mapped = run(files={"2025-03": rows})
    assert [event[:3] for event in events(mapped)] == [("A-1", "2025-03-31", "start")]
    assert [(issue.row, issue.found) for issue in mapped.issues] == [(3, "Done")]


def test_a_row_of_a_snapshot_without_a_key_is_listed(run):
    status_only = MAPPING[: MAPPING.index("[[action]]")] + MAPPING[MAPPING.index("[[status]]") :]
    mapped = run(status_only, {"2025-03": ",Call,Going,,,Kim\nA-1,Go,Going,,,Kim\n"})
    assert [(issue.row, issue.message) for issue in mapped.issues] == [
        (2, "the mapping makes nothing of this row")
    ]


def test_only_a_series_can_fall_back(run):
    with pytest.raises(PlanError, match=r"status\[1\].fell_back: 'plan' is no series"):
        run(
            MAPPING.replace('file = "plan-{month}.csv"', 'file = "plan-2025-03.csv"').replace(
                '"snapshot"', '"Due"'
            )
        )
