"""How fast is the assessment, beside an idiomatic pandas script that computes the same ladder without flags?

Run it as ``python tests/benchmark.py [N_FINDINGS]``: both take turns on the same frames, the stages must agree,
and the medians, their ratio and the peak memory of each (in a process of its own) are printed.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from theorytopractice.assessment.assess import assess

AS_OF = pd.Timestamp("2026-04-01")
FIRST_DAY = np.datetime64("2023-01-01", "s")
ROUNDS = 3


def text(values):
    return pd.Series(values, dtype="str")


def numbered(prefix, numbers):
    return text(np.char.add(f"{prefix}-", np.asarray(numbers).astype(str)))


def generate(n_findings, seed=7):
    """Make frames of n findings, 3 n actions, 6 n events, 10 n observations and 2.4 n pieces of evidence."""
    random = np.random.default_rng(seed)

    def days(n, low, high):
        return pd.Series(FIRST_DAY + random.integers(low, high, n).astype("timedelta64[D]"))

    n, n_actions = n_findings, 3 * n_findings
    finding, action, indicator = (numbered(p, range(k)) for p, k in (("F", n), ("A", n_actions), ("I", n)))
    cadence = np.arange(10) * 30 + 900
    last = random.choice(["complete", "complete", "complete", "complete", "cancel", "suspend"], n_actions)
    proven = np.flatnonzero(random.random(n_actions) < 0.8)
    return {
        "finding": pd.DataFrame(
            {
                "finding_id": finding,
                "kind": text(random.choice(["insight", "problem"], n)),
                "statement": text(np.repeat("s", n)),
                "recorded_on": days(n, 0, 300),
            }
        ),
        "action": pd.DataFrame(
            {
                "action_id": action,
                "title": text(np.repeat("t", n_actions)),
                "due": days(n_actions, 200, 1500).mask(random.random(n_actions) < 0.1),
                "recorded_on": days(n_actions, 0, 300),
            }
        ),
        "finding_action": pd.DataFrame(
            {
                "finding_id": finding.iloc[random.integers(0, n, n_actions)].reset_index(drop=True),
                "action_id": action,
                "role": text(random.choice(["delivers", "delivers", "delivers", "enables"], n_actions)),
            }
        ),
        "action_owner": pd.DataFrame(
            {
                "action_id": action,
                "owner_id": numbered("O", random.integers(0, 1000, n_actions)),
                "role": text(random.choice(["accountable", "responsible"], n_actions, p=[0.9, 0.1])),
            }
        ),
        "indicator": pd.DataFrame(
            {
                "indicator_id": indicator,
                "name": text(np.repeat("i", n)),
                "direction": text(random.choice(["ascending", "descending"], n)),
                "level": text(np.repeat("outcome", n)),
                "intent": text(np.repeat("maintain", n)),
                "target": text(random.choice(["55", "60", "62.5"], n)),
                "cadence_days": pd.array(np.repeat(30, n), dtype="Int64"),
            }
        ),
        "finding_indicator": pd.DataFrame({"finding_id": finding, "indicator_id": indicator}),
        "event": pd.DataFrame(
            {
                "event_id": numbered("V", range(2 * n_actions)),
                "subject": text(np.repeat("action", 2 * n_actions)),
                "subject_id": pd.concat([action, action], ignore_index=True),
                "event": text(np.concatenate([np.repeat("start", n_actions), last])),
                "reason": text(np.repeat("r", 2 * n_actions)),
                "happened_on": pd.concat(
                    [days(n_actions, 300, 600), days(n_actions, 600, 1300)], ignore_index=True
                ),
            }
        ),
        "observation": pd.DataFrame(
            {
                "observation_id": numbered("B", range(10 * n)),
                "indicator_id": indicator.repeat(10).reset_index(drop=True),
                "observed_on": FIRST_DAY + np.tile(cadence, n).astype("timedelta64[D]"),
                "value": text(np.round(random.normal(60, 8, 10 * n), 1).astype(str)),
            }
        ),
        "evidence": pd.DataFrame(
            {
                "evidence_id": numbered("E", range(len(proven))),
                "action_id": action.iloc[proven].reset_index(drop=True),
                "dated_on": days(len(proven), 900, 1300),
            }
        ),
    }


def by_pandas(plan):
    """Return the stage of each finding: the ladder of section 5, as one would write it with merges and groupby."""
    events = plan["event"]
    events = events[(events["subject"] == "action") & (events["happened_on"] <= AS_OF)]
    events = events.sort_values(["subject_id", "happened_on", "event_id"])
    last = events.groupby("subject_id")["event"].last().rename("last")
    started = events[events["event"].isin(["start", "resume", "complete"])]
    start = started.groupby("subject_id")["happened_on"].min().rename("start")
    proof = (
        plan["evidence"][plan["evidence"]["dated_on"] <= AS_OF].groupby("action_id").size().rename("proof")
    )
    owners = plan["action_owner"]
    owned = owners[owners["role"] == "accountable"].groupby("action_id").size().rename("owned")
    action = plan["action"][plan["action"]["recorded_on"] <= AS_OF].set_index("action_id")
    action = action.join(last).join(start).join(proof).join(owned)
    links = plan["finding_action"]
    links = (
        links[links["role"] == "delivers"]
        .drop_duplicates()
        .merge(action, left_on="action_id", right_index=True)
    )
    live = links[links["last"] != "cancel"].copy()
    live["planned"] = live["owned"].notna() & live["due"].notna()
    live["begun"] = live["last"].notna()
    live["done"] = (live["last"] == "complete") & live["proof"].notna()
    grouped = live.groupby("finding_id")
    ladder = grouped.agg(
        planned=("planned", "any"), begun=("begun", "any"), done=("done", "all"), start=("start", "min")
    )
    outcome = outcomes_by_pandas(plan, ladder["start"])
    result = plan["finding"].set_index("finding_id").join(ladder).join(outcome)
    for name in ("planned", "begun", "done", "shown", "held"):
        result[name] = result[name].fillna(False).astype(bool)
    practised = result["done"] & result["shown"]
    stages = [practised & result["held"], practised, result["done"], result["begun"], result["planned"]]
    return pd.Series(np.select(stages, [5, 4, 3, 2, 1], 0), index=result.index)


def outcomes_by_pandas(plan, start):
    """Return whether each finding's indicators are shown and have held (5.1 and 5.2; confirm 1, lapse 2)."""
    measured = (
        plan["finding_indicator"].merge(plan["indicator"], on="indicator_id").merge(start, on="finding_id")
    )
    seen = plan["observation"][plan["observation"]["observed_on"] <= AS_OF].merge(measured, on="indicator_id")
    seen = seen[seen["observed_on"] >= seen["start"]].sort_values(
        ["indicator_id", "observed_on", "observation_id"]
    )
    value, target = seen["value"].astype(float), seen["target"].astype(float)
    seen["ok"] = np.where(seen["direction"] == "ascending", value >= target, value <= target)
    group = seen.groupby("indicator_id")
    change = seen["ok"] != group["ok"].shift()
    run = seen.groupby(["indicator_id", change.groupby(seen["indicator_id"]).cumsum()]).cumcount() + 1
    push = pd.Series(
        np.where(seen["ok"] & (run == 1), 1.0, np.where(~seen["ok"] & (run == 2), 0.0, np.nan)), seen.index
    )
    seen["met"] = push.groupby(seen["indicator_id"]).ffill().fillna(0) == 1
    before = seen.groupby("indicator_id")["met"].shift(fill_value=False)
    rises = seen["met"] & ~before
    seen["since"] = seen["observed_on"].where(rises).groupby(seen["indicator_id"]).ffill()
    seen["gap"] = seen.groupby("indicator_id")["observed_on"].diff().dt.days
    final = seen.groupby("indicator_id").tail(1).set_index("indicator_id")
    lately = seen.merge(final["since"].rename("last_since"), left_on="indicator_id", right_index=True)
    lately = lately[lately["observed_on"] >= lately["last_since"]]
    lately["wide"] = (lately["gap"] > 2 * lately["cadence_days"].astype(float)) & (
        lately["observed_on"] > lately["last_since"]
    )
    anew = lately["observed_on"].where(lately["wide"]).groupby(lately["indicator_id"]).transform("max")
    counts = lately[lately["ok"] & (lately["observed_on"] >= anew.fillna(lately["last_since"]))]
    final = final.join(counts.groupby("indicator_id").agg(n_ok=("ok", "sum"), hold=("observed_on", "min")))
    age = (AS_OF - final["observed_on"]).dt.days
    final["shown"] = final["met"] & (age <= 2 * final["cadence_days"].astype(float))
    held = (final["observed_on"] - final["hold"]).dt.days >= 180
    final["held"] = final["met"] & final["ok"] & held & (final["n_ok"] >= 3)
    return final.groupby("finding_id")[["shown", "held"]].all()


def by_library(plan):
    """Return the stage of each finding by the library, with all flags."""
    return assess(plan, as_of=AS_OF.date()).set_index("finding_id")["stage"]


def seconds(compute, plan):
    begin = time.perf_counter()
    compute(plan)
    return time.perf_counter() - begin


def peak(compute, n_findings, queue):
    """Report by how many MB the computation raised the peak memory of its process (Linux)."""
    plan = generate(n_findings)
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the generation
    before = high_water()
    compute(plan)
    queue.put(high_water() - before)


def high_water():
    """Return the process's peak memory in MB."""
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main(n_findings):
    plan = generate(n_findings)
    expected, actual = by_pandas(plan), by_library(plan).astype(int)
    assert (actual == expected.reindex(actual.index)).all(), "the two ladders differ"
    pairs = [(seconds(by_library, plan), seconds(by_pandas, plan)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(slow / fast for fast, slow in pairs)
    print(f"{n_findings} findings: stages {actual.value_counts().sort_index().to_dict()}")
    print(
        f"library with all flags {ours:.2f} s, pandas ladder without flags {theirs:.2f} s, ratio {ratio:.1f}"
    )
    for name, compute in (("library", by_library), ("pandas", by_pandas)):
        queue = multiprocessing.get_context("spawn").Queue()
        process = multiprocessing.get_context("spawn").Process(target=peak, args=(compute, n_findings, queue))
        process.start()
        print(f"peak memory above the frames, {name}: {queue.get():.0f} MB")
        process.join()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
