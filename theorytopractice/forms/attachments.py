"""How does a file become evidence? It is copied beside the plan under its checksum, and the plan keeps both."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
import unicodedata
import weakref
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, PracticeError
from theorytopractice.i18n import say
from theorytopractice.store.atomic_write import explain_refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from theorytopractice.store.plan import Plan


FILE, URI = "~file", "evidence.uri"
CHECKSUM_LINK = "~sealed"
"""The link to a file whose checksum was known before somebody else changed the evidence."""
FILE_PART = "attached"
"""The part of the page where it is said which file was handed over."""
MAX_BYTES = 200 * 2**20
CHECKSUM_LENGTH, LONGEST_NAME, LONGEST_ENDING = 12, 120, 20
PARTIAL, HOUR = ".half-", 3600
UMASK_LOCK = threading.Lock()  # who asks for the mask sets it for a moment, in every thread
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
    def stored_name(self) -> str:
        """The name beside the plan: marked by the checksum, so that no file takes the place of another."""
        return f"{self.sha256[:CHECKSUM_LENGTH]}-{safe_name(self.name)}"


class Uploads:
    """The files that were handed over in this session and not saved yet, and their places beside the plan."""

    def __init__(self, plan: Plan) -> None:
        """Begin with none; the scratch folder goes when the session ends."""
        self._plan = plan
        self._scratch = Path(tempfile.mkdtemp(prefix="theorytopractice-"))
        self._finalizer = weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        self._files: dict[str, Upload] = {}
        self._numbers = count()

    def close(self) -> None:
        """Throw away what was never saved."""
        self._finalizer()

    @property
    def evidence_dir(self) -> Path | None:
        """The folder beside the plan in which attached files lie; None for a plan on a database server."""
        return self._plan.evidence_dir

    def add_piece(self, token: str, name: str, piece: bytes, *, at: object) -> Upload:
        """Add a piece to a file at its place.

        Raises:
            PlanError: a piece before it is missing, or the file grows too large.
        """
        if at == 0:
            self._files[token] = Upload(name, self._scratch / f"{next(self._numbers)}")
            self._files[token].path.write_bytes(b"")
        upload = self._files.get(token)
        if upload is None or upload.size != at:
            raise PlanError(say("The file did not come whole; choose it again."))
        if upload.size + len(piece) > MAX_BYTES:
            upload.path.unlink()
            del self._files[token]
            raise PlanError(
                say(
                    "The file is larger than {n} MB; put it where others can read it, and give the link.",
                    n=MAX_BYTES >> 20,
                )
            )
        with upload.path.open("ab") as file:
            file.write(piece)
        upload.digest.update(piece)
        upload.size += len(piece)
        return upload

    def of_form(self, values: Mapping[str, str]) -> Upload | None:
        """Return the file that a form holds."""
        return self._files.get(values.get(FILE, ""))

    def problems(self, values: Mapping[str, str]) -> dict[str, str]:
        """Say what is wrong with the attached file, by name of its field; nothing where all of it is there, or none was."""
        upload = self.of_form(values)
        if not values.get(FILE, ""):
            return {}
        if upload is None:
            return {FILE: say("The file is not here any more; attach it again.")}
        if not upload.is_whole:
            return {FILE: say("The file is still on its way; save when its checksum is shown.")}
        if self._link(upload) == values.get(URI, ""):
            return {}
        return {URI: say("Give a link or attach a file, not both.")}

    def with_link(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return what was typed, with the link to the attached file where there is one."""
        upload = self.of_form(values)
        if upload is None or self.evidence_dir is None or not upload.is_whole or values.get(URI):
            return dict(values)
        return {**values, URI: self._link(upload)}

    def checksum(self, values: Mapping[str, str], link: str) -> str:
        """Return the checksum of the attached file if a link leads to it, else nothing."""
        upload = self.of_form(values)
        return upload.sha256 if upload is not None and link and self._link(upload) == link else ""

    def _link(self, upload: Upload) -> str:
        """Return the link to a file beside the plan; empty where no file can be kept there."""
        return f"{self.evidence_dir.name}/{upload.stored_name}" if self.evidence_dir else ""

    @contextmanager
    def store(self, values: Mapping[str, str]) -> Iterator[None]:
        """Copy the attached file beside the plan; take it away again where the plan refuses what leads to it."""
        upload, folder = self.of_form(values), self.evidence_dir
        if upload is None or folder is None:
            yield
            return
        target = folder / upload.stored_name
        is_new = not target.exists()
        _copy(upload.path, folder, target)
        try:
            yield
        except BaseException:
            if is_new and not self._is_used(self._link(upload)):
                target.unlink(missing_ok=True)
            raise

    def _is_used(self, link: str) -> bool:
        """Tell whether some evidence leads to a file, or whether that cannot be known now."""
        try:
            return bool(self._plan.look(lambda records: len(records.where("evidence", uri=(link,)))))
        except PracticeError:
            return True

    def file_state(self, uri: str, sha256: str) -> str:
        """Say whether an attached file is still the one that was attached; empty for a link to elsewhere."""
        if not sha256 or self.evidence_dir is None or SCHEME.match(uri):
            return ""
        try:
            content = (self.evidence_dir.parent / uri).read_bytes()
        except (OSError, ValueError):
            return say("the file is not there any more")
        is_same = hashlib.sha256(content).hexdigest() == sha256
        return say("the file is unchanged") if is_same else say("the file was changed since it was attached")


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


def _copy(source: Path, folder: Path, target: Path) -> None:
    """Copy a file beside the plan, whole or not at all; what an earlier try left half done goes."""
    with explain_refusal(folder, "write"):
        folder.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=PARTIAL, delete=False) as half:
            _remove_partial_copies(folder, os.fstat(half.fileno()).st_mtime - HOUR)
            try:
                with source.open("rb") as file:
                    shutil.copyfileobj(file, half)
                half.close()
                Path(half.name).chmod(0o666 & ~_umask())
                Path(half.name).replace(target)
            except BaseException:
                Path(half.name).unlink(missing_ok=True)
                raise


def _remove_partial_copies(folder: Path, limit: float) -> None:
    """Remove copies left half done before a time, which the file system itself told: its clock may be another."""
    for path in folder.glob(f"{PARTIAL}*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                path.unlink()


def _umask() -> int:
    """Return which rights new files do not get here."""
    with UMASK_LOCK:
        mask = os.umask(0)
        os.umask(mask)
    return mask
