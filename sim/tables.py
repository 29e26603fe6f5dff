"""Results as text: a table for the terminal, Markdown, and the table behind a score."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.results import Interval, IssueRecord, LineRecord, OnEvidence, PartyResult, Result
from sim.verdict import CAVEAT, compact, depends_on_filler, notes, objection, percent

#: Tables fit this many columns.
WIDTH = 100

HEADINGS = ("party", "accepts", "on the evidence", "gain, 5 to 95%", "main objection", "needed")

_TONE = {"accepts": "green", "refuses": "red", "divided": "yellow", "not settled": "yellow"}


@dataclass(frozen=True)
class Cited:
    """An evidence row with its source, for the table behind a score."""

    id: str
    date: str
    party: str
    claim: str
    strength: str
    source: str
    place: str | None


def interval(share: Interval) -> str:
    return f"{compact(share.estimate)} [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def gain(party: PartyResult, join: str = " ") -> str:
    found = party.gain
    return f"{found.median:+.2f}{join}[{found.p05:+.2f}, {found.p95:+.2f}]"


def _range(found: OnEvidence) -> str:
    low, high = compact(found.necessary), compact(found.possible)
    return low if low == high else f"{low} to {high}"


def cells(party: PartyResult, join: str = " ") -> tuple[str, ...]:
    """The row of one party under :data:`HEADINGS`, in plain text; ``join`` stands before a verdict."""
    evidence = f"{_range(party.on_evidence)}{join}{party.on_evidence.verdict}"
    accepts = f"{interval(party.acceptability)}{join}{party.verdict}"
    if party.own is not None and party.own.acceptability != party.acceptability:
        accepts += f"{join}(own {percent(party.own.acceptability.estimate)})"
    against = objection(party).removeprefix("its ") or "none"
    if party.silent:
        accepts = "sources silent"
    return party.name, accepts, evidence, gain(party, join), against, "yes" if party.consent_needed else "no"


def heading(result: Result) -> str:
    info = result.scenario
    day = f"{info.date}" if info.as_of == info.date else f"{info.date}, positions of {info.as_of}"
    return f"{info.title} ({info.id}, {day})"


def outcome(result: Result, turning_issue: str | None, before: Result | None = None) -> RenderableType:
    """What ``sim run`` prints for one scenario; ``before`` is the result without its edits."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    widths = (16, 15, 11, 14, 26, 6)
    for name, width in zip(HEADINGS, widths, strict=True):
        table.add_column(name, width=width, overflow="fold")
    for party in result.parties:
        row = [Text(c) for c in cells(party, join="\n")]
        row[1].stylize(_TONE[party.verdict])
        row[2].stylize(_TONE[party.on_evidence.verdict])
        table.add_row(*row, style="" if party.consent_needed else "dim")
    lines = notes(result, turning_issue, before)
    parts: list[RenderableType] = [
        Text(heading(result), style="bold"),
        Text(result.verdict),
        table,
        *(_bullet(x) for x in lines),
        Text(CAVEAT, style="italic"),
    ]
    return Group(*parts)


def _bullet(text: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column()
    grid.add_row("-", Text(text))
    return grid


def markdown(result: Result, turning_issue: str | None, before: Result | None = None) -> str:
    """The same as :func:`outcome`, in Markdown."""
    head = [f"### {heading(result)}", "", result.verdict, ""]
    body = [markdown_row(HEADINGS), markdown_row(["---"] * len(HEADINGS))]
    body += [markdown_row(cells(p)) for p in result.parties]
    tail = ["", *(f"- {x}" for x in notes(result, turning_issue, before)), "", f"*{CAVEAT}*", ""]
    return "\n".join(head + body + tail)


def markdown_row(items: Iterable[str]) -> str:
    return "| " + " | ".join(x.replace("|", "\\|") for x in items) + " |"


def overview(results: Sequence[Result]) -> str:
    """One Markdown row a scenario: joint figure, every party, evidence, filler."""
    parties = list(dict.fromkeys(p.name for r in results for p in r.parties))
    lines = [
        markdown_row(["scenario", "text of", "joint", *parties, "on the evidence", "filler"]),
        markdown_row(["---"] * (5 + len(parties))),
    ]
    for result in results:
        rows = {p.name: p for p in result.parties}
        figures = [_figure(rows.get(name)) for name in parties]
        share = "-" if result.joint_acceptability is None else f"{result.joint_acceptability.estimate:.2f}"
        lines.append(
            markdown_row(
                [result.scenario.id, str(result.scenario.date), share, *figures, _overall(result), _filler(result)]
            )
        )
    return "\n".join(lines)


def _figure(party: PartyResult | None) -> str:
    if party is None:
        return "-"
    words = "silent" if party.silent else f"{party.acceptability.estimate:.2f}"
    return words if party.consent_needed else f"({words})"


def _overall(result: Result) -> str:
    return f"{result.on_evidence.verdict}: {', '.join(result.on_evidence.parties) or 'nobody asked'}"


def _filler(result: Result) -> str:
    found = result.filler
    if found is None:
        return "none"
    mark = ", decides" if depends_on_filler(result) else ""
    return f"{found.assumed_terms} of {found.terms}: {found.low:.2f} to {found.high:.2f}{mark}"


# --- the table behind a score -------------------------------------------------------------


def explanation(result: Result, parties: Sequence[PartyResult], cited: Sequence[Cited]) -> RenderableType:
    """What ``sim explain`` prints: cell by cell, with lines, layers, strip and evidence."""
    parts: list[RenderableType] = [Text(heading(result), style="bold"), Text(result.verdict)]
    for party in parties:
        parts += ["", Text(f"{party.name}: {interval(party.acceptability)} {party.verdict}", style="bold")]
        parts += [Padding(Text(x), (0, 0, 0, 2)) for x in party_lines(party)]
        parts.append(_issue_table(party))
        if party.lines:
            parts.append(Text("Red lines and refusals in force", style="underline"))
            parts += [_bullet(x) for x in (line_words(x) for x in party.lines)]
    if cited:
        parts += ["", Text("Evidence", style="bold")]
        parts += [_bullet(cited_words(c)) for c in cited]
    parts += ["", Text(CAVEAT, style="italic")]
    return Group(*parts)


def party_lines(party: PartyResult) -> list[str]:
    """Consent, evidence, layers, strip and shares by basis of one party, a sentence each."""
    needed = f"needed ({party.consent_because})" if party.consent_needed else "not needed for this text"
    said = [
        f"Consent: {needed}. On the evidence alone: {_range(party.on_evidence)}, {party.on_evidence.verdict}.",
        "With stated lines it accepts in {}, with inferred ones too in {}, with assumed ones too in {}.".format(
            *(percent(x) for x in party.by_layer.model_dump().values())
        ),
    ]
    if party.own is not None:
        said.append(f"By itself, without its members: {percent(party.own.acceptability.estimate)}.")
    if party.by_turning_class is not None:
        strip = ", ".join(f"{c} {percent(s)}" for c, s in party.by_turning_class.model_dump().items())
        said.append(f"By the importance of the turning issue: {strip}.")
    shares = ", ".join(f"{b} {percent(s)}" for b, s in party.weight_by_basis.model_dump().items() if s)
    said.append(f"Expected weight by basis of the ranking: {shares or 'none'}.")
    return said


ISSUE_HEADINGS = ("issue", "proposed", "ranking, best first", "importance", "gain", "basis", "evidence")


def issue_cells(issue: IssueRecord) -> tuple[str, ...]:
    proposed = issue.option or "open"
    if issue.seen_as:
        proposed += f" (seen as {issue.seen_as})"
    importance = issue.importance
    if importance not in ("unknown",) and issue.importance_basis != issue.basis:
        importance += f" ({issue.importance_basis})"
    since = "" if issue.start is None else f" {issue.start}"
    evidence = ", ".join(dict.fromkeys(issue.evidence + issue.importance_evidence)) or "none"
    return (
        issue.issue,
        proposed,
        ranking_words(issue),
        importance,
        f"{issue.mean_gain:+.3f}",
        issue.basis + since,
        evidence,
    )


def ranking_words(issue: IssueRecord) -> str:
    if issue.ranking is None:
        return "unknown" if issue.basis == "unknown" else "given as values"
    return " > ".join(" ~ ".join(level) for level in issue.ranking)


def _issue_table(party: PartyResult) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name, width in zip(("issue: proposed", *ISSUE_HEADINGS[2:]), (23, 27, 11, 6, 10, 10), strict=True):
        table.add_column(name, width=width, overflow="fold")
    for issue in party.issues:
        name, proposed, *rest = issue_cells(issue)
        table.add_row(*(Text(c) for c in (f"{name}:\n  {proposed}", *rest)))
    return table


def line_words(line: LineRecord) -> str:
    """One red line or refusal in a sentence."""
    what = f"{line.issue}: {line.option}" if line.kind == "red_line" else f"{line.refusal} ({_terms(line)})"
    crossed = f"crossed in {percent(line.share)} of draws" if line.crossed else "not crossed"
    chance = "" if line.holds is None else f", holds with probability {line.holds[0]:g} to {line.holds[1]:g}"
    evidence = f" [{', '.join(line.evidence)}]" if line.evidence else ""
    kind = "red line" if line.kind == "red_line" else "refusal"
    return f"{crossed}: {line.basis} {kind} {what}{chance}{evidence}"


def _terms(line: LineRecord) -> str:
    return "; ".join(f"{issue}: {' or '.join(options)}" for issue, options in line.terms.items())


def cited_words(row: Cited) -> str:
    place = f", {row.place}" if row.place else ""
    return f"{row.id} ({row.date}, {row.party}, {row.strength}): {row.claim} [{row.source}{place}]"


def explanation_markdown(result: Result, parties: Sequence[PartyResult], cited: Sequence[Cited]) -> str:
    """The same as :func:`explanation`, in Markdown."""
    lines = [f"### {heading(result)}", "", result.verdict]
    for party in parties:
        lines += ["", f"#### {party.name}: {interval(party.acceptability)} {party.verdict}", ""]
        lines += [f"- {x}" for x in party_lines(party)]
        lines += ["", markdown_row(ISSUE_HEADINGS), markdown_row(["---"] * len(ISSUE_HEADINGS))]
        lines += [markdown_row(issue_cells(i)) for i in party.issues]
        if party.lines:
            lines += ["", "Red lines and refusals in force:", "", *(f"- {line_words(x)}" for x in party.lines)]
    if cited:
        lines += ["", "#### Evidence", "", *(f"- {cited_words(c)}" for c in cited)]
    return "\n".join([*lines, "", f"*{CAVEAT}*", ""])


def show(shown: RenderableType) -> None:
    """Print on stdout: as wide and colourful as the terminal allows, else plain, :data:`WIDTH` wide."""
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(shown)
        return
    text = io.StringIO()
    Console(highlight=False, width=WIDTH, no_color=True, file=text).print(shown)

    print("\n".join(line.rstrip() for line in text.getvalue().splitlines()))
