"""What do all commands share? The group, its options, and a plain sentence for what a user did wrong."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

import click

from theorytopractice.errors import PracticeError

AS_OF = click.option("--as-of", metavar="D", help="As-of date, such as 2026-06-30; today unless given.")
FINDING_FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table"
)
TWO_FORMATS = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
KNOWLEDGE = click.option(
    "--knowledge",
    type=click.Choice(["then", "restated"]),
    default="then",
    help="What was known on that day, or what is known today.",
)


class Commands(click.Group):
    """The commands; what a user did wrong becomes one plain sentence and exit status 1."""

    def invoke(self, context: click.Context) -> Any:  # noqa: ANN401 - as click declares it
        """Run a command."""
        try:
            done = super().invoke(context)
            sys.stdout.flush()
        except PracticeError as error:
            click.echo(f"theorytopractice: {error}", err=True)
            context.exit(1)
        except OSError as error:
            if error.errno != errno.ENOSPC:  # a closed pipe is click's to handle
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more is flushed there
            click.echo("theorytopractice: Cannot write the result: the disk is full; make room.", err=True)
            context.exit(1)
        return done


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="theorytopractice")
def main() -> None:
    """See from dated evidence which findings are in practice, and which stand on the shelf.

    PLAN is a SQLite file, a plan folder of CSV files, or a database URL.
    """
