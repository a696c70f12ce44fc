"""Do the forms work wherever a plan lives: a SQLite file, a PostgreSQL server, a folder?"""

from __future__ import annotations

import pytest
from forms_helpers import Controls, answer_text, ask, open_form, save_form

import theorytopractice as ttp
from theorytopractice.forms.session import Session

pytestmark = pytest.mark.slow


def test_a_finding_is_entered_followed_corrected_and_undone_in_every_place(place):
    with ttp.make_plan(place, who="Ada") as plan:
        session = Session(plan)
        ask(session, "start", drafts=[])
        typed = {"finding__kind": "problem", "finding__solvability": "now", "finding__statement": "9 of 40 lifts stood still.",
                 "finding__source": "Inspection", "action__title": "Replace 9 drives", "action__due": "2027-03-31",
                 "action_owner__owner_id": "+Nora", "indicator__name": "Lifts that stand still", "indicator__unit": "lifts",
                 "indicator__measure": "count", "indicator__direction": "descending", "indicator__level": "outcome",
                 "indicator__baseline": "9", "indicator__target": "1"}  # fmt: skip
        assert "is now: planned." in answer_text(save_form(session, {"form": "finding"}, **typed))
        (action,) = session.rows("action")
        facts = {"form": "event", "subject": "action", "subject_id": action["action_id"]}
        assert "is now: under way." in answer_text(save_form(session, facts, event__event="start"))
        (indicator,) = session.rows("indicator")
        save_form(
            session,
            {"form": "row", "table": "observation", "indicator_id": indicator["indicator_id"]},
            observation__value="4",
        )
        (value,) = session.rows("observation")
        key = {"form": "row", "table": "observation", "key": value["observation_id"]}
        save_form(session, key, observation__value="3", **{"~reason": "read again"})
        assert {row["value"] for row in session.rows("observation")} == {"3"}

        with ttp.open_plan(place, who="Bo") as other:
            theirs = Session(other)
            form = {"form": "finding", "key": session.finding_id}
            values = open_form(theirs, **form)
            save_form(session, form, finding__theme="mine")
            answer = ask(theirs, "save", open=form, values=values | {"finding.theme": "theirs"})
            page = Controls(answer.parts["form"])
            assert "Somebody else changed this meanwhile" in page.text
            choices = {name: "mine" for name in page.values if name.startswith("~choice:")}
            ask(theirs, "resolve", open=form, values=page.values | choices)
        assert session.plan.row("finding", session.finding_id)["theme"] == "theirs"
        ask(session, "list", values={"theme": "theirs"})
        assert session.listed_ids == [session.finding_id]
        for number in (4, 3, 2):
            ask(session, "undo", change=number)
        assert session.rows("observation") == session.rows("event") == []
        assert "was changed again by change 6; undo that one first" in ask(session, "undo", change=1).text
