"""Plans of many findings, written down row by row, and what is counted in them."""

from __future__ import annotations

from frames import frames_of

from theorytopractice.assessment.measures import measures


class Sheet:
    """Tables of text; every method adds rows and returns the sheet."""

    def __init__(self):
        self.tables = {}

    def add(self, table, **row):
        self.tables.setdefault(table, []).append({name: value for name, value in row.items() if value != ""})
        return self

    def finding(self, finding_id, recorded_on="2026-01-01", kind="insight", **more):
        return self.add(
            "finding", finding_id=finding_id, kind=kind, statement="s", recorded_on=recorded_on, **more
        )

    def action(self, action_id, *findings, role="delivers", due="2026-03-31", owner="", **more):
        more = {"recorded_on": "2020-01-01", **more}
        self.add("action", action_id=action_id, title="t", due=due, **more)
        for finding_id in findings:
            self.add("finding_action", finding_id=finding_id, action_id=action_id, role=role)
        if owner:
            self.add("action_owner", action_id=action_id, owner_id=owner, role="accountable")
        return self

    def event(self, subject_id, word, day, **more):
        subject = "action" if subject_id.startswith("A") else "finding"
        return self.add("event", subject=subject, subject_id=subject_id, event=word, happened_on=day, **more)

    def done(self, action_id, started, completed, *, proved=True):
        self.event(action_id, "start", started).event(action_id, "complete", completed)
        return self.add("evidence", action_id=action_id, dated_on=completed) if proved else self

    def indicator(self, indicator_id, finding_id, *values, required="true", action_id="", **more):
        """Add an indicator from 40 to 80 with (day, value) observations."""
        usual = {
            "direction": "ascending",
            "level": "outcome",
            "measure": "unit",
            "baseline": "40",
            "target": "80",
        }
        self.add("indicator", indicator_id=indicator_id, name="n", **(usual | more))
        self.add(
            "finding_indicator",
            finding_id=finding_id,
            indicator_id=indicator_id,
            required=required,
            action_id=action_id,
        )
        for day, value in values:
            self.add("observation", indicator_id=indicator_id, observed_on=day, value=value)
        return self

    def survey(self, indicator_id, finding_id, *values):
        """Add a confirmation indicator, 50 people asked each time."""
        self.indicator(indicator_id, finding_id, level="confirmation", measure="percentage", baseline="")
        for day, value in values:
            self.add("observation", indicator_id=indicator_id, observed_on=day, value=value, n="50")
        return self

    @property
    def frames(self):
        return frames_of(self.tables)


def counted(sheet, *names, as_of="2026-06-30", **options):
    """Return (numerator, denominator) of some measures."""
    frame = measures(sheet.frames, as_of=as_of, **options).set_index("measure")
    found = [tuple(frame.loc[name, ["numerator", "denominator"]]) for name in names]
    return found[0] if len(names) == 1 else found
