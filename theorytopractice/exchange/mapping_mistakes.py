"""What is wrong in a mapping? One sentence a mistake: its key, what was found, what was expected; all at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from theorytopractice.errors import PlanError, nearest, quote
from theorytopractice.model.values import LONGEST_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

Declared = TypeVar("Declared", bound=BaseModel)

EXPECTED = {
    "missing": "expected a text, found nothing",
    "string_type": "expected a text, found {found}",
    "bool_type": "expected true or false, found {found}",
    "int_type": "expected a whole number from 1 on, found {found}",
    "greater_than_equal": "expected a whole number from 1 on, found {found}",
    "dict_type": "expected a table, found {found}",
    "model_type": 'expected a table such as {{ column = "…" }}, found {found}',
}
"""What is said of each sort of mistake that pydantic tells of."""


@dataclass(slots=True)
class Mistakes:
    """The mistakes of a mapping, by the key at which each stands.

    >>> mistakes = Mistakes()
    >>> mistakes.add("owner[1].name", "the list is empty")
    >>> mistakes.refuse()
    Traceback (most recent call last):
    theorytopractice.errors.PlanError: The mapping cannot be used: owner[1].name: the list is empty.
    """

    all: list[tuple[str, str]] = field(default_factory=list)

    def add(self, key: str, sentence: str) -> None:
        """Note a mistake."""
        self.all.append((key, sentence))

    def refuse(self) -> None:
        """Raise PlanError with every mistake, if there is any."""
        sentences = list(dict.fromkeys(f"{_printable(key)}: {sentence}" for key, sentence in self.all))
        if len(sentences) == 1:
            end = "" if sentences[0].endswith("?") else "."
            raise PlanError(f"The mapping cannot be used: {sentences[0]}{end}")
        if sentences:
            lines = "\n".join(f"  {sentence}" for sentence in sentences)
            raise PlanError(f"The mapping cannot be used; it has {len(sentences)} mistakes:\n{lines}")

    def declared(self, declaration: type[Declared], value: object, key: str) -> Declared | None:
        """Return what a part of the mapping declares; the keys that have mistakes are noted and left out.

        None where nothing can be said of the rest.
        """
        if not isinstance(value, dict):
            self.add(key, f'expected a table such as {{ column = "…" }}, found {quote(value)}')
            return None
        try:
            return declaration.model_validate(value)
        except ValidationError as error:
            mistakes = error.errors(include_url=False)
        for one in mistakes:
            self.add(*_mistake(one, declaration, value, key))
        wrong = {one["loc"][0] for one in mistakes if one["loc"]}
        try:
            return declaration.model_validate(
                {name: part for name, part in value.items() if name not in wrong}
            )
        except ValidationError:
            return None

    def parts(self, value: object, key: str) -> Iterable[tuple[str, object]]:
        """Return the tables of a list of tables, each with its key, counted from 1; a single table is a list of one."""
        many = value if isinstance(value, list) else [value]
        return [(f"{key}[{number}]", one) for number, one in enumerate(many, 1)]

    def tables(self, value: object, key: str) -> Mapping[str, Any]:
        """Return a table of tables."""
        if isinstance(value, dict):
            return value
        self.add(key, f'expected a table such as {{ column = "…" }}, found {quote(value)}')
        return {}


def _printable(key: str) -> str:
    return key if key.isprintable() and len(key) <= LONGEST_KEY else quote(key)


def _mistake(error: ErrorDetails, declaration: type[BaseModel], value: object, key: str) -> tuple[str, str]:
    """Return the key of a mistake and its sentence."""
    place, found = key, value
    for part in error["loc"]:
        if isinstance(part, int) and isinstance(found, list):
            place, found = f"{place}[{part + 1}]", found[part]
        elif isinstance(part, str) and isinstance(found, dict):
            place = f"{place}.{part}" if place else part
            found = found.get(part)
    if error["type"] == "extra_forbidden":
        known = _keys(declaration, error["loc"][:-1])
        return place, f"there is no such key here{nearest(str(error['loc'][-1]), known)}"
    if error["type"] == "value_error":
        return place, str(error["ctx"]["error"])
    expected = EXPECTED.get(error["type"], f"{error['msg']}, found {{found}}")
    return place, expected.format(found=quote(found))


def _keys(declaration: Any, way: tuple[int | str, ...]) -> list[str]:  # noqa: ANN401 - any type that pydantic takes
    """Return the keys that may stand at the end of a way through a declaration."""
    model = _model(declaration)
    if model is None:
        return []
    fields = {one.alias or name: one for name, one in model.model_fields.items()}
    if not way:
        return list(fields)
    if way[0] in fields:
        return _keys(fields[str(way[0])].annotation, way[1:])
    return _keys(model, way[1:])  # the place in a list, or the name of one of its tables


def _model(type_: Any) -> type[BaseModel] | None:  # noqa: ANN401
    """Return the table that a type is, or is made of."""
    if isinstance(type_, type) and issubclass(type_, BaseModel):
        return type_
    return next(filter(None, map(_model, get_args(type_))), None)
