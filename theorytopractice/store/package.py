"""What does the data package of a plan folder say? A Frictionless Data Package, derived from the entities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from theorytopractice.model.fields import Entity, Field, ValueType
from theorytopractice.store.history import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.model.values import TextTable

TYPES = {
    ValueType.DATE: "date",
    ValueType.INTEGER: "integer",
    ValueType.NUMBER: "number",
    ValueType.TRUTH: "boolean",
}


PACKAGE = "datapackage.json"


def data_package(tables: Mapping[str, TextTable], *, with_history: bool = False) -> str:
    """Describe the tables as a Frictionless Data Package (JSON text, same bytes for the same plan)."""
    settings = tables.get("setting")
    named = dict(zip(settings["name"], settings["value"], strict=True)) if settings else {}
    described: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "theorytopractice-plan",
        "title": named.get("title") or "A plan of findings and what was done about them",
        "resources": [_resource(table) for table in tables.values()] + ([_history()] if with_history else []),
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _resource(table: TextTable) -> dict[str, Any]:
    return {
        "name": table.entity.name.replace("_", "-"),
        "path": f"{table.entity.name}.csv",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "description": table.entity.help,
        "schema": schema(table.entity, sorted(table.unknown)),
    }


def _history() -> dict[str, Any]:
    """Describe the file in which a folder keeps what was changed."""
    return {
        "name": "history",
        "path": "history.csv",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "description": "Who changed what and when, with each row before and after.",
        "schema": {"fields": [{"name": name, "type": "string"} for name in COLUMNS], "missingValues": [""]},
    }


def schema(entity: Entity, unknown: list[str]) -> dict[str, Any]:
    """Describe the columns of a table as a Table Schema."""
    made: dict[str, Any] = {
        "fields": [_field(field) for field in entity.fields]
        + [
            {"name": name, "type": "string", "description": "Not a column of the model; kept."}
            for name in unknown
        ],
        "missingValues": [""],
    }
    if all(entity[column].required or column == entity.identifier for column in entity.key):
        made["primaryKey"] = list(entity.key)
    foreign = [_foreign(field) for field in entity.fields if field.refers]
    return made | ({"foreignKeys": foreign} if foreign else {})


def _field(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "type": TYPES.get(field.type, "string"),
        "description": field.help,
    }
    if field.type is ValueType.TRUTH:
        described |= {"trueValues": ["true"], "falseValues": ["false"]}
    constraints: dict[str, Any] = {"required": True} if field.required else {}
    if field.words:
        constraints["enum"] = list(field.words)
    return described | ({"constraints": constraints} if constraints else {})


def _foreign(field: Field) -> dict[str, Any]:
    return {
        "fields": [field.name],
        "reference": {"resource": field.refers.replace("_", "-"), "fields": [f"{field.refers}_id"]},
    }
