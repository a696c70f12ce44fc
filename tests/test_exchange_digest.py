"""Mails as files: who gets one, what it says, that it is the same twice, and that nobody can write into its headers."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
from browser_helpers import browser  # noqa: F401 - a fixture
from builder import PlanBuilder
from fakes import fake_plan
from test_cli import DAY, EXAMPLE, run

import theorytopractice as ttp
from theorytopractice.exchange.digest import file_name, write_digest


@pytest.fixture
def built():
    """Ann has an action for each heading, Bo a review, Cy nothing, Di left."""
    plan = PlanBuilder()
    plan.add("owner", owner_id="O-1", name="Ann Lee", email="ann@example.org")
    plan.add("owner", owner_id="O-2", name="Bo Chen")
    plan.add("owner", owner_id="O-3", name="Cy", email="cy@example.org")
    plan.add("owner", owner_id="O-4", name="Di", email="di@example.org", left_on="2026-01-01")
    plan.finding("F-001", owner_id="O-2", recorded_on="2025-07-10", statement="Calls halve missed visits.")
    for number, due in enumerate(("2026-06-28", "2026-07-01", "2026-07-07", "2026-07-30", "2026-07-31"), 1):
        plan.action(f"A-00{number}", "F-001", due=due, owner="O-1", title=f"Do {number}")
    plan.action("A-006", "F-001", due="2026-05-01", owner="O-1", title="Do 6")
    plan.event("A-006", "complete", "2026-04-30")
    plan.action("A-007", "F-001", due="2026-07-02", owner="O-4", title="Do 7")
    return plan


def write(plan, tmp_path, **options):
    return write_digest(plan, tmp_path / "mails", as_of=DAY, **options)


def read(tmp_path, name):
    return message_from_bytes((tmp_path / "mails" / name).read_bytes(), policy=policy.default)


def words(mail, kind="plain"):
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


def headings(text):
    return re.findall(r"^(.+: \d+)\n=+$", text, re.MULTILINE)


def test_each_owner_with_something_gets_one_and_leaders_get_one(built, tmp_path):
    digest = write(fake_plan(built), tmp_path)
    assert sorted(file.name for file in (tmp_path / "mails").iterdir()) == [
        "leaders.eml", "owner-O-1.eml", "owner-O-2.eml",
    ]  # fmt: skip
    assert digest.idle == ["Cy"]
    assert digest.left == ["Di"]
    assert digest.without_address == ["owner-O-2.eml"]


def test_each_action_is_under_its_heading(built, tmp_path):
    write(fake_plan(built), tmp_path, since="2026-06-29")
    text = words(read(tmp_path, "owner-O-1.eml"))
    assert headings(text) == [
        "Overdue: 1", "Due today or tomorrow: 1", "Due within 7 days: 1", "Due within 30 days: 1", "Waiting for evidence: 1",
    ]  # fmt: skip
    assert "28 June 2026, 2 days overdue\n  Do 1 (A-001)" in text
    assert "30 July 2026, in 30 days\n  Do 4 (A-004)" in text
    assert "You have: 5 open actions, 1 overdue, 3 due within 30 days, 1 waiting for evidence." in text
    assert "Do 5" not in text
    assert "Do 7" not in text


def test_an_owner_of_a_finding_is_told_of_its_review(built, tmp_path):
    write(fake_plan(built), tmp_path)
    text = words(read(tmp_path, "owner-O-2.eml"))
    assert "10 July 2026, in 10 days\n  Review: Calls halve missed visits. (F-001)" in text


def test_what_moved_is_told_since_a_day(built, tmp_path):
    built.finding("F-002", recorded_on="2026-05-01", owner_id="O-3", statement="Late.")
    built.finding("F-003", recorded_on="2026-06-10", statement="New.")
    built.action("A-009", "F-002", due="2027-07-01", owner="O-3", recorded_on="2026-06-10")
    write(fake_plan(built), tmp_path, since="2026-06-01")
    text = words(read(tmp_path, "leaders.eml"))
    assert "What has moved since 1 June 2026: 2\n" in text
    assert "* Moved up\n  F-002: Late.\n  from on the shelf to planned" in text
    assert "* Added\n  F-003: New." in text
    assert "F-003" not in words(read(tmp_path, "owner-O-3.eml"))
    with pytest.raises(ttp.PracticeError, match="must be before"):
        write(fake_plan(built), tmp_path, since=DAY)


def test_leaders_see_who_and_who_left(built, tmp_path):
    write(fake_plan(built), tmp_path)
    text = words(read(tmp_path, "leaders.eml"))
    assert "Who: Ann Lee" in text
    assert "Owners who have left and still have something to do: 1" in text
    assert "5 open, 1 overdue, 3 due within 30 days, 0 stalled" in text


def test_the_counts_are_those_of_the_owner_load(tmp_path):
    with ttp.open_plan(EXAMPLE) as plan:
        digest = write(plan, tmp_path)
        load = ttp.owner_load(plan, as_of=DAY).dropna(subset="owner_id").set_index("owner_id")
    for key, row in load.iterrows():
        mail = digest.mails.get(f"owner-{key}.eml")
        parts = {part.heading.partition(": ")[0]: len(part.lines) for part in mail.parts} if mail else {}
        if mail:
            assert parts.get("Overdue", 0) == row["overdue"]
            assert parts.get("Stalled", 0) == row["stalled"]
            soon = sum(
                parts.get(name, 0)
                for name in ("Due today or tomorrow", "Due within 7 days", "Due within 30 days")
            )
            assert soon == row["due_in_30_days"]


def test_the_same_plan_and_day_give_the_same_bytes(built, tmp_path):
    write(fake_plan(built), tmp_path)
    before = {file.name: file.read_bytes() for file in (tmp_path / "mails").iterdir()}
    write(fake_plan(built), tmp_path)
    assert {file.name: file.read_bytes() for file in (tmp_path / "mails").iterdir()} == before


def test_a_mail_has_a_date_an_identity_and_both_alternatives(built, tmp_path):
    write(fake_plan(built), tmp_path)
    mail = read(tmp_path, "owner-O-1.eml")
    assert mail["To"] == "Ann Lee <ann@example.org>"
    assert mail["Date"].datetime.isoformat() == "2026-06-30T00:00:00+00:00"
    assert re.fullmatch(r"<[0-9a-f]{40}@theorytopractice\.invalid>", mail["Message-ID"].strip())
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    data = (tmp_path / "mails" / "owner-O-1.eml").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 998


def test_nothing_comes_from_the_network_and_nothing_runs(built, tmp_path):
    built.action("A-008", "F-001", due="2026-07-01", owner="O-1", title="<script>x</script><img src=//evil>")
    write(fake_plan(built), tmp_path)
    html = words(read(tmp_path, "owner-O-1.eml"), "html")
    assert "<script" not in html
    assert "<img" not in html
    assert not re.search(r"(src|href)=|url\(|@import", html.replace("src=//evil", ""))
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Ann\r\nBcc: evil@example.org", "ann@example.org"),
        ("Ann", "ann@example.org\r\nBcc: evil@example.org"),
        ("Ann", "ann@example.org, evil@example.org"),
        ("Ann\x00\x85\u2028Bcc: evil@example.org", "not an address"),
        ("Ann", "änn@example.org"),
    ],
)
def test_no_text_can_add_a_header_or_a_receiver(tmp_path, name, email):
    plan = PlanBuilder()
    plan.add("owner", owner_id="O-1", name=name, email=email)
    plan.finding("F-001")
    plan.action("A-001", "F-001", due="2026-07-01", owner="O-1", title="x\r\nBcc: evil@example.org")
    write(fake_plan(plan, title="T\r\nBcc: evil@example.org"), tmp_path)
    mail = read(tmp_path, "owner-O-1.eml")
    assert mail["Bcc"] is None
    assert len(mail["To"].addresses if mail["To"] else ()) <= 1
    assert set(mail.keys()) <= {
        "Subject", "To", "Date", "Message-ID", "X-Unsent", "MIME-Version", "Content-Type", "Content-Language",
    }  # fmt: skip


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "O/1", "..", "CON", "o 1", "名", "a" * 300, "x.", "leaders"]
)
def test_a_key_names_a_file_in_the_folder(key):
    name = file_name(key)
    assert re.fullmatch(r"owner-[A-Za-z0-9_.-]{1,80}\.eml", name)
    assert ".." not in name


def test_keys_that_differ_by_case_have_files_of_their_own(tmp_path):
    plan = PlanBuilder()
    plan.finding("F-001")
    for key in ("O-a", "O-A"):
        plan.add("owner", owner_id=key, name=key)
        plan.action(f"A-{key}", "F-001", due="2026-07-01", owner=key)
    digest = write(fake_plan(plan), tmp_path)
    assert len({name.casefold() for name in digest.mails}) == 3


def test_mails_of_an_earlier_digest_are_not_left_among_the_new_ones(built, tmp_path):
    write(fake_plan(built), tmp_path)
    (tmp_path / "mails" / "owner-O-9.eml").write_text("old")
    with pytest.raises(ttp.PlanError, match=r"owner-O-9\.eml"):
        write(fake_plan(built), tmp_path)


def test_mails_speak_the_plans_language(built, tmp_path):
    write(fake_plan(built, language="zh"), tmp_path)
    assert "已逾期2天" in words(read(tmp_path, "owner-O-1.eml"))
    assert 'lang="zh-Hans"' in words(read(tmp_path, "owner-O-1.eml"), "html")
    write(fake_plan(built, language="zh"), tmp_path, language="en")
    assert "2 days overdue" in words(read(tmp_path, "owner-O-1.eml"))


def test_the_command_says_what_it_wrote_and_sends_nothing(tmp_path):
    result = run("digest", EXAMPLE, "--to", tmp_path / "mails", "--as-of", DAY)
    assert "nothing was sent" in result.stdout
    assert "Nothing to tell: Jonas Petrel" in result.stdout
    assert (tmp_path / "mails" / "leaders.eml").exists()
    file = tmp_path / "file"
    file.write_text("x")
    assert "Cannot write" in run("digest", EXAMPLE, "--to", file, status=1).stderr


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (700, "dark")])
def test_a_mail_fits_a_phone_and_can_be_read_in_the_dark(tmp_path, browser, width, scheme):  # noqa: F811
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    with ttp.open_plan(EXAMPLE) as plan:
        write(plan, tmp_path)
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.set_content(words(read(tmp_path, "leaders.eml"), "html"))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = axe.Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert [rule["id"] for rule in found.response["violations"]] == []
    page.close()
