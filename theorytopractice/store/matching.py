"""Which row of the plan is a row that comes from a source, also where it brings no key of its own?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from theorytopractice.model.plain_text import comparable
from theorytopractice.model.values import natural
from theorytopractice.store.sources import format_key

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from theorytopractice.model.fields import Entity
    from theorytopractice.store.sources import Texts


Key = tuple[str, ...]
IDENTITY: dict[str, tuple[str, ...]] = {
    "owner": ("name", "unit"),
    "finding": ("kind", "statement"),
    "action": ("title", "site", "recorded_on"),
    "indicator": ("name", "unit"),
    "event": ("subject", "subject_id", "event", "happened_on"),
    "observation": ("indicator_id", "observed_on", "final"),
    "evidence": ("action_id", "finding_id", "dated_on", "uri", "description"),
}
"""What a row is known by that comes without a key of its own."""


class Matcher:
    """Finds the row of the plan that a row of a source is.

    What the source said last holds the plan's key of a row that came without one, or that came under another: so it is
    found again after planners changed what it is known by. No row of the plan is taken for two of the source.
    """

    def __init__(
        self, entity: Entity, rows: Mapping[Key, Texts], own: set[str], said: Mapping[str, Texts]
    ) -> None:
        """Look among the rows of the plan, but for those whose keys the source gives itself."""
        self.entity, self.rows, self.own, self.said = entity, rows, own, said
        self.columns = tuple((name, entity[name].default or "") for name in IDENTITY.get(entity.name, ()))
        self._seen: dict[Key, list[Texts]] = {}
        self._taken: set[Key] = set()

    def memory_keys(self, rows: Sequence[Texts]) -> list[str]:
        """Return the key that the source is remembered by of each row; rows that are known by the same are numbered in their order."""
        identifier = self.entity.identifier
        if identifier is None:
            columns = [[texts.get(name, "") for texts in rows] for name in self.entity.key]
            return [*map(format_key, zip(*columns, strict=True))]
        own = [texts.get(identifier, "") for texts in rows]
        if all(own):
            return own
        identities = self._identities(rows)
        if len(set(identities)) == len(rows):
            return [key or format_key(identity) for key, identity in zip(own, identities, strict=True)]
        keys = []
        for key, identity, texts in zip(own, identities, rows, strict=True):
            n = 1 if key else self._number(identity, texts)
            keys.append(key or (format_key(identity) if n == 1 else f"{format_key(identity)} #{n}"))
        return keys

    def keys(self, rows: Sequence[Texts], memory_keys: Sequence[str]) -> list[Key]:
        """Return the key of each row in the plan; an empty one where the plan does not have it yet.

        The rows of the plan that these rows of the source were before are kept for them.
        """
        identifier = self.entity.identifier
        if identifier is None:
            columns = [[texts.get(name, "") for texts in rows] for name in self.entity.key]
            return list(zip(*columns, strict=True))
        known = self._known(identifier, memory_keys)
        if self.entity.is_fact or self.columns:
            self._taken.update(known)
            self._taken.discard(())
        if all(known) and (self.entity.name != "observation" or not self._alike):
            return known
        return [
            self._newest(key) if key else self._unknown(identifier, texts)
            for key, texts in zip(known, rows, strict=True)
        ]

    def _known(self, identifier: str, memory_keys: Sequence[str]) -> list[Key]:
        """Return the key that the plan gave to each row of the source, if it still has that row."""
        nothing: Texts = {}
        keys = [(self.said.get(key, nothing).get(identifier, ""),) for key in memory_keys]
        return [key if key in self.rows else () for key in keys]

    def _unknown(self, identifier: str, texts: Texts) -> Key:
        """Return the key of a row that the source did not say before, or under which the plan does not have it."""
        if texts.get(identifier):
            return (texts[identifier],)
        matches = self.index.get(self._identity(texts), []) if self.index else []
        if self.entity.name == "observation":
            return matches[-1] if matches else ()
        free = next((key for key in matches if key not in self._taken), ())
        self._taken.add(free)
        return free

    def key_of_said(self, memory_key: str) -> Key:
        """Return the key in the plan of a row that the source said; an empty one where the plan does not have it."""
        said = self.said[memory_key]
        if self.entity.identifier is None:
            key: Key = tuple([said.get(name, "") for name in self.entity.key])
            return key if key in self.rows else ()
        known = self._remembered(memory_key)
        if known or said.get(self.entity.identifier):
            return self._newest(known) if known else ()
        free = [key for key in self.index.get(self._identity(said), []) if key not in self._taken]
        return free[-1] if free else ()

    def same(self, texts: Mapping[str, str]) -> list[Key]:
        """Return the keys of the rows of the plan that are known by the same."""
        return self.index.get(self._identity(texts), [])

    def _remembered(self, memory_key: str) -> Key:
        """Return the key that the plan gave to a row of the source, if it still has that row."""
        return self._known(self.entity.identifier or "", [memory_key])[0]

    def _newest(self, key: Key) -> Key:
        """Return the row that corrects a value last, unless the source gives the rows of that value itself."""
        if self.entity.name != "observation" or key[0] in self.own:
            return key
        return self._alike.get(key, [key])[-1]

    @cached_property
    def _alike(self) -> dict[Key, list[Key]]:
        """Rows of the plan → those known by the same, where there are several."""
        if len(set(self._identities(self.rows.values()))) == len(self.rows):
            return {}
        return {key: keys for keys in self.index.values() if len(keys) > 1 for key in keys}

    def _number(self, identity: Key, texts: Texts) -> int:
        """Number the rows that are known by the same; the same fact twice is one fact."""
        seen = self._seen.setdefault(identity, [])
        if self.entity.is_fact and texts in seen:
            return seen.index(texts) + 1
        seen.append(texts)
        return len(seen)

    def _identity(self, texts: Mapping[str, str]) -> Key:
        return self._identities([texts])[0]

    def _identities(self, rows: Collection[Mapping[str, str]]) -> list[Key]:
        """Return what each row is known by, column by column; a text that a column repeats is compared once."""
        columns = [[texts.get(name) or default for texts in rows] for name, default in self.columns]
        if not columns:
            return [()] * len(rows)
        if not self.entity.is_fact:
            known = {text: comparable(text) for column in columns for text in set(column)}
            columns = [[known[text] for text in column] for column in columns]
        return list(zip(*columns, strict=True))

    @cached_property
    def index(self) -> dict[Key, list[Key]]:
        """The rows of the plan by what they are, the newest last."""
        index: dict[Key, list[Key]] = {}
        for key, identity in zip(self.rows, self._identities(self.rows.values()), strict=True):
            if key[0] not in self.own:
                index.setdefault(identity, []).append(key)
        for keys in index.values():
            if len(keys) > 1:
                keys.sort(key=lambda key: (self.rows[key].get("recorded_on", ""), natural(key[0])))
        return index
