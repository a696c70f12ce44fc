"""Does a mapping alone, without a line of code for it, import the councils' declarations and promises?

Every expected figure is counted a second time, with the csv module, straight from the files.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from theorytopractice.exchange.mapping import apply, read_mapping
from theorytopractice.model.validation import validate

NETZERO = Path(__file__).parents[1].parent / "shared" / "data" / "netzero"
MAPPING = Path(__file__).parent / "mappings" / "netzero.toml"
TODAY = date(2026, 11, 23)
CODE, TOTAL = "local-authority-code", "Total Emissions:kt CO2"
pytestmark = pytest.mark.skipif(
    not NETZERO.is_dir(), reason="the council data (../shared/data/netzero) is not there"
)


@pytest.fixture(scope="module")
def mapped():
    return apply(read_mapping(MAPPING), NETZERO)


def rows(name):
    """Line → row of a file, by hand: the line on which each row begins."""
    with (NETZERO / name).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        found, begin = {}, reader.line_num + 1
        for cells in reader:
            found[begin] = dict(zip(header, cells, strict=True))
            begin = reader.line_num + 1
        return found


@pytest.fixture(scope="module")
def promises():
    return rows("promises.csv")


@pytest.fixture(scope="module")
def declarations():
    return rows("declarations.csv")


@pytest.fixture(scope="module")
def emissions():
    """Council → year → emissions as written."""
    found = {}
    for row in rows("emissions.csv").values():
        found.setdefault(row[CODE], {})[int(row["Year"])] = row[TOTAL]
    return found


@pytest.fixture(scope="module")
def declared(declarations):
    """Council → day of its declaration, where it has one and the day can be read."""
    return {
        row[CODE]: datetime.strptime(row["date_made"], "%d/%m/%Y").date()  # noqa: DTZ007 - a calendar date
        for row in declarations.values()
        if row[CODE] and row["made_declaration"].startswith("Y") and row["date_made"]
    }


@pytest.fixture(scope="module")
def actions(mapped):
    return dict(zip(mapped.tables["action"].lines, mapped.tables["action"].rows(), strict=True))


def listed(mapped, file, text=""):
    return [issue for issue in mapped.issues if issue.where == file and text in issue.message]


def lines(issues):
    return {issue.row for issue in issues}


def by_id(table):
    return {key[0]: row for key, row in zip(table.keys(), table.rows(), strict=True)}


def test_the_result_is_a_plan_without_errors(mapped):
    assert [issue for issue in validate(mapped.tables, today=TODAY) if issue.is_error] == []


def test_everything_listed_is_a_warning_with_file_and_line(mapped):
    rows = [issue for issue in mapped.issues if issue.code != "W-NEAR"]
    assert {issue.code for issue in rows} == {"W-IMPORT"}
    assert all(issue.where and issue.row and issue.message for issue in rows)


def test_every_row_of_every_file_was_read(mapped):
    assert mapped.n_read == {"declarations.csv": 404, "promises.csv": 497, "emissions.csv": 6304}


def test_every_promise_is_an_action_or_listed(mapped, promises, actions):
    assert set(actions) | lines(listed(mapped, "promises.csv")) == set(promises)
    assert len(actions) == 394
    assert len(set(promises) - set(actions)) == 103


def test_every_declaration_is_a_finding_or_listed(mapped, declarations):
    made = set(mapped.tables["finding"].lines)
    assert made | lines(listed(mapped, "declarations.csv")) == set(declarations)


def test_408_councils_are_owners(mapped, promises):
    owners = {f"O-{row[CODE]}" for row in promises.values()}
    assert len(owners) == 408
    assert set(by_id(mapped.tables["owner"])) == owners


def test_scopes_are_those_of_the_source(mapped, promises, actions):
    scopes = Counter(row["scope"] for row in promises.values())
    assert scopes == {
        "Council operations": 231, "Whole area": 208, "No promise": 48, "Unclear": 9, "Other": 1,
    }  # fmt: skip
    made = Counter(row["action_id"].rsplit("-", 1)[1] for row in actions.values())
    undated = lines(listed(mapped, "promises.csv", "no action"))
    left_out = Counter(promises[line]["scope"] for line in undated)
    assert made["operations"] + left_out["Council operations"] == 231
    assert made["area"] + left_out["Whole area"] == 208
    assert made["unclear"] + left_out["Unclear"] == 9
    assert made["other"] + left_out["Other"] == 1
    assert len(listed(mapped, "promises.csv", "promises nothing")) == 48


def test_446_promises_have_a_year_265_of_them_2030(mapped, promises, actions):
    years = Counter(row["target"] for row in promises.values() if row["target"])
    assert (years.total(), years["2030.0"]) == (446, 265)
    due = Counter(row["due"] for row in actions.values() if row["due"])
    undated = lines(listed(mapped, "promises.csv", "no action"))
    left_out = Counter(promises[line]["target"] for line in undated if promises[line]["target"])
    assert due.total() + left_out.total() == 446
    assert due["2030-12-31"] + left_out["2030.0"] == 265
    assert {f"{day[:4]}.0" for day in due} | set(left_out) == set(years)


def test_every_year_became_its_last_day(promises, actions):
    expected = {line: f"{promises[line]['target'][:4]}-12-31" for line in actions if promises[line]["target"]}
    assert {line: row["due"] for line, row in actions.items() if row["due"]} == expected


def test_every_promise_without_a_year_is_listed(mapped, promises, actions):
    without = {line for line, row in promises.items() if not row["target"]}
    assert len(without) == 51
    assert without <= lines(listed(mapped, "promises.csv"))
    assert lines(listed(mapped, "promises.csv", "names no year")) == without & set(actions)


def test_14_promises_were_due_by_the_end_of_2025(mapped, promises, actions):
    early = {line for line, row in promises.items() if row["target"] and float(row["target"]) <= 2025}
    assert len(early) == 14
    overdue = {line for line, row in actions.items() if row["due"] and row["due"] < "2026-01-01"}
    assert overdue | (early & lines(listed(mapped, "promises.csv", "no action"))) == early


def test_345_councils_declared_and_57_did_not(mapped, declarations):
    begins = Counter(row["made_declaration"][:1] for row in declarations.values())
    assert (begins["Y"], begins["N"], begins[""]) == (345, 57, 2)
    refused = listed(mapped, "declarations.csv", "not a declaration")
    assert Counter(issue.found[:1] for issue in refused) == {"N": 57, "": 2}
    left_out = listed(mapped, "declarations.csv", "no finding")
    assert len(mapped.tables["finding"]) + len(left_out) == 345


def test_every_declaration_bears_its_date(mapped, declared):
    made = {key[2:]: row["recorded_on"] for key, row in by_id(mapped.tables["finding"]).items()}
    assert made == {code: day.isoformat() for code, day in declared.items()}


def test_a_date_in_no_declared_format_is_read_where_it_has_one_meaning(mapped, declarations):
    odd = {
        line: row["date_made"]
        for line, row in declarations.items()
        if row["date_made"] and not re.fullmatch(r"\d\d/\d\d/\d{4}", row["date_made"])
    }
    assert set(odd.values()) == {"05/2019"}  # the last day of its month
    assert listed(mapped, "declarations.csv", "not a date") == []


def test_an_action_is_recorded_on_the_day_of_the_declaration_else_of_the_check(promises, actions, declared):
    for line, action in actions.items():
        day = declared.get(promises[line][CODE]) or checked(promises[line]["data_checked"])
        assert action["recorded_on"] == day.isoformat()


def checked(text):
    form = "%d/%m/%y" if "/" in text else "%Y-%m-%d"
    return datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar date


def test_both_formats_of_data_checked_are_read_and_such_actions_have_no_finding(mapped, promises, declared):
    without = {line for line, row in promises.items() if row["data_checked"] and row[CODE] not in declared}
    issues = listed(mapped, "promises.csv", "dated by data_checked")
    assert lines(issues) == without
    assert {re.sub(r"\d", "9", issue.found) for issue in issues} == {"99/99/99", "9999-99-99"}
    linked = {row["action_id"] for row in mapped.tables["finding_action"].rows()}
    assert len(mapped.tables["action"]) - len(linked) == len(without) == 5


def test_a_promise_with_neither_date_is_only_listed(mapped, promises, actions, declared):
    neither = {
        line
        for line, row in promises.items()
        if row["scope"] != "No promise" and row[CODE] not in declared and not row["data_checked"]
    }
    assert lines(listed(mapped, "promises.csv", "no action")) == neither
    assert not neither & set(actions)


def test_each_action_delivers_the_finding_of_its_council_and_has_one_accountable_owner(mapped):
    links = mapped.tables["finding_action"].rows()
    assert {row["role"] for row in links} == {"delivers"}
    assert all(row["action_id"].split("-")[1] == row["finding_id"][2:] for row in links)
    owners = mapped.tables["action_owner"].rows()
    assert {row["role"] for row in owners} == {"accountable"}
    assert Counter(row["action_id"] for row in owners) == Counter(list(by_id(mapped.tables["action"])))


def test_all_emissions_are_observations_dated_at_the_end_of_their_year(mapped, emissions):
    expected = {
        (f"I-{code}", f"{year}-12-31", value)
        for code, values in emissions.items()
        for year, value in values.items()
    }
    found = mapped.tables["observation"].rows()
    assert {(row["indicator_id"], row["observed_on"], row["value"]) for row in found} == expected
    assert len(found) == 6304
    assert {row["observed_on"][:4] for row in found} == {str(year) for year in range(2005, 2021)}


def test_each_area_has_one_indicator_with_the_baseline_of_2005(mapped, emissions):
    indicators = by_id(mapped.tables["indicator"])
    assert {key[2:]: row["baseline"] for key, row in indicators.items()} == {
        code: values[2005] for code, values in emissions.items()
    }
    same = ("baseline_on", "direction", "level", "cadence_days")
    assert {tuple(row[name] for name in same) for row in indicators.values()} == {
        ("2005-12-31", "descending", "outcome", "365")
    }


def test_206_councils_promise_for_the_whole_area_and_196_of_them_can_be_measured(mapped, promises, emissions):
    whole = {row[CODE] for row in promises.values() if row["scope"] == "Whole area" and row["target"]}
    measured = {code for code in whole if {2005, 2020} <= set(emissions.get(code, ()))}
    assert (len(whole), len(measured)) == (206, 196)
    aims = {key[2:] for key, row in by_id(mapped.tables["indicator"]).items() if row["target"] == "0"}
    assert aims == measured
    unmeasured = {issue.found for issue in listed(mapped, "promises.csv", "no emissions")}
    assert whole - aims == whole & unmeasured


def test_73_of_the_196_are_on_the_straight_line(mapped, promises, emissions):
    last = {
        row["indicator_id"]: Decimal(row["value"])
        for row in mapped.tables["observation"].rows()
        if row["observed_on"] == "2020-12-31"
    }
    made = {
        key[2:]
        for key, row in by_id(mapped.tables["indicator"]).items()
        if row["target_on"]
        and last[key] <= Decimal(row["baseline"]) * (1 - Decimal(15) / (int(row["target_on"][:4]) - 2005))
    }
    expected = {
        row[CODE]
        for row in promises.values()
        if row["scope"] == "Whole area" and row["target"] and row[CODE] in emissions
        and float(emissions[row[CODE]][2020]) / float(emissions[row[CODE]][2005])
        <= 1 - 15 / (float(row["target"]) - 2005)
    }  # fmt: skip
    assert made == expected
    assert len(made) == 73


def test_20_councils_without_emissions_are_listed(mapped, promises, emissions):
    without = {row[CODE] for row in promises.values()} - set(emissions)
    assert len(without) == 20
    assert {issue.found for issue in listed(mapped, "promises.csv", "no emissions")} == without


def test_a_finding_is_judged_by_its_emissions_only_where_the_whole_area_was_promised(
    mapped, declared, emissions
):
    aims = {key[2:] for key, row in by_id(mapped.tables["indicator"]).items() if row["target"]}
    links = {row["finding_id"][2:]: row["required"] for row in mapped.tables["finding_indicator"].rows()}
    assert links == {code: "true" if code in aims else "false" for code in declared if code in emissions}
