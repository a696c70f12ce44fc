"""How does a file become evidence? It is copied beside the plan under its checksum, and the plan keeps both."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import unicodedata
import weakref
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, PracticeError
from theorytopractice.forms.answer import Answer
from theorytopractice.html import NOTHING, safe
from theorytopractice.i18n import say, say_number
from theorytopractice.store.atomic_write import explain_refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.session import Session
    from theorytopractice.store.plan import Plan


FILE, URI = "~file", "evidence.uri"
SEALED = "~sealed"
"""The link to a file whose checksum was known before somebody else changed the evidence."""
ATTACHED = "attached"
"""The part of the page where it is said which file was handed over."""
LARGEST = 200 * 2**20
MARKED, LONGEST_NAME, LONGEST_ENDING = 12, 120, 20
HALF, HOUR = ".half-", 3600
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

    def take(self, token: str, name: str, piece: bytes, *, at: object) -> Upload:
        """Add a piece to a file at its place.

        Raises:
            PlanError: a piece before it is missing, or the file grows too large.
        """
        if at == 0:
            self._held[token] = Upload(name, self._scratch / f"{next(self._numbers)}")
            self._held[token].path.write_bytes(b"")
        found = self._held.get(token)
        if found is None or found.size != at:
            raise PlanError(say("The file did not come whole; choose it again."))
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
    """Return a file's name without folders and without signs that some systems cannot keep, short enough for all."""
    plain = unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).name)
    stem, dot, ending = plain.rpartition(".") if "." in plain.strip(".") else (plain, "", "")
    ending = _cut(_tidy(ending), LONGEST_ENDING)
    return _cut(_tidy(stem) or "file", LONGEST_NAME) + (f".{ending}" if dot and ending else "")


def _tidy(text: str) -> str:
    return re.sub(r"[^\w.\-]+", "_", text).strip("._")


def _cut(text: str, most: int) -> str:
    """Return as much of a text as fits into some bytes."""
    return text.encode("utf-8", "ignore")[:most].decode("utf-8", "ignore")


def upload(session: Session, message: Message) -> Answer:
    """Take a piece of a file, and say when all of it is there."""
    part = message.text("part")
    token, is_last = message.text("token"), bool(message.facts.get("is_last"))
    if session.plan.evidence_dir is None:
        told = say(
            "This plan lives on a database server, so no file can be put beside it; give a link instead."
        )
        return Answer({part: safe(told)}, told=told, refused=True)
    try:
        found = session.uploads.take(token, message.text("name"), message.piece, at=message.facts.get("at"))
    except PlanError as error:
        return Answer({part: safe(error)}, told=str(error), refused=True)
    found.is_whole = is_last
    words = say("{name}: {size} KB, checksum {sha256}", name=found.name, size=say_number(-(-found.size // 1024)),
                sha256=found.sha256[:MARKED])  # fmt: skip
    return Answer({part: safe(words), f"error:{FILE}": NOTHING}, told=words) if is_last else Answer()


def missing(session: Session, values: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with the attached file, by name of its field; nothing where all of it is there, or none was."""
    token = values.get(FILE, "")
    found = session.uploads.get(token)
    if not token or (found and found.is_whole):
        return (
            {}
            if found is None or _is_its_link(session, found, values)
            else {URI: say("Give a link or attach a file, not both.")}
        )
    if found:
        return {FILE: say("The file is still on its way; save when its checksum is shown.")}
    return {FILE: say("The file is not here any more; attach it again.")}


def with_file(session: Session, values: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with the link to the attached file where there is one."""
    found = session.uploads.get(values.get(FILE, ""))
    beside = session.plan.evidence_dir
    if found is None or beside is None or not found.is_whole or values.get(URI):
        return dict(values)
    return {**values, URI: f"{beside.name}/{found.kept_as}"}


def _is_its_link(session: Session, found: Upload, values: Mapping[str, str]) -> bool:
    """Tell whether the link leads to the attached file."""
    beside = session.plan.evidence_dir
    return beside is not None and values.get(URI, "") == f"{beside.name}/{found.kept_as}"


def attached_checksum(session: Session, values: Mapping[str, str], link: str) -> str:
    """Return the checksum of the attached file if a link leads to it, else nothing."""
    found = session.uploads.get(values.get(FILE, ""))
    return found.sha256 if found is not None and _is_its_link(session, found, {URI: link}) else ""


@contextmanager
def store_files(session: Session, values: Mapping[str, str]) -> Iterator[None]:
    """Copy the attached file beside the plan; take it away again where the plan refuses what leads to it."""
    found, beside = session.uploads.get(values.get(FILE, "")), session.plan.evidence_dir
    if found is None or beside is None:
        yield
        return
    target = beside / found.kept_as
    is_new = not target.exists()
    _copy(found, beside, target)
    try:
        yield
    except BaseException:
        if is_new and not _is_used(session, f"{beside.name}/{found.kept_as}"):
            target.unlink(missing_ok=True)
        raise


def _is_used(session: Session, link: str) -> bool:
    """Tell whether some evidence leads to a file, or whether that cannot be known now."""
    try:
        return bool(session.rows("evidence", uri=link))
    except PracticeError:
        return True


def _copy(found: Upload, beside: Path, target: Path) -> None:
    """Copy a file beside the plan, whole or not at all; what an earlier try left half done goes."""
    with explain_refusal(beside, "write"):
        beside.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=beside, prefix=HALF, delete=False) as half:
            _clear(beside, os.fstat(half.fileno()).st_mtime - HOUR)
            try:
                with found.path.open("rb") as source:
                    shutil.copyfileobj(source, half)
                half.close()
                Path(half.name).chmod(0o666 & ~_mask())
                Path(half.name).replace(target)
            except BaseException:
                Path(half.name).unlink(missing_ok=True)
                raise


def _clear(beside: Path, limit: float) -> None:
    """Remove copies left half done before a time, which the file system itself told: its clock may be another."""
    for left in beside.glob(f"{HALF}*"):
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < limit:
                left.unlink()


def _mask() -> int:
    """Return which rights new files do not get here."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def state_of(plan: Plan, uri: str, sha256: str) -> str:
    """Say whether an attached file is still the one that was attached; empty for a link to elsewhere."""
    if not sha256 or plan.evidence_dir is None or SCHEME.match(uri):
        return ""
    try:
        is_same = hashlib.sha256((plan.evidence_dir.parent / uri).read_bytes()).hexdigest() == sha256
    except (OSError, ValueError):
        return say("the file is not there any more")
    return say("the file is unchanged") if is_same else say("the file was changed since it was attached")
