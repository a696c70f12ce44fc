"""How does the page become a tagged PDF? Chromium prints it: no other open tool keeps headings, tables and alt texts."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from theorytopractice.errors import PracticeError

if TYPE_CHECKING:
    from pathlib import Path


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--export-tagged-pdf",
)
PATIENCE = 600  # seconds


def print_page(page: str, folder: Path) -> bytes:
    """Print a page on A4 as a PDF with tags, an outline, and every closed detail opened.

    Args:
        page: the page as HTML, everything in one file.
        folder: an empty folder for what comes and goes.

    Raises:
        PracticeError: there is no Chromium, or it failed.
    """
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_text(page, encoding="utf-8")
    own = [f"--user-data-dir={folder / 'browser'}", f"--print-to-pdf={target}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        own.append("--no-sandbox")  # as root Chromium refuses to start with it
    try:
        process = subprocess.run(  # noqa: S603 - the browser that was found, and no shell
            [find_browser(), *OPTIONS, *own, source.as_uri()],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PracticeError(f"Chromium did not print the report within {PATIENCE} seconds.") from error
    if process.returncode or not target.exists():
        last = process.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise PracticeError(f"Chromium could not print the report: {' '.join(last) or 'it gave no reason'}")
    return target.read_bytes()


def find_browser() -> str:
    """Return the path of a Chromium, Chrome or Edge; raises PracticeError where there is none."""
    for name in (*BROWSERS, *PLACES):
        path = shutil.which(name)
        if path:
            return path
    raise PracticeError(
        "A PDF is printed by Chromium, Chrome or Edge, and none was found; install one, or open the HTML report and print it."
    )
