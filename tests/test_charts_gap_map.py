"""Do the maps and drawings say their result, keep their texts apart, and refuse what cannot be read?"""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import theorytopractice as ttp
from theorytopractice import charts
from theorytopractice.charts import style
from theorytopractice.charts.workload import themes_note
from theorytopractice.errors import PracticeError

CHINESE = "在全县二十三个乡镇设立饮用水管护员，每周巡查一次并公开维修日期（含节假日），由镇政府考核"
ENGLISH = "Put a document-check desk in front of the queue machine at all seven service centres of the county"

pytestmark = pytest.mark.filterwarnings("ignore:W-TABLE event")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def said(ax):
    return " ".join(ax.get_title(loc="left").split())


def cells(n_themes, **one):
    usual = {"n": 0, "in_practice": 0, "share": float("nan"), "know_do_gap": [], "ahead_of_evidence": []}
    rows = [
        usual | {"theme": f"Theme {i}", "certainty": word} | (one if (i, word) == (0, "high") else {})
        for i in range(n_themes)
        for word in ("high", "moderate", "low", "very_low", "unrated")
    ]
    return pd.DataFrame(rows)


def test_a_cell_says_its_numbers_and_marks_a_gap_without_colour():
    ax = charts.gap_map(cells(2, n=3, in_practice=1, share=1 / 3, know_do_gap=["F-1", "F-2"]))
    assert texts(ax) == ["1/3  ◆2", *["·"] * 9]
    assert said(ax) == "2 findings are known well but on the shelf, in 1 theme"
    assert [patch.get_hatch() for patch in ax.patches] == [None, "////", None]


def test_a_map_without_gaps_says_so_and_one_without_findings_too():
    early = cells(1, n=1, in_practice=1, share=1.0, ahead_of_evidence=["F-1"])
    assert (
        said(charts.gap_map(early))
        == "Nothing that is known well stands on the shelf; 1 runs ahead of the evidence"
    )
    assert texts(charts.gap_map(early))[0] == "1/1  △1"
    assert said(charts.gap_map(cells(1))) == "No finding is open"
    assert said(charts.gap_map({})) == "No finding is open"


def test_sixty_themes_get_the_room_that_they_need_and_too_many_are_refused():
    ax = charts.gap_map(cells(60))
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == [f"Theme {i}" for i in range(60)]
    assert ax.get_figure(root=True).get_size_inches()[1] > 60 * 0.25
    with pytest.raises(PracticeError, match="A map of 101 themes cannot be read; hand in at most 100"):
        charts.gap_map(cells(101))


def carried(*rows):
    return pd.DataFrame(rows, columns=["owner_id", "name", "theme", "n", "n_of_owner", "n_of_theme"])


def test_owners_by_themes_says_who_is_spread_widest_and_what_nobody_carries():
    frame = carried(
        (None, "nobody", "Water", 1, 1, 4),
        ("O-1", "Ada", "Water", 3, 4, 4),
        ("O-1", "Ada", "Roads", 2, 4, 3),
        ("O-2", "Bo", "Roads", 1, 1, 3),
    )
    ax = charts.owner_themes(frame)
    assert (
        said(ax)
        == "Ada has live actions in 2 themes, more than anybody else; in 1 theme some action has no owner"
    )
    assert sorted(texts(ax)) == ["1", "1", "2", "3"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["nobody", "Ada", "Bo"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Roads", "Water"]
    assert said(charts.owner_themes(frame.iloc[[1, 3]])).startswith("2 owners have live actions in 1 theme")
    assert said(charts.owner_themes(frame.iloc[:1])) == "In 1 theme some action has no owner"
    assert said(charts.owner_themes({})) == "No action is live"


def test_the_busiest_owners_are_drawn_and_the_others_counted():
    frame = carried(*((f"O-{i}", f"Name {i}", "Water", i + 1, i + 1, 99) for i in range(45)))
    ax = charts.owner_themes(frame)
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"Name {i}" for i in range(5, 45)]
    assert ax.get_xlabel().replace("\n", " ").endswith("not drawn: 5 more owners")
    assert themes_note(0, 2).endswith("not drawn: 2 more themes")


def test_an_owner_may_be_called_nobody():
    frame = carried(("O-1", "nobody", "Water", 1, 1, 1))
    assert said(charts.owner_themes(frame)).startswith("nobody has live actions in 1 theme")


def test_an_action_of_several_themes_makes_its_owner_no_busier():
    """Owner 0 has one action in three themes; the forty others have two in one theme each."""
    spread = [("O-0", "Name 0", theme, 1, 1, 81) for theme in ("A", "B", "C")]
    frame = carried(*spread, *((f"O-{i}", f"Name {i}", "A", 2, 2, 81) for i in range(1, 41)))
    ax = charts.owner_themes(frame)
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"Name {i}" for i in range(1, 41)]


def plan(n_findings, n_actions, n_indicators, words):
    """Return findings that share nothing, each with so many actions and indicators."""
    findings = [f"F-{i}" for i in range(n_findings)]
    actions = [(f, f"A-{f}-{i}") for f in findings for i in range(n_actions)]
    indicators = [(f, f"I-{f}-{i}") for f in findings for i in range(n_indicators)]
    roles = ["delivers", "enables", "improves", "replicates"]
    n, m = len(actions), len(indicators)
    return {
        "finding": pd.DataFrame({"finding_id": findings, "kind": "insight", "statement": words * 2, "theme": "T", "recorded_on": "2025-01-01"}),
        "action": pd.DataFrame({"action_id": [a for _, a in actions], "title": words, "due": "2026-01-01", "recorded_on": "2025-01-01"}),
        "finding_action": pd.DataFrame(actions, columns=["finding_id", "action_id"]).assign(
            role=[roles[i % 4] for i in range(n)]
        ),
        "action_owner": pd.DataFrame(
            {"action_id": [a for _, a in actions] * 2, "owner_id": ["O-1"] * n + ["O-2"] * n,
             "role": ["accountable"] * n + ["responsible"] * n}
        ),
        "owner": pd.DataFrame({"owner_id": ["O-1", "O-2"], "name": ["王丽（县水务局饮水安全科）", "Daniel Korvane-Smith"]}),
        "indicator": pd.DataFrame({"indicator_id": [i for _, i in indicators], "name": words, "direction": "descending",
                                   "level": "outcome", "target": "25", "unit": "days per household and year"}),
        "finding_indicator": pd.DataFrame(indicators, columns=["finding_id", "indicator_id"]).assign(
            required=[i % 2 == 0 for i in range(m)]
        ),
    }  # fmt: skip


def boxes(ax):
    """Return the outlines of the boxes and the extents of the texts of a drawing, in pixels."""
    renderer = FigureCanvasAgg(ax.get_figure()).get_renderer()
    ax.apply_aspect()
    wide = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_width() > 10]
    frames = [patch.get_window_extent(renderer) for patch in wide]
    return frames, [text.get_window_extent(renderer) for text in ax.texts[3:]]


@pytest.mark.parametrize("words", [ENGLISH, CHINESE, f"{CHINESE[:17]} {ENGLISH} {CHINESE}"])
@pytest.mark.parametrize("size", [(1, 8, 6), (10, 4, 2)])
def test_no_box_overlaps_another_and_every_text_stays_in_its_box(words, size):
    findings, actions, indicators = size
    ax = charts.theory_of_change(plan(findings, actions, indicators, words), theme="T")
    frames, written = boxes(ax)
    assert len(frames) == size[0] * (1 + size[1] + size[2])
    assert not [1 for i, one in enumerate(frames) for other in frames[:i] if one.overlaps(other)]
    inside = [
        any(f.x0 <= t.x0 and t.x1 <= f.x1 and f.y0 <= t.y0 and t.y1 <= f.y1 for f in frames) for t in written
    ]
    assert all(inside)
    assert not [1 for i, one in enumerate(written) for other in written[max(0, i - 9) : i]
                if min(one.y1, other.y1) - max(one.y0, other.y0) > 2 and one.overlaps(other)]  # fmt: skip


def test_a_drawing_says_states_roles_owners_and_targets_in_words():
    ax = charts.theory_of_change(plan(1, 2, 2, "Teach"), "F-0")
    written = texts(ax)
    assert "A-F-0-1 ○ not started · enables" in written
    assert "I-F-0-1 ○ not started" in written
    assert any(text.startswith("target at most 25 days") for text in written)
    assert any("王丽（县水务局饮水安全科）, with" in text for text in written)
    assert said(ax) == "F-0, planned: 0 of 2 live actions are done, 0 of 2 indicators show the outcome"


def test_what_is_missing_has_an_empty_box():
    ax = charts.theory_of_change(plan(1, 0, 0, "Teach"), "F-0")
    assert texts(ax)[-2:] == ["No action yet", "No indicator yet"]
    assert said(ax) == "F-0, on the shelf: no live action, no indicator"


def test_an_action_of_two_findings_stands_with_both_and_is_counted_once():
    tables = plan(2, 1, 0, "Teach")
    tables["finding_action"]["action_id"] = "A-F-0-0"
    ax = charts.theory_of_change(ttp.theory_of_change(tables, theme="T"))
    assert sum("A-F-0-0" in text for text in texts(ax)) == 2
    assert any("serves 2 findings here" in text for text in texts(ax))
    assert said(ax) == "2 findings: 0 of 1 live action is done, no indicator"


def test_too_many_boxes_are_refused_with_what_to_do():
    with pytest.raises(PracticeError, match=r"80 boxes cannot be read \(at most 75\); draw one finding"):
        charts.theory_of_change(plan(10, 5, 2, "Teach"))


def test_the_drawing_fits_axes_that_are_given():
    ax = Figure(figsize=(7, 4)).add_subplot()
    assert charts.theory_of_change(plan(1, 3, 2, ENGLISH), "F-0", ax=ax) is ax
    frames, written = boxes(ax)
    assert all(any(f.x0 <= t.x0 and t.x1 <= f.x1 for f in frames) for t in written)


@pytest.mark.slow
def test_every_new_chart_becomes_the_same_svg_twice():
    tables = plan(1, 2, 1, CHINESE)
    for draw in (charts.gap_map, charts.owner_themes, charts.theory_of_change):
        assert charts.as_svg(draw(tables)) == charts.as_svg(draw(tables))
    assert CHINESE[:10] in charts.as_svg(charts.theory_of_change(tables))


def test_lines_are_broken_by_width_and_never_before_a_closing_sign():
    assert style.wrap_lines("漏损率，下降了", 6) == ["漏损", "率，下", "降了"]
    mixed = f"{CHINESE} {ENGLISH}"
    lines = style.wrap_lines(mixed, 20)
    assert "".join(lines).replace(" ", "") == mixed.replace(" ", "")
    assert style.wrap_lines(ENGLISH, 20, most=2)[-1].endswith("…")
    assert len(style.wrap_lines(CHINESE, 20, most=2)) == 2
    assert style.wrap_lines("", 20) == []
    assert style.wrap_lines("then it was 31 % (p = 0.2)", 14) == ["then it was", "31 % (p = 0.2)"]
    assert style.wrap_lines("then it was 31 % (p = 0.2)", 13) == ["then it was", "31 %", "(p = 0.2)"]
