"""Why has a finding its stage? Explanations against the rows of the plan, read by hand."""

from __future__ import annotations

import datetime as dt
import random
import re

import pandas as pd
import pytest
from acceptance import NINETY, mechanism, on_due_days, promise, replicated, shared, usual, waiting
from builder import PlanBuilder, frames_of
from random_plans import OWNERS, random_day, random_plan

import theorytopractice as ttp
from theorytopractice.assessment.assess import assess, describe
from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.encoded_plan import all_findings_on
from theorytopractice.assessment.explain import explain, explain_in
from theorytopractice.assessment.listings import slots

DAY = "2026-06-30"
FACTS = {
    "V": ("event", "event_id", "happened_on"),
    "B": ("observation", "observation_id", "observed_on"),
    "E": ("evidence", "evidence_id", "dated_on"),
}


@pytest.fixture(scope="module")
def example():
    with ttp.open_plan(ttp.path_of("data/example")) as plan:
        return dict(plan)


@pytest.fixture(scope="module")
def encoded(example):
    return encode(example)


@pytest.fixture(scope="module")
def said(encoded):
    """Explain a finding of the example on a day, once."""
    known = {}

    def tell(finding_id, day=DAY):
        if (finding_id, day) not in known:
            known[finding_id, day] = explain_in(encoded, finding_id, all_findings_on(encoded, day, "then"))
        return known[finding_id, day]

    return tell


def of(draft, day, finding_id="F-001"):
    """Explain the finding of a draft on a day of 2026."""
    return explain(frames_of(draft.tables), finding_id, as_of=f"2026-{day}")


def has(lines, *parts):
    """Tell whether one line holds all parts."""
    return any(all(part in line for part in parts) for line in lines)


@pytest.mark.parametrize("day", [DAY, "2025-12-31", "2025-06-30"])
def test_every_flag_is_explained_and_every_fact_named_was_visible(example, said, day):
    facts = {letter: dates(example, *names) for letter, names in FACTS.items()}
    listed = assess(example, as_of=day).set_index("finding_id")["flags"]
    n_named = 0
    for finding_id in example["finding"]["finding_id"]:
        found = said(finding_id, day)
        assert list(found.flag_reasons) == found.flags == listed[finding_id]
        assert all(len(why) > 15 and why.endswith(".") for why in found.flag_reasons.values())
        for letter, number in re.findall(r"\b([VBE])-(\d{3,5})\b", found.text):
            identifier = f"{letter}-{number}"
            n_named += 1
            assert max(facts[letter][identifier]) <= day, (finding_id, identifier)
    assert n_named > 100


def dates(tables, table, key, own_date):
    """Return id → the dates that must have passed before a fact is visible."""
    frame = tables[table]
    late = frame["recorded_on"].fillna(frame[own_date])
    return {
        one: (str(on)[:10], str(known)[:10])
        for one, on, known in zip(frame[key], frame[own_date], late, strict=True)
    }


@pytest.mark.parametrize(
    ("finding_id", "day", "flag", "parts"),
    [
        # Each expectation is read from the CSV files of the example.
        ("F-002", DAY, "review_overdue", ["due on 2025-03-11, 476 days ago", "never reviewed", "2024-03-11"]),
        ("F-005", DAY, "scope_reduced", ["1 of 3", "A-008", "V-0100", "own mobile branch"]),
        ("F-005", DAY, "solved", ["I-09", "84 on 2026-03-18 (B-00223)", "212 people"]),
        ("F-006", DAY, "failed_elsewhere", ["A-013 at Pinehill", "did not work", "I-13"]),
        ("F-009", DAY, "wobble", ["I-15", "at least 80", "77 on 2026-05-31 (B-00433)"]),
        ("F-011", DAY, "outcome_ahead", ["I-17", "A-023"]),
        ("F-011", DAY, "shared_indicator", ["I-17", "F-015"]),
        ("F-012", DAY, "no_baseline", ["I-18", "2025-02-17"]),
        ("F-012", DAY, "stale", ["I-18", "2025-11-20 (B-00498), 222 days ago", "fresh for 180"]),
        ("F-013", DAY, "lapsed", ["I-19", "lapsed on 2026-02-28", "4 on 2026-05-31 (B-00533)"]),
        ("F-013", DAY, "recurred", ["solved on 2025-03-24", "I-19 lapsed on 2026-02-28"]),
        ("F-014", DAY, "solved_unconfirmed", ["74 on 2026-04-22 (B-00557)", "186", "misses the target"]),
        ("F-016", DAY, "ripe_not_moved", ["2026-03-16", "106 days"]),
        ("F-016", DAY, "ripe", ["A-034", "V-0274", "E-049", "A-035", "V-0285", "E-050"]),
        ("F-017", DAY, "blocked", ["V-0212", "creditors' meeting", "2026-10-15"]),
        ("F-017", DAY, "no_indicator", ["I-25", "output"]),
        ("F-018", DAY, "block_expired", ["V-0054", "2025-12-31, 181 days ago"]),
        ("F-018", DAY, "no_enabling_action", ["A-038", "V-0242"]),
        ("F-019", DAY, "drifting", ["2025-06-30", "2027-06-30", "2029-10-31"]),
        ("F-019", DAY, "stalled", ["A-039", "2025-12-22", "190 days", "90"]),
        ("F-024", DAY, "suspect", ["F-027", "2025-09-15", "never confirmed"]),
        ("F-024", DAY, "dead_letter", ["2026-05-01", "2026-06-01", "missed"]),
        ("F-024", DAY, "lapsed", ["2026-02-24 (V-0276)"]),
        ("F-025", DAY, "no_cadence", ["2024-11-15", "never checked"]),
        ("F-026", DAY, "dormant", ["V-0293", "V-0304", "V-0315"]),
        ("F-027", DAY, "slipped", ["A-048", "365 days", "2025-09-30 to 2026-09-30", "V-0289"]),
        ("F-027", DAY, "progress_100_not_closed", ["A-048", "2025-12-05 (V-0250)"]),
        ("F-029", DAY, "plan_abandoned", ["V-0229", "V-0241"]),
        ("F-029", DAY, "outcome_without_action", ["I-31", "B-00682"]),
        ("F-031", DAY, "no_target", ["I-32"]),
        ("F-032", DAY, "overdue", ["A-056", "2025-06-30", "365 days"]),
        ("F-032", DAY, "reopened", ["A-056", "2025-10-20 (V-0234)"]),
        ("F-033", DAY, "unowned", ["owner_id"]),
        ("F-035", DAY, "drifted", ["A-058 at Eastgate", "core was not kept"]),
        ("F-036", DAY, "met_at_baseline", ["I-35", "82 on 2025-03-31 (B-00738)", "at least 80"]),
        ("F-036", DAY, "partially_met", ["1 of 2", "I-34", "I-35"]),
        ("F-038", DAY, "undated", ["A-063", "A-065"]),
        ("F-038", DAY, "unowned", ["A-064"]),
        ("F-038", DAY, "unverified", ["A-062", "2026-04-10, V-0296"]),
        ("F-039", DAY, "check_failed", ["2026-03-24 (V-0290)"]),
        ("F-043", DAY, "unexplained", ["why_it_works", "core_elements"]),
        ("F-046", DAY, "new", ["21 days", "2026-06-09", "30"]),
        ("F-034", "2026-06-10", "check_missed", ["due 2026-06-01", "2026-06-09"]),
        ("F-036", "2025-12-31", "future_dated", ["I-34", "I-35 1 value on 2026-03-31"]),
    ],
)  # fmt: skip
def test_the_reason_of_a_flag_names_its_rows(said, finding_id, day, flag, parts):
    why = said(finding_id, day).flag_reasons[flag]
    assert [part for part in parts if part not in why] == []


@pytest.mark.parametrize(
    ("finding_id", "parts"),
    [
        ("F-005", ["A-007 was promised to 6,240 pensioners", "kept late", "due 2024-09-30", "2024-11-08 (V-0062), 39 days late", "confirmed on 2025-02-18 (V-0115) by Pensioners' council", "2024-09-23 (V-0044) to 2024-11-15 does not count, nobody consented"]),
        ("F-013", ["A-026", "disputed on 2026-04-14 (V-0297) by Stallholders' committee"]),
        ("F-014", ["A-029", "kept on time", "2025-11-15, at first 2025-08-31", "(V-0200) to 2025-11-15 counts, with consent and in time"]),
        ("F-029", ["A-052", "released", "2025-10-09 (V-0227)"]),
        ("F-032", ["A-056", "missed", "365 days past"]),
        ("F-013", ["I-20", "58 on 2026-03-25 (B-00535)", "88 people asked", "not passed"]),
        ("F-018", ["review", "due 2026-01-07, 174 days overdue", "2025-07-11 (V-0186)"]),
        ("F-018", ["rubber stamp", "2025-01-09"]),
        ("F-019", ["revised on 2025-12-15 (V-0254)", "roofs and windows lose 70 %"]),
        ("F-020", ["Codified in F-023, at stage 5"]),
        ("F-020", ["Highfield: adopted", "adaptation recorded as none", "core was kept", "no outcome or impact indicator"]),
        ("F-023", ["run: 18 passed", "12 of the last 12"]),
        ("F-023", ["P1M", "8 days of grace"]),
        ("F-023", ["Next: check 23, due 2026-08-01"]),
        ("F-008", ["Supersede on 2024-12-16 (V-0081) by O-18"]),
        ("F-008", ["superseded by F-031; F-031 is in force"]),
        ("F-042", ["duplicate of F-013"]),
        ("F-022", ["Retire on 2025-07-14 (V-0188)", "flat-rate form"]),
    ],
)  # fmt: skip
def test_a_reason_of_the_example_names_what_decided(said, finding_id, parts):
    assert has(said(finding_id).reasons, *parts), said(finding_id).text


@pytest.mark.parametrize(
    ("finding_id", "parts"),
    [
        ("F-005", ["I-08", "2026-07-14", "180 days since 2026-01-15"]),
        ("F-015", ["complete A-023, A-032 and A-033 with evidence"]),
        ("F-017", ["start A-037"]),
        ("F-021", ["2 more sites", "so far: Alder Ford", "A-043 at Pinehill"]),
        ("F-026", ["next 3 checks", "check 21, due 2026-08-01", "check 23, due 2026-10-01"]),
        ("F-036", ["I-35", "intent maintain", "1 of 2"]),
        ("F-038", ["complete A-063 and A-064 with evidence", "add evidence for A-062"]),
        ("F-039", ["pass check 3, due 2026-07-01"]),
        ("F-040", ["A-066 at Highfield: complete it with evidence"]),
    ],
)  # fmt: skip
def test_what_would_raise_it_is_concrete(said, finding_id, parts):
    assert [part for part in parts if part not in said(finding_id).to_rise] == []


def test_a_finding_not_yet_in_the_plan_says_when_it_enters(said):
    found = said("F-046", "2025-06-30")
    assert (found.stage, found.flags, found.to_rise) == (None, [], "")
    assert found.reasons == ["It entered the plan on 2026-06-09, after this day."]


def test_text_holds_reasons_then_flags_then_what_would_raise_it(said):
    text = said("F-032").text
    places = [text.index(part) for part in ("Why:", "A-056 “", "Flags:", "reopened: ", "To rise: ")]
    assert places == sorted(places)


def test_a_redate_after_the_due_date_then_in_force_does_not_count():
    draft = promise(PlanBuilder().finding(), "A-001", "2026-04-10")
    draft.event("A-001", "redate", "2026-02-15", due="2026-03-15", consent="true")
    draft.event("A-001", "redate", "2026-03-20", due="2026-04-30", consent="true")
    found = of(draft, "06-30")
    assert has(found.reasons, "kept late", "26 days late", "(E-3) to 2026-03-15 counts")
    assert has(found.reasons, "(E-4) to 2026-04-30 does not count", "then in force, 2026-03-15")


def test_a_redate_of_an_undated_promise_does_not_count():
    draft = promise(PlanBuilder().finding(), "A-001", due="")
    draft.event("A-001", "redate", "2026-02-15", due="2026-03-15", consent="true")
    assert has(of(draft, "06-30").reasons, "without a date", "(E-1)", "there was no date to move")


def experience(**row):
    """Start with an experience from Harbour and one replication that is done."""
    draft = PlanBuilder().finding(
        kind="experience", origin_site="Harbour", why_it_works="x", core_elements="y"
    )
    return draft.case_action(role="replicates", **row)


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        ({"site": " HARBOUR "}, ["A-001 does not count", "where it comes from"]),
        ({}, ["A-001 does not count", "names no site"]),
        ({"site": "North"}, ["North: started", "adaptation is not recorded"]),
        ({"site": "North", "adaptation": "planned", "core_kept": "no"}, ["North: drifted", "not kept"]),
        ({"site": "North", "adaptation": "planned", "evidence": ()}, ["North: started", "no evidence"]),
    ],
)
def test_a_site_says_why_it_counts_or_not(row, parts):
    assert has(of(experience(**row), "06-30").reasons, *parts)


def test_a_confirmation_of_too_few_and_too_old_names_both():
    draft = usual().case_indicator((("2026-03-01", "90"),))
    draft.tables["finding"][0] |= {"kind": "problem"}
    draft.add("indicator", indicator_id="I-9", name="satisfied", measure="percentage", direction="ascending", level="confirmation")  # fmt: skip
    draft.add("finding_indicator", finding_id="F-001", indicator_id="I-9", required="true")
    draft.add("observation", observation_id="B-9", indicator_id="I-9", observed_on="2025-01-01", value="95", n="9")  # fmt: skip
    why = of(draft, "03-02").flag_reasons["solved_unconfirmed"]
    assert "B-9" in why
    assert "425 days old" in why
    assert "at least 10 must be asked" in why
    assert "misses" not in why


def test_a_material_revision_says_that_what_came_before_does_not_count():
    draft = usual().event("F-001", "review_material", "2026-02-21", reason="it means more")
    found = of(draft, "03-02")
    assert has(found.reasons, "revised on 2026-02-21 (E-3)", "it means more")
    assert found.stage == 1


def test_an_action_stalled_by_its_evidence_names_the_evidence():
    draft = waiting(due="2026-12-31").event("A-001", "start", "2026-01-15")
    draft.add("evidence", evidence_id="P-7", action_id="A-001", dated_on="2026-02-01", kind="minutes")
    assert "evidence of A-001 on 2026-02-01 (P-7)" in of(draft, "05-03").flag_reasons["stalled"]


def test_a_late_check_is_named_with_the_slot_that_it_serves():
    found = of(mechanism(("2026-02-07", "pass")), "02-08")
    assert has(found.reasons, "Check 1, due 2026-01-31: pass on 2026-02-07 (E-1)")
    assert has(found.reasons, "Next: check 2, due 2026-03-02")


def test_a_missed_check_in_its_grace_is_still_the_next():
    found = of(on_due_days("pass"), "03-05")
    assert has(found.reasons, "Next: check 2, due 2026-03-02 (3 days ago, still in its grace)")
    assert found.to_rise.startswith("pass the next 2 checks in a row (check 2, due 2026-03-02, to check 3, due 2026-04-01)")  # fmt: skip


def test_five_passes_need_a_sixth_and_its_window():
    assert of(on_due_days(*["pass"] * 5), "06-01").to_rise.startswith(
        "pass the next check (check 6, due 2026-06-30) for a run of 6 (now 5)"
    )


def test_a_reopened_finding_shows_reasons_again():
    draft = usual().event("F-001", "retire", "2026-03-01", reason="no longer needed")
    assert has(of(draft, "03-02").reasons, "Retire on 2026-03-01 (E-3)")
    draft.event("F-001", "reopen", "2026-03-03")
    assert has(of(draft, "03-04").reasons, "A-001", "done (complete on 2026-02-20, E-2)")


def merged(seeds):
    """Give one plan that holds many random plans side by side, with the settings and the day of the first."""
    rows = {}
    for seed in seeds:
        rng = random.Random(seed)
        for name, own in random_plan(rng).items():
            if name == "setting":
                rows.setdefault(name, own)
                continue
            for row in own:
                named = {key for key, value in row.items() if key.endswith("_id") or value in OWNERS}
                keys = {key: f"{seed}/{row[key]}" for key in named}
                rows.setdefault(name, []).append(row | keys)
    return frames_of(rows), random_day(random.Random(seeds[0]))


@pytest.mark.slow
@pytest.mark.parametrize("begin", [0, 50, 100])
def test_no_explanation_of_a_random_plan_fails(begin):
    tables, day = merged(range(begin, begin + 50))
    whole = encode(tables)
    cases = all_findings_on(whole, day, "restated" if begin else "then")
    firsts = [one for one in tables["finding"]["finding_id"] if one.endswith(("F-1", "F-2"))]
    assert len(firsts) > 75
    for finding_id in firsts:
        found = explain_in(whole, finding_id, cases)
        assert list(found.flag_reasons) == found.flags
        assert not re.search(r"\bnan\b|NaT|-58776|\bNone\b(?! of)|\.\.|;\.|: \.", found.text), found.text
        assert bool(found.to_rise) == (found.disposition == "open")


def known_on(tables, day):
    """Leave out what is not known on a day, and revisions, which would hide what is added on the next."""
    frames = dict(tables)
    for name, _, on in FACTS.values():
        frame = tables[name]
        frames[name] = frame[(frame[on] <= str(day)) & ~(frame["recorded_on"].fillna("") > str(day))]
    frames["event"] = frames["event"][frames["event"]["event"] != "review_material"]
    return frames


def steps(found, day, dues):
    """Turn what would raise a finding into rows: (table, row) with their date, none where it asks for content."""
    if found.kind == "mechanism":
        return mechanism_steps(found, day, dues)
    later = str(day + dt.timedelta(days=1))
    action = {"subject": "action", "happened_on": later}
    if found.kind != "mechanism" and found.stage == 1:
        one = re.match(r"start (\d+/A-\d+)", found.to_rise)[1]
        return [("event", {**action, "subject_id": one, "event": "start"})]
    if found.kind in ("insight", "problem") and found.stage == 2:
        finishing, _, proving = found.to_rise.partition("add evidence for")
        ones = re.findall(r"\d+/A-\d+", finishing)
        proofs = ones + re.findall(r"\d+/A-\d+", proving)
        return [
            *(("event", {**action, "subject_id": one, "event": "complete"}) for one in ones),
            *(("evidence", {"action_id": one, "dated_on": later}) for one in proofs),
        ]
    return []


def mechanism_steps(found, day, dues):
    """Do what would raise a mechanism: set a day or a cadence, wait for the day, or pass each check on its due day."""
    later = str(day + dt.timedelta(days=1))
    edit, check = ({"finding_id": found.finding_id}, {"subject": "finding", "subject_id": found.finding_id})
    check = {**check, "event": "check_pass"}
    if waits := re.match(r"it comes into force on (\S+)\.", found.to_rise):
        return [("finding", {**edit, "on": waits[1]})]
    if "effective_on" in found.to_rise:
        return [("finding", {**edit, "effective_on": later, "on": later})]
    if "check_every" in found.to_rise:
        passed = ("event", {**check, "happened_on": later})
        return [("finding", {**edit, "check_every": "P30D", "on": later}), passed]
    again = [int(one) for one in re.findall(r"repeat check (\d+) by", found.to_rise)]
    onward = [int(one) for one in re.findall(r"check (\d+), due", found.to_rise)]
    wanted = [*again, *range(onward[0], onward[-1] + 1)] if onward else again
    days = [max(dues[found.finding_id, number], str(day)) for number in wanted]
    return [("event", {**check, "happened_on": on}) for on in days]


def mechanism_of(*checks):
    """A mechanism in force since New Year, checked every 30 days (due 31 Jan, 2 Mar, 1 Apr), with some checks."""
    finding = {"finding_id": "F", "kind": "mechanism", "statement": "s", "recorded_on": "2026-01-01",
               "effective_on": "2026-01-01", "check_every": "P30D"}  # fmt: skip
    check = {"subject": "finding", "subject_id": "F"}
    facts = [{**check, "event": f"check_{word}", "happened_on": on} for on, word in checks]
    return {"finding": pd.DataFrame([finding]), "event": pd.DataFrame(facts)}


def test_a_failed_check_of_an_open_slot_can_be_repeated_until_its_day_due():
    checks = [("2026-01-20", "pass"), ("2026-02-20", "pass"), ("2026-03-10", "fail")]
    plan = mechanism_of(*checks)
    asked = explain(plan, "F", as_of="2026-04-01").to_rise
    assert asked == "repeat check 3 by 2026-04-01 and pass it for a run of 3 (now 2)."
    assert explain(mechanism_of(*checks, ("2026-04-01", "pass")), "F", as_of="2026-04-01").stage == 4
    too_late = explain(plan, "F", as_of="2026-04-02").to_rise
    assert too_late.startswith("pass the next 3 checks in a row (check 4, due 2026-05-01, to check 6")


def test_satisfied_values_that_are_there_count_towards_those_in_a_row():
    values = (("2026-03-01", "85"), ("2026-03-15", "85"))
    first, both = (usual().case_indicator(values[:n], confirm="2") for n in (1, 2))
    asked = "I-001: record a final value that is at least 80, its target (1 of 2 in a row so far), dated after 2026-03-01"
    assert of(first, "03-16").to_rise.startswith(asked)
    assert of(both, "03-16").stage == 4
    assert ", 1 value read, " in of(first, "03-16").text


def test_what_would_raise_names_every_action_and_asks_for_evidence_only_where_the_plan_does():
    draft = PlanBuilder().finding()
    for number in range(1, 9):
        draft.case_action(f"A-{number}", events=(("start", "2026-01-10"),), evidence=())
    names = "complete A-1, A-2, A-3, A-4, A-5, A-6, A-7 and A-8"
    assert of(draft, "03-02").to_rise == f"{names} with evidence."
    assert of(draft.add("setting", name="require_evidence", value="false"), "03-02").to_rise == f"{names}."


@pytest.mark.slow
def test_doing_what_would_raise_it_raises_it():
    tables, day = merged(range(200, 230))
    tables = known_on(tables, day)
    whole = encode(tables)
    cases = all_findings_on(whole, day, "then")
    far = slots(tables, as_of=day + dt.timedelta(days=400))
    days = far["due_on"].dt.date.astype(str)
    dues = dict(zip(zip(far["finding_id"], far["slot"], strict=True), days, strict=True))
    added, before, on = {"event": [], "evidence": []}, {}, {}
    tables["finding"] = tables["finding"].astype(object)
    cells = tables["finding"].set_index("finding_id", drop=False)
    for finding_id in tables["finding"]["finding_id"]:
        found = explain_in(whole, finding_id, cases)
        rows = [] if " more" in found.to_rise else steps(found, day, dues)
        for table, row in rows:
            if table == "finding":
                cells.loc[finding_id, [name for name in row if name != "on"]] = [
                    value for name, value in row.items() if name != "on"
                ]
            else:
                added[table].append(row)
            dated = next(row[name] for name in ("on", "happened_on", "dated_on") if name in row)
            on[finding_id] = max(dated, on.get(finding_id, ""))
            before[finding_id] = found.stage
    tables["finding"] = cells.reset_index(drop=True)
    changed = tables | {name: pd.concat([tables[name], pd.DataFrame(rows)]) for name, rows in added.items()}
    assert len(before) > 20
    encoded = encode(changed)
    for last in set(on.values()):
        stages = describe(Assessment(encoded, all_findings_on(encoded, last, "then"))).set_index(
            "finding_id"
        )["stage"]
        assert [one for one in before if on[one] == last and stages[one] <= before[one]] == []


def test_values_already_there_and_evidence_not_asked_for_are_not_asked_again():
    draft = PlanBuilder().finding().case_action().case_indicator((("2026-03-01", "85"),), confirm="2")
    found = of(draft, "03-02")
    assert (found.stage, "record a final value that" in found.to_rise) == (3, True)
    draft = PlanBuilder().finding().case_plan().add("setting", name="require_evidence", value="false")
    draft.event("A-001", "start", "2026-02-01")
    assert "with evidence" not in of(draft, "03-02").to_rise


GAP = ("2026-03-01", "2026-05-20", "2026-06-19")


def test_a_gap_begins_the_hold_anew_and_is_named():
    """80 days without a value, where the limit is twice 30: held since 20 May, 180 days on is 16 November."""
    found = of(usual().case_indicator(tuple((day, "85") for day in GAP)), "06-20")
    assert has(
        found.reasons,
        "met since 2026-03-01",
        "counts anew from 2026-05-20",
        "80 days, from 2026-03-01 to 2026-05-20",
        "limit is 60 days",
    )
    assert "1 more satisfied value" in found.to_rise
    assert "until 2026-11-16 or later (180 days since 2026-05-20)" in found.to_rise


def test_a_value_that_misses_after_a_gap_leaves_the_hold_to_the_next_one():
    """70 on 20 May comes too late and misses; 85 on 19 June begins the hold."""
    late = (("2026-03-01", "85"), ("2026-05-20", "70"), ("2026-06-19", "85"))
    before = of(usual().case_indicator(late[:2]), "06-18")
    assert has(before.reasons, "begins anew with the next value that satisfies the target")
    assert "measured for 180 days from that value on" in before.to_rise
    assert has(of(usual().case_indicator(late), "06-20").reasons, "counts anew from 2026-06-19")


def test_an_owner_who_left_is_named_for_each_open_action_and_only_there():
    """Case: open work with somebody who has left; on the very day of leaving, not before, and not once it is done."""
    draft = waiting()
    draft.tables["owner"][0]["left_on"] = "2026-02-01"
    assert of(draft, "02-01").flag_reasons["owner_left"] == (
        "A-001 is open, and Wang Li (O-1), who is accountable for it, left on 2026-02-01."
    )
    assert "owner_left" not in of(draft, "01-31").flags
    done = usual()
    done.tables["owner"][0]["left_on"] = "2026-02-01"
    assert "owner_left" not in of(done, "03-01").flags
    rule = mechanism()
    rule.tables["owner"][0]["left_on"] = "2026-01-20"
    assert of(rule, "01-21").flag_reasons["owner_left"] == (
        "Its owner Wang Li (O-1) left on 2026-01-20, and the mechanism still names nobody else."
    )


def test_a_target_that_moved_after_the_start_is_told_with_day_and_reason():
    """The first action started on 10 January; a change on that day, or after the as-of day, is none."""

    def flags(day):
        return of(
            usual().case_indicator(retargeted_on=day, retarget_reason="Too high."), "03-02"
        ).flag_reasons

    assert flags("2026-01-11")["target_moved"] == (
        "What I-001 demands was changed on 2026-01-11, after the first action had started on 2026-01-10: Too high."
    )
    assert "target_moved" in flags("2026-03-02")
    assert "target_moved" not in flags("2026-03-03")
    assert "target_moved" not in flags("2026-01-10")


def test_a_link_that_is_required_no_more_is_told_of_its_own_finding():
    told = of(shared(0), "03-02").flag_reasons["target_moved"]
    assert told == (
        "I-001 is required no longer since 2026-03-01, after the first action had started on 2026-01-10."
    )
    anew = usual().case_indicator(NINETY)
    anew.tables["finding_indicator"][0]["required_changed_on"] = "2026-02-01"
    assert of(anew, "03-02").flag_reasons["target_moved"] == (
        "I-001 is required only since 2026-02-01, after the first action had started on 2026-01-10."
    )


def test_figures_out_of_date_are_told_with_the_last_value():
    told = of(usual().case_indicator((("2026-03-01", "70"), ("2026-03-31", "64"))), "09-01").flag_reasons[
        "stale"
    ]
    assert told.startswith("The last value of I-001 is 64 on 2026-03-31 (")
    assert told.endswith("154 days ago; a value stays fresh for 60.")


def test_a_codified_experience_says_that_a_site_must_work_first():
    found = of(replicated(), "04-01")
    assert has(found.reasons, "Codified in F-002", "once it has worked at some site")
    assert has(of(replicated(("2026-03-15", "85")), "04-01").reasons, "Codified in F-002", "to stage 5")
