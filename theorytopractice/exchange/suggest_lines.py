"""How is a mapping written with its reasons beside it? Lines of keys, values and comments that become TOML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a block: a key (or the parts of a dotted one) with its value, and a comment.

    ``is_open`` makes the whole line a comment: a decision that somebody still has to make.
    """

    key: str | tuple[str, str]
    value: Any = None
    comment: str = ""
    is_open: bool = False


@dataclass(slots=True)
class Lines:
    """The lines of a block, and the table that it fills; ``above`` are comments before it. An open block is a decision as a whole."""

    table: str
    lines: list[Line] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    is_open: bool = False

    def add(
        self,
        key: str | tuple[str, str],
        value: Any,  # noqa: ANN401 - any value of TOML
        comment: str = "",
        *,
        is_open: bool = False,
    ) -> None:
        """Add a line, unless there is nothing to say."""
        if value is not None:
            self.lines.append(Line(key, value, comment, is_open))

    def narrow(self, only: list[dict[str, Any]]) -> None:
        """Take only rows for which all of some conditions hold; the line stands behind the source."""
        if only:
            self.lines.insert(1, Line("only", only[0] if len(only) == 1 else only))

    def say(self, text: str) -> None:
        """Add a line that is only a comment."""
        self.lines.append(Line("", comment=text))


def inline(value: Any) -> Any:  # noqa: ANN401 - any value of TOML
    """Return a value as it stands in one line of TOML."""
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update({key: inline(one) for key, one in value.items()})
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        array.extend([inline(one) for one in value])
        return array.multiline(sum(len(str(one)) for one in value) > LONG_ARRAY)
    return tomlkit.item(value)


LONG_ARRAY = 100


def one_line(text: str, most: int = 60) -> str:
    """Return a text in one line for a comment, cut where it is long."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def write(title: str, head: Iterable[str], sources: dict[str, Lines], blocks: Iterable[Lines]) -> str:
    """Return a mapping as TOML: comments of the head, the title, sources, and blocks in their order."""
    whole = tomlkit.document()
    for text in head:
        whole.add(tomlkit.comment(text) if text else tomlkit.nl())
    whole.add("title", title)
    parts = [whole.as_string()]
    for name, source in sources.items():
        parts.append(_part(f"[source.{tomlkit.key(name).as_string()}]", source))
    parts.extend(_part(f"[[{block.table}]]", block) for block in blocks)
    return "\n".join(parts)


def _part(header: str, block: Lines) -> str:
    table = tomlkit.document()
    for line in block.lines:
        _add(table, line)
    above = "".join(f"# {one_line(text, 160)}\n" for text in block.above)
    return f"{above}{'# ' if block.is_open else ''}{header}\n{table.as_string()}"


def _add(table: tomlkit.TOMLDocument, line: Line) -> None:
    if not line.key:
        table.add(tomlkit.comment(one_line(line.comment, 200)))
        return
    key = tomlkit.key([*line.key]) if isinstance(line.key, tuple) else tomlkit.key(line.key)
    value = inline(line.value)
    if line.comment:
        value.comment(one_line(line.comment, 200))
    if not line.is_open:
        table.append(key, value)
        return
    apart = tomlkit.document()
    apart.append(key, value)
    for text in apart.as_string().splitlines():
        table.add(tomlkit.comment(text))
