"""What is the manual of a mapping? Each key with what it means and an example, as the schema declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.exchange import mapping_schema as schema

if TYPE_CHECKING:
    from pydantic import BaseModel

SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The mapping as a whole", schema.WholeMapping),
    ("A source", schema.Source),
    ("A look-up: join.SOURCE", schema.Join),
    ("A block", schema.Block),
    ("A block: each", schema.Each),
    ("A block of observations", schema.ObservationBlock),
    ("A block of observations: wide", schema.Wide),
    ("A cell", schema.Cell),
    ("A condition: only", schema.Condition),
    ("A block of status words", schema.StatusBase),
    ("The meaning of a word", schema.MeaningBase),
    ("What is gone", schema.Gone),
    ("What is gone: the event", schema.GoneEvent),
    ("Why a due date was changed", schema.Redate),
)
HEAD = """# The manual of a mapping

A mapping is a TOML file that says how foreign tables become ours. This text is printed by
`theorytopractice fields --mapping`; `theorytopractice fields` names our tables and columns.

```toml
[source.projects]                       # a file of the folder, or the file itself
file = "projects 2026.xlsx"
sheet = "Register"

[[action]]                              # one of our tables: each row of the source makes an action
action_id = { template = "A-{Number}" }
title = "Name of the project"           # a mere text is a foreign column
recorded_on = { column = "Begun", dates = ["day first"] }

[[status]]                              # words mean nothing by themselves: say which event, and its date
column = "State"
subject = "action"
subject_id = { template = "A-{Number}" }
words."Done" = { event = "complete", happened_on = "Finished" }
words."Idea" = {}
```

What cannot be read stays empty and is listed with file, sheet, row, column and reason (W-IMPORT; W-STATUS an event without
a date, W-DUP two texts for one cell, W-NEAR names that may be one). A foreign row that makes nothing is always listed. A key
of more than 200 characters is cut, with a hash of it behind.

What only people know is not made up. A suggested mapping gives findings without a date `recorded_quality = { constant =
"unknown" }` and leaves `direction` behind a #, where nothing says which way is better: it is refused until that is decided.
"""


def manual() -> str:
    """Return the manual of the mapping as Markdown."""
    parts = [HEAD]
    for title, declaration in SECTIONS:
        own = {
            one.alias or name: one
            for name, one in declaration.model_fields.items()
            if one.examples
            and not (declaration is schema.ObservationBlock and name in schema.Block.model_fields)
        }
        about = " ".join((declaration.__doc__ or "").replace("``", "`").split())
        lines = ["| key | meaning | example |", "|---|---|---|"]
        for key, one in own.items():
            need = "" if not one.is_required() else "**needed**; "
            meaning = f"{need}{one.description}".replace("|", "\\|")
            lines.append(
                f"| `{key}` | {meaning} | `{str((one.examples or [''])[0]).replace('|', chr(92) + '|')}` |"
            )
        parts.append(f"## {title}\n\n{about}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)
