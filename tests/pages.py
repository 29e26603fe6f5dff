"""What pages say, word for word, kept in ``tests/english/``: one file a command, so that no sentence changes unseen.

Tests of facts assert on kinds and figures; the sentences are guarded here. A command's file has each of
its :data:`EXAMPLES`, findings of every kind made by hand, with its sentence, and whole pages on a small domain that
no source moves. After a change of wording that is meant::

    python -m tests.pages --write          # then read the difference
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import sim
from sim.analysis.amend import english as amend_english
from sim.analysis.amend import page as amend_view
from sim.analysis.amend.amend import amend as amended
from sim.analysis.backtest import english as backtest_english
from sim.analysis.backtest import page as backtest_view
from sim.analysis.compare import page as compare_view
from sim.analysis.forecast import english as forecast_english
from sim.analysis.forecast import page as forecast_view
from sim.analysis.levers import page as levers_view
from sim.analysis.levers import talks_page as levers_talks_view
from sim.analysis.levers.levers import levers
from sim.analysis.search import english as search_english
from sim.analysis.search import page as search_view
from sim.analysis.sweep import page as sweep_view
from sim.analysis.trace import page as trace_view
from sim.analysis.trace.trace import trace as traced
from sim.bargaining import page as talks_view
from sim.report import english, outcome
from sim.report.english import Names
from sim.report.page import markdown
from sim.results.records import Finding
from sim.scenario.labels import Labels
from tests import small
from tests.examples import amend as amend_examples
from tests.examples import backtest as backtest_examples
from tests.examples import compare as compare_examples
from tests.examples import forecast as forecast_examples
from tests.examples import levers as levers_examples
from tests.examples import levers_talks as levers_talks_examples
from tests.examples import run as run_examples
from tests.examples import search as search_examples
from tests.examples import sweep as sweep_examples

FOLDER = Path(__file__).parent / "english"
#: How the examples' ids are called.
NAMES = Names(Labels(), {"blue": "Blue", "red": "Red", "us": "United States", "voters": "Voters"})
#: By command: findings of every kind made by hand, and what says them.
EXAMPLES: dict[str, tuple[Sequence[Finding], Callable[[Finding, Names], str]]] = {
    "run": (run_examples.EXAMPLES, english.say),
    "amend": (amend_examples.EXAMPLES, amend_english.say),
    "backtest": (backtest_examples.EXAMPLES, backtest_english.say),
    "compare": (compare_examples.EXAMPLES, compare_examples.sentence),
    "forecast": (forecast_examples.EXAMPLES, forecast_english.say),
    "search": (search_examples.EXAMPLES, search_english.say),
    "sensitivity": (levers_examples.EXAMPLES, levers_examples.sentence),
    "sensitivity-of-talks": (levers_talks_examples.EXAMPLES, levers_talks_examples.sentence),
    "sweep": (sweep_examples.EXAMPLES, sweep_examples.sentence),
}


def run(folder: Path) -> Iterator[tuple[str, str]]:
    file = small.write(folder)
    [result] = sim.score([sim.load(file, draws=500)])
    [edited] = sim.score([sim.load(file, draws=500, edits=["red.status.importance=minor"])])
    yield "sim run scenario.yaml", outcome.markdown(result)
    yield "sim run scenario.yaml --set red.status.importance=minor", outcome.markdown(edited, result)
    for protocol in ("alternating_offers", "single_text"):
        [result] = sim.score([sim.load(file, draws=500, protocol=protocol)])
        yield f"sim run scenario.yaml --protocol {protocol}", markdown(talks_view.page(result))


def compare(folder: Path) -> Iterator[tuple[str, str]]:
    file = small.write(folder)
    ceded, member = file.with_name("ceded.yaml"), file.with_name("member.yaml")
    text = small.SCENARIO
    ceded.write_text(text.replace("open: true", "option: ceded").replace("A small deal", "Land for peace"))
    member.write_text(text.replace("option: neutral", "option: member").replace("A small deal", "Membership"))
    edits = file.with_name("land.yaml")
    edits.write_text("title: Land hardly matters\nedits:\n  blue.land.importance: minor\n")
    for files, under in (([file, ceded], []), ([file, ceded, member], [edits]), ([file], [edits])):
        title = " --under ".join([" ".join(["sim compare", *(x.name for x in files)]), *(x.name for x in under)])
        yield title, markdown(compare_view.page(sim.compare(sim.gather(files, under=under, draws=500))))


def amend(folder: Path) -> Iterator[tuple[str, str]]:
    loaded = sim.load(small.write(folder), draws=500)
    yield "sim amend scenario.yaml", markdown(amend_view.page(amended(loaded)))
    options = {"changes": 1, "keep": ["land"], "party": "red", "constraints": "political"}
    title = "sim amend scenario.yaml --changes 1 --keep land --party red --constraints political"
    yield title, markdown(amend_view.page(amended(loaded, **options)))  # type: ignore[arg-type]


def trace(folder: Path) -> Iterator[tuple[str, str]]:
    file = small.write(folder)
    for protocol in ("vote", "alternating_offers", "single_text"):
        edits = ["negotiation.rounds=8"] if protocol != "vote" else []
        loaded = sim.load(file, draws=500, protocol=protocol, edits=edits)
        yield f"sim trace scenario.yaml --protocol {protocol}", markdown(trace_view.page(traced(loaded)))


def sweep(folder: Path) -> Iterator[tuple[str, str]]:
    loaded = sim.load(small.write(folder), draws=500)
    one, other = "red.no_deal.cost=0,0.1,0.3", "proposal.guarantee=armed,consult,none"
    yield f"sim sweep scenario.yaml --vary {one}", markdown(sweep_view.page(sim.sweep(loaded, [one])))
    for protocol, vary in (("alternating_offers", [one]), ("single_text", [one, other])):
        words = " ".join(f"--vary {x}" for x in vary)
        page = sweep_view.page(sim.sweep(loaded, vary, protocol=protocol))
        yield f"sim sweep scenario.yaml {words} --protocol {protocol}", markdown(page)


def search(folder: Path) -> Iterator[tuple[str, str]]:
    loaded = sim.load(small.write(folder), draws=500)
    yield "sim search scenario.yaml", markdown(search_view.page(sim.search(loaded)))
    near = sim.search(loaded, changes=1, keep=["land"], ask=["all"], constraints="hard", top=2)
    title = "sim search scenario.yaml --changes 1 --keep land --ask all --constraints hard --top 2"
    yield title, markdown(search_view.page(near))


def forecast(folder: Path) -> Iterator[tuple[str, str]]:
    small.write(folder, {"texts.yaml": small.TEXTS})
    result = sim.forecast(
        folder / "texts.yaml", domain=folder / "domain", as_of="2022-03-22", draws=500, without_younger=True
    )
    result = result.model_copy(
        update={"readings": tuple(x.model_copy(update={"library": "small"}) for x in result.readings)}
    )
    title = "sim forecast texts.yaml --as-of 2022-03-22 --without-younger"
    yield title, markdown(forecast_view.page(result))


def backtest(folder: Path) -> Iterator[tuple[str, str]]:
    changes = {"texts.yaml": small.TEXTS, "answers.csv": small.ANSWERS, "second.csv": small.SECOND_ANSWERS}
    small.write(folder, changes)
    result = sim.backtest(
        folder / "answers.csv",
        as_of="2022-03-22",
        texts=folder / "texts.yaml",
        domain=folder / "domain",
        second=folder / "second.csv",
        draws=500,
    )
    title = "sim backtest answers.csv --as-of 2022-03-22 --texts texts.yaml --second second.csv"
    yield title, markdown(backtest_view.page(result.model_copy(update={"library": "small"})))


def sensitivity(folder: Path) -> Iterator[tuple[str, str]]:
    loaded = sim.load(small.write(folder), draws=500)
    yield "sim sensitivity scenario.yaml", markdown(levers_view.page(levers(loaded)))
    some = levers(loaded, party="red", pairs=True)
    yield "sim sensitivity scenario.yaml --party red --pairs --top 5", markdown(levers_view.page(some, top=5))


def sensitivity_of_talks(folder: Path) -> Iterator[tuple[str, str]]:
    loaded = sim.load(small.write(folder), draws=500)
    for protocol in ("alternating_offers", "single_text"):
        page = levers_talks_view.page(sim.talks_levers(loaded, protocol=protocol), top=6)
        yield f"sim sensitivity scenario.yaml --protocol {protocol} --top 6", markdown(page)


#: By command: titles and whole pages in Markdown, of scenarios written to a folder.
PAGES: dict[str, Callable[[Path], Iterator[tuple[str, str]]]] = {
    "run": run,
    "compare": compare,
    "amend": amend,
    "search": search,
    "sweep": sweep,
    "forecast": forecast,
    "backtest": backtest,
    "sensitivity": sensitivity,
    "sensitivity-of-talks": sensitivity_of_talks,
    "trace": trace,
}


def text(command: str) -> str:
    """The file of a command."""
    findings, say = EXAMPLES.get(command, ((), english.say))
    parts = [f"# What `sim {command}` says"]
    if findings:
        parts += ["", "## By kind", ""]
    for finding in findings:
        parts += [f"- `{finding.model_dump_json(by_alias=True, exclude={'kind'})}`", f"  **{finding.kind}**:", ""]
        parts[-2] += f" {say(finding, NAMES)}"
    with tempfile.TemporaryDirectory() as folder:
        for title, page in PAGES[command](Path(folder)):
            parts += ["", f"## `{title}`", "", page]
    return "\n".join(parts).rstrip() + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for command in PAGES:
        path, now = FOLDER / f"{command}.md", text(command)
        if "--write" in sys.argv:
            path.write_text(now, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != now:
            print(f"{path.name} differs; --write makes it anew")


if __name__ == "__main__":
    main()
