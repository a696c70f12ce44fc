"""Which small plans are worth reading twice? Seeded random plans, valid and full of collisions.

Every plan tells a few stories: each finding is walked a random way up its ladder, and a plan that is messy
gets contradictions, late records, cancellations and reviews on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


Row = dict[str, str]
Tables = dict[str, list[Row]]

TABLES = (
    "owner",
    "finding",
    "action",
    "indicator",
    "finding_action",
    "action_owner",
    "finding_indicator",
    "finding_relation",
    "event",
    "observation",
    "evidence",
    "setting",
)
FIRST_DAY = date(2025, 1, 1)
OWNERS = ("O-1", "O-2", "O-10")
KINDS = ("insight",) * 3 + ("problem",) * 3 + ("experience",) * 2 + ("mechanism",) * 2
SITES = ("North", "South", "East", "West", " north ", "EAST", "Harbour", "")
SETTINGS = {
    "new_grace": ("10", "45"),
    "stall_days": ("30", "120"),
    "confirm": ("1", "2"),
    "lapse": ("1", "3"),
    "hold_days": ("60", "200"),
    "hold_points": ("2", "4"),
    "stale_factor": ("1", "3"),
    "stale_default": ("60", "500"),
    "require_evidence": ("false", "true"),
}
CHECK_DAYS = {"P30D": 30, "P1M": 30, "P14D": 14, "P2W": 14, "P1W": 7, "P2M": 61, "P3M": 91, "P5D": 5}


@dataclass(frozen=True)
class Profile:
    """A sort of indicator: its columns, values that satisfy the target and values that do not."""

    good: tuple[str, ...]
    bad: tuple[str, ...]
    target: Row
    direction: str = "ascending"
    measure: str = "unit"
    more: Row | None = None

    def columns(self) -> Row:
        """Give the columns of the indicator, with a baseline that does not satisfy the target."""
        row = {"direction": self.direction, "measure": self.measure, "baseline": self.bad[-1]}
        return row | self.target | (self.more or {})


BOUNDS = {"target_low": "0.3", "target_high": "0.7", "tolerance": "0.1"}
STEPS = {"scale": "poor;fair;good;excellent"}
PROFILES = (
    Profile(("80", "85.5", "90"), ("79.9", "70", "40"), {"target": "80"}),
    Profile(("80", "80.0", "8e1", "100"), ("79.99", "40"), {"target": "80"}, measure="percentage"),
    Profile(("0.2", "0.25"), ("0.19999999999999998", "0.1"), {"target": "0.3", "tolerance": "0.1"}),
    Profile(("5", "4.9", "0"), ("5.1", "8", "12"), {"target": "5"}, "descending", "count"),
    Profile(
        ("0.3", "0.1"), ("0.30000000000000004", "0.4"), {"target": "0.1", "tolerance": "0.2"}, "descending"
    ),
    Profile(("36", "37", "38"), ("35.9", "38.1", "39"), {"target_low": "36", "target_high": "38"}, "range"),
    Profile(("0.2", "0.8", "0.5"), ("0.19", "0.81", "1.5"), BOUNDS, "range"),
    Profile(("good", "excellent"), ("fair", "poor"), {"target": "good"}, measure="ordinal", more=STEPS),
    Profile(("fair", "poor"), ("good", "excellent"), {"target": "fair"}, "descending", "ordinal", STEPS),
    Profile(
        ("fair", "good"),
        ("excellent", "poor"),
        {"target_low": "fair", "target_high": "good"},
        "range",
        "ordinal",
        {"scale": "poor; fair; good; excellent"},
    ),
    Profile(("Café", "CAFE\u0301", " café "), ("cafe", "tea"), {"target": "café"}, measure="nominal"),
)


class RandomWriter:
    """Writes the rows of one random plan."""

    def __init__(self, rng: Random) -> None:
        """Start an empty plan."""
        self.rng = rng
        self.tables: Tables = {name: [] for name in TABLES}
        self.numbers: set[int] = set()
        self.mess = rng.choice((0.0, 0.0, 0.1, 0.3))
        self.profiles: dict[str, Profile] = {}

    def chance(self, share: float) -> bool:
        """Say yes in a share of the cases."""
        return self.rng.random() < share

    def later(self, day: date, low: int, high: int) -> date:
        """Give a day between low and high days after another."""
        return day + timedelta(days=self.rng.randint(low, high))

    def add(self, table: str, **row: object) -> None:
        """Add a row of text."""
        self.tables[table].append(
            {name: str(value) for name, value in row.items() if value not in (None, "")}
        )

    def next_id(self, table: str, letter: str) -> str:
        """Give the next key of a content table."""
        return f"{letter}-{len(self.tables[table]) + 1}"

    def new_number(self) -> int:
        """Give a number that no fact has yet; numbers come in no order."""
        number = self.rng.randint(1, 2999)
        while number in self.numbers:
            number = self.rng.randint(1, 2999)
        self.numbers.add(number)
        return number

    def fact(self, table: str, own_date: str, on: date, **row: object) -> None:
        """Add a fact, sometimes without an id, sometimes recorded late."""
        key = "" if self.chance(0.12) else f"{table[:2]}-{self.new_number()}"
        recorded_on = None
        if self.chance(0.1 + self.mess):
            recorded_on = self.later(on, 0, 25 if self.chance(0.8) else 200)
        self.add(table, **{f"{table}_id": key, own_date: on, "recorded_on": recorded_on} | row)

    def event(self, subject: str, subject_id: str, word: str, on: date, **row: object) -> None:
        """Add an event, with the reason and date that its word needs."""
        if word in ("reject", "retire", "cancel", "block"):
            row["reason"] = "the ministry decides first"
        if word in ("redate", "block"):
            row.setdefault("due", self.later(on, 5, 120))
        if word == "progress":
            row.setdefault("progress", self.rng.choice((0, 25, "25.0", 40, 75, 100)))
        self.fact("event", "happened_on", on, subject=subject, subject_id=subject_id, event=word, **row)

    def on_action(self, action_id: str, word: str, on: date, **row: object) -> None:
        """Add an event of an action."""
        self.event("action", action_id, word, on, **row)

    def on_finding(self, finding_id: str, word: str, on: date, **row: object) -> None:
        """Add an event of a finding."""
        self.event("finding", finding_id, word, on, **row)

    def evidence(self, on: date, **row: object) -> None:
        """Add evidence; at times of a link or file that also stands elsewhere, at times verified by somebody."""
        if self.chance(0.25):
            row["uri"] = self.rng.choice(("https://example.org/minutes", "https://example.org/photo", ""))
        if self.chance(0.05):
            row["sha256"] = self.rng.choice(("ab" * 32, "cd" * 32))
        if self.chance(0.2):
            row["verified_by"] = self.rng.choice((*OWNERS, "person o-1", "Somebody else"))
        self.fact("evidence", "dated_on", on, kind="minutes", **row)

    def action(self, finding_id: str, role: str, begin: date, depth: int, **row: object) -> tuple[str, date]:
        """Add an action and walk it: 0 unready, 1 planned, 2 started, 3 done. Give its id and last day."""
        action_id = self.next_id("action", "A")
        is_ready = depth > 0 and self.chance(0.93)
        due = self.later(begin, 20, 160) if is_ready or self.chance(0.4) else None
        planned_start = begin if due and self.chance(0.3) else None
        recorded_on = self.later(begin, 0, 3) if self.chance(0.9) else self.later(begin, 0, 150)
        reworded_on = self.later(begin, 1, 400) if self.chance(0.15) else None
        self.add(
            "action",
            action_id=action_id,
            title="Act",
            due=due,
            planned_start=planned_start,
            recorded_on=recorded_on,
            reworded_on=reworded_on,
            **row,
        )
        confirmed_on = self.later(begin, 0, 400) if reworded_on and self.chance(0.5) else None
        link = {"finding_id": finding_id, "action_id": action_id, "role": role}
        self.add("finding_action", **link, confirmed_on=confirmed_on)
        if is_ready or self.chance(0.2):
            self.add(
                "action_owner", action_id=action_id, owner_id=self.rng.choice(OWNERS), role="accountable"
            )
        if self.chance(0.3):
            role = self.rng.choice(("responsible", "consulted", "informed"))
            self.add("action_owner", action_id=action_id, owner_id=self.rng.choice(OWNERS), role=role)
        day = self.later(begin, 0, 30)
        if depth >= 2:
            word = self.rng.choice(("start", "start", "start", "progress"))
            self.on_action(action_id, word, day, **({"progress": 10} if word == "progress" else {}))
        if depth >= 2 and self.chance(0.3):
            day = self.later(day, 1, 40)
            self.on_action(action_id, "progress", day)
        if depth >= 3:
            day = self.later(day, 0, 45)
            self.on_action(action_id, "complete", day)
            if self.chance(0.9):
                self.evidence(self.later(day, -5, 5), action_id=action_id)
        if self.chance(self.mess):
            self.muddle_action(action_id, begin)
        elif self.chance(0.05):
            self.on_action(action_id, "cancel", self.later(begin, 0, 60))
        return action_id, day

    def muddle_action(self, action_id: str, begin: date) -> None:
        """Add events that contradict, postpone or undo."""
        words = ("start", "complete", "reopen", "cancel", "suspend", "resume", "redate", "progress", "redate")
        for _ in range(self.rng.randint(1, 4)):
            on, word = self.later(begin, 0, 330), self.rng.choice(words)
            consent = self.rng.choice(("true", "false", "")) if word == "redate" else ""
            self.on_action(action_id, word, on, consent=consent)
            if self.chance(0.5):
                self.evidence(self.later(on, 0, 3), action_id=action_id)

    def indicator(self, finding_id: str, **row: object) -> str:
        """Add an indicator of a random sort and link it."""
        indicator_id = self.next_id("indicator", "I")
        profile = self.rng.choice(PROFILES)
        self.profiles[indicator_id] = profile
        columns = {"level": self.rng.choice(("outcome", "outcome", "impact")), **profile.columns()}
        columns["cadence_days"] = self.rng.choice(("30", "30", "45", "", "20"))
        columns["lag_days"] = self.rng.choice(("", "", "0", "14"))
        columns["intent"] = self.rng.choice(("", "improve", "improve", "maintain"))
        if self.chance(0.15):
            columns["hold_days"] = self.rng.choice(("30", "90", "180"))
        if self.chance(0.2):
            columns["confirm"], columns["lapse"] = self.rng.choice(
                (("2", ""), ("3", "1"), ("", "3"), ("2", "2"))
            )
        if self.chance(0.12):
            columns["baseline"] = "" if self.chance(0.6) else self.rng.choice(profile.good)
        if not columns["baseline"] and self.chance(0.3):
            columns["baseline_waiver"] = "the register was opened only in May"
        if columns["baseline"] and self.chance(0.2):
            columns["baseline_on"] = str(self.later(FIRST_DAY, 0, 400))
        if self.chance(0.06):
            columns |= {"target": "", "target_low": ""}
        if self.chance(0.1):
            columns["retargeted_on"] = str(self.later(FIRST_DAY, 0, 500))
        if self.chance(0.2):
            columns["target_on"] = str(self.later(FIRST_DAY, 300, 2000))
        link = {"required": row.pop("required", "true"), "action_id": row.pop("action_id", "")}
        if self.chance(0.1):
            link["required_changed_on"] = str(self.later(FIRST_DAY, 0, 500))
        self.add("indicator", indicator_id=indicator_id, name="Share", **(columns | row))
        self.add("finding_indicator", finding_id=finding_id, indicator_id=indicator_id, **link)
        return indicator_id

    def observe(self, indicator_id: str, on: date, *, good: bool, **row: object) -> None:
        """Add an observation, sometimes provisional, sometimes with a rival on the same date."""
        profile = self.profiles[indicator_id]
        value = self.rng.choice(profile.good if good else profile.bad)
        final = "false" if self.chance(0.03 + self.mess / 5) else self.rng.choice(("", "true"))
        self.fact(
            "observation",
            "observed_on",
            on,
            indicator_id=indicator_id,
            value=value,
            **({"final": final} | row),
        )
        if self.chance(0.02 + self.mess / 4):
            rival = self.rng.choice(profile.good + profile.bad)
            self.fact("observation", "observed_on", on, indicator_id=indicator_id, value=rival, **row)

    def series(self, indicator_id: str, begin: date, pattern: str) -> date:
        """Add an observation for every letter: g good, b bad, - none. Give the day after the last."""
        step = self.rng.choice((28, 30, 30, 35))
        day = begin
        for letter in pattern:
            if letter != "-":
                self.observe(indicator_id, day, good=letter == "g")
            day = self.later(day, step - 2, step)
        return day


PATTERNS = (
    "g",
    "gg",
    "gbg",
    "b",
    "ggggggggg",
    "gggggggggggg",
    "ggggggggbb",
    "gggggggggbbbggg",
    "gggb",
    "gg--gggggg",
    "gggggbb",
    "gggggggb",
    "bbbgggggggggg",
    "ggbbg",
    "gggggggggggggggg",
)


def steady_story(writer: RandomWriter, finding_id: str, begin: date) -> None:
    """Put a finding into practice and keep it there for a year or so."""
    for _ in range(writer.rng.choice((1, 1, 2))):
        _, ended = writer.action(finding_id, "delivers", begin, 3)
    indicator_id = writer.indicator(finding_id, cadence_days=writer.rng.choice(("30", "")), hold_days="")
    writer.series(indicator_id, writer.later(ended, 1, 20), "g" * writer.rng.randint(8, 16))


def ladder_story(writer: RandomWriter, finding_id: str, begin: date) -> None:
    """Walk an insight or a problem up the ladder."""
    if writer.chance(0.3):
        steady_story(writer, finding_id, begin)
        return
    depth = writer.rng.choice((0, 1, 2, 3, 3, 4, 4, 4, 4))
    day = begin
    if depth > 0 or writer.chance(0.5):
        for _ in range(writer.rng.choice((1, 1, 1, 2, 3))):
            _, ended = writer.action(finding_id, "delivers", writer.later(begin, 0, 60), min(depth, 3))
            day = max(day, ended)
    for _ in range(writer.rng.choice((0, 1, 1, 1, 1, 2))):
        level = {"level": "output"} if writer.chance(0.06) else {}
        required = "true" if writer.chance(0.9) else "false"
        indicator_id = writer.indicator(finding_id, required=required, **level)
        if writer.chance(0.3):
            writer.observe(indicator_id, writer.later(begin, -40, 10), good=writer.chance(0.3))
        if depth == 4 or writer.chance(0.25):
            writer.series(indicator_id, writer.later(day, 1, 40), writer.rng.choice(PATTERNS))


def confirmation_story(writer: RandomWriter, finding_id: str, begin: date) -> None:
    """Ask those affected by a problem whether it is solved."""
    indicator_id = writer.next_id("indicator", "I")
    target = writer.rng.choice(("", "80", "75.5"))
    writer.add(
        "indicator",
        indicator_id=indicator_id,
        name="Satisfied",
        measure="percentage",
        target=target,
        direction="ascending",
        level="confirmation",
    )
    required = "true" if writer.chance(0.9) else "false"
    writer.add("finding_indicator", finding_id=finding_id, indicator_id=indicator_id, required=required)
    writer.profiles[indicator_id] = Profile(("80", "91.5"), ("75.4", "60"), {})
    for _ in range(writer.rng.randint(1, 4)):
        n = writer.rng.choice((10, 40, 120, 9, ""))
        writer.observe(indicator_id, writer.later(begin, 40, 350), good=writer.chance(0.8), n=n)


def solved_then_lapsed_story(writer: RandomWriter, finding_id: str, begin: date) -> None:
    """Solve a problem, let those affected confirm it, and let it come back."""
    _, ended = writer.action(finding_id, "delivers", begin, 3)
    indicator_id = writer.indicator(finding_id, lag_days="", intent="maintain")
    n_good = writer.rng.randint(2, 6)
    writer.series(
        indicator_id, writer.later(ended, 1, 10), "g" * n_good + "bbbb" + writer.rng.choice(("", "ggg"))
    )
    confirmation_story(writer, finding_id, ended - timedelta(days=60))


def problem_story(writer: RandomWriter, finding_id: str, begin: date, solvability: str) -> None:
    """Walk a problem, with what its solvability asks for."""
    if writer.chance(0.37):
        solved_then_lapsed_story(writer, finding_id, begin)
    elif solvability != "needs_conditions" or writer.chance(0.5):
        ladder_story(writer, finding_id, begin)
        if writer.chance(0.7):
            confirmation_story(writer, finding_id, begin)
    if solvability == "needs_conditions" and writer.chance(0.8):
        for _ in range(writer.rng.randint(1, 2)):
            writer.action(
                finding_id, "enables", writer.later(begin, 0, 40), writer.rng.choice((0, 1, 3, 3, 3))
            )


def experience_story(writer: RandomWriter, finding_id: str, begin: date) -> None:
    """Spread an experience to other sites."""
    depth = writer.rng.choice((0, 1, 2, 3, 3, 3, 3))
    goes_well = writer.rng.choice((0.2, 0.9, 1, 1))
    n_sites = writer.rng.choice((4, 5) if goes_well == 1 else (0, 1, 2, 3, 4))
    if writer.chance(0.12):
        depth, goes_well, n_sites = 3, 0, 2
    for place in range(n_sites):
        if goes_well in (0, 1):
            row = {"site": SITES[place], "adaptation": "planned", "core_kept": "yes"}
        else:
            adaptation = writer.rng.choice(("none", "planned", "reactive", "none", ""))
            core_kept = writer.rng.choice(("yes", "yes", "unknown", "", "no", "no"))
            row = {"site": writer.rng.choice(SITES), "adaptation": adaptation, "core_kept": core_kept}
        action_id, ended = writer.action(finding_id, "replicates", writer.later(begin, 0, 60), depth, **row)
        if writer.chance(0.85):
            indicator_id = writer.indicator(finding_id, action_id=action_id)
            letters = "g" if writer.chance(goes_well) else "b"
            writer.series(
                indicator_id,
                writer.later(ended, 1, 40),
                letters * writer.rng.randint(1 if letters == "g" else 8, 16),
            )
    if writer.chance(0.3):
        writer.action(finding_id, "delivers", begin, writer.rng.randint(0, 3))


def mechanism_story(writer: RandomWriter, finding_id: str, row: Row) -> None:
    """Check a mechanism for a while, well or badly."""
    if writer.chance(0.3):
        writer.action(
            finding_id, "delivers", date.fromisoformat(row["recorded_on"]), writer.rng.randint(0, 3)
        )
    if not row.get("effective_on"):
        return
    step = CHECK_DAYS.get(row.get("check_every", ""), 30)
    share = writer.rng.choice(("p", "p", "pppppppn", "ppppppf", "pppm", "nnnp", "nnnn", "pfmn", "m"))
    pattern = "".join(writer.rng.choice(share) for _ in range(min(30, 480 // step)))
    if writer.chance(0.6):
        kept = writer.rng.randint(0, len(pattern))
        pattern = pattern[:kept] + writer.rng.choice("pnnnnfff") * (len(pattern) - kept)
    day = date.fromisoformat(row["effective_on"])
    for letter in pattern:
        day += timedelta(days=step)
        word = {"p": "check_pass", "f": "check_fail", "n": "check_na"}.get(letter)
        if word:
            on = writer.later(day, -step // 3, 0) if writer.chance(0.85) else writer.later(day, 1, 10)
            writer.on_finding(finding_id, word, on, by="Zhao Min")
        if writer.chance(writer.mess / 3):
            again = writer.rng.choice(("check_pass", "check_fail", "check_na"))
            writer.on_finding(finding_id, again, writer.later(day, -5, 5), by="Zhao Min")


def decisions(writer: RandomWriter, finding_id: str, begin: date, n_findings: int) -> None:
    """Add decisions, blocks and reviews to a finding."""
    number = int(finding_id.split("-")[1])
    if writer.chance(0.12 + writer.mess / 4):
        words = ["accept", "partially_accept", "reject", "reject", "retire", "retire", "reopen", "reopen"]
        words += ["supersede", "duplicate"] * 3 if number < n_findings else []
        for _ in range(writer.rng.randint(1, 2)):
            word = writer.rng.choice(words)
            other = (
                f"F-{writer.rng.randint(number + 1, n_findings)}"
                if word in ("supersede", "duplicate")
                else ""
            )
            writer.on_finding(finding_id, word, writer.later(begin, 5, 500), other_finding_id=other)
    if writer.chance(0.05):  # closed early by a decision that became known only much later
        taken_on = writer.later(begin, 1, 60)
        word, known_on = writer.rng.choice(("reject", "retire")), writer.later(taken_on, 150, 500)
        writer.on_finding(finding_id, word, taken_on, recorded_on=known_on)
    if writer.chance(0.15):
        on = writer.later(begin, 5, 300)
        writer.on_finding(finding_id, "block", on)
        if writer.chance(0.3):
            writer.on_finding(finding_id, "unblock", writer.later(on, 0, 100))
        if writer.chance(0.4):
            writer.action(finding_id, "enables", on, writer.rng.randint(0, 3))
    for _ in range(writer.rng.choice((0, 0, 0, 1, 2))):
        writer.on_finding(
            finding_id,
            writer.rng.choice(("review_confirmed", "review_revised")),
            writer.later(begin, 20, 500),
        )
    if writer.chance(0.04 + writer.mess / 3):
        writer.on_finding(finding_id, "review_material", writer.later(begin, 5, 400))


def shared_links(writer: RandomWriter, findings: list[str]) -> None:
    """Share actions and indicators between findings, and repeat links."""
    rng, tables = writer.rng, writer.tables
    for row in list(tables["finding_action"]):
        if writer.chance(0.06 + writer.mess / 4):
            role = rng.choice(("delivers", "delivers", "enables", "improves", "replicates", row["role"]))
            writer.add("finding_action", **(row | {"finding_id": rng.choice(findings), "role": role}))
    for row in list(tables["finding_indicator"]):
        if writer.chance(0.08):
            changes = {"finding_id": rng.choice(findings), "required": rng.choice(("true", "false", ""))}
            writer.add("finding_indicator", **(row | changes))
    for name in ("finding_action", "finding_indicator", "action_owner"):
        if tables[name] and writer.chance(0.2):
            writer.add(name, **rng.choice(tables[name]))


def promises(writer: RandomWriter) -> None:
    """Promise some actions to somebody, who answers."""
    for row in writer.tables["action"]:
        if not writer.chance(0.2):
            continue
        row["promised_to"] = "the street office"
        if writer.chance(0.1):
            row.pop("due", None)
            row.pop("planned_start", None)
        for _ in range(writer.rng.randint(0, 2)):
            word = writer.rng.choice(("release", "dispute", "dispute", "confirm", "redate"))
            consent = writer.rng.choice(("true", "false", "")) if word == "redate" else ""
            on = writer.later(date.fromisoformat(row["recorded_on"]), 1, 200)
            writer.on_action(row["action_id"], word, on, consent=consent)


def relations(writer: RandomWriter, findings: list[str]) -> None:
    """Derive findings from one another and codify experiences in mechanisms."""
    rows = writer.tables["finding"]
    mechanisms = [row["finding_id"] for row in rows if row["kind"] == "mechanism"]
    for number, row in enumerate(rows, start=1):
        link: dict[str, object] = {"finding_id": row["finding_id"]}
        if number < len(findings) and writer.chance(0.25):
            link["confirmed_on"] = writer.later(FIRST_DAY, 0, 400) if writer.chance(0.5) else ""
            link["relation"] = writer.rng.choice(("derived_from", "related"))
            writer.add("finding_relation", **link, other_finding_id=writer.rng.choice(findings[number:]))
        if row["kind"] == "experience" and mechanisms and writer.chance(0.9):
            link = {"finding_id": row["finding_id"], "relation": "codified_in"}
            writer.add("finding_relation", **link, other_finding_id=writer.rng.choice(mechanisms))


def finding_row(writer: RandomWriter, number: int, kind: str, begin: date) -> Row:
    """Write a finding and give its columns."""
    rng = writer.rng
    row = {
        "finding_id": f"F-{number}",
        "kind": kind,
        "statement": "Calls halve missed visits.",
        "recorded_on": str(begin),
    }
    if writer.chance(0.1):
        row["review_every_days"] = rng.choice(("90", "365", "30"))
    if writer.chance(0.3):
        row["reworded_on"] = str(writer.later(begin, 1, 400))
    if kind == "problem":
        row["solvability"] = rng.choice(
            ("", "now", "needs_conditions", "needs_conditions", "needs_conditions", "long_term", "long_term")
        )
    if kind == "experience":
        row["origin_site"] = rng.choice(("Harbour", " HARBOUR", "", "Lake"))
        row["why_it_works"] = rng.choice(("people are asked first", "people are asked first", ""))
        row["core_elements"] = rng.choice(("a call two days before", "a call two days before", ""))
    if kind == "mechanism":
        row["owner_id"] = rng.choice((*OWNERS, ""))
        row["effective_on"] = str(writer.later(begin, -20, 90)) if writer.chance(0.8) else ""
        row["check_every"] = rng.choice([*CHECK_DAYS, "P30D", "P30D", "P1M", "P1M", ""])
    writer.add("finding", **row)
    return row


def drop_impossible(tables: Tables) -> None:
    """Drop completes before the earliest start of their action, which no valid plan has."""
    starts: dict[str, str] = {}
    for row in tables["event"]:
        if row["event"] == "start":
            key = row["subject_id"]
            starts[key] = min(starts.get(key, row["happened_on"]), row["happened_on"])
    tables["event"] = [
        row
        for row in tables["event"]
        if row["event"] != "complete" or row["happened_on"] >= starts.get(row["subject_id"], "")
    ]


def random_plan(rng: Random) -> Tables:
    """Give a small valid plan: table name to rows, each row column to text."""
    writer = RandomWriter(rng)
    for owner_id in OWNERS:
        left_on = writer.later(FIRST_DAY, 60, 500) if writer.chance(0.15) else ""
        writer.add("owner", owner_id=owner_id, name=f"Person {owner_id}", left_on=left_on)
    for name, values in SETTINGS.items():
        if writer.chance(0.04):
            writer.add("setting", name=name, value=rng.choice(values))
    n_findings = rng.choice((1, 2, 3, 3, 4, 5))
    for number in range(1, n_findings + 1):
        kind = rng.choice(KINDS)
        begin = writer.later(FIRST_DAY, 0, 120 if writer.chance(0.9) else 600)
        row = finding_row(writer, number, kind, begin)
        if kind == "insight":
            ladder_story(writer, row["finding_id"], begin)
        elif kind == "problem":
            problem_story(writer, row["finding_id"], begin, row["solvability"] or "now")
        elif kind == "experience":
            experience_story(writer, row["finding_id"], begin)
        else:
            mechanism_story(writer, row["finding_id"], row)
        decisions(writer, row["finding_id"], begin, n_findings)
    findings = [row["finding_id"] for row in writer.tables["finding"]]
    shared_links(writer, findings)
    promises(writer)
    relations(writer, findings)
    drop_impossible(writer.tables)
    for row in writer.tables["finding"]:
        if writer.chance(0.1):
            row |= {"recorded_on": "", "recorded_quality": "unknown"}
    return writer.tables


def random_day(rng: Random) -> date:
    """Give an as-of day: mostly amid the stories, sometimes before or long after them."""
    low, high = (90, 520) if rng.random() < 0.8 else (0, 800)
    return FIRST_DAY + timedelta(days=rng.randint(low, high))


def random_late_day(rng: Random) -> date:
    """Give an as-of day more than four years after the first findings, when four-year cohorts are judged."""
    return FIRST_DAY + timedelta(days=rng.randint(1461, 2000))


# Plans whose indicators are measured for long enough to be judged (method, section 13).
STARTED_ON = FIRST_DAY + timedelta(days=1000)
SHAPES = (
    ("better",) * 5
    + ("worse",) * 5
    + ("noise", "noise", "trend", "trend", "trend", "outlier", "step back", "flat", "season")
)
N_PRE = (0, 2, 4, 5, 8, 10, 11, 12, 12, 12, 14, 15, 18, 24, 30)
N_POST = (0, 2, 3, 5, 8, 9, 12, 12, 16, 24, 30)
SCALE = "poor;fair;good;excellent"


def level_of(shape: str, place: int, n_pre: int) -> float:
    """Give how far a point lies from the usual level, in standard deviations; positive is better."""
    after = place >= n_pre
    return {
        "better": 2.5 * after,
        "worse": -2.5 * after,
        "trend": 0.25 * place,
        "outlier": 6.0 * (place == n_pre + 1),
        "step back": -6.0 * (place == n_pre + 1),
        "season": 1.5 * (-1) ** (place // 3),
    }.get(shape, 0.0)


def value_text(rng: Random, measure: str, level: float, sign: int, *, flat: bool) -> str:
    """Write a value as a person would: whole counts, words, or a decimal."""
    noise = 0.0 if flat else rng.gauss(0, 1)
    if measure == "ordinal":
        return rng.choice(SCALE.split(";"))
    if measure == "nominal":
        return rng.choice(("yes", "no"))
    value = 50 + sign * 4 * (level + noise)
    if measure == "count":
        return str(max(0, round(value)))
    return str(round(min(100, max(0, value)), rng.choice((0, 1, 1, 2))))


def indicator_row(rng: Random, indicator_id: str) -> Row:
    """Give the columns of an indicator; mostly one that can be judged."""
    measure = rng.choice(("unit",) * 8 + ("percentage",) * 6 + ("count",) * 6 + ("ordinal", "nominal"))
    direction = rng.choice(("ascending",) * 8 + ("descending",) * 6 + ("range",))
    row = {"indicator_id": indicator_id, "name": "Share", "measure": measure, "direction": direction}
    row["level"] = rng.choice(("outcome", "outcome", "impact", "output", "confirmation"))
    row["cadence_days"], row["lag_days"] = rng.choice(("30", "")), rng.choice(("", "", "0", "45"))
    if measure in ("unit", "percentage", "count"):
        bounds = {"target_low": "40", "target_high": "60"}
        row |= bounds if direction == "range" else {"target": rng.choice(("", "55", "45"))}
    if measure == "ordinal":
        row["scale"] = SCALE
    return row


def series(writer: RandomWriter, finding_id: str, completed_on: date) -> None:
    """Add an indicator with monthly values before the start and after the completion."""
    rng = writer.rng
    row = indicator_row(rng, writer.next_id("indicator", "I"))
    writer.add("indicator", **row)
    link = {"finding_id": finding_id, "indicator_id": row["indicator_id"]}
    writer.add("finding_indicator", **link, required=rng.choice(("true", "true", "false", "")))
    n_pre, n_post, shape = rng.choice(N_PRE), rng.choice(N_POST), rng.choice(SHAPES)
    sign = -1 if row["direction"] == "descending" else 1
    days = [STARTED_ON - timedelta(days=30 * back) for back in range(n_pre, 0, -1)]
    begin = completed_on + timedelta(days=int(row["lag_days"] or 0))
    days += [begin + timedelta(days=30 * forth) for forth in range(n_post)]
    between = STARTED_ON + timedelta(days=rng.choice((0, 20)))
    other = SCALE.split(";")[1].strip() if row["measure"] == "ordinal" else "50"
    for place, day in enumerate(days):
        value = value_text(rng, row["measure"], level_of(shape, place, n_pre), sign, flat=shape == "flat")
        final = "false" if writer.chance(0.02) else ""
        fact = {"indicator_id": row["indicator_id"], "final": final}
        writer.fact("observation", "observed_on", day, **fact, value=value)
        if writer.chance(0.02):
            writer.fact("observation", "observed_on", day, **fact, value=rng.choice((value, other)))
    if writer.chance(0.3) and row["measure"] not in ("ordinal", "nominal"):
        writer.fact("observation", "observed_on", between, indicator_id=row["indicator_id"], value="20")


def random_series_plan(rng: Random) -> Tables:
    """Give a plan of one or two findings whose indicators were measured monthly for years."""
    writer = RandomWriter(rng)
    writer.mess = rng.choice((0.0, 0.0, 0.05))
    for owner_id in OWNERS:
        writer.add("owner", owner_id=owner_id, name=f"Person {owner_id}")
    for number in range(1, rng.choice((1, 1, 2)) + 1):
        finding_id, action_id = f"F-{number}", f"A-{number}"
        kind = rng.choice(("insight",) * 5 + ("problem",) * 5 + ("experience",))
        row = {"kind": kind, "statement": "Calls halve missed visits.", "recorded_on": FIRST_DAY}
        writer.add("finding", finding_id=finding_id, **row)
        writer.add("action", action_id=action_id, title="Act", recorded_on=FIRST_DAY, due="2028-12-31")
        writer.add("finding_action", finding_id=finding_id, action_id=action_id, role="delivers")
        writer.add("action_owner", action_id=action_id, owner_id="O-1", role="accountable")
        completed_on = STARTED_ON + timedelta(days=rng.choice((0, 40, 90)))
        if writer.chance(0.95):
            writer.on_action(action_id, "start", STARTED_ON)
        if writer.chance(0.9):
            writer.on_action(action_id, "complete", completed_on)
            writer.evidence(completed_on, action_id=action_id)
        if writer.chance(0.06):
            word = rng.choice(("cancel", "reopen"))
            writer.on_action(action_id, word, completed_on + timedelta(days=100))
        if writer.chance(0.04):
            word = rng.choice(("review_material", "retire"))
            writer.on_finding(finding_id, word, STARTED_ON - timedelta(days=200))
        for _ in range(rng.choice((1, 2, 2))):
            series(writer, finding_id, completed_on)
    if len(writer.tables["finding"]) > 1 and writer.chance(0.3):
        shared = rng.choice(writer.tables["finding_indicator"])
        writer.add("finding_indicator", **(shared | {"finding_id": rng.choice(("F-1", "F-2"))}))
    return writer.tables


def random_series_day(rng: Random) -> date:
    """Give an as-of day: mostly when the whole series is there, sometimes amid it."""
    return STARTED_ON + timedelta(days=rng.randint(1100, 1300) if rng.random() < 0.9 else rng.randint(0, 600))
