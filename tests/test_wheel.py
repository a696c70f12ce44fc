"""The wheel carries all that it needs: installed outside the checkout, it makes, assesses and reports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from frozen_clock import python_path

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_installed_wheel_makes_and_reports_the_example(tmp_path):
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wheels, site = tmp_path / "wheels", tmp_path / "site"
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", wheels, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", site, wheel], check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": python_path(site)}

    def run(*arguments):
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        ).stdout

    home = run("-c", "import theorytopractice; print(theorytopractice.__file__)")
    assert Path(home.strip()).is_relative_to(site)
    run("-m", "theorytopractice", "new", "plan.db", "--example")
    assert "F-046" in run(
        "-m", "theorytopractice", "assess", "plan.db", "--as-of", "2026-06-30", "--no-dates"
    )
    run("-m", "theorytopractice", "report", "plan.db", "-o", "report.html", "--as-of", "2026-06-30")
    register = Path(run("-c", "import theorytopractice as ttp; print(ttp.path_of('data/register'))").strip())
    assert register.is_relative_to(site)
    run("-m", "theorytopractice", "import", "--suggest", register / "register.xlsx", "-o", "suggested.toml")
    assert (register / "mapping.toml").exists()
    assert "Lanmere County" in (tmp_path / "report.html").read_text(encoding="utf-8")
