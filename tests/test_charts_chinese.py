"""Do charts say what they show in the language that is spoken, whatever fonts a machine has?"""

import pandas as pd
import pytest
from language_helpers import small_catalogue  # noqa: F401 - a fixture
from matplotlib import font_manager

from theorytopractice import charts
from theorytopractice.charts import style
from theorytopractice.i18n import CHINESE, speaking


@pytest.fixture
def no_chinese_font(monkeypatch):
    monkeypatch.setattr(style, "fonts", lambda: ("DejaVu Sans",))


ASSESSED = pd.DataFrame(
    {
        "finding_id": ["F-1", "F-2"],
        "disposition": "open",
        "stage": [4, 3],
        "flags": [[], []],
        "stage_name": ["in practice", "carried out"],
    }
)


@pytest.mark.usefixtures("small_catalogue")
def test_charts_say_their_title_and_labels_in_the_language_that_is_spoken():
    with speaking(CHINESE):
        ax = charts.ladder(ASSESSED)
    assert charts.picture(ax).words == "2项发现中有1项已付诸实践；没有发现束之高阁"
    assert ax.get_yticklabels()[0].get_text() == "束之高阁"


def _trend(days):
    frame = pd.DataFrame(
        {"as_of": pd.to_datetime(days), "value": [0.1] * len(days), "numerator": 1, "denominator": 10}
    )
    return charts.trend(frame.assign(low=0.05, high=0.4))  # fmt: skip


def _ticks(axis):
    return [words for words in axis.get_major_formatter().format_ticks(axis.get_majorticklocs()) if words]


@pytest.mark.usefixtures("small_catalogue")
def test_the_axis_of_dates_names_months_by_numbers_in_chinese_and_by_words_in_english():
    days = ["2025-10-01", "2026-04-01"]
    with speaking(CHINESE):
        chinese = _ticks(_trend(days).xaxis)
    assert chinese == ["10月", "11月", "12月", "2026年", "2月", "3月", "4月"]
    assert _ticks(_trend(days).xaxis) == ["Oct", "Nov", "Dec", "2026", "Feb", "Mar", "Apr"]


@pytest.mark.usefixtures("small_catalogue")
def test_the_axis_of_days_is_numbered_in_chinese():
    with speaking(CHINESE):
        assert _ticks(_trend(["2026-02-27", "2026-03-03"]).xaxis) == ["27日", "28日", "3月", "2日", "3日"]


@pytest.mark.usefixtures("small_catalogue")
def test_shares_on_an_axis_have_no_space_before_the_per_cent_sign():
    with speaking(CHINESE):
        ax = _trend(["2025-10-01", "2026-04-01"])
    assert ax.yaxis.get_major_formatter()(0.2) == "20%"
    assert _trend(["2025-10-01", "2026-04-01"]).yaxis.get_major_formatter()(0.2) == "20%"


@pytest.mark.usefixtures("small_catalogue", "no_chinese_font")
def test_a_machine_without_chinese_fonts_draws_and_says_what_it_lacks():
    with speaking(CHINESE):
        svg = charts.as_svg(charts.ladder(ASSESSED))
        assert charts.missing_font().startswith("No font with Chinese signs was found on this machine")
    assert "束之高阁" in svg
    assert charts.missing_font() == ""


def test_a_font_that_was_installed_since_matplotlib_made_its_list_is_found(monkeypatch):
    assert style.has_chinese()
    listed = font_manager.fontManager.ttflist
    chinese = {font.fname for font in listed if font.name in style.CHINESE_FONTS}
    old = [font for font in listed if font.fname not in chinese]
    assert chinese
    monkeypatch.setattr(font_manager.fontManager, "ttflist", old)
    assert style.fonts.__wrapped__() == style.fonts()


def test_of_many_fonts_with_chinese_signs_one_is_used(monkeypatch):
    class Font:
        def __init__(self, name):
            self.name = name

    known = [Font(name) for name in ("SimHei", "Microsoft YaHei", "DejaVu Sans", "Arial")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", known)
    assert style.fonts.__wrapped__() == ("DejaVu Sans", "Microsoft YaHei")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("四十二项发现中有十三项已付诸实践；六项仍束之高阁", 40, ["四十二项发现中有十三项已付", "诸实践；六项仍束之高阁"]),
        ("二〇二六年有（甲）项目", 14, ["二〇二六年有", "（甲）项目"]),
        ("见F-001、F-002", 10, ["见F-001、", "F-002"]),
        ("one two three", 8, ["one two", "three"]),
    ],
)  # fmt: skip
def test_chinese_titles_break_into_even_lines_with_signs_where_they_belong(text, width, lines):
    assert style.wrap(text, width).split("\n") == lines
