"""Is a flag one row of one table, and does whatever speaks of flags read it there?"""

from __future__ import annotations

import re

import pytest
from builder import PlanBuilder, frames_of
from forms_helpers import DAY, EXAMPLE, answer_text, ask

import theorytopractice as ttp
from theorytopractice.assessment.assess import assess
from theorytopractice.assessment.changes import new_flags
from theorytopractice.assessment.decisions import Status, status
from theorytopractice.assessment.explain import explain
from theorytopractice.assessment.flag_reasons import FINDING_FACTS, ROW_FACTS
from theorytopractice.assessment.flags import (
    ACTIONS,
    FLAGS,
    Flag,
    Urgency,
    flag_label,
    flag_name,
    gravest_first,
    headline_flags,
    urgency,
)
from theorytopractice.i18n import speaking
from theorytopractice.model.vocabularies import EVERY_KIND, LADDER_KINDS, FindingKind
from theorytopractice.report.page import Page

SOON = Flag(
    name="due_soon",
    label="something is due within a month",
    urgency=Urgency.WATCH,
    may_lower=True,
    headline=7,
    of=ACTIONS,
    rows=lambda a: (
        a.actions.is_open & (a.actions.due >= a.actions.day) & (a.actions.due <= a.actions.day + 31)
    ),
    each="{action} is due on {due}",
    meaning="An open action is due within a month.",
    advice="Get ready.",
)


@pytest.fixture
def soon(monkeypatch):
    """Add one row to the table of flags."""
    monkeypatch.setitem(FLAGS, SOON.name, SOON)


@pytest.mark.usefixtures("soon")
def test_a_new_row_is_assessed_and_explained():
    frames = frames_of(PlanBuilder().finding().case_plan().tables)  # its only action is due on 31 March
    late, early = (assess(frames, as_of=day).iloc[0] for day in ("2026-02-28", "2026-02-27"))
    assert (late["flags"], late["headline"]) == (["due_soon", "no_indicator"], "due_soon")
    assert (early["flags"], early["headline"]) == (["no_indicator"], "planned")
    explained = explain(frames, "F-001", as_of="2026-02-28")
    assert explained.flag_reasons["due_soon"] == "A-001 is due on 2026-03-31."
    assert "  - due_soon: A-001 is due on 2026-03-31." in explained.text


@pytest.mark.usefixtures("soon")
def test_a_new_row_is_known_to_report_and_forms(session):
    assessed = assess(session.plan, as_of=DAY)
    flagged = assessed["finding_id"][["due_soon" in flags for flags in assessed["flags"]]].tolist()
    assert flagged
    assert status("open", 4, ["due_soon"], is_waiting=False) is Status.WATCH
    assert new_flags(["due_soon", "stale"], ["stale"]) == ["due_soon"]
    with ttp.open_plan(EXAMPLE) as plan:
        assert SOON.label in Page(plan, as_of=DAY).findings.text
    found = answer_text(ask(session, "list", values={"flag": "due_soon"}))
    assert f"{len(flagged)} finding" in found
    assert SOON.label in answer_text(ask(session, "start", drafts=[]))


def test_the_gravest_comes_first_and_its_headline_last():
    # The order of the headline is the method's (5.3): lapsed > dead_letter > blocked > overdue > stalled > shelved.
    assert headline_flags() == ["shelved", "stalled", "overdue", "blocked", "dead_letter", "lapsed"]
    assert gravest_first(["new", "overdue", "lapsed"]) == ["lapsed", "overdue", "new"]


def test_what_is_urgent_and_what_waits_for_a_decision():
    act = {name for name, flag in FLAGS.items() if flag.urgency is Urgency.ACT}
    assert act == {"lapsed", "dead_letter", "block_expired", "no_enabling_action", "ripe_not_moved"}
    assert {name for name, flag in FLAGS.items() if flag.asks_decision} == act | {"overdue", "shelved"}
    assert [urgency(names) for names in ([], ["new"], ["new", "stale"], ["stale", "lapsed"])] == [
        Urgency.NONE,
        Urgency.NONE,
        Urgency.WATCH,
        Urgency.ACT,
    ]


def test_the_kinds_of_a_flag_are_those_of_the_method():
    own = {kind: {name for name, flag in FLAGS.items() if flag.kinds == (kind,)} for kind in FindingKind}
    assert own == {
        FindingKind.INSIGHT: set(),
        FindingKind.PROBLEM: {
            "ripe",
            "ripe_not_moved",
            "drifting",
            "solved",
            "solved_unconfirmed",
            "recurred",
        },
        FindingKind.EXPERIENCE: {"unexplained", "drifted", "failed_elsewhere"},
        FindingKind.MECHANISM: {"no_cadence", "dead_letter", "dormant", "check_missed", "check_failed"},
    }
    assert {name for name, flag in FLAGS.items() if flag.kinds == LADDER_KINDS} == {
        "no_indicator", "no_target", "no_baseline", "met_at_baseline", "target_moved", "partially_met",
        "outcome_ahead", "outcome_without_action", "wobble", "stale", "shared_indicator",
    }  # fmt: skip
    assert FLAGS["lapsed"].kinds == (*LADDER_KINDS, FindingKind.MECHANISM)
    assert sum(flag.kinds == EVERY_KIND for flag in FLAGS.values()) == len(FLAGS) - 15 - 11 - 1 + 1


@pytest.mark.parametrize("flag", FLAGS.values(), ids=list(FLAGS))
def test_a_flag_says_what_it_means_and_what_to_do_in_both_languages(flag):
    for text in (flag.meaning, flag.advice):
        assert re.fullmatch(r"[A-Z].*\.", text)
    with speaking("zh"):
        assert all("一" <= text[0] <= "龥" for text in (flag_name(flag.name), flag_label(flag.name)))


@pytest.mark.parametrize("flag", [*FLAGS.values(), SOON], ids=[*FLAGS, SOON.name])
def test_every_fact_that_a_sentence_asks_for_is_known(flag):
    of = ROW_FACTS[flag.of] if flag.of else None
    together = {"each", *of.together} if of else set()
    for text, known in (
        (flag.why, together | set(FINDING_FACTS)),
        (flag.also_why, set(FINDING_FACTS)),
        (flag.each, set(of.facts) if of else set()),
    ):
        assert callable(text) or set(re.findall(r"\{(\w+)\}", text)) <= known
    assert bool(flag.each) <= bool(flag.of) == bool(flag.rows)
    assert bool(flag.also) == bool(flag.also_why)
    assert flag.rule or flag.rows
