"""The ``sim`` command: arguments and exit codes, nothing else."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from sim.cli import cataloguing, comparing, exchange, reading, running, sensitivity, space, tracing, varying
from sim.cli.common import INTERRUPTED
from sim.files import system

app = typer.Typer(
    name="sim",
    help="Would the parties accept this proposal, who blocks it and over what, and how sure are we?",
    epilog="Start with: sim list, and sim run istanbul",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(value: bool) -> None:
    if value:
        from sim._version import __version__

        typer.echo(f"sim {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Would the parties accept this proposal, who blocks it and over what, and how sure are we?"""


running.register(app)
comparing.register(app)
reading.register(app)
cataloguing.register(app)
varying.register(app)
space.register(app)
sensitivity.register(app)
tracing.register(app)
space.register(app)
exchange.register(app)


def main() -> None:
    """Entry point of the console script."""
    system.end_on_signals()
    system.replace_stream_errors()
    try:
        code = app(standalone_mode=False)
    except _UsageError as error:
        from sim.files.complaints import visible

        error.message = visible(error.message)
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        code = INTERRUPTED
    except BrokenPipeError:
        system.drop_output()
        code = 0
    sys.exit(code or 0)


#: Of click, or of the copy of it that typer brings along.
_UsageError: Any = typer.BadParameter.__base__
