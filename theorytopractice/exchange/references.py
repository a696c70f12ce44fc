"""How do references of the literature become findings? From BibTeX, RIS and CSL-JSON, as reference managers write them.

Each reference proposes an insight: its title is the statement, to be reworded into what was learned; the source names
authors, year, title, journal and DOI. The citation key is the key of the finding, so that a second import of the same
file changes nothing, and one of a later file only what was changed there.
"""

from __future__ import annotations

import html
import json
import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import Issue, PlanError, quote
from theorytopractice.exchange.files import read_file
from theorytopractice.exchange.readers import LISTED
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable
from theorytopractice.store.sources import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


ENDINGS = (".bib", ".ris", ".json")
MOST_AUTHORS = 3
KEY = re.compile(r"[\w.:+-]{1,60}")
MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
YEAR = re.compile(r"(?<!\d)(1[5-9]|20)\d\d(?!\d)")
DOI = re.compile(r"10\.\d{4,9}/\S+", re.IGNORECASE)
WEB = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """One work: where in the file it stands, its citation key, and what is cited of it."""

    line: int
    key: str
    title: str
    authors: tuple[str, ...] = ()
    year: str = ""
    container: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    url: str = ""

    @property
    def citation(self) -> str:
        """The work as it is cited: Müller & Li (2020). Title. Journal 3(2), 1–10. https://doi.org/10.1/x."""
        who = " & ".join(self.authors) if len(self.authors) < MOST_AUTHORS else f"{self.authors[0]} et al."
        if len(self.authors) == MOST_AUTHORS:
            who = f"{self.authors[0]}, {self.authors[1]} & {self.authors[2]}"
        dated = f"({self.year})" if self.year else ""
        issue = f"{self.volume}({self.number})" if self.number and self.volume else self.volume or self.number
        place = ", ".join(filter(None, [f"{self.container} {issue}".strip(), self.pages]))
        sentences = [f"{who} {dated}".strip(), self.title, place]
        return " ".join(
            [*(one if one.endswith((".", "?", "!")) else f"{one}." for one in sentences if one), self.link]
        ).strip()

    @property
    def link(self) -> str:
        """Where it can be read: by its DOI, else on the web; empty where neither is known."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def finding_id(self) -> str:
        """The citation key; where it has none that a person can say, author, year and first words."""
        if KEY.fullmatch(self.key):
            return self.key
        first = self.authors[0] if self.authors else ""
        words = re.findall(r"\w+", f"{first} {self.year} {' '.join(self.title.split()[:4])}".casefold())
        return "-".join(words)[:60]


def is_references(path: Path) -> bool:
    """Tell whether a file holds references of the literature."""
    ending = path.suffix.lower()
    if ending != ".json":
        return ending in ENDINGS
    try:
        return _is_csl(json.loads(read_file(path).decode("utf-8-sig")))
    except (PlanError, ValueError, RecursionError):
        return False


def references_source(path: Path, name: str = "") -> Source:
    """Read a file of references as a source of an import: an insight for each.

    Raises:
        PlanError: it cannot be read, or holds no reference.
    """
    issues: list[Issue] = []
    read = {".bib": _bibtex, ".ris": _ris, ".json": _csl}[path.suffix.lower()]
    found = list(read(_text(path), path.name, issues))
    if not found and not issues:
        raise PlanError(
            say(
                "{path} holds no reference that can be read; expected BibTeX, RIS or CSL-JSON.",
                path=quote(path.name),
            )
        )
    kept: dict[str, Reference] = {}
    for one in found:
        if not one.title:
            issues.append(
                _issue(
                    one.line,
                    path.name,
                    say("the reference {key} has no title; it was left out", key=quote(one.key)),
                )
            )
        elif (same := kept.get(one.finding_id)) is None:
            kept[one.finding_id] = one
        elif same.citation != one.citation:
            told = say(
                "the key {key} names another reference already; give each its own; it was left out",
                key=quote(one.finding_id),
            )
            issues.append(_issue(one.line, path.name, told))
    rows = kept.values()
    columns = {
        "finding_id": list(kept),
        "kind": ["insight"] * len(kept),
        "statement": [one.title for one in rows],
        "source": [one.citation for one in rows],
    }
    table = TextTable(ENTITIES["finding"], columns, path.name, [one.line for one in rows])
    return Source(name or path.name, {"finding": table}, issues, recorded_when_new=frozenset(["finding"]))


def _text(path: Path) -> str:
    try:
        return read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlanError(
            say("{path} is not in UTF-8; export it again in UTF-8.", path=quote(path.name))
        ) from error


def _issue(line: int, where: str, told: str) -> Issue:
    return Issue(LISTED, "", line, "", "", told, where)


def _plain(text: object) -> str:
    """Return a text in one line, without tags and entities."""
    return " ".join(html.unescape(MARKUP.sub("", str(text or ""))).split())


def _year(*texts: object) -> str:
    """Return the first year that is said."""
    found = (YEAR.search(str(text or "")) for text in texts)
    return next((match[0] for match in found if match), "")


def _doi(*texts: object) -> str:
    """Return the first DOI that is said."""
    found = (DOI.search(str(text or "")) for text in texts)
    return next((match[0].rstrip(".,;") for match in found if match), "")


def _url(*texts: object) -> str:
    """Return the first address on the web."""
    found = (WEB.search(str(text or "")) for text in texts)
    return next((match[0] for match in found if match), "")


def _bibtex(text: str, where: str, issues: list[Issue]) -> Iterator[Reference]:
    """Yield the references of a BibTeX file; what cannot be read is an issue."""
    from bibtexparser.entrypoint import parse_string

    with _quiet():
        library = parse_string(text)
    for block in library.failed_blocks:
        told = say("this entry cannot be read ({reason}); it was left out", reason=_reason(block))
        issues.append(_issue((block.start_line or 0) + 1, where, told))
    for entry in library.entries:
        own: dict[str, str] = {name.lower(): str(field.value) for name, field in entry.fields_dict.items()}
        said = {name: _plain(_latex(value)) for name, value in own.items()}
        yield Reference(
            (entry.start_line or 0) + 1,
            entry.key.strip(),
            said.get("title", ""),
            tuple(_bibtex_names(own.get("author") or own.get("editor") or "")),
            _year(said.get("year"), said.get("date")),
            said.get("journal") or said.get("journaltitle") or said.get("booktitle") or said.get("institution")
            or said.get("school") or said.get("publisher") or "",
            said.get("volume", ""),
            said.get("number") or said.get("issue", ""),
            said.get("pages", ""),
            _doi(own.get("doi"), own.get("url")),
            _url(own.get("url"), own.get("howpublished")),
        )  # fmt: skip


def _reason(block: Any) -> str:  # noqa: ANN401 - a block of bibtexparser
    """Say why a block could not be read."""
    from bibtexparser.model import DuplicateBlockKeyBlock

    if isinstance(block, DuplicateBlockKeyBlock):
        return say("its key stands above already")
    return say("it is no BibTeX; is a brace or comma missing?")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep bibtexparser from logging what is listed as an issue."""
    logger = logging.getLogger("bibtexparser")
    before, logger.disabled = logger.disabled, True
    others = [child for name, child in logging.Logger.manager.loggerDict.items()
              if name.startswith("bibtexparser.") and isinstance(child, logging.Logger)]  # fmt: skip
    levels = [(child, child.level) for child in others]
    for child in others:
        child.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.disabled = before
        for child, level in levels:
            child.setLevel(level)


def _latex(text: str) -> str:
    """Return a text of LaTeX as people read it; a formula stays as it is written."""
    from pylatexenc.latex2text import LatexNodes2Text

    if not re.search(r"[\\{}$~]|--|``|''", text):
        return text
    return str(
        LatexNodes2Text(math_mode="verbatim", strict_latex_spaces=False).latex_to_text(
            text, tolerant_parsing=True
        )
    )


def _bibtex_names(people: str) -> Iterator[str]:
    """Yield the family names of people, with their particles; institutions whole."""
    from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

    for person in split_multiple_persons_names(people):
        parts = parse_single_name_into_parts(person, strict=False)
        name = _plain(_latex(" ".join([*parts.von, *parts.last]) or person))
        if re.search(r"\w", name):
            yield name


def _ris(text: str, where: str, issues: list[Issue]) -> Iterator[Reference]:  # noqa: ARG001 - as its fellows
    """Yield the references of a RIS file."""
    import rispy

    starts = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("TY  -")]
    for position, entry in enumerate(rispy.loads(text)):
        first, last = _plain(entry.get("start_page")), _plain(entry.get("end_page"))
        people = entry.get("authors") or entry.get("first_authors") or entry.get("secondary_authors") or []
        yield Reference(
            starts[position] if position < len(starts) else 1,
            str(entry.get("id") or "").strip(),
            _plain(entry.get("title") or entry.get("primary_title")),
            tuple(filter(None, (_plain(person).partition(",")[0] for person in people))),
            _year(entry.get("year"), entry.get("publication_year"), entry.get("date")),
            next((_plain(entry[name]) for name in RIS_CONTAINERS if entry.get(name)), ""),
            _plain(entry.get("volume")),
            _plain(entry.get("number")),
            first if not last or last == first or "-" in first else f"{first}–{last}",
            _doi(entry.get("doi"), *entry.get("urls", ())),
            _url(*entry.get("urls", ()), entry.get("url")),
        )


RIS_CONTAINERS = (
    "journal_name",
    "secondary_title",
    "alternate_title1",
    "alternate_title2",
    "alternate_title3",
    "publisher",
)


def _is_csl(read: object) -> bool:
    """Tell whether JSON is a list of works in CSL: each with a type and a key, some with a title, none a row of a plan."""
    return (
        isinstance(read, list)
        and all(isinstance(one, dict) and "type" in one and ("id" in one or "DOI" in one) for one in read)
        and any("title" in one for one in read)
        and not any({"finding_id", "statement"} & set(one) for one in read)
    )


def _csl(text: str, where: str, issues: list[Issue]) -> Iterator[Reference]:  # noqa: ARG001 - as its fellows
    """Yield the references of a CSL-JSON file; its works are numbered."""
    for number, work in enumerate(json.loads(text), 1):
        people = work.get("author") or work.get("editor") or []
        yield Reference(
            number,
            str(work.get("citation-key") or work.get("id") or "").strip(),
            _plain(work.get("title")),
            tuple(filter(None, map(_csl_name, people if isinstance(people, list) else []))),
            _year(json.dumps(work.get("issued"))),
            _plain(work.get("container-title") or work.get("publisher")),
            _plain(work.get("volume")),
            _plain(work.get("issue")),
            _plain(work.get("page")).replace("-", "–"),
            _doi(work.get("DOI"), work.get("URL")),
            _url(work.get("URL")),
        )


def _csl_name(person: Mapping[str, object] | object) -> str:
    """Return the family name of a person with its particle, or the name of an institution."""
    if not isinstance(person, dict):
        return _plain(person)
    parts: Sequence[object] = [person.get("non-dropping-particle"), person.get("family")]
    return _plain(
        " ".join(str(part) for part in parts if part) or person.get("literal") or person.get("given")
    )
