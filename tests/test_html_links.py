"""Which texts become links? Addresses on the web and DOIs, and nothing that could do harm."""

from __future__ import annotations

import re
from html import unescape

import pytest
from builder import PlanBuilder
from fakes import fake_plan
from report_helpers import DAY

from theorytopractice.html import address_of, with_links
from theorytopractice.report.data import ReportData
from theorytopractice.report.sections.findings import render


def links(text):
    return [unescape(found) for found in re.findall(r'<a href="([^"]*)"', with_links(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Li (2020). https://doi.org/10.1234/x.", ["https://doi.org/10.1234/x"]),
        ("see 10.1234/a(b)c, p. 3", ["https://doi.org/10.1234/a(b)c"]),
        ("doi:10.1234/x;", ["https://doi.org/10.1234/x"]),
        ("DOI: 10.1234/x", ["https://doi.org/10.1234/x"]),
        ("(www.example.org/a?b=1&c=2)", ["https://www.example.org/a?b=1&c=2"]),
        ("见 http://example.org/a。又见10.1234/y", ["http://example.org/a"]),
        ("two: http://a.org http://b.org", ["http://a.org", "http://b.org"]),
        ("https://en.wikipedia.org/wiki/A_(b)", ["https://en.wikipedia.org/wiki/A_(b)"]),
        ("10.1234/<x>", []),
        ("10.1234/a%?#b", ["https://doi.org/10.1234/a%25%3F%23b"]),
    ],
)
def test_an_address_or_a_doi_is_a_link(text, expected):
    assert links(text) == expected
    assert re.sub("<[^>]*>", "", unescape(with_links(text).replace("&lt;x&gt;", "")))


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://a.org", "//evil.org",
        "jAvAsCrIpT://x", "page 10.5/2", "version 10.1", "a@www.example.org", "", "mailto:a@b.c",
    ],
)  # fmt: skip
def test_nothing_else_is_a_link(text):
    assert links(text) == []
    assert address_of(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        'http://a.org/"onmouseover="alert(1)', "http://a.org/<script>alert(1)</script>", "http://a.org/'onclick='x",
        "<b>http://a.org</b>", "http://a.org/\u202egro.live",
    ],
)  # fmt: skip
def test_no_text_breaks_out_of_its_link(text):
    written = with_links(text)
    assert unescape(re.sub(r"</?a\b[^>]*>", "", written)) == text
    for element in re.findall(r"<[^>]+>", written):
        assert re.fullmatch(r'<a href="[^"<>]*" rel="noreferrer" target="_blank">|</a>', element)


def test_the_report_links_the_source_of_a_finding():
    plan = PlanBuilder()
    plan.finding("F-001", source="Li & Ma (2020). <i>Calls</i>. https://doi.org/10.1234/x")
    plan.finding("F-002", source="javascript:alert(1)")
    page = str(render(ReportData(fake_plan(plan), as_of=DAY)).html)
    assert '<a href="https://doi.org/10.1234/x" rel="noreferrer" target="_blank">' in page
    assert "&lt;i&gt;" in page
    assert 'href="javascript' not in page
