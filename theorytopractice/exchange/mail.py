"""How does a digest become a mail? Text and HTML, nothing from the network, headers that nobody can add to.

Nothing is sent. The same mail gives the same bytes: date and identity come from what it says, never from the clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING

from theorytopractice.exchange.due_dates import plain
from theorytopractice.i18n import tag

if TYPE_CHECKING:
    from datetime import date

    from jinja2 import Template


DOMAIN = "theorytopractice.invalid"
LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a mail: when it is due or since when, what it is, and what else is to be known."""

    text: str
    when: str = ""
    details: tuple[str, ...] = ()
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class MailPart:
    """A heading with its lines; ``more`` says what is left out."""

    heading: str
    lines: list[Line]
    note: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """What one person is told."""

    name: str
    address: str
    subject: str
    heading: str
    dated: str
    lead: str
    foot: str
    day: date
    parts: list[MailPart] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words of the mail for who reads no HTML."""
        lines = [self.heading, self.dated, "", self.lead]
        for part in self.parts:
            lines += [
                "",
                "",
                part.heading,
                "=" * min(len(part.heading), 60),
                *([part.note] if part.note else []),
            ]
            for line in part.lines:
                first, *others = filter(None, [line.when, line.text, *line.details])
                lines += ["", f"* {first}", *(f"  {other}" for other in others)]
            lines += ["", part.more] if part.more else []
        return "\n".join([*lines, "", "-- ", self.foot, ""])

    @property
    def html(self) -> str:
        """The words of the mail as a page, in the language that is spoken."""
        return _template().render(mail=self, tag=tag())

    def to_bytes(self) -> bytes:
        """Return the mail as a file that mail programs open as a draft."""
        text, html = self.text, self.html
        to = receiver(self.name, self.address)
        identity = hashlib.sha256(
            "\0".join([str(to), self.subject, str(self.day), text, html]).encode()
        ).hexdigest()
        mail = EmailMessage(policy=policy.SMTP)
        subject = plain(self.subject)
        mail["Subject"] = (
            subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1].rstrip()}…"
        )
        if to is not None:
            mail["To"] = to
        mail["Date"] = format_datetime(datetime.combine(self.day, time(), UTC))
        mail["Message-ID"] = f"<{identity[:40]}@{DOMAIN}>"
        mail["X-Unsent"] = "1"
        mail.set_content(text, cte="quoted-printable")
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
        mail["Content-Language"] = tag()
        mail.set_boundary(f"={identity[:40]}=")
        return mail.as_bytes()


def receiver(name: str, address: str) -> Address | None:
    """Return to whom a mail goes; None where the address is none that a mail can carry."""
    address = plain(address)
    if not address.isascii():
        return None
    try:
        return Address(plain(name), addr_spec=address)
    except (ValueError, IndexError, MessageError):
        return None


@cache
def _template() -> Template:
    """Return the page of a mail; whatever is put into it is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    place = PackageLoader("theorytopractice.exchange", "template")
    return Environment(loader=place, autoescape=True, undefined=StrictUndefined).get_template("mail.html.j2")
