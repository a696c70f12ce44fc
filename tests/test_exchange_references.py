"""References of the literature as findings, from the three formats that reference managers write."""

from __future__ import annotations

import json
from typing import Any

import pytest
from test_cli import run

import theorytopractice as ttp
from theorytopractice.exchange.references import is_references, references_source
from theorytopractice.exchange.sources import read_source

BIBTEX = r"""
@string{jt = "J. of Things"}
@article{mueller2020,
  author = {M{\"u}ller, Anna and de la Cruz, Bo and {World Health Organization}},
  title = {A {Study} of \& calls: 50\% fewer}, journal = jt, year = 2020, volume = 3, number = 2,
  pages = {1--10}, doi = {10.1234/x_y}, url = {http://a.b/x_y%20z}
}
@misc{li, title = {A note}, editor = {Li, Bo}, date = {2021-03-01}, url = {http://x.y/?a=b_c}}
"""
RIS = """TY  - JOUR
AU  - Müller, Anna
AU  - Li, Bo
TI  - A study
JO  - Things
PY  - 2020/03/01
VL  - 3
SP  - 1
EP  - 10
DO  - 10.1234/x
ID  - key1
ER  -

TY  - BOOK
A1  - Ma, C
T1  - Other things of note indeed
Y1  - 2011
PB  - Press
ER  -
"""
CSL: list[dict[str, Any]] = [
    {"id": "smith", "type": "article-journal", "title": "On <i>calls</i> &amp; visits", "issued": {"date-parts": [[2019, 5]]},
     "author": [{"family": "Smith", "given": "A"}, {"family": "Berg", "non-dropping-particle": "van den"},
                {"literal": "WHO"}, {"family": "X"}],
     "container-title": "Things", "volume": "3", "issue": "2", "page": "1-10", "DOI": "10.1234/z"},
    {"id": "http://zotero.org/users/1/items/AB", "type": "report", "title": "Report", "URL": "https://e.org/r"},
]  # fmt: skip


def read(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return references_source(tmp_path / name)


def rows(source):
    table = source.tables["finding"]
    return list(zip(table["finding_id"], table["kind"], table["statement"], table["source"], strict=True))


def test_bibtex(tmp_path):
    assert rows(read(tmp_path, "r.bib", BIBTEX)) == [
        ("mueller2020", "insight", "A Study of & calls: 50% fewer",
         "Müller, de la Cruz & World Health Organization (2020). A Study of & calls: 50% fewer. J. of Things 3(2), 1–10. https://doi.org/10.1234/x_y"),
        ("li", "insight", "A note", "Li (2021). A note. http://x.y/?a=b_c"),
    ]  # fmt: skip


def test_ris(tmp_path):
    source = read(tmp_path, "r.ris", RIS)
    assert rows(source) == [
        ("key1", "insight", "A study", "Müller & Li (2020). A study. Things 3, 1–10. https://doi.org/10.1234/x"),
        ("ma-2011-other-things-of-note", "insight", "Other things of note indeed",
         "Ma (2011). Other things of note indeed. Press."),
    ]  # fmt: skip
    assert list(source.tables["finding"].lines) == [1, 14]


def test_csl_json(tmp_path):
    assert rows(read(tmp_path, "r.json", json.dumps(CSL))) == [
        ("smith", "insight", "On calls & visits",
         "Smith et al. (2019). On calls & visits. Things 3(2), 1–10. https://doi.org/10.1234/z"),
        ("report", "insight", "Report", "Report. https://e.org/r"),
    ]  # fmt: skip


def test_what_cannot_be_read_is_listed(tmp_path):
    broken = BIBTEX + "@misc{li, title={Again}}\n@misc{none, year=2020}\n@book{b, title={ok}\n"
    source = read(tmp_path, "r.bib", broken)
    assert len(rows(source)) == 2
    assert sorted(issue.row for issue in source.issues) == [9, 10, 11]
    assert {issue.where for issue in source.issues} == {"r.bib"}


def test_the_same_reference_twice_is_one_and_another_under_its_key_is_listed(tmp_path):
    source = read(tmp_path, "r.json", json.dumps([CSL[0], CSL[0], {**CSL[0], "title": "Other"}]))
    assert len(rows(source)) == 1
    assert [issue.row for issue in source.issues] == [3]


def test_a_file_without_references_is_refused(tmp_path):
    for name in ("r.bib", "r.ris"):
        with pytest.raises(ttp.PlanError, match="holds no reference"):
            read(tmp_path, name, "nothing of the sort")
    (tmp_path / "l.ris").write_bytes("TI  - é".encode("latin-1"))
    with pytest.raises(ttp.PlanError, match="not in UTF-8"):
        references_source(tmp_path / "l.ris")


@pytest.mark.parametrize(
    "content", ["[]", "{}", '[{"statement": "x", "type": "y", "id": 1}]', "[1]", "no json"]
)
def test_other_json_is_no_list_of_references(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    assert not is_references(tmp_path / "x.json")
    assert not is_references(tmp_path / "absent.json")


def test_a_second_import_changes_nothing_and_planners_words_stay(tmp_path, monkeypatch):
    (tmp_path / "r.bib").write_text(BIBTEX, encoding="utf-8")
    with ttp.make_plan(tmp_path / "plan.db", who="Mara") as plan:
        plan.import_(read_source(tmp_path / "r.bib"))
        assert plan.finding["recorded_on"].nunique() == 1
        plan.change("finding", "li", statement="Calls halve missed visits.")
        before = plan.fingerprint()
        monkeypatch.setenv("FROZEN_NOW", "2026-12-24T10:00:00+00:00")
        assert plan.import_(read_source(tmp_path / "r.bib")).changes == []
        assert plan.fingerprint() == before
        (tmp_path / "r.bib").write_text(BIBTEX.replace("year = 2020", "year = 2022"), encoding="utf-8")
        plan.import_(read_source(tmp_path / "r.bib"))
        own = plan.finding.set_index("finding_id")
        assert "(2022)" in str(own.loc["mueller2020", "source"])
        assert own.loc["li", "statement"] == "Calls halve missed visits."


def test_import_takes_references_without_a_mapping(tmp_path):
    (tmp_path / "r.ris").write_text(RIS, encoding="utf-8")
    assert "2 rows added" in run("import", tmp_path / "plan.db", tmp_path / "r.ris").stdout
