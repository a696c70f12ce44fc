"""Why did a database refuse, and what is to be done about it?"""

from __future__ import annotations

from theorytopractice.errors import shown
from theorytopractice.language import message, say


def refusal(name: str, said: str) -> str:
    """Say in one sentence why the database refused, and what to do."""
    advice = {
        "locked": message("another program is writing to it; try again when it has finished"),
        "file is not a database": message("it is not a plan; choose another file"),
        "no such table": message("it is not a plan; choose another file"),
        'relation "': message("it is not a plan; choose another file"),
        "no such column": message("it is not a plan; choose another file"),
        "malformed": message("the file is damaged; restore a backup"),
        "readonly": message("it may only be read here; ask for the right to write, or copy it"),
        "unable to open": message("the file cannot be opened; does its folder exist, and may you use it?"),
        "disk is full": message("the disk is full; make room and try again; the plan is as it was"),
        "No space left": message("the disk is full; make room and try again; the plan is as it was"),
        "disk I/O": message("the disk refused; make room or check it; the plan is as it was"),
    }
    known = next((say(told) for word, told in advice.items() if word in said), "")
    why = known or say("the database says: {said}", said=said.splitlines()[0])
    return say("Cannot use the plan {name}: {why}.", name=shown(name), why=why)
