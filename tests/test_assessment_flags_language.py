"""Is the reason of every flag said in the language that is spoken?"""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase

import numpy as np
import pytest
from reports import example
from test_assessment_explain import merged

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.assess import describe, everything_on
from theorytopractice.assessment.stages.flags import FLAGS
from theorytopractice.assessment.stages.situation import Situation
from theorytopractice.assessment.stages.timeline import Cases
from theorytopractice.assessment.words.reasons import flag_reasons
from theorytopractice.language import speaking

DAYS = ("2025-06-30", "2025-12-31", "2026-06-10", "2026-06-30")
WRITTEN = ("by", "reason", "site", "origin_site", "value", "target", "baseline", "scale")
"""The columns from which a reason repeats what people wrote."""
LETTERS = str.maketrans(
    {letter: chr(0x4E00 + ord(letter.lower())) for letter in ascii_lowercase + ascii_uppercase}
)
KEPT = re.compile(r"(?:\d+/)?[A-Za-z]+-\d+|\de\d")  # ids, and numbers as they were written
TOLD_ELSEWHERE = {
    "block_expired", "blocked", "check_failed", "check_missed", "dead_letter", "dormant", "drifted",
    "failed_elsewhere", "lapsed", "met_at_baseline", "new", "no_enabling_action", "outcome_ahead",
    "outcome_without_action", "overdue", "partially_met", "plan_abandoned", "progress_100_not_closed", "reopened",
    "review_overdue", "ripe", "ripe_not_moved", "scope_reduced", "shelved", "slipped", "solved",
    "solved_unconfirmed", "stale", "stalled", "undated", "unexplained", "unowned", "unverified", "wobble",
}  # fmt: skip
"""The flags whose reason holds words of ``wording`` that are English still."""


def written_in_chinese(tables):
    """Return a plan in which each Latin letter of what people wrote is a Chinese sign."""
    return {
        name: frame.assign(**{column: _signs(frame[column]) for column in frame if column in WRITTEN})
        for name, frame in tables.items()
        if name != "setting"
    } | {"setting": tables["setting"]}


def _signs(texts):
    return texts.str.replace(r"[A-Za-z]+\b(?!-\d)", lambda found: found[0].translate(LETTERS), regex=True)


def reasons_of(tables, days):
    """Return flag → the reasons that are given for it on some days."""
    book, found = encode(tables), {}
    for day in days:
        cases = everything_on(book, day, "then")
        for place, flags in enumerate(describe(Situation(book, cases))["flags"]):
            one = np.array([place])
            s = Situation(book, Cases(one, cases.day[one], cases.knowledge))
            for name, why in flag_reasons(s, flags).items():
                found.setdefault(name, []).append(why)
    return found


@pytest.fixture(scope="module")
def plans():
    many, day = merged(range(200))
    return [(written_in_chinese(example()), DAYS), (written_in_chinese(many), (day,))]


@pytest.fixture(scope="module")
def chinese(plans):
    """Return flag → its reasons in Chinese, in two plans whose texts are Chinese."""
    with speaking("zh"):
        first, second = (reasons_of(tables, days) for tables, days in plans)
    return {name: first.get(name, []) + second.get(name, []) for name in first | second}


def test_the_reason_of_every_flag_is_said_in_chinese(chinese):
    assert set(chinese) == set(FLAGS)
    english = {
        name: [why for why in reasons if re.search("[A-Za-z]", KEPT.sub("", why))]
        for name, reasons in chinese.items()
    }
    assert {name for name, reasons in english.items() if reasons} == TOLD_ELSEWHERE


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ("drifting", "2025-06-30至2027-06-30之间没有时限或目标日期；最近的是I-26，目标日期为2029-10-31"),
        ("no_baseline", "I-18应当改善，但未填报基线，且首项行动于2025-02-17启动，此前没有最终数值"),
        ("no_cadence", "自2024-11-15起生效，但未明确检查频率；从未检查"),
        ("no_indicator", "未关联必需的成效或影响指标；I-25不计入，因其层次为产出"),
        ("no_target", "I-32未设目标值"),
        ("recurred", "曾于2025-03-24解决，现已反弹：I-19于2026-02-28失效"),
        ("shared_indicator", "F-015也将I-17列为必需指标"),
        ("suspect", "与F-027的关联（相关）从未确认，而F-027已于2025-09-15修改措辞"),
    ],
)
def test_a_reason_in_chinese_is_a_sentence_with_the_facts_in_their_places(chinese, flag, told):
    assert any(why.startswith(told) for why in chinese[flag])
