"""How does a file become evidence? It is copied beside the plan under its checksum, and the plan keeps both."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import unicodedata
import weakref
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError
from theorytopractice.forms.answer import Answer
from theorytopractice.language import say, say_number
from theorytopractice.store.swap import explained

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.desk import Desk
    from theorytopractice.store.plan import Plan

FILE, CHECKSUM, URI = "~file", "~sha256", "evidence.uri"
ATTACHED = "attached"
"""The part of the page where it is said which file was handed over."""
LARGEST = 200 * 2**20
MARKED, LONGEST_NAME = 12, 80
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(slots=True)
class Upload:
    """A file that the page hands over piece by piece; it lies in a scratch file until its form is saved."""

    name: str
    path: Path
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    size: int = 0
    is_whole: bool = False

    @property
    def sha256(self) -> str:
        """The checksum of what came so far."""
        return self.digest.hexdigest()

    @property
    def kept_as(self) -> str:
        """The name beside the plan: marked by the checksum, so that no file takes the place of another."""
        return f"{self.sha256[:MARKED]}-{safe_name(self.name)}"


class Uploads:
    """The files that were handed over in this session and not saved yet."""

    def __init__(self) -> None:
        """Begin with none; the scratch folder goes when the session ends."""
        self._scratch = Path(tempfile.mkdtemp(prefix="theorytopractice-"))
        weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        self._held: dict[str, Upload] = {}
        self._numbers = count()

    def take(self, token: str, name: str, piece: bytes, *, is_first: bool) -> Upload:
        """Add a piece to a file; raises PlanError where it grows too large."""
        if is_first:
            self._held[token] = Upload(name, self._scratch / f"{next(self._numbers)}")
            self._held[token].path.write_bytes(b"")
        found = self._held[token]
        if found.size + len(piece) > LARGEST:
            found.path.unlink()
            del self._held[token]
            raise PlanError(
                say(
                    "The file is larger than {n} MB; put it where others can read it, and give the link.",
                    n=LARGEST >> 20,
                )
            )
        with found.path.open("ab") as file:
            file.write(piece)
        found.digest.update(piece)
        found.size += len(piece)
        return found

    def get(self, token: str) -> Upload | None:
        """Return a file that was handed over."""
        return self._held.get(token)


def safe_name(name: str) -> str:
    """Return a file's name without folders and without signs that some systems cannot keep."""
    plain = unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).name)
    kept = re.sub(r"[^\w.\-]+", "_", plain).strip("._") or "file"
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending)]}{dot}{ending}" if len(kept) > LONGEST_NAME else kept


def upload(desk: Desk, message: Message) -> Answer:
    """Take a piece of a file, and say when all of it is there."""
    part = message.text("part")
    token, is_last = message.text("token"), bool(message.facts.get("is_last"))
    if desk.plan.beside is None:
        told = say(
            "This plan lives on a database server, so no file can be put beside it; give a link instead."
        )
        return Answer({part: told}, told=told, refused=True)
    try:
        found = desk.uploads.take(
            token, message.text("name"), message.piece, is_first=message.facts.get("at") == 0
        )
    except PlanError as error:
        return Answer({part: str(error)}, told=str(error), refused=True)
    found.is_whole = is_last
    words = say("{name}: {size} KB, checksum {sha256}", name=found.name, size=say_number(-(-found.size // 1024)),
                sha256=found.sha256[:MARKED])  # fmt: skip
    return Answer({part: words, f"error:{FILE}": ""}, told=words) if is_last else Answer()


def missing(desk: Desk, values: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with the attached file, by name of its field; nothing where all of it is there, or none was."""
    token = values.get(FILE, "")
    found = desk.uploads.get(token)
    if not token or (found and found.is_whole):
        return {}
    if found:
        return {FILE: say("The file is still on its way; save when its checksum is shown.")}
    return {FILE: say("The file is not here any more; attach it again.")}


def with_file(desk: Desk, values: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with link and checksum of the attached file where there is one."""
    found = desk.uploads.get(values.get(FILE, ""))
    beside = desk.plan.beside
    if found is None or beside is None or not found.is_whole:
        return dict(values)
    return {**values, URI: f"{beside.name}/{found.kept_as}", CHECKSUM: found.sha256}


@contextmanager
def keeping(desk: Desk, values: Mapping[str, str]) -> Iterator[None]:
    """Copy the attached file beside the plan; take it away again where the plan refuses what leads to it."""
    found, beside = desk.uploads.get(values.get(FILE, "")), desk.plan.beside
    if found is None or beside is None:
        yield
        return
    target = beside / found.kept_as
    is_new = not target.exists()
    with explained(beside, "write"):
        beside.mkdir(exist_ok=True)
        scratch = target.with_name(f".{target.name}.part")
        scratch.write_bytes(found.path.read_bytes())
        scratch.replace(target)
    try:
        yield
    except BaseException:
        if is_new:
            target.unlink(missing_ok=True)
        raise


def state_of(plan: Plan, uri: str, sha256: str) -> str:
    """Say whether an attached file is still the one that was attached; empty for a link to elsewhere."""
    if not sha256 or plan.beside is None or SCHEME.match(uri):
        return ""
    file = plan.beside.parent / uri
    if not file.is_file():
        return say("the file is not there any more")
    is_same = hashlib.sha256(file.read_bytes()).hexdigest() == sha256
    return say("the file is unchanged") if is_same else say("the file was changed since it was attached")
