"""The options of commands that score: who works, where finished pieces are kept, what is said when it is stopped."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

import typer

from sim.cli.options import Execution
from sim.cli.output import remark
from sim.files.grammar import first_letters

#: A store names commands up to so many characters: a shell writes out all files of a pattern.
_COMMAND = 300
#: What was typed after ``sim``, where a command line began this process.
words: tuple[str, ...] | None = None
#: Where sweeps and libraries keep pieces of long work, if nothing else is said.
STORE = "results/.store"


def shared_work(store: str | None = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command with the options of :class:`Execution`, whose questions are answered so; it need not know of them."""

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def executed(*, execution: Execution, **values: object) -> None:
            with _begun(execution, store):
                command(**values)

        signature = inspect.signature(command, eval_str=True)
        last = inspect.Parameter("execution", inspect.Parameter.KEYWORD_ONLY, annotation=Execution)
        named = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in signature.parameters.values()]
        executed.__signature__ = signature.replace(parameters=[*named, last])  # type: ignore[attr-defined]
        return executed

    return decorated


@contextmanager
def _begun(execution: Execution, store: str | None) -> Iterator[None]:
    """Have what is asked meanwhile done so. ``store`` is for long work where no other is named; '' names none."""
    from sim.execution.workers import asked_by, workers

    if execution.workers is not None and execution.cluster is not None:
        raise typer.BadParameter("give --workers or --cluster, not both", param_hint="--cluster")
    usual = execution.store is None and store is not None
    folder = store if usual else execution.store
    with (
        workers(execution.workers, cluster=execution.cluster, store=folder or None, long_work=usual) as where,
        asked_by(None if words is None else first_letters(shlex.join(("sim", *words)), _COMMAND)),
    ):
        try:
            yield
        except KeyboardInterrupt:
            if where.store is not None and where.store.grown:
                remark(f"what is finished is kept in {folder}; the same command goes on from there")
            raise
        if execution.cluster is not None and not where.pool.needed and not where.notices:
            remark("nothing was sent to the cluster, nor was it looked for: work as short as this is done here")
