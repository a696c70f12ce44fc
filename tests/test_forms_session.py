"""Does the workbench store exactly what was meant, refuse in one sentence, and lose nothing? Without a browser."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import sqlite3
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from forms_helpers import DAY, Controls, answer_text, ask, open_form, save_form

import theorytopractice as ttp
from theorytopractice.forms import router
from theorytopractice.forms.answer import Message
from theorytopractice.forms.cells import read_day, read_text
from theorytopractice.forms.listing import PAGE
from theorytopractice.forms.session import Session
from theorytopractice.i18n import say, say_short_day, speaking
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import label_of, name_of
from theorytopractice.model.settings import CHOICES, MEANINGS, Settings
from theorytopractice.model.validation_rules import WORDS
from theorytopractice.store import database

pytestmark = pytest.mark.slow

VALUE, COST = ENTITIES["observation"]["value"], ENTITIES["action"]["cost"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-6-3", "2026-06-03"),
        ("30.6.2026", "2026-06-30"),
        ("3.4.2026", "2026-04-03"),
        ("13/4/2026", "2026-04-13"),
        ("4/13/2026", "2026-04-13"),
        ("3/3/2026", "2026-03-03"),
        ("30 June 2026", "2026-06-30"),
        ("June 30, 2026", "2026-06-30"),
        ("30. Sept. 2026", "2026-09-30"),
        ("2026年6月30日", "2026-06-30"),
        ("２０２６-06-30", "2026-06-30"),
        ("yesterday", "2026-06-29"),
        ("今天", "2026-06-30"),
        ("٣٠.٦.٢٠٢٦", "2026-06-30"),
    ],
)
def test_a_date_is_read_as_people_write_it(typed, meant):
    assert read_day(typed, today=DAY) == (meant, "")


@pytest.mark.parametrize(
    "typed", ["3/4/2026", "31.2.2026", "12.5.26", "tomorrow morning", "2026", "June", "0000-01-01"]
)
def test_a_date_that_can_be_read_in_two_ways_or_in_none_is_not_guessed(typed):
    text, problem = read_day(typed, today=DAY)
    assert text == typed
    assert "write it as year-month-day" in problem


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1 234", "1234"),
        ("1.234.567", "1234567"),
        ("−3", "-3"),
        ("１２", "12"),
        ("1.234", "1.234"),
        ("1 234,5", "1234.5"),
        ("1.234.567,8", "1234567.8"),
        ("١٢٣", "123"),
        ("١٬٢٣٤٫٥", "1234.5"),
    ],
)
def test_a_number_is_read_with_comma_or_point(typed, meant):
    assert read_text(COST, typed, today=DAY) == (meant, "")
    assert read_text(VALUE, typed, today=DAY) == (meant, "")


@pytest.mark.parametrize(
    "typed",
    [
        "1,234",
        "1,2,3",
        "12 apples",
        "NaN",
        "∞",
        "10³",
        "5²",
        "10⁶",
        "①",
        "2024 2025",
        "1 2345",
        "12,34.5",
        "0.5 123",
    ],
)
def test_a_number_that_is_none_or_two_is_not_guessed(typed):
    text, problem = read_text(COST, typed, today=DAY)
    assert (text, bool(problem)) == (typed, True)
    assert read_text(VALUE, typed, today=DAY).text == typed


@pytest.mark.parametrize("typed", ["1e400", "-1e301", "9" * 5000])
def test_a_number_that_cannot_be_reckoned_with_is_refused(typed):
    for field in (COST, VALUE):
        text, problem = read_text(field, typed, today=DAY)
        assert text == typed
        assert "is too large to be reckoned with" in problem


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("P30D", "P30D"), ("p1m", "P1M"), ("30 days", "P30D"), ("every 2 weeks", "P2W"), ("Monthly", "P1M"),
        ("quarterly", "P3M"), ("2 quarters", "P6M"), ("every year", "P1Y"), ("30天", "P30D"), ("每月", "P1M"),
        ("每2周", "P2W"), ("3个月", "P3M"), ("每季度", "P3M"), ("１２月", "P12M"), ("day", "P1D"),
    ],
)  # fmt: skip
def test_how_often_is_read_as_people_write_it(typed, meant):
    assert read_text(ENTITIES["finding"]["check_every"], typed, today=DAY) == (meant, "")


@pytest.mark.parametrize("typed", ["often", "0 days", "30", "P0D", "1.5 weeks", "99999 days", "days 30"])
def test_what_is_no_repeat_is_said_as_it_was_typed(typed):
    found = read_text(ENTITIES["finding"]["check_every"], typed, today=DAY)
    assert found.text == typed
    assert f"“{typed}” is not how often" in found.problem


def test_a_repeat_is_shown_in_words_and_stored_as_it_was(session):
    facts = {"form": "finding", "key": session.rows("finding", kind="mechanism")[0]["finding_id"]}
    before = session.plan.row("finding", facts["key"])
    values = open_form(session, **facts)
    assert values["finding.check_every"].split()[1] in (
        "days",
        "day",
        "weeks",
        "week",
        "months",
        "month",
        "year",
    )
    assert ask(session, "save", open=facts, values=values).text == "Nothing was changed."
    assert session.plan.row("finding", facts["key"]) == before


def test_every_field_and_every_word_has_a_name_for_people():
    columns = {(entity.name, field.name) for entity in ENTITIES.values() for field in entity.fields}
    fields = [field for entity in ENTITIES.values() for field in entity.fields]
    assert all(field.label and field.help for field in fields)
    assert label_of("finding", "owner_id") == "Owner"
    assert (label_of("action", "due"), label_of("event", "due")) == ("Due", "New date")
    vocabularies = [field.words for field in fields] + [*WORDS.values(), *CHOICES.values()]
    said = {word: name_of(word) for word in itertools.chain(*vocabularies)}
    assert said["check_pass"] == "check pass"
    with speaking("zh"):
        assert [word for word, english in said.items() if name_of(word) == english] == []
        assert [one for one in columns if label_of(*one).isascii()] == []


def test_only_what_was_changed_is_stored_and_a_second_save_stores_nothing(session):
    before = session.plan.row("action", "A-026")
    facts = {"form": "action", "finding": "F-013", "key": "A-026"}
    save_form(session, facts, action__dose="40 hours")
    assert session.plan.row("action", "A-026") == before | {"dose": "40 hours"}
    assert session.plan.history("A-026")["difference"].tolist()[-1:] == ["dose: “” → “40 hours”"]
    assert save_form(session, facts).text == "Nothing was changed."


def test_who_is_accountable_is_exchanged_in_one_change(session):
    facts = {"form": "action", "finding": "F-013", "key": "A-026"}
    save_form(session, facts, action_owner__owner_id="O-01")
    held = session.rows("action_owner", action_id="A-026", role="accountable")
    assert [row["owner_id"] for row in held] == ["O-01"]
    assert session.plan.latest(1)["n_rows"].tolist() == [2]


def to_correct(session, table, key):
    """Return what the button opens that corrects a fact on the tab of the chosen finding."""
    tab = {"observation": "observations", "event": "events"}[table]
    page = Controls(ask(session, "tab", tab=tab).parts["record"])
    return next(one["open"] for one in page.buttons("open") if one["open"].get("key") == key)


def test_a_value_is_corrected_by_a_newer_row(session):
    ask(session, "choose", finding="F-013")
    value = session.rows("observation", indicator_id="I-19")[-1]
    save_form(session, to_correct(session, "observation", value["observation_id"]), observation__value="2,5")
    rows = session.rows("observation", indicator_id="I-19", observed_on=value["observed_on"])
    assert sorted((row["value"], row["recorded_on"]) for row in rows) == sorted(
        [(value["value"], value["recorded_on"]), ("2.5", "2026-06-30")]
    )


def test_an_event_is_put_right_under_its_own_key_with_a_reason(session):
    ask(session, "choose", finding="F-013")
    event = session.rows("event", subject_id="A-026")[0]
    facts = to_correct(session, "event", event["event_id"])
    refused = save_form(session, facts, event__by="Somebody else")
    assert "Say why." in refused.parts["error:~reason"]
    assert 'href="#~reason"' in refused.parts["summary"]
    save_form(session, facts, event__by="Somebody else", **{"~reason": "wrong name"})
    assert session.plan.row("event", event["event_id"]) == event | {"by": "Somebody else"}
    assert session.plan.latest(1)["what"].iloc[0].endswith(": wrong name")


def test_who_corrects_the_day_or_the_indicator_of_a_value_leaves_no_other_value_behind(session):
    value = session.rows("observation", indicator_id="I-19")[-1]
    facts = {"form": "row", "table": "observation", "key": value["observation_id"]}
    before = len(session.rows("observation"))
    assert (
        "Say why." in save_form(session, facts, observation__observed_on="2026-05-02").parts["error:~reason"]
    )
    save_form(
        session,
        facts,
        observation__observed_on="2026-05-02",
        observation__final="false",
        **{"~reason": "misread"},
    )
    stands = session.plan.row("observation", value["observation_id"])
    assert stands == value | {"observed_on": "2026-05-02", "final": "false"}
    assert len(session.rows("observation")) == before


def test_the_second_correction_of_a_value_is_shown_beside_the_first(session, plan_path):
    value = session.rows("observation", indicator_id="I-19")[-1]
    facts = {"form": "row", "table": "observation", "key": value["observation_id"]}
    values = open_form(session, **facts)
    with ttp.open_plan(plan_path, who="Bo") as other:
        theirs = Session(other, as_of=DAY)
        save_form(theirs, facts, observation__value="5")
    answer = ask(session, "save", open=facts, values=values | {"observation.value": "7"})
    page = Controls(answer.parts["form"])
    assert "Somebody else changed this meanwhile" in page.text
    chosen = page.values | {name: "mine" for name in page.values if name.startswith("~choice:")}
    ask(session, "resolve", open=facts, values=chosen | {"~reason": "read again"})
    rows = session.rows("observation", indicator_id="I-19", observed_on=value["observed_on"])
    assert {row["value"] for row in rows} == {value["value"], "7"}


def test_what_somebody_else_removed_does_not_come_back_by_a_save_of_something_else(session, plan_path):
    facts = {"form": "action", "finding": "F-013", "key": "A-026"}
    values = open_form(session, **facts)
    with ttp.open_plan(plan_path, who="Bo") as other:
        (held,) = session.rows("action_owner", action_id="A-026", role="accountable")
        other.remove("action_owner", tuple(held.values()), reason="left")
    ask(session, "save", open=facts, values=values | {"action.dose": "40 hours"})
    assert session.rows("action_owner", action_id="A-026", role="accountable") == []
    assert session.plan.row("action", "A-026")["dose"] == "40 hours"


def test_what_was_typed_into_a_link_that_somebody_else_removed_is_shown_and_may_be_kept(session, plan_path):
    facts = {"form": "action", "finding": "F-013", "key": "A-026"}
    values = open_form(session, **facts)
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.remove("finding_action", ("F-013", "A-026", "delivers"), reason="wrong")
    answer = ask(session, "save", open=facts, values=values | {"finding_action.rationale": "typed"})
    page = Controls(answer.parts["form"])
    assert "typed" in page.text
    chosen = page.values | {name: "mine" for name in page.values if name.startswith("~choice:")}
    ask(session, "resolve", open=facts, values=chosen)
    assert session.plan.row("finding_action", ("F-013", "A-026", "delivers"))["rationale"] == "typed"


def test_an_owner_who_came_meanwhile_is_shown_before_another_is_added(session, plan_path):
    session.plan.add(ttp.Action(action_id="A-900", title="Send", recorded_on="2026-01-01", due="2026-12-10"),
                  ttp.FindingAction(finding_id="F-002", action_id="A-900", role="delivers"))  # fmt: skip
    facts = {"form": "action", "finding": "F-002", "key": "A-900"}
    assert (
        "This must be filled."
        in save_form(session, facts, action__dose="1").parts["error:action_owner.owner_id"]
    )
    values = open_form(session, **facts) | {"action_owner.owner_id": "O-01"}
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.add(ttp.ActionOwner(action_id="A-900", owner_id="O-02", role="accountable"))
    answer = ask(session, "save", open=facts, values=values)
    assert "Somebody else changed this meanwhile" in answer_text(answer)
    page = Controls(answer.parts["form"]).values
    ask(
        session,
        "resolve",
        open=facts,
        values=page | {name: "mine" for name in page if name.startswith("~choice:")},
    )
    assert [row["owner_id"] for row in session.rows("action_owner", action_id="A-900")] == ["O-01"]


def test_a_part_that_was_begun_is_not_thrown_away(session):
    typed = {"finding__kind": "insight", "finding__statement": "Rain 3 days a week keeps 9 stalls shut.",
             "finding__source": "Survey", "finding_action__rationale": "It should help."}  # fmt: skip
    refused = save_form(session, {"form": "finding"}, **typed)
    assert "This must be filled." in refused.parts["error:action.title"]
    assert "This must be filled." not in refused.parts["error:indicator.name"]


def test_an_experience_begins_with_a_replication_that_its_indicator_measures(session):
    facts = {"form": "finding"}
    first = open_form(session, **facts)
    assert first["finding_action.role"] == "delivers"
    form = ask(session, "refresh", open=facts, values=first | {"finding.kind": "experience"}).parts["form"]
    values = Controls(form).values
    assert values["finding_action.role"] == "replicates"
    typed = {"finding.statement": "One session for 3 papers saves 40 minutes.", "finding.source": "Visit",
             "finding.origin_site": "North", "finding.why_it_works": "One queue.", "finding.core_elements": "One session.",
             "action.title": "Open one desk in the south", "action.due": "2026-12-01", "action.site": "South",
             "action_owner.owner_id": "O-01", "indicator.name": "Minutes of waiting", "indicator.unit": "minutes",
             "indicator.measure": "unit", "indicator.direction": "descending", "indicator.level": "outcome"}  # fmt: skip
    answer = ask(session, "save", open=facts, values=values | typed)
    assert "saved" in str(answer.parts.get("notice")), answer_text(answer)
    (link,) = session.rows("finding_indicator", finding_id=session.finding_id)
    (action,) = session.rows("finding_action", finding_id=session.finding_id)
    assert link["action_id"] == action["action_id"]
    alone = {name: text for name, text in (values | typed).items() if not name.startswith("action")}
    ask(session, "save", open=facts, values=alone | {"finding_action.role": "replicates"})
    (link,) = session.rows("finding_indicator", finding_id=session.finding_id)
    assert link["action_id"] == ""


def test_evidence_is_a_link_or_a_file_or_words(session):
    facts = {"form": "row", "table": "evidence", "action_id": "A-026"}
    refused = save_form(session, facts)
    assert "This must be filled." in refused.parts["error:evidence.description"]
    for one in ("uri", "description"):
        assert "saved" in str(
            save_form(session, facts, **{f"evidence__{one}": "https://example.org"}).parts["notice"]
        )


def test_a_checksum_belongs_to_the_file_that_was_attached_and_to_no_other_link(session):
    facts = {"form": "row", "table": "evidence", "action_id": "A-026"}
    router.answer(
        session,
        Message(
            "upload", {"token": "t", "name": "a.txt", "at": 0, "is_last": True, "part": "attached"}, b"a"
        ),
    )
    save_form(session, facts, evidence__description="one", **{"~file": "t"})
    (row,) = session.rows("evidence", description="one")
    assert row["sha256"] == hashlib.sha256(b"a").hexdigest()
    key = {"form": "row", "table": "evidence", "key": row["evidence_id"]}
    save_form(session, key, evidence__uri="other.txt", **{"~reason": "moved"})
    assert session.plan.row("evidence", row["evidence_id"])["sha256"] == ""
    save_form(session, facts, evidence__description="two", **{"~sha256": "0" * 64})
    assert session.rows("evidence", description="two")[0]["sha256"] == ""


WORD_HELP = re.compile('<details class="words">.*?</details>')


def test_the_fields_of_a_range_and_of_a_scale_are_asked_where_they_belong(session):
    facts = {"form": "indicator", "finding": "F-013"}

    def asked(**typed):
        form = str(
            ask(
                session,
                "refresh",
                open=facts,
                values={f"indicator.{name}": text for name, text in typed.items()},
            ).parts["form"]
        )
        return {
            name
            for name in ("target_low", "scale")
            if f'name="indicator.{name}"' in WORD_HELP.sub("", form).partition("<details")[0]
        }

    assert asked(direction="ascending", measure="count") == set()
    assert asked(direction="range", measure="ordinal") == {"target_low", "scale"}


def asked_to_remove(session, table, key):
    """Ask for a row to be removed, and return what the form then hands back."""
    form = Controls(ask(session, "ask-remove", table=table, key=[key]).parts["form"])
    return json.loads(next(attrs["data-with"] for name, attrs in form.tags if name == "form"))


def test_a_removal_needs_a_reason_and_comes_back_by_undo(session):
    key = session.rows("observation", indicator_id="I-19")[0]["observation_id"]
    ask(session, "choose", finding="F-013")
    facts = asked_to_remove(session, "observation", key)
    assert "needs a reason" in ask(session, "remove", **facts, values={"reason": " "}).text
    ask(session, "remove", **facts, values={"reason": "typed twice"})
    assert session.rows("observation", observation_id=key) == []
    number = int(session.plan.latest(1)["change_id"].iloc[0])
    ask(session, "undo", change=number)
    assert len(session.rows("observation", observation_id=key)) == 1


def test_a_row_that_somebody_changed_meanwhile_is_not_removed(session, plan_path):
    facts = asked_to_remove(session, "owner", "O-01")
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.change("owner", "O-01", note="Bo's word")
    refused = ask(session, "remove", **facts, values={"reason": "gone"})
    assert refused.refused
    assert session.plan.row("owner", "O-01")["note"] == "Bo's word"


def test_another_persons_change_is_not_taken_back_here(session, plan_path):
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.change("finding", "F-001", theme="Bo's")
    number = int(session.plan.latest(1)["change_id"].iloc[0])
    assert ask(session, "undo", change=number).text == "Only your own changes can be taken back here."
    assert session.plan.row("finding", "F-001")["theme"] == "Bo's"


def test_what_another_changed_moves_the_list_and_the_stage_without_reading_the_whole_plan(
    session, plan_path, monkeypatch
):
    ask(session, "choose", finding="F-002")
    monkeypatch.setattr(type(session.plan), "tables", lambda _: pytest.fail("the whole plan was read"))
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.add(
            ttp.Action(action_id="A-900", title="Send messages", recorded_on="2026-06-01", due="2026-09-30"),
            ttp.FindingAction(finding_id="F-002", action_id="A-900", role="delivers"),
            ttp.ActionOwner(action_id="A-900", owner_id="O-01", role="accountable"),
        )
    ask(session, "list", values={})
    assert session.overview.get("F-002").stage == 1
    assert "planned" in answer_text(ask(session, "tab", tab="why"))


def test_the_second_save_of_a_row_is_shown_beside_the_first_and_each_field_is_chosen(session, plan_path):
    facts = {"form": "finding", "key": "F-001"}
    values = open_form(session, **facts) | {
        "finding.statement": "Mine says 1 thing.",
        "finding.source": "Mine",
    }
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.change("finding", "F-001", statement="Theirs says 2 things.", theme="Theirs")
    conflict = ask(session, "save", open=facts, values=values).parts["form"]
    assert "Mine says 1 thing." in conflict
    assert "Theirs says 2 things." in conflict
    assert "Bo stored the other version" in conflict
    typed = Controls(conflict).values
    undecided = ask(session, "resolve", open=facts, values=typed | {"~choice:finding.statement": ""})
    assert undecided.focus == "summary-box"
    chosen = {
        "~choice:finding.statement": "theirs",
        "~choice:finding.theme": "theirs",
        "~choice:finding.source": "mine",
    }
    ask(session, "resolve", open=facts, values=typed | chosen)
    now = session.plan.row("finding", "F-001")
    assert (now["statement"], now["theme"], now["source"]) == ("Theirs says 2 things.", "Theirs", "Mine")


def test_a_conflict_is_told_in_words_and_by_the_clock_of_the_plan(session, plan_path):
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.change("setting", "zone", value="Asia/Shanghai")
        other.change("setting", "language", value="zh")
    one = Session(session.plan, as_of=DAY)
    facts = {"form": "finding", "key": "F-001"}
    values = open_form(one, **facts) | {
        "finding.certainty": "very_low",
        "finding.recorded_on": "2026年3月5日",
    }
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.change("finding", "F-001", certainty="high", recorded_on="2026-03-04")
    told = answer_text(ask(one, "save", open=facts, values=values))
    made_at = datetime.fromisoformat(session.plan.latest(1)["made_at"].iloc[0])
    there = made_at.astimezone(ZoneInfo("Asia/Shanghai"))
    with speaking("zh"):
        assert all(
            text in told for text in (name_of("very_low"), name_of("high"), "2026年3月5日", "2026年3月4日")
        )
        assert f"{say_short_day(there.date())} {there:%H:%M}" in told
    assert not [text for text in ("very_low", "2026-03-0", "UTC") if text in told]


def test_a_conflict_shows_a_date_that_cannot_be_read_as_it_was_typed(session, plan_path):
    facts = {"form": "finding", "key": "F-001"}
    values = open_form(session, **facts) | {"finding.recorded_on": "3/4/2026"}
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.change("finding", "F-001", recorded_on="2026-03-04")
    told = answer_text(ask(session, "save", open=facts, values=values))
    assert "3/4/2026" in told
    assert "4 Mar 2026" in told


def test_a_row_that_another_removed_is_said_and_what_was_typed_stays(session, plan_path):
    key = session.rows("evidence")[0]["evidence_id"]
    facts = {"form": "row", "table": "evidence", "key": key}
    values = open_form(session, **facts) | {"evidence.description": "mine"}
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.remove("evidence", key, reason="wrong")
    answer = ask(session, "save", open=facts, values=values)
    assert "form" not in answer.parts
    assert f"There is no evidence '{key}'" in answer_text(answer)


def test_warnings_do_not_stand_in_the_way(session):
    answer = save_form(
        session, {"form": "finding", "key": "F-001"}, finding__statement="Improve communication"
    )
    assert "worth a look" in answer_text(answer)
    assert session.plan.row("finding", "F-001")["statement"] == "Improve communication"
    assert session.plan.row("finding", "F-001")["reworded_on"] != ""


def test_fields_are_those_of_the_kind(session):
    def names(kind):
        form = ask(session, "refresh", open={"form": "finding"}, values={"finding.kind": kind}).parts["form"]
        return {name for name in Controls(form).values if name.startswith("finding.")}

    assert "finding.solvability" in names("problem") - names("insight")
    assert {"finding.document", "finding.effective_on", "finding.check_every"} <= names("mechanism") - names(
        "experience"
    )
    form = ask(session, "save", open={"form": "finding"}, values={"finding.kind": "mechanism"})
    assert {"error:finding.document", "error:finding.owner_id"} <= {
        name for name, html in form.parts.items() if html
    }


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "\"'><script>alert(1)</script>",
    "מימין\u202e לשמאל 🎯👩‍👩‍👧",
    "{0} %s {name} \\n",
    "a\tb\nc",
    "x" * 100_000,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_stored_as_written_and_shown_as_text(session, text):
    names = {field.name for field in ENTITIES["finding"].fields if field.type == "text" and not field.refers}
    typed = {f"finding__{name}": text for name in names - {"finding_id"}}
    save_form(session, {"form": "finding", "key": "F-001"}, **typed)
    row = session.plan.row("finding", "F-001")
    apart = {"finding_id", "document", "origin_site", "why_it_works", "core_elements", "tags"}
    apart |= set(ENTITIES["finding"].wordings("en").values())  # not asked for of those who write English
    assert {row[name] for name in names - apart} == {text}
    page = "".join(str(ask(session, "tab", tab=tab).parts["record"]) for tab in ("finding", "why", "history"))
    page += str(ask(session, "list", values={"text": "f-001"}).parts["results"])
    found = Controls(page)
    assert {tag for tag, _ in found.tags} & {"script", "img"} == set()
    assert not [one for _, attrs in found.tags for one in attrs if one.startswith("on")]
    assert " ".join(text.split()) in " ".join(found.text.split())


def test_a_text_that_no_cell_can_hold_is_refused_beside_its_field(session):
    answer = save_form(session, {"form": "finding", "key": "F-001"}, finding__note="x" * 100_001)
    assert "at most 100,000" in str(answer.parts["error:finding.note"])
    answer = save_form(session, {"form": "finding", "key": "F-001"}, finding__note="a\0b")
    assert "NUL" in str(answer.parts["error:finding.note"])


def test_a_link_to_the_web_can_be_followed_and_a_script_cannot(session):
    for uri in ("javascript:alert(1)", "https://example.org/a?b=1&c=2", "data:text/html,<script>"):
        facts = {"form": "row", "table": "evidence", "action_id": "A-026"}
        save_form(session, facts, evidence__uri=uri, evidence__description="d")
    ask(session, "choose", finding="F-013")
    found = Controls(ask(session, "tab", tab="evidence").parts["record"])
    assert [attrs["href"] for tag, attrs in found.tags if tag == "a"] == ["https://example.org/a?b=1&c=2"]
    assert "javascript:alert(1)" in found.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("do", "facts"),
    [
        ("no such thing", {}),
        ("open", {"open": {"form": "nothing"}}),
        ("open", {"open": {"form": "row", "table": "sqlite_master"}}),
        ("open", {"open": {"form": "finding", "key": "F-404"}}),
        ("open", {"open": ["finding"]}),
        ("open", {"open": {"form": "action", "finding": "F-404", "key": "A-404"}}),
        ("save", {"open": {"form": "finding", "key": "F-001"}, "values": {"~seen:finding": "{broken"}}),
        ("save", {"open": {"form": "finding", "key": "F-001"}, "values": {"~seen:finding": "[1]"}}),
        ("remove", {"table": "nothing", "key": ["F-001"], "values": {"reason": "r"}}),
        ("remove", {"table": "finding", "key": [], "values": {"reason": "r"}}),
        ("undo", {"change": "1; DROP TABLE finding"}),
        ("undo", {"change": True}),
        ("upload", {"token": "t", "name": "n", "at": 5, "part": "attached"}),
        ("page", {"page": -5}),
        ("page", {"page": 10**9}),
        ("tab", {"tab": "../../etc"}),
        ("search", {"table": "setting", "text": "x"}),
        ("choose", {"finding": {"a": 1}}),
    ],
)  # fmt: skip
def test_a_forged_message_changes_nothing_and_the_desk_goes_on(session, do, facts):
    before = session.plan.fingerprint()
    answer = ask(session, do, **facts)
    for text in ("Traceback", "Something went wrong"):
        assert text not in answer_text(answer) + answer.text
    assert session.plan.fingerprint() == before
    assert ask(session, "choose", finding="F-001").focus == "record-title"


def test_a_plan_that_another_program_locked_is_said_and_saving_again_works(session, plan_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    facts = {"form": "finding", "key": "F-001"}
    values = open_form(session, **facts) | {"finding.theme": "after the lock"}
    holder = sqlite3.connect(plan_path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    answer = ask(session, "save", open=facts, values=values)
    assert "another program is writing to it; try again when it has finished" in answer_text(answer)
    assert "form" not in answer.parts
    holder.execute("ROLLBACK")
    holder.close()
    ask(session, "save", open=facts, values=values)
    assert session.plan.row("finding", "F-001")["theme"] == "after the lock"


def test_a_plan_that_may_only_be_read_is_said(session, monkeypatch):
    facts = {"form": "finding", "key": "F-001"}
    values = open_form(session, **facts) | {"finding.theme": "new"}

    def refuse(*_):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(database, "apply", refuse)
    assert "it may only be read here" in answer_text(ask(session, "save", open=facts, values=values))


def test_a_plan_that_goes_away_and_comes_back_is_there_again(session, plan_path):
    facts = {"form": "finding", "key": "F-001"}
    values = open_form(session, **facts) | {"finding.theme": "later"}
    aside = plan_path.rename(plan_path.with_name("aside.db"))
    answer = ask(session, "save", open=facts, values=values)
    assert answer.refused
    assert "is not there any more; bring it back and try again" in answer.text
    assert not plan_path.exists()
    aside.rename(plan_path)
    assert not ask(session, "save", open=facts, values=values).refused
    assert session.plan.row("finding", "F-001")["theme"] == "later"


def test_the_list_is_searched_filtered_sorted_and_paged(session):
    every = ttp.assess(session.plan, as_of=DAY)
    shown = Controls(ask(session, "list", values={"stage": "in practice"}).parts["results"])
    listed = [
        attrs["data-part"].removeprefix("line:")
        for tag, attrs in shown.tags
        if tag == "tr" and "data-part" in attrs
    ]
    assert listed == sorted(every.loc[every["stage"] == 4, "finding_id"])
    flagged = every[[("overdue" in flags) for flags in every["flags"]]]
    assert f"{len(flagged)} finding" in answer_text(ask(session, "list", values={"flag": "overdue"}))
    closed = every[every["disposition"] != "open"]
    assert f"{len(closed)} findings" in answer_text(ask(session, "list", values={"stage": "(closed)"}))
    assert f"47 findings: {PAGE + 1} to".replace("47", str(len(every))) in answer_text(
        ask(session, "list", values={}) | ask(session, "page", page=1)
    )
    first = Controls(ask(session, "sort", by="id").parts["results"])
    assert (
        next(attrs["data-part"] for _, attrs in first.tags if "data-part" in attrs)
        == f"line:{every['finding_id'].max()}"
    )


def test_a_plan_folder_is_filled_in_the_same_way(tmp_path):
    place = tmp_path / "plan"
    with ttp.make_plan(place, who="Ada") as plan:
        one = Session(plan, as_of=DAY)
        values = {
            "finding.kind": "insight", "finding.statement": "Wards that check twice lose 3 beds.", "finding.source": "s",
            "finding.recorded_on": "2026-06-01", "action.title": "Check twice", "action.due": "2026-12-31",
            "action_owner.owner_id": "+Mia", "finding_action.role": "delivers",
        }  # fmt: skip
        answer = ask(one, "save", open={"form": "finding"}, values=values)
        assert "F-001 is now: planned." in answer.text
        assert json.loads(json.dumps(answer.as_dict()))["refused"] is False
        assert plan.owner["name"].tolist() == ["Mia"]


def test_every_screen_speaks_chinese_where_the_plan_does(plan_path):
    with ttp.open_plan(plan_path, who="Ada") as plan:
        plan.change("setting", "language", value="zh")
        one = Session(plan, as_of=DAY)
        page = answer_text(ask(one, "start", drafts=[]))
        assert "新的发现" in page
        assert "New finding" not in page
        form = answer_text(ask(one, "open", open={"form": "finding"}))
        assert "认识到什么" in form
        assert "must be filled" not in form


def test_why_a_stage_is_what_it_is_and_the_next_step_are_said_in_chinese(plan_path):
    with ttp.open_plan(plan_path, who="Ada") as plan:
        plan.change("setting", "language", value="zh")
        one = Session(plan, as_of=DAY)
        assert "I-19：录入1个达标（不高于1）的最终数值" in answer_text(ask(one, "choose", finding="F-013"))
        tab = answer_text(ask(one, "tab", tab="why"))
        assert "自2025-01-31起达标，2026-02-28失效" in tab
        assert "曾于2025-03-24解决，现已反弹" in tab


@pytest.mark.parametrize(
    ("finding_id", "reason"),
    [
        (
            "F-013",
            "Carried out: the 2 actions that carry it out are done, with evidence; its outcome is not shown.",
        ),
        ("F-021", "In practice: it worked at 1 of 3 sites."),
        ("F-024", "Under way: 8 of its last 12 checks were passed."),
        ("F-022", "Retired: closed, so it has no stage."),
    ],
)
def test_the_reason_of_a_stage_stands_in_one_sentence_above_the_tabs(session, finding_id, reason):
    assert reason in answer_text(ask(session, "choose", finding=finding_id))


def test_every_setting_is_listed_with_what_it_says_and_goes_back_to_its_usual_value(session):
    shown = answer_text(ask(session, "screen", screen="settings"))
    assert set(MEANINGS) == set(Settings.names())
    assert all(say(text) in shown for text in MEANINGS.values())
    form = ask(session, "open", open={"form": "row", "table": "setting", "name": "lapse"}).parts["form"]
    assert Controls(form).values["setting.value"] == "2"
    save_form(session, {"form": "row", "table": "setting", "name": "lapse"}, setting__value="3")
    assert session.plan.settings.lapse == 3
    refused = save_form(session, {"form": "row", "table": "setting", "key": "lapse"}, setting__value="0")
    assert "expected a whole number from 1" in str(refused.parts["error:setting.value"])
    ask(session, "remove", **asked_to_remove(session, "setting", "lapse"), values={"reason": "as usual"})
    assert session.plan.settings.lapse == 2


def test_the_page_speaks_the_language_that_was_just_chosen(session):
    ask(session, "screen", screen="settings")
    answer = save_form(session, {"form": "row", "table": "setting", "key": "language"}, setting__value="zh")
    with speaking("zh"):
        assert all(say(text) in answer_text(answer) for text in ("Settings", "Meeting", "My changes"))
    assert "Meeting" not in answer_text(answer)
    assert (session.language, session.language_tag) == ("zh", "zh-Hans")


def test_a_value_that_another_one_of_its_day_replaces_is_marked(session):
    value = session.rows("observation", indicator_id="I-19")[-1]
    ask(session, "choose", finding="F-013")
    save_form(session, to_correct(session, "observation", value["observation_id"]), observation__value="2,5")
    assert (
        answer_text(ask(session, "tab", tab="observations")).count("replaced by another value of this day")
        == 1
    )


def test_a_fact_of_a_later_day_is_said_at_once(session):
    ask(session, "choose", finding="F-013")
    answer = save_form(session, {"form": "row", "table": "observation", "indicator_id": "I-19"},
                   observation__value="7", observation__observed_on="2026-12-24")  # fmt: skip
    assert "2026-12-24 lies after the as-of day, 2026-06-30" in answer_text(answer)
    assert "<details" not in str(answer.parts["notice"])
    assert "lies after this day" in answer_text(ask(session, "tab", tab="observations"))


def test_a_finding_that_has_just_come_is_shown_in_the_list_and_from_its_first_side(session):
    ask(session, "choose", finding="F-013")
    ask(session, "tab", tab="history")
    ask(session, "list", values={"text": "F-013"})
    typed = {"finding__kind": "insight", "finding__statement": "Rain 3 days a week keeps 9 stalls shut.",
             "finding__source": "Survey", "finding__theme": "A new theme"}  # fmt: skip
    answer = save_form(session, {"form": "finding"}, **typed)
    assert session.finding_id in session.listed_ids
    assert "A new theme" in str(answer.parts["list"]).split("results")[0]
    assert 'id="tab-finding" aria-selected="true"' in str(answer.parts["record"])


def test_what_is_looked_for_is_cleared_by_one_button(session):
    assert "Show all" not in answer_text(ask(session, "list", values={}))
    assert "Show all" in answer_text(ask(session, "list", values={"text": "F-013", "kind": "problem"}))
    ask(session, "list-clear")
    assert len(session.listed_ids) == PAGE


def test_where_no_evidence_is_asked_none_is_spoken_of(session):
    assert "are done, with evidence" in answer_text(ask(session, "choose", finding="F-013"))
    session.plan.add(ttp.Setting(name="require_evidence", value="false"))
    told = answer_text(ask(session, "choose", finding="F-013"))
    assert "the 2 actions that carry it out are done; " in told
