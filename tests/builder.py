"""Plans that tests write down row by row."""

from __future__ import annotations

from datetime import date

import pandas as pd

DONE = (("start", "2026-01-10"), ("complete", "2026-02-20"))
PROVED = ("2026-02-20",)
FIRST_YEAR = 2020


class PlanBuilder:
    """Tables of text; every method adds rows and returns the builder.

    The methods named ``case_…`` add to the set-up of the acceptance table (method, section 14): one finding F-001,
    whose actions have the owner O-1 and whose indicators go from 40 to 80.
    """

    def __init__(self, tables=None):
        self.tables = {} if tables is None else tables

    def add(self, table, **row):
        """Add a row; an empty text is a missing value."""
        self.tables.setdefault(table, []).append({name: value for name, value in row.items() if value != ""})
        return self

    def finding(self, finding_id="F-001", recorded_on="2026-01-01", kind="insight", **more):
        """Add a finding."""
        row = {"finding_id": finding_id, "kind": kind, "statement": "s", "recorded_on": recorded_on}
        return self.add("finding", **row | more)

    def action(self, action_id, *findings, role="delivers", due="2026-03-31", owner="", **more):
        """Add an action with its links, and its accountable owner if there is one."""
        self.add(
            "action", action_id=action_id, **{"title": "t", "due": due, "recorded_on": "2020-01-01"} | more
        )
        for finding_id in findings:
            self.add("finding_action", finding_id=finding_id, action_id=action_id, role=role)
        if owner:
            self.add("action_owner", action_id=action_id, owner_id=owner, role="accountable")
        return self

    def event(self, subject_id, word, day, **more):
        """Add an event of an action or a finding."""
        subject = "action" if subject_id.startswith("A") else "finding"
        event_id = f"E-{len(self.tables.get('event', [])) + 1}"
        row = {"event_id": event_id, "subject": subject, "subject_id": subject_id, "event": word}
        if word in ("reject", "retire", "cancel", "block"):
            more = {"reason": "no longer needed"} | more
        return self.add("event", **row | {"happened_on": day} | more)

    def done(self, action_id, started, completed, *, proved=True):
        """Start and complete an action, with evidence if it is proved."""
        self.event(action_id, "start", started).event(action_id, "complete", completed)
        return self.add("evidence", action_id=action_id, dated_on=completed) if proved else self

    def indicator(self, indicator_id, finding_id, *values, required="true", action_id="", final="", **more):
        """Add an indicator from 40 to 80 with its (day, value) observations."""
        usual = {"name": "n", "direction": "ascending", "level": "outcome", "measure": "unit"}
        self.add("indicator", indicator_id=indicator_id, **usual | {"baseline": "40", "target": "80"} | more)
        link = {"finding_id": finding_id, "indicator_id": indicator_id, "action_id": action_id}
        self.add("finding_indicator", **link, required=required)
        for day, value in values:
            self.add("observation", indicator_id=indicator_id, observed_on=day, value=value, final=final)
        return self

    def survey(self, indicator_id, finding_id, *values):
        """Add a confirmation indicator, 50 people asked each time."""
        self.indicator(indicator_id, finding_id, level="confirmation", measure="percentage", baseline="")
        for day, value in values:
            self.add("observation", indicator_id=indicator_id, observed_on=day, value=value, n="50")
        return self

    def case_action(
        self, action_id="A-001", *, is_owned=True, events=DONE, evidence=PROVED, role="delivers", **more
    ):
        """Add a finished action of the set-up: its link, owner, events and evidence."""
        if is_owned and not self.tables.get("owner"):
            self.add("owner", owner_id="O-1", name="Wang Li")
        more = {"title": "Call", "recorded_on": "2026-01-01"} | more
        self.action(action_id, "F-001", role=role, owner="O-1" if is_owned else "", **more)
        for word, day in events:
            self.event(action_id, word, day)
        for day in evidence:
            self.add("evidence", action_id=action_id, dated_on=day, kind="minutes")
        return self

    def case_plan(self, action_id="A-001", **more):
        """Add an action of the set-up without events."""
        return self.case_action(action_id, events=(), evidence=(), **more)

    def case_indicator(self, values=(), indicator_id="I-001", *, final="true", **more):
        """Add an indicator of the set-up, measured every 30 days, with its (day, value) observations."""
        more = {"name": "visits kept", "cadence_days": "30"} | more
        return self.indicator(indicator_id, "F-001", *values, final=final, **more)

    @property
    def frames(self):
        """The tables as the assessment takes them."""
        return frames_of(self.tables)


def frames_of(tables):
    """Turn table → list of rows (column → text) into table → frame of texts; an empty text is missing.

    Tables of events and evidence are always there: to leave one out that others need is warned of.
    """
    return {name: _frame(rows) for name, rows in ({"event": [], "evidence": []} | tables).items()}


def _frame(rows):
    columns = dict.fromkeys(name for row in rows for name in row)
    return pd.DataFrame(
        {name: pd.Series([row.get(name) or None for row in rows], dtype="str") for name in columns}
    )


def month_middle(number):
    """Give the 15th of a month, counted from January 2020."""
    return str(date(FIRST_YEAR + number // 12, number % 12 + 1, 15))


def month_begin(number):
    """Give the first day of a month, counted from January 2020."""
    return month_middle(number)[:8] + "01"


def monthly_tables(pre, post, between=(), kind="insight", exposure=None, **indicator):
    """Lay values of one indicator out month by month; the action starts after ``pre`` and completes before ``post``."""
    columns = {"name": "i", "baseline": "", "target": "", "required": ""} | indicator
    plan = PlanBuilder().finding("F", "2019-01-01", kind).action("A", "F", due="", recorded_on="2019-01-01")
    plan.event("A", "start", month_begin(len(pre)))
    plan.event("A", "complete", month_begin(len(pre) + len(between)))
    plan.indicator("I", "F", **columns)
    for i, value in enumerate([*pre, *between, *post]):
        row = {"observation_id": f"B-{i}", "observed_on": month_middle(i), "value": str(value)}
        plan.add("observation", indicator_id="I", **row, n=str(exposure[i]) if exposure else "")
    return plan.tables


def monthly_frames(*arguments, **options):
    """Turn such tables into frames."""
    return frames_of(monthly_tables(*arguments, **options))
