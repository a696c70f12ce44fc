"""Is the whole report said in Chinese where that is asked for, and no message missing?"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from fakes import FakePlan, fake_example
from report_helpers import DAY, Reader, render_page

import theorytopractice
from theorytopractice import charts
from theorytopractice.assessment.actions import Commitment
from theorytopractice.assessment.experiences import Replication
from theorytopractice.i18n import catalogue_text, speaking
from theorytopractice.model import vocabularies
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import NAMES, SPOKEN, name_of
from theorytopractice.report.page import Page

KEYWORDS: dict[str, Any] = {"say": None, "_": None, "say_n": (1, 2), "say_as": ((1, "c"), 2), "message": None}
KEPT = re.compile(r"\b[A-Z]-\d+\b|stall_days|abc123|UTC|Ljung–Box|\bp [=<]")
FREE = (
    "statement",
    "title",
    "name",
    "theme",
    "unit",
    "reason",
    "site",
    "promised_to",
    "document",
    "note",
    "origin_site",
    "source",
    "so_what",
)


@pytest.fixture(scope="module")
def collected():
    """Return every message of the code, with its context, as a pair."""
    root = Path(theorytopractice.__file__).parent
    found = extract_from_dir(root, keywords=KEYWORDS, method_map=[("**.py", "python")])
    return {(context, text if isinstance(text, str) else text[0]) for _, _, text, _, context in found}


@pytest.fixture(scope="module")
def catalogue():
    return read_po(io.StringIO(catalogue_text("zh")), locale="zh_Hans_CN")


def test_no_message_is_missing_in_the_catalogue_and_none_is_too_many(collected, catalogue):
    held = {
        (one.context, one.id if isinstance(one.id, str) else one.id[0]): one.string
        for one in catalogue
        if one.id
    }
    assert collected - held.keys() == set()
    assert held.keys() - collected == set()
    assert [key for key, said in held.items() if not (said if isinstance(said, str) else said[0])] == []
    assert not any(one.fuzzy for one in catalogue if one.id)
    assert len(held) > 900


def test_every_word_of_the_vocabularies_has_a_name():
    shown = ("FindingKind", "Certainty", "Solvability", "Adaptation", "CoreKept", "ActionRole", "Stage")
    words = [word for name in shown for word in getattr(vocabularies, name)]
    words += [*Commitment, *Replication]
    assert {
        str(word) for word in words if SPOKEN.get(str(word), str(word).replace("_", " ")) not in NAMES
    } == set()
    with speaking("zh"):
        assert name_of("very_low") == "很低"


def chinese_plan():
    """Return the example with Chinese in every field that people write freely."""
    plan = fake_example()
    made = {}
    for name, frame in plan.items():
        free = [column for column in frame if column in FREE and name != "setting"]
        made[name] = frame.assign(
            **{column: frame[column].where(frame[column].isna(), "文字") for column in free}
        )
    by = made["event"]["by"]
    made["event"] = made["event"].assign(by=by.where(by.isna() | by.astype(str).str.startswith("O-"), "文字"))
    plan = FakePlan(made)
    plan.settings = type(fake_example().settings)(title="某县", language="zh", stall_days=60)
    return plan


@pytest.fixture(scope="module")
def page():
    return render_page(chinese_plan(), since="2026-03-31")


def test_nothing_in_a_chinese_report_is_english(page):
    text = re.sub(r"<(style|script)[ >].*?</\1>|<svg.*?</svg>", " ", page, flags=re.DOTALL)
    words = re.findall(r"[A-Za-z]{2,}", KEPT.sub(" ", Reader(text).text))
    assert sorted(set(words)) == []
    labels = re.findall(r'(?:aria-label|data-find|data-found)="([^"]*)"', page)
    assert [one for one in labels if re.search("[A-Za-z]{2,}", KEPT.sub(" ", one.replace("{n}", "")))] == []


def test_nothing_in_a_chinese_chart_is_english(page):
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", page)
    assert len(drawn) > 100
    assert [one for one in drawn if re.search("[A-Za-z]{2,}", KEPT.sub(" ", one))] == []


def test_the_language_is_the_plans_own_unless_another_is_asked_for(page):
    assert Reader(page).elements[0] == ("html", {"lang": "zh-Hans"})
    plan = chinese_plan()
    assert "截至2026年6月30日" in Page(plan, as_of=DAY).masthead.text
    assert "as of 30 June 2026" in Page(plan, as_of=DAY, language="en").masthead.text


def test_the_verdict_in_chinese_counts_what_the_english_one_counts():
    english, chinese = (Page(fake_example(), as_of=DAY, language=one).masthead.text for one in ("en", "zh"))
    assert "Of 42 findings, 13 are in practice, 7 of them sustained; 5 have stood on the shelf" in english
    assert re.findall(r"\d+项", chinese) == ["42项", "13项", "7项", "5项", "3项"]


def test_a_machine_without_a_chinese_font_is_told_so(monkeypatch):
    monkeypatch.setattr(charts.style, "has_chinese", lambda: False)
    with speaking("zh"):
        assert "fonts-noto-cjk" in charts.missing_font()
    with speaking("en"):
        assert charts.missing_font() == ""
    monkeypatch.setattr(charts.style, "has_chinese", lambda: True)
    with speaking("zh"):
        assert charts.missing_font() == ""


def test_every_table_of_the_plan_has_its_free_texts_replaced():
    held = {column for entity in ENTITIES.values() for column in entity.columns}
    assert set(FREE) <= held
