"""The ``sim`` command: arguments and exit codes, nothing else. A command is a module of its name."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from sim.cli import (
    amend,
    compare,
    documents,
    exchange,
    execution,
    forecast,
    frontier,
    new,
    run,
    search,
    sensitivity,
    show,
    sources,
    sweep,
    trace,
)
from sim.cli.output import INTERRUPTED, Commands
from sim.files import system

app = Commands(
    name="sim",
    help="Would the parties accept this proposal, who blocks it and over what, and how sure are we?",
    epilog="Start with: sim list, and sim run istanbul",
    no_args_is_help=True,
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


#: All commands in the order of the help, each with its example.
for command, example in (
    (run.run, "sim run istanbul --set 'us.foreign_forces.red_lines=none'"),
    (run.explain, "sim explain istanbul --party ukraine"),
    (documents.library, "sim library"),
    (compare.compare, "sim compare istanbul membership --as-of 2025-02-24"),
    (new.validate, "sim validate istanbul my_text.yaml"),
    (new.new, "sim new my_text.yaml; sim new talks --negotiation --parties 'Union,Board' --issues 'pay,hours'"),
    (new.schema, "sim schema positions"),
    (show.list_, "sim list"),
    (show.runs, "sim runs istanbul"),
    (show.store, "sim store --clear --outdated"),
    (sweep.sweep, "sim sweep istanbul --vary 'us.fighting.importance=minor,moderate,major,critical'"),
    (amend.amend, "sim amend istanbul --changes 2 --keep alignment"),
    (frontier.frontier, "sim frontier istanbul --parties russia,ukraine --plot frontier.svg"),
    (search.search, "sim search istanbul --keep alignment --ask all"),
    (sensitivity.sensitivity, "sim sensitivity istanbul --pairs --plot tornado.svg"),
    (forecast.forecast, "sim forecast texts.yaml --as-of 2025-12-24 --without-younger"),
    (forecast.backtest, "sim backtest answers.csv --as-of 2025-12-24 --plot backtest.svg"),
    (trace.trace, "sim trace istanbul --protocol alternating_offers --outcome agreed"),
    (documents.report, "sim report istanbul --out istanbul.html"),
    (documents.site, "sim site pages"),
    (documents.serve, "sim serve istanbul membership"),
    (exchange.import_, "sim import car_domain.xml buyer.xml seller.xml --out car"),
    (exchange.export, "sim export istanbul --to genius --out istanbul_genius"),
):
    app.command(command.__name__.strip("_"), epilog=f"Example: {example}")(command)
app.add_typer(show.app, name="show")
app.add_typer(sources.app, name="sources")


def _narrowed(words: list[str]) -> None:
    """Leave the command alone that is asked for, where one is: typer makes the options of all that there are."""
    asked = next((word for word in words if not word.startswith("-")), None)
    commands = [command for command in app.registered_commands if command.name == asked]
    groups = [group for group in app.registered_groups if group.name == asked]
    if commands or groups:
        app.registered_commands, app.registered_groups = commands, groups


def main() -> None:
    """Entry point of the console script."""
    code: int | None
    try:
        system.end_on_signals()
        system.replace_stream_errors()
        execution.words = tuple(sys.argv[1:])
        _narrowed(sys.argv[1:])
        with system.interrupts_win():  # not app(), which puts a hook of typer before the one of end_on_signals
            code = typer.main.get_command(app)(standalone_mode=False)
    except _UsageError as error:
        from sim.files.complaints import visible

        error.message = visible(error.message)
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        system.drop_output()
        code = 0
    system.end_plainly()  # what is left is Python's own clean-up
    if code == INTERRUPTED:
        # said here alone: typer itself makes an exit code of an interrupt that comes while it reads the command line
        print("interrupted", file=sys.stderr)
    sys.exit(code or 0)


#: Of click, or of the copy of it that typer brings along.
_UsageError: Any = typer.BadParameter.__base__
