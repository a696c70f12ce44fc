"""A planner at a plan without a browser: what is asked, and what is shown, as text."""

from __future__ import annotations

import json
import shutil
from datetime import date
from html.parser import HTMLParser

import pytest

import theorytopractice as ttp
from theorytopractice.forms import router
from theorytopractice.forms.answer import Message
from theorytopractice.forms.session import Session
from theorytopractice.store.folder import read_folder

EXAMPLE = ttp.path_of("data/example")
DAY = date(2026, 6, 30)


class Controls(HTMLParser):
    """Reads a page: the values of its fields by name, its texts, and every tag."""

    def __init__(self, page):
        super().__init__()
        self.values, self.tags, self.text, self._area = {}, [], "", None
        self.feed(str(page))

    def buttons(self, do):
        """Return what each button hands over that asks for something."""
        return [
            json.loads(attrs.get("data-with") or "{}") for _, attrs in self.tags if attrs.get("data-do") == do
        ]

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if tag in ("input", "textarea", "select") and attrs.get("name"):
            self.values[attrs["name"]] = attrs.get("value") or ""
            self._area = attrs["name"] if tag != "input" else None
        if tag == "option" and "selected" in attrs:
            self.values[self._area] = attrs["value"]

    def handle_endtag(self, tag):
        self._area = None if tag in ("textarea", "select") else self._area

    def handle_data(self, data):
        self.text += data
        if self._area and self.tags[-1][0] == "textarea":
            self.values[self._area] += data


@pytest.fixture(scope="session")
def example_database(tmp_path_factory):
    """A database with the worked example, to be copied."""
    path = tmp_path_factory.mktemp("example") / "plan.db"
    with ttp.make_plan(path, who="Maker") as plan:
        plan.upsert(read_folder(EXAMPLE), what="the example")
    return path


@pytest.fixture
def plan_path(example_database, tmp_path):
    """A plan of one's own with the worked example in it."""
    return shutil.copy(example_database, tmp_path / "plan.db")


@pytest.fixture
def session(plan_path):
    with ttp.open_plan(plan_path, who="Ada") as plan:
        one = Session(plan, as_of=DAY)
        ask(one, "start", drafts=[])
        yield one


def ask(session, do, **facts):
    return router.answer(session, Message(do, facts))


def open_form(session, **facts):
    """Open a form and return what it holds, as a page would hand it back."""
    return Controls(ask(session, "open", open=facts).parts["form"]).values


def save_form(session, facts, **typed):
    """Open a form, type into it and save it."""
    values = open_form(session, **facts) | {name.replace("__", "."): text for name, text in typed.items()}
    return ask(session, "save", open=facts, values=values)


def answer_text(answer):
    return Controls("".join(map(str, answer.parts.values()))).text
