"""Does a fact that is put right leave nothing wrong behind, and lose nobody's word?"""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from forms_helpers import DAY, Controls, answer_text, ask, open_form, save_form

import theorytopractice as ttp
from theorytopractice.errors import ConflictError, PlanError
from theorytopractice.forms import router
from theorytopractice.forms.answer import Message
from theorytopractice.forms.session import Session
from theorytopractice.store.edits import Add, Correct, Update
from theorytopractice.store.history import Change, changes_in_force

WHY = {"~reason": "misread"}


@pytest.fixture
def value(session):
    """The last value of I-19 in the example."""
    return session.rows("observation", indicator_id="I-19")[-1]


def form_of(value):
    return {"form": "row", "table": "observation", "key": value["observation_id"]}


def counted(session, day):
    """Return the values that count for I-19 on its own days."""
    frame = ttp.observations(session.plan, as_of=day)
    return frame[frame["indicator_id"] == "I-19"].set_index("observed_on")


def mine(page):
    """Choose one's own version of every difference."""
    return page.values | {name: "mine" for name in page.values if name.startswith("~choice:")}


def test_who_moves_a_corrected_value_to_another_day_moves_all_of_it(session, value):
    save_form(session, form_of(value), observation__value="77")
    save_form(session, form_of(value), observation__observed_on="2026-05-02", **WHY)
    assert session.rows("observation", indicator_id="I-19", observed_on=value["observed_on"]) == []
    found = counted(session, DAY)
    assert found.loc["2026-05-02", "value"] == "77"
    assert value["observed_on"] not in {str(day.date()) for day in found.index}


def test_a_corrected_value_that_becomes_provisional_leaves_no_final_one(session, value):
    save_form(session, form_of(value), observation__value="77")
    save_form(session, form_of(value), observation__final="false", **WHY)
    rows = session.rows("observation", indicator_id="I-19", observed_on=value["observed_on"])
    assert [row["final"] for row in rows] == ["false", "false"]


def test_a_value_is_not_moved_to_where_there_is_one(session, value):
    other = session.rows("observation", indicator_id="I-19")[-2]
    answer = save_form(session, form_of(value), observation__observed_on=other["observed_on"], **WHY)
    assert "has a value of" in answer.text
    assert session.plan.row("observation", value["observation_id"]) == value


def test_a_value_that_is_known_only_later_is_told_and_can_be_mended(session, value):
    key = session.plan.add(
        ttp.Observation(
            indicator_id="I-19", observed_on=value["observed_on"], value="13", recorded_on="2027-05-01"
        )
    )[0]
    ask(session, "choose", finding="F-013")
    assert "is recorded only after this day" in answer_text(ask(session, "tab", tab="observations"))
    facts = form_of({"observation_id": key})
    assert open_form(session, **facts)["observation.recorded_on"] == "2027-05-01"
    save_form(session, facts, observation__recorded_on="2026-06-29", **WHY)
    assert counted(session, DAY).loc[value["observed_on"], "value"] == "13"


def test_the_reason_of_a_second_correction_of_one_day_is_asked_after_the_conflict(session, plan_path, value):
    values = open_form(session, **form_of(value))
    with ttp.open_plan(plan_path, who="Bo") as other:
        save_form(Session(other, as_of=DAY), form_of(value), observation__value="5")
    answer = ask(session, "save", open=form_of(value), values=values | {"observation.value": "7"})
    answer = ask(session, "resolve", open=form_of(value), values=mine(Controls(answer.parts["form"])))
    page = Controls(answer.parts["form"])
    assert "Say why." in page.text
    assert page.values["observation.value"] == "7"
    ask(session, "save", open=form_of(value), values=page.values | WHY)
    assert counted(session, DAY).loc[value["observed_on"], "value"] == "7"


def test_a_link_that_was_kept_in_a_conflict_keeps_its_checksum(session, plan_path):
    facts = {"form": "row", "table": "evidence", "action_id": "A-026"}
    router.answer(
        session,
        Message(
            "upload", {"token": "t", "name": "a.txt", "at": 0, "is_last": True, "part": "attached"}, b"a"
        ),
    )
    save_form(session, facts, evidence__description="one", **{"~file": "t"})
    (row,) = session.rows("evidence", description="one")
    key = {"form": "row", "table": "evidence", "key": row["evidence_id"]}
    values = open_form(session, **key)
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.change("evidence", row["evidence_id"], uri="elsewhere.txt", sha256="")
    answer = ask(session, "save", open=key, values=values | {"evidence.description": "two"} | WHY)
    ask(session, "resolve", open=key, values=mine(Controls(answer.parts["form"])) | WHY)
    now = session.plan.row("evidence", row["evidence_id"])
    assert (now["description"], now["uri"], now["sha256"]) == (
        "two",
        row["uri"],
        hashlib.sha256(b"a").hexdigest(),
    )


def test_a_refused_save_leaves_the_file_that_somebody_elses_evidence_leads_to(
    session, plan_path, monkeypatch
):
    facts = {"form": "row", "table": "evidence", "action_id": "A-026"}
    upload = {"token": "t", "name": "a.txt", "at": 0, "is_last": True, "part": "attached"}
    router.answer(session, Message("upload", upload, b"a"))

    def refuse(*_, **__):
        with ttp.open_plan(plan_path, who="Bo") as other:
            theirs = Session(other, as_of=DAY)
            router.answer(theirs, Message("upload", upload, b"a"))
            monkeypatch.undo()
            save_form(theirs, facts, evidence__description="Bo's", **{"~file": "t"})
        raise ConflictError("refused")

    monkeypatch.setattr(type(session.plan), "edit", refuse)
    save_form(session, facts, evidence__description="mine", **{"~file": "t"})
    (row,) = session.rows("evidence", description="Bo's")
    assert (session.plan.evidence_dir.parent / row["uri"]).read_bytes() == b"a"


def test_a_refused_save_leaves_no_file_of_its_own(session, monkeypatch):
    facts = {"form": "row", "table": "evidence", "action_id": "A-026"}
    router.answer(
        session,
        Message(
            "upload", {"token": "t", "name": "a.txt", "at": 0, "is_last": True, "part": "attached"}, b"a"
        ),
    )

    def refuse(*_, **__):
        raise PlanError("refused")

    monkeypatch.setattr(type(session.plan), "edit", refuse)
    save_form(session, facts, evidence__description="mine", **{"~file": "t"})
    assert list(session.plan.evidence_dir.iterdir()) == []


def test_leaving_a_field_knows_of_the_attached_file(session):
    facts = {"form": "row", "table": "evidence", "action_id": "A-026"}
    router.answer(
        session,
        Message(
            "upload", {"token": "t", "name": "a.txt", "at": 0, "is_last": True, "part": "attached"}, b"a"
        ),
    )
    values = open_form(session, **facts)
    alone = ask(session, "check", open=facts, values=values, field="evidence.description")
    assert "This must be filled." in alone.parts["error:evidence.description"]
    beside = ask(session, "check", open=facts, values=values | {"~file": "t"}, field="evidence.description")
    assert beside.parts["error:evidence.description"] == ""


def test_a_form_that_began_without_an_owner_is_not_begun_by_one_who_comes_later(session):
    values = open_form(session, form="finding")
    session.plan.add(ttp.Owner(name="Ada"))
    typed = {"finding.kind": "insight", "finding.statement": "Rain 3 days a week keeps 9 stalls shut.",
             "finding.source": "Survey"}  # fmt: skip
    answer = ask(session, "save", open={"form": "finding"}, values=values | typed)
    assert "saved" in str(answer.parts.get("notice"))


def test_a_setting_that_two_planners_choose_at_once_is_a_conflict(session, plan_path):
    facts = {"form": "row", "table": "setting", "name": "lapse"}
    values = open_form(session, **facts)
    with ttp.open_plan(plan_path, who="Bo") as other:
        other.add(ttp.Setting(name="lapse", value="4"))
    answer = ask(session, "save", open=facts, values=values | {"setting.value": "3"})
    assert "Somebody else changed this meanwhile" in answer_text(answer)
    ask(session, "resolve", open=facts, values=mine(Controls(answer.parts["form"])))
    assert session.plan.settings.lapse == 3


def test_a_language_that_was_taken_back_is_spoken_again(session):
    ask(session, "screen", screen="settings")
    save_form(session, {"form": "row", "table": "setting", "key": "language"}, setting__value="zh")
    ask(session, "screen", screen="changes")
    answer = ask(session, "undo", change=int(session.plan.latest(1)["change_id"].iloc[0]))
    assert session.language == "en"
    assert "My changes" in answer_text(answer)


def test_what_was_just_saved_is_not_offered_as_unsaved(session):
    facts = {"form": "finding", "key": "F-013"}
    draft = {"key": "form=finding|key=F-013#tab=1", "title": "t", "at": "2026-01-01", "open": facts}
    values = open_form(session, **facts) | {"finding.theme": "x"}
    answer = ask(session, "save", open=facts, values=values, drafts=[draft, draft | {"key": "other#tab=1"}])
    assert str(answer.parts["drafts"]).count("<li>") == 1


def test_what_is_as_it_was_is_no_correction(session, value):
    key = value["observation_id"]
    before = session.plan.fingerprint()
    for values in (
        {},
        {"value": float(value["value"])},
        {"observed_on": date.fromisoformat(value["observed_on"])},
    ):
        session.plan.edit(Correct("observation", key, values, value), what="nothing")
    assert session.plan.fingerprint() == before


def test_two_edits_of_one_row_are_refused(session, value):
    key = value["observation_id"]
    with pytest.raises(PlanError, match="Two of these edits are about observation"):
        session.plan.edit(
            Correct("observation", key, {"value": "1"}, value),
            Correct("observation", key, {"n": "2"}, value),
            what="x",
        )
    with pytest.raises(PlanError, match="Two of these edits are about owner O-01"):
        session.plan.edit(
            Update("owner", "O-01", {"unit": "a"}), Update("owner", ("O-01",), {"note": "b"}), what="x"
        )


def test_final_and_provisional_values_of_one_day_are_corrected_apart(session, value):
    session.plan.edit(
        Add(ttp.Observation(indicator_id="I-19", observed_on=value["observed_on"], value="9", final="false",
                            recorded_on="2026-06-20")),
        what="x",
    )  # fmt: skip
    assert open_form(session, **form_of(value))["observation.value"] == value["value"]


def test_what_was_typed_for_a_row_that_is_gone_is_shown(session):
    session.plan.remove("owner", session.plan.add(ttp.Owner(name="Nora"))[0], reason="x")
    facts = {"form": "row", "table": "owner", "key": "O-26"}
    typed = {"owner.name": "Nora Newcomer", "owner.note": "", "~seen:owner": "[]", "x.y": "z"}
    answer = ask(session, "go-on", open=facts, typed=typed, drafts=[])
    assert "There is no owner 'O-26'" in answer_text(answer)
    assert "Nora Newcomer" in answer_text(answer)


def test_an_undo_of_what_lies_before_is_a_change_like_any_other():
    changes = [
        Change(number, "t", "a", "w", undoes, [])
        for number, undoes in ((5, None), (6, 2), (7, 5), (8, 7), (9, 8))
    ]
    assert [one.change_id for one in changes_in_force(changes)] == [6]
    assert [one.change_id for one in changes_in_force(changes[:4])] == [5, 6]
