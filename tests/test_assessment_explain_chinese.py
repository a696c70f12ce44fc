"""Is the explanation of a stage, and what would raise it, said in the language that is spoken?"""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from fakes import fake_example
from language_helpers import in_chinese, latin_words
from test_assessment_explain import merged

import theorytopractice as ttp
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.encoded_plan import all_findings_on
from theorytopractice.assessment.explain import explain, explain_in
from theorytopractice.assessment.flags import FLAGS
from theorytopractice.assessment.next_steps import STEPS
from theorytopractice.cli import main
from theorytopractice.i18n import speaking

DAY = "2026-06-30"
BROKEN = re.compile(r"\{|\}|nan|NaT|None|。。|；。|：。|，。|。；|  (?!-)|：$")


def explained(tables, day, knowledge="then"):
    """Return the explanation of every finding of a plan, and its text, in Chinese."""
    encoded = encode(tables)
    with speaking("zh"):
        cases = all_findings_on(encoded, day, knowledge)
        found = [explain_in(encoded, finding_id, cases) for finding_id in encoded.findings.ids]
        return [(one, one.text) for one in found]


@pytest.fixture(scope="module")
def told():
    """Explain the example on some days, and a plan of many random stories, all with Chinese texts."""
    ours, (many, day) = in_chinese(fake_example()), merged(range(120))
    days = ("2024-06-30", "2025-06-30", "2025-12-31", DAY)
    return [
        *(one for each in days for one in explained(ours, each)),
        *explained(in_chinese(many), day),
    ]


@pytest.mark.slow
def test_nothing_of_an_explanation_in_chinese_is_english(told):
    assert [text for _, text in told if latin_words(text)] == []


@pytest.mark.slow
def test_no_explanation_in_chinese_is_broken(told):
    lines = [line for _, text in told for line in text.split("\n") if line not in ("理由：", "标记：")]
    assert [line for line in lines if BROKEN.search(line)] == []


def test_every_step_of_every_ladder_was_asked_for(told):
    asked = {(one.kind, one.stage) for one, _ in told if one.disposition == "open"}
    assert asked == {(kind, stage) for kind, steps in STEPS.items() for stage in steps}


def test_the_parts_that_programs_read_stay_as_they_are(told):
    assert {one.kind for one, _ in told} == set(STEPS)
    assert {"open", "superseded", "retired"} <= {one.disposition for one, _ in told}
    assert {flag for one, _ in told for flag in one.flags} <= set(FLAGS)
    assert {one.as_of for one, _ in told} >= {DAY}


@pytest.fixture(scope="module")
def texts():
    """Return finding → its explanation in Chinese, of the example as it is."""
    return {one.finding_id: text for one, text in explained(dict(fake_example()), DAY)}


@pytest.mark.parametrize(
    ("finding_id", "lines"),
    [
        # Each expectation is read from the CSV files of the example.
        ("F-002", ["F-002（认识），截至2026-06-30：阶段0，束之高阁。", "理由：", "  - 尚未关联任何行动。", "标记：",
                   "提升一级：关联一项直接落实的行动并明确责任人和时限，或者启动一项行动。"]),
        ("F-003", [("  - A-004“Split the Lower Weir main into two pressure zones and reset the valves”："
                   "已完成（2024-12-06完成，V-0076），证据E-013（2024-12-06）。")]),
        ("F-005", ["提升一级：I-08：保持达标并测量至2026-07-14或以后（自2026-01-15起满180天），相邻数值相隔不得超过62天。"]),
        ("F-008", ["F-008（认识），截至2026-06-30：被取代。", "  - 已被F-031取代；现行的是F-031。"]),
        ("F-013", ["提升一级：I-19：录入1个达标（不高于1）的最终数值，日期须在2026-05-31之后（1个必需指标中有0个显现成效）。"]),
        ("F-017", [("  - 自2025-09-08（V-0212）起受阻（O-11）：Court releases the archive only after the creditors' meeting；"
                   "将于2026-10-15复议。"), "提升一级：启动A-037。"]),
        ("F-018", ["  - 该次复查属于走过场：自2025-01-09复查以来，没有新的测量值、检查或证据。"]),
        ("F-023", ["  - 自2024-09-01起生效，每1个月检查一次，宽限期为8天；责任人为O-03。", "  - 第1至10次检查：通过9次、未通过1次。",
                   "  - 目前连续通过18次，历时546天；计入的最近12次检查中通过12次。"]),
        ("F-024", ["  - 第20次检查，时限为2026-06-01：漏检，截至2026-06-09无人检查。"]),
    ],
)  # fmt: skip
def test_a_line_in_chinese_is_a_sentence_with_the_facts_in_their_places(texts, finding_id, lines):
    assert [line for line in lines if line not in texts[finding_id].split("\n")] == []


def test_english_is_spoken_where_nothing_else_is():
    assert explain(fake_example(), "F-002", as_of=DAY).text.startswith(
        "F-002 (insight) on 2026-06-30: stage 0, on the"
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", ["Why:", "To rise: I-19: record"]), ("zh", ["理由：", "提升一级：I-19：录入"])],
)
def test_the_command_speaks_the_language_of_the_plan(tmp_path, language, told):
    path = str(tmp_path / "plan.db")
    CliRunner().invoke(main, ["new", path, "--example"], catch_exceptions=False)
    if language == "zh":
        with ttp.open_plan(path) as plan:
            plan.change("setting", "language", value="zh")
    said = CliRunner().invoke(main, ["explain", path, "F-013", "--as-of", DAY], catch_exceptions=False).stdout
    assert [part for part in told if part not in said] == []
    as_json = CliRunner().invoke(main, ["explain", path, "F-013", "--as-of", DAY, "--format", "json"]).stdout
    assert told[1].split("：")[-1].split(": ")[-1] in as_json
