"""How does what is listed on a screen come into a spreadsheet? As a file that Python writes and the browser saves."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.exchange.listings import listing, writer_of
from theorytopractice.exchange.workbook import write_workbook
from theorytopractice.forms.answer import Answer, File, unknown_form
from theorytopractice.forms.listing import matching_findings
from theorytopractice.forms.meeting import listed_actions
from theorytopractice.forms.rows import MAX_CHANGES
from theorytopractice.i18n import say, say_n
from theorytopractice.model.values import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.session import Session


OWNER_COLUMNS = ("owner_id", "name", "unit", "email", "left_on")
WHOLE_PLAN = "plan"
ENDINGS = ("xlsx", "csv")


def _findings(session: Session) -> pd.DataFrame:
    """The findings that are looked for, in the order of the list."""
    keys = [entry.finding_id for entry in matching_findings(session)]
    return _by_key(_listing(session, "findings"), "finding_id", keys)


def _meeting(session: Session) -> pd.DataFrame:
    """The actions of the meeting with their group, in its order."""
    groups = listed_actions(session)
    group_of = {action.action_id: name for name, actions in groups.items() for action in actions}
    frame = _by_key(_listing(session, "actions"), "action_id", list(group_of))
    frame.insert(0, "group", [group_of[key] for key in frame["action_id"]])
    return frame


def _actions(session: Session) -> pd.DataFrame:
    """The actions of the chosen finding."""
    detail = session.detail()
    return _by_key(_listing(session, "actions"), "action_id", detail.action_ids if detail else [])


def _values(session: Session) -> pd.DataFrame:
    """Every value of the indicators that are looked for; one that was replaced is left out."""
    rows = session.indicators.matching(session.grid_state, session.today)
    frame = _listing(session, "observations")
    return frame[frame["indicator_id"].isin([row["indicator_id"] for row in rows])]


def _owners(session: Session) -> pd.DataFrame:
    """The owners that are looked for."""
    return pd.DataFrame(listed_owners(session), columns=list(OWNER_COLUMNS))


def listed_owners(session: Session) -> list[dict[str, str]]:
    """Return the rows of the owners in which all words stand that are looked for."""
    words = fold(session.owner_text).split()
    return [
        row
        for row in session.rows("owner")
        if all(word in fold(" ".join(row[column] for column in OWNER_COLUMNS)) for word in words)
    ]


def _changes(session: Session) -> pd.DataFrame:
    """One's own changes."""
    return session.plan.latest(MAX_CHANGES, made_by=session.who)


def _listing(session: Session, of: str) -> pd.DataFrame:
    return listing(session.plan, of, as_of=session.today, language=session.language)


def _by_key(frame: pd.DataFrame, column: str, keys: Sequence[str]) -> pd.DataFrame:
    """Return the rows of some keys in their order."""
    place = {key: number for number, key in enumerate(keys)}
    own = frame[frame[column].isin(list(place))]
    return own.sort_values(column, key=lambda cells: cells.map(place), kind="stable").reset_index(drop=True)


LISTS: dict[str, Callable[[Session], pd.DataFrame]] = {
    "findings": _findings,
    "meeting": _meeting,
    "actions": _actions,
    "values": _values,
    "owners": _owners,
    "changes": _changes,
}
"""What stands on a screen → who lists all of it, not only the page that is shown."""


def download(session: Session, message: Message) -> Answer:
    """Hand over what is listed as a file, or the whole plan as a workbook that can come back."""
    of, ending = message.text("of"), message.text("ending")
    if of == WHOLE_PLAN:
        with tempfile.TemporaryDirectory(prefix="theorytopractice-") as folder:
            content = write_workbook(session.plan, Path(folder) / "plan.xlsx").read_bytes()
        name = f"plan-{session.today}.xlsx"
        return Answer(file=File(name, content), text=say("{name} is handed to the browser.", name=name))
    if of not in LISTS or ending not in ENDINGS:
        raise unknown_form()
    name = f"{of}-{session.today}.{ending}"
    frame = LISTS[of](session)
    count = say_n("{name}, {n:,} row, is handed to the browser.", "{name}, {n:,} rows, is handed to the browser.",
                  len(frame), name=name)  # fmt: skip
    return Answer(file=File(name, writer_of(Path(name))(frame, of)), text=count)
