"""Is the reason of every flag said in the language that is spoken?"""

from __future__ import annotations

import numpy as np
import pytest
from fakes import fake_example
from language_helpers import in_chinese, latin_words
from test_assessment_explain import merged

from theorytopractice.assessment.assess import describe
from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.encoded_plan import FindingDays, all_findings_on
from theorytopractice.assessment.flag_reasons import flag_reasons
from theorytopractice.assessment.flags import FLAGS
from theorytopractice.i18n import speaking

DAYS = ("2025-06-30", "2025-12-31", "2026-06-10", "2026-06-30")


def reasons_of(tables, days):
    """Return flag → the reasons that are given for it on some days."""
    encoded, found = encode(tables), {}
    for day in days:
        cases = all_findings_on(encoded, day, "then")
        for place, flags in enumerate(describe(Assessment(encoded, cases))["flags"]):
            one = np.array([place])
            s = Assessment(encoded, FindingDays(one, cases.day[one], cases.knowledge))
            for name, why in flag_reasons(s, flags).items():
                found.setdefault(name, []).append(why)
    return found


@pytest.fixture(scope="module")
def plans():
    many, day = merged(range(200))
    return [(in_chinese(fake_example()), DAYS), (in_chinese(many), (day,))]


@pytest.fixture(scope="module")
def chinese(plans):
    """Return flag → its reasons in Chinese, in two plans whose texts are Chinese."""
    with speaking("zh"):
        first, second = (reasons_of(tables, days) for tables, days in plans)
    return {name: first.get(name, []) + second.get(name, []) for name in first | second}


@pytest.mark.slow
def test_the_reason_of_every_flag_is_said_in_chinese(chinese):
    assert set(chinese) == set(FLAGS)
    assert {name: [why for why in reasons if latin_words(why)] for name, reasons in chinese.items()} == {
        name: [] for name in FLAGS
    }


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
