"""Does the report say what holds, as one page that cannot do harm and needs no network?"""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from fakes import FakePlan, fake_example, only
from report_helpers import DAY, PARTS, Reader, render_page

from theorytopractice.assessment.assess import StageTally
from theorytopractice.assessment.decisions import Status, status
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.html import Part, figures, safe, tag
from theorytopractice.report import sentences
from theorytopractice.report.page import Page

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "$x$ {n} {0} %s",
    "[a](javascript:alert(1))",
    "</article></div></section><h1>",
    "<!--",
    "&lt;b&gt; &amp;",
]


@pytest.fixture(scope="module")
def page():
    return render_page(fake_example())


@pytest.fixture(scope="module")
def reader(page):
    return Reader(page)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (
            StageTally((9, 8, 7, 7, 5, 6), 4, 9, 3),
            (
                "Of 42 findings, 11 are in practice, 6 of them sustained; 9 have stood on the shelf for over a month; "
                "3 that worked have lapsed."
            ),
        ),
        (
            StageTally((1, 0, 0, 0, 1, 0), 0, 1, 1),
            (
                "Of 2 findings, 1 is in practice, none of them sustained; 1 has stood on the shelf for over a month; "
                "1 that worked has lapsed."
            ),
        ),
        (
            StageTally((0, 1, 0, 0, 0, 0), 0, 0, 0),
            (
                "Of 1 finding, none is in practice; none has stood on the shelf for over a month; "
                "none that worked has lapsed."
            ),
        ),
        (StageTally((0,) * 6, 3, 0, 0), "No finding is open."),
    ],
)
def test_the_verdict_is_one_sentence_that_agrees_in_number(counts, sentence):
    assert sentences.verdict(counts, 30) == sentence


def test_the_verdict_names_the_plans_own_patience():
    assert "for over 45 days" in sentences.verdict(StageTally((1,) * 6, 0, 1, 0), 45)


@pytest.mark.parametrize(
    ("disposition", "stage", "flags", "is_waiting", "expected"),
    [
        ("rejected", None, [], False, Status.CLOSED),
        ("open", 3, ["lapsed"], True, Status.ACT),
        ("open", 4, ["wobble"], False, Status.WATCH),
        ("open", 4, [], False, Status.PRACTICE),
        ("open", 2, [], False, Status.COURSE),
    ],
)
def test_every_finding_has_one_status(disposition, stage, flags, is_waiting, expected):
    assert status(disposition, stage, flags, is_waiting=is_waiting) == expected


def test_nothing_to_decide_is_said():
    assert "Nothing needs a decision today." in Page(only(fake_example(), "F-001"), as_of=DAY).decisions.text


def test_at_most_seven_decisions_are_shown_and_the_rest_counted():
    page = Page(fake_example(), as_of=DAY)
    assert str(page.decisions.html).count("<li>") == 7
    assert len(page.data.waiting) == 9
    assert "2 more findings need a decision" in page.decisions.text
    assert "F-016 F-029" in page.decisions.text


def test_a_decision_is_built_from_the_facts_of_the_plan():
    text = Page(fake_example(), as_of=DAY).decisions.text
    for fact in (
        "since 28 February 2026, 122 days",
        "4 days a month now; the target is 1, before the work it was 7.",
        "traps full since the contract ran out in December (Stallholders' committee, 14 Apr 2026).",
        "Decide whether what has begun is enough to get from 4 to 1",
        "begun: Empty the traps twice a week and have the warden countersign (due 31 July 2026)",
        "All its actions are done and nothing new is planned. Decide what brings it from 34 back to 22",
        "Agree on a new date with those it was promised to: Tenants of the 1,340 public flats.",
    ):
        assert fact in text
    assert "None" not in text


def test_the_brief_is_short_and_says_nothing_twice():
    page = Page(fake_example(), as_of=DAY)
    text = "\n".join(part.text for part in (page.masthead, page.decisions, page.movement))
    assert len(re.findall(r"\w[^\s]*", text)) <= 900
    sentences = [
        one for line in text.split("\n") for one in re.split(r"(?<=\.) ", line) if len(one.split()) > 6
    ]
    assert len(sentences) == len(set(sentences))


def test_a_day_before_anything_was_done_has_a_report():
    text = Page(fake_example(), as_of="2024-02-25").findings.text
    assert "1 finding." in text
    assert "F-001" in text


def test_a_plan_without_findings_has_a_report():
    plan = FakePlan({name: frame.iloc[:0] for name, frame in fake_example().items()})
    text = Reader(render_page(plan)).text
    assert "No finding is open" in text
    assert "The plan has no finding yet." in text


def test_the_parts_come_in_the_order_of_the_design(reader):
    sections = [attributes["id"] for attributes in reader.all("section")]
    assert sections == [
        "decisions", "movement", "standing", "knowing", "owners", "problems", "experiences", "mechanisms",
        "insights", "learning", "unknowns", "findings",
    ]  # fmt: skip


def test_every_finding_that_is_in_the_plan_has_a_card():
    page = Page(fake_example(), as_of="2025-06-30")
    assert str(page.findings.html).count("<article") == len(page.data.assessed) == 38
    closed = 2  # F-008 superseded and F-037 rejected by that day
    assert f"38 findings, {closed} of them closed." in page.findings.text


def test_the_footer_says_from_what_the_report_was_made():
    text = Page(fake_example(), as_of=DAY, since="2026-03-31", knowledge="restated").footer.text
    assert "30 June 2026 (as it is known today)" in text
    assert "Last report 31 March 2026" in text
    assert "stall_days = 60; every other threshold is the default of the method" in text
    assert "Content hash of the plan abc123" in text
    assert "no warnings" in text
    unchanged = Page(fake_example(zone="Asia/Shanghai"), as_of=DAY).footer.text
    assert "every threshold is the default of the method" in unchanged
    assert "Asia/Shanghai" in unchanged


def test_the_page_loads_nothing_and_runs_only_its_own_script(page, reader):
    tags = [tag for tag, _ in reader.elements]
    assert not {"iframe", "object", "embed", "link", "base", "form"} & set(tags)
    assert not reader.handlers
    assert all(value.startswith("#") for value in reader.loads)
    policy = next(
        a["content"] for a in reader.all("meta") if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert (len(scripts), f"script-src 'sha256-{digest}';" in policy) == (1, True)
    assert not re.search("fetch|XMLHttp|import|eval|innerHTML|src", scripts[0])


def test_the_page_is_fit_for_every_reader(page, reader):
    tags = [tag for tag, _ in reader.elements]
    assert reader.elements[0] == ("html", {"lang": "en"})
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(
        after <= before + 1 for before, after in zip(reader.headings, reader.headings[1:], strict=False)
    )
    assert ("a", {"class": "skip", "href": "#content"}) in reader.elements
    assert tags.count("table") == tags.count("caption") > 10
    assert all("scope" in attributes for attributes in reader.all("th"))
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {value[1:] for value in reader.loads if value.startswith("#")}
    assert targets <= set(ids)
    assert (
        'role="img" aria-label="13 of 42 findings are in practice; 6 stand on the shelf, 1 of them new"'
        in page
    )


def test_every_chart_has_its_numbers_behind_it(page):
    boxes = page.split('<div class="chart-box">')[1:]
    assert len(boxes) >= 5
    assert all("<details>" in box and "<table" in box for box in boxes)


def test_every_table_stands_in_a_box_that_scrolls_and_takes_focus(reader):
    boxes = [a for a in reader.all("div") if a.get("class") == "box"]
    assert {(box["role"], box["tabindex"]) for box in boxes} == {("region", "0")}


def test_hostile_text_in_any_field_is_shown_as_text():
    hostile = " ".join(HOSTILE)
    plan = fake_example(title=hostile)
    plan["finding"] = plan["finding"].assign(
        statement=hostile,
        theme=hostile,
        source=hostile,
        why_it_works=hostile,
        document=hostile,
        so_what=hostile,
    )
    plan["owner"] = plan["owner"].assign(name=hostile, unit=hostile)
    plan["action"] = plan["action"].assign(title=hostile, site=hostile, promised_to=hostile)
    plan["indicator"] = plan["indicator"].assign(name=hostile, unit=hostile)
    plan["event"] = plan["event"].assign(reason=hostile, by=f"{hostile} and others")
    page = render_page(plan)
    reader = Reader(page)
    tags = [tag for tag, _ in reader.elements]
    assert "img" not in tags
    assert (tags.count("script"), tags.count("h1"), tags.count("article")) == (1, 1, 46)
    assert not reader.handlers
    assert not [value for value in reader.loads if "javascript" in value]
    assert all(reader.text.count(piece) >= 50 for piece in HOSTILE)
    assert f"<title>{safe(hostile)}</title>" in page


def test_a_title_of_five_thousand_letters_is_shown_whole():
    plan = only(fake_example(), "F-001")
    plan["finding"] = plan["finding"].assign(statement="x" * 5_000)
    assert "x" * 5_000 in render_page(plan)


def test_hostile_identifiers_stay_identifiers():
    plan = only(fake_example(), "F-001")
    for name, column in (
        ("finding", "finding_id"),
        ("finding_action", "finding_id"),
        ("finding_indicator", "finding_id"),
        ("evidence", "finding_id"),
        ("event", "subject_id"),
    ):
        plan[name] = plan[name].assign(**{column: plan[name][column].replace("F-001", '"><b> F%41')})
    reader = Reader(render_page(plan))
    assert [one["id"] for one in reader.all("article")] == ["f-%22%3E%3Cb%3E%20F%2541"]


def test_control_characters_are_left_out():
    assert safe("a\x00b\x1b[31m<\n") == "ab[31m&lt;\n"


def test_what_is_put_into_an_element_is_escaped_unless_it_is_one():
    assert tag("p", "<a>", tag("b", "&"), None, class_='"') == '<p class="&#34;">&lt;a&gt;<b>&amp;</b></p>'


def test_many_pairs_are_written_two_a_row():
    written = figures("C", ("Day", "Value"), [("a", 1), ("b", 2), ("c", 3)])
    assert written.count("<tr>") == 3
    assert written.count("<th scope=col>Day") == 2
    assert "<tr><td>c<td>3</table>" in written


def test_a_part_is_read_as_lines_in_a_terminal():
    part = Part(
        tag("section", tag("h2", "Head"), tag("p", "a ", tag("b", "b")), tag("svg", tag("text", "no")))
    )
    assert repr(part) == "Head\na b"


def test_a_period_must_begin_before_the_day():
    with pytest.raises(PracticeError, match="must be before the as-of day"):
        Page(fake_example(), as_of=DAY, since=DAY)


def test_an_unknown_language_is_refused_with_the_known_ones():
    with pytest.raises(UnknownName, match="en"):
        Page(fake_example(), as_of=DAY, language="fr")


@pytest.mark.parametrize(
    "choice", [{"kind": "problem"}, {"kind": "mechanism"}, {"unit": "Housing Office"}, {"owner": "O-22"}]
)
def test_a_report_on_a_part_follows_links_out_of_it_without_a_complaint(choice):
    page = Page(fake_example(), as_of=DAY, **choice)
    for name in PARTS:
        assert getattr(page, name) is not None
