"""What do the verdicts say of real figures: a hospital trust's breaches, and the emissions of British councils?"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from builder import frames_of, monthly_tables

import theorytopractice as ttp
from theorytopractice.exchange.mapping import apply, read_mapping

DATA = Path(__file__).parents[1].parent / "shared" / "data"
NHS, NETZERO = DATA / "nhs" / "ae_attendances.csv", DATA / "netzero"
MAPPING = Path(__file__).parent / "mappings" / "netzero.toml"
TODAY = "2026-11-23"

needs_nhs = pytest.mark.skipif(not NHS.is_file(), reason="the A&E data (../shared/data/nhs) are not there")
needs_netzero = pytest.mark.skipif(
    not NETZERO.is_dir(), reason="the council data (../shared/data/netzero) are not there"
)


def trust(code, begun, measure="count", *, exposed=True):
    """Lay out a trust's monthly breaches, and attendances as exposure if asked, around the begin of an action."""
    with NHS.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["org_code"] == code and row["type"] == "1"]
    rows.sort(key=lambda row: row["period"])
    tables = monthly_tables([], [row["breaches"] for row in rows], exposure=[row["attendances"] if exposed else "" for row in rows],
                       measure=measure, direction="descending")  # fmt: skip
    for observed, row in zip(tables["observation"], rows, strict=True):
        observed["observed_on"] = row["period"]
    tables["event"] = [{"subject": "action", "subject_id": "A", "event": "start", "happened_on": begun}]
    return frames_of(tables)


@needs_nhs
def test_the_published_limits_of_rrk_come_out_of_a_plan():
    row = ttp.verdict(trust("RRK", "2018-04-01", exposed=False), as_of="2019-04-30").iloc[0]
    assert (row["n_pre"], row["n_post"]) == (24, 12)
    found = row[["mean", "mean_moving_range", "lower_limit", "upper_limit"]].tolist()
    assert found == pytest.approx([1711.875, 361.9565, 749.0707, 2674.6793], abs=5e-5)


@needs_nhs
def test_a_merger_of_trusts_is_seen_as_counts_and_not_as_a_rate():
    """RRK took over a far larger trust in July 2018: breaches rise fivefold, and so do attendances."""
    counts = ttp.verdict(trust("RRK", "2018-04-01", exposed=False), as_of="2019-04-30").iloc[0]
    assert counts["median_post"] > 3 * counts["median_pre"]
    assert counts["verdict"] in {"worse", "worse, but"}
    row = ttp.verdict(trust("RRK", "2018-04-01"), as_of="2019-04-30").iloc[0]
    assert row["verdict"] == "no signal"
    assert row["low"] < 0 < row["high"]
    series = row["series"]
    assert series["exposure"] is True
    assert series["rate_ratio_low"] < 1 < series["rate_ratio_high"]
    assert series["ljung_box_p"] < 0.05


@pytest.fixture(scope="module")
def councils():
    """Councils by the mapping alone; that the work begins with the declaration is the assumption of this test."""
    mapped = apply(read_mapping(MAPPING), NETZERO)
    frames = {name: pd.DataFrame(table.rows()) for name, table in mapped.tables.items()}
    return {name: frame.replace("", None) for name, frame in frames.items() if len(frame)}


def begun(councils, day=None):
    declared = councils["finding"].set_index("finding_id")["recorded_on"]
    links = councils["finding_action"].drop_duplicates("action_id")
    starts = [
        {"subject": "action", "subject_id": action, "event": "start", "happened_on": day or declared[finding]}
        for finding, action in zip(links["finding_id"], links["action_id"], strict=True)
    ]
    return councils | {"event": pd.DataFrame(starts)}


@needs_netzero
def test_a_promise_alone_starts_nothing(councils):
    frame = ttp.verdict(councils | {"event": pd.DataFrame()}, as_of=TODAY)
    assert set(frame["sentence"]) == {"No action has started."}
    assert frame.attrs["n_examined"] == 327


@needs_netzero
def test_no_council_moved_after_its_declaration_though_every_figure_fell(councils):
    """Years end on 31 December and run to 2020: who declared in 2018 has three values since, nobody has more."""
    frame = ttp.verdict(begun(councils), as_of=TODAY)
    assert frame.attrs["n_examined"] == len(frame) == 327
    started = frame[frame["started_on"].notna()]
    year = started["started_on"].dt.year.clip(upper=2021)
    assert (started["n_pre"] == year - 2005).all()
    assert (started["n_post"] == 2021 - year).all()
    expected = {
        2018: "no signal",
        2019: "too few points",
        2020: "too few points",
        2021: "cannot tell",
    }
    assert (started["verdict"] == year.map(expected)).all()
    assert (year == 2018).sum() == 5
    fell = started[started["n_post"] > 0]
    assert len(fell) == 287
    assert (fell["median_post"] < fell["median_pre"]).all()


@needs_netzero
def test_improvement_that_had_already_begun_is_no_claim(councils):
    """Had all begun in 2015: ten values before, six since. Emissions fell everywhere, before and since."""
    frame = ttp.verdict(begun(councils, "2015-01-01"), as_of=TODAY)
    frame = frame[frame["n_pre"] > 0]
    assert len(frame) == 297
    assert (frame["median_post"] < frame["median_pre"]).all()
    assert set(frame["verdict"]) <= {"better, but", "no signal", "improved"}
    assert (frame["verdict"] == "improved").sum() <= 2
    but = frame[frame["verdict"] == "better, but"]
    assert len(but) > 250
    assert set(but["rival"]) <= {"old trend", "memory", "other indicators", "too short"}
    assert (but["rival"] == "old trend").sum() > 150
