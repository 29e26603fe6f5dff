"""``results/library.md``, the document that ``sim library`` writes: the outcome of every shipped scenario.

A domain has its scenarios beside it. The first has ``scenarios/`` to itself, every further one a folder in it, and in
the document a part of its own: parties and figures of different domains have nothing to do with each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.files.grammar import listed, plural
from sim.files.written import markdown_line, markdown_row
from sim.report import outcome as tables
from sim.report.verdict import CAVEAT, UNKNOWN, Word, word
from sim.results.records import PartyResult, Settings
from sim.results.result import Result
from sim.results.verdicts import settles_nothing, unsourced
from sim.scenario import catalogue, schema
from sim.scenario.loading import Loaded
from sim.scenario.reactions import DAYS, Reactions, load_all_reactions
from sim.simulation.score import score

_HEAD = """# The shipped scenarios, scored

Made by `sim library`; a test fails when it is stale. {draws} draws, seed {seed}.

Each figure is the share of draws in which a party accepts the text, a draw being one preference
profile that agrees with the sources; in brackets where the text does not need its consent. *Joint*
is the share in which all who are needed accept; *signed* leaves out those who vote only once a text is signed.
*Inferred* and *{unknown}* say what the evidence alone makes of a figure: a refusal over a line that is read out of the
sources, and both answers open. *On the evidence* is what remains when everything
assumed is left open, and who decides it. *Filler* counts the terms of the text that are not in the
sources, with the range of the joint figure over other feasible fillings; *decides* marks a range that crosses one
half. {caveat}
"""


def texts_of(folder: Path) -> list[Path]:
    """The scenario files of a folder, and of those folders in it that have a domain of their own."""
    domains = sorted(x.parent for x in folder.glob("*/domain") if x.is_dir())
    return [file for place in (folder, *domains) for file in sorted(place.glob("*.yaml"))]


def library_text(loaded: Sequence[Loaded], reactions: Mapping[Path, Reactions] | None = None) -> str:
    """The whole document: domains as they come, scenarios in the order of their texts' dates.

    ``reactions`` are those of the domains, by folder, read here if they are not given. Raises as
    :func:`sim.scenario.reactions.load_all_reactions` and :func:`sim.score`.
    """
    if reactions is None:
        reactions = load_all_reactions(map(domain_folder, loaded))
    results = score(loaded)
    domains: dict[str, list[Result]] = {}
    answers: dict[str, dict[str, dict[str, schema.Reaction]]] = {}
    for item, result in zip(loaded, results, strict=True):
        title = item.scenario.domain.issues.title
        domains.setdefault(title, []).append(result)
        answers.setdefault(title, {})[result.scenario.id] = reactions[domain_folder(item)].of(item.path.stem)
    settings = results[0].settings
    parts = [_HEAD.format(unknown=UNKNOWN, draws=f"{settings.draws:,}", seed=settings.seed, caveat=CAVEAT)]
    for title, own in domains.items():
        parts += _domain(title, sorted(own, key=lambda r: (r.scenario.date, r.scenario.id)), answers[title])
    return "\n".join(parts)


def domain_folder(item: Loaded) -> Path:
    """The folder of the domain beside a scenario."""
    return (item.address or item.path).parent / catalogue.DOMAIN


def _domain(title: str, results: Sequence[Result], answers: Mapping[str, Mapping[str, schema.Reaction]]) -> list[str]:
    return [
        f"## {markdown_line(title)}\n",
        tables.overview(results),
        *answered(results, answers),
        "\n### By layer\n\nAcceptability with stated red lines and refusals, with inferred ones too, with assumed ones"
        " too (the last is the figure above).\n",
        layers(results),
        "\n### On the evidence alone\n\nLeast and greatest acceptability over everything that is assumed or unknown.\n",
        bounds(results),
        "\n### Verdicts\n",
        *(f"**{markdown_line(tables.heading(r))}.** {markdown_line(r.verdict)}\n" for r in results),
    ]


def layers(results: Sequence[Result]) -> str:
    """A Markdown table: stated / inferred / assumed for each party."""
    words = "{stated:.2f} / {inferred:.2f} / {assumed:.2f}"
    return _by_party(results, lambda _, row: _asked(words.format(**row.by_layer.model_dump()), row))


def bounds(results: Sequence[Result]) -> str:
    """A Markdown table: the interval on the evidence for each party."""
    return _by_party(
        results, lambda _, row: _asked(f"{row.on_evidence.necessary:.2f} to {row.on_evidence.possible:.2f}", row)
    )


def _asked(words: str, party: PartyResult) -> str:
    """Words of a party, in brackets where its consent is not needed."""
    return words if party.consent_needed else f"({words})"


def _by_party(results: Sequence[Result], words: Callable[[Result, PartyResult], str]) -> str:
    """A Markdown table with a row a text and a column a party; - where a text's domain has no such party."""
    parties = {p.id: p.name for r in results for p in r.parties}
    lines = [markdown_row(["scenario", *parties.values()]), markdown_row(["---"] * (1 + len(parties)))]
    for result in results:
        rows = {p.id: p for p in result.parties}
        figures = [words(result, rows[party]) if party in rows else "-" for party in parties]
        lines.append(markdown_row([result.scenario.id, *figures]))
    return "\n".join(lines)


# --- what parties said ----------------------------------------------------------------------------

_HEAD_OF_ANSWERS = f"""
### What was said

What a party itself said of the text within {DAYS} days of it, with the claims that tell it (`sim show reactions`), and
behind the stroke what the run says of it, in brackets where its consent is not needed; of an alliance by its own
positions and lines, whatever its members say. *Conditional* is neither yes nor no: a basis for talks, a yes with
changes, an answer held back. *Proposes* is the party's own text, whose yes answers nobody. *Same claim* is an agreement
in which the party's positions or lines cite one of these very claims. - is nothing found.
"""
_NO_TEST = (
    "This checks the coding, whether sources were read alike twice. It is no test of the method: positions and answers "
    "are of the same days and partly of the same documents, so they agree where both were read well, and nothing "
    "follows about how an answer is foreseen."
)
#: What the run says, by the answer with which it can be compared.
_ALIKE: Mapping[schema.Reply, tuple[Word, ...]] = {"accepts": ("accepts",), "refuses": ("refuses", "refuses, inferred")}
_PLAIN: tuple[Word, ...] = ("accepts", "refuses", "refuses, inferred")


def answered(results: Sequence[Result], answers: Mapping[str, Mapping[str, schema.Reaction]]) -> list[str]:
    """Parts of the document: what was said of the texts beside the verdicts, and how far they agree.

    ``answers`` is by text and party. Nothing where nothing was said.
    """
    pairs: list[_Pair] = []

    def cell(result: Result, row: PartyResult) -> str:
        reaction = answers.get(result.scenario.id, {}).get(row.id)
        if reaction is None:
            return "-"
        verdict = None if settles_nothing(result) or row.silent else _own_word(row, result.settings)
        shared = not _cited(row).isdisjoint(reaction.evidence)
        pairs.append(_Pair(reaction, verdict, f"{row.name} on {result.scenario.id}", shared))
        return _answer(pairs[-1], row)

    table = _by_party(results, cell)
    return [_HEAD_OF_ANSWERS, table, f"\n{_agreement(pairs)}\n\n{_NO_TEST}"] if pairs else []


@dataclass(frozen=True)
class _Pair:
    """A word found, the word of the run (None where it has none), who and of what, whether claims are shared."""

    reaction: schema.Reaction
    run: Word | None
    who: str
    shared: bool

    @property
    def alike(self) -> bool | None:
        """Whether the run says what the party said; None where they cannot be compared."""
        return self.run in _ALIKE[self.reaction.word] if self.reaction.word in _ALIKE and self.run in _PLAIN else None


def _cited(party: PartyResult) -> set[str]:
    """The claims that a party's cells and lines in this run rest on."""
    cells = (id for issue in party.issues for id in (*issue.evidence, *issue.importance_evidence))
    return {*cells, *(id for line in party.lines for id in line.evidence)}


def _answer(pair: _Pair, party: PartyResult) -> str:
    verdict = pair.run or ("silent" if party.silent else "no verdict")
    mark = "" if pair.alike is None else ": agree" if pair.alike else ": DIFFER"
    if pair.alike and pair.shared:
        mark += ", same claim"
    return f"{pair.reaction.word} ({', '.join(pair.reaction.evidence)}) / {_asked(verdict, party)}{mark}"


def _agreement(pairs: Sequence[_Pair]) -> str:
    """How many of the words found agree with the run, and what becomes of the others."""
    compared = [x for x in pairs if x.alike is not None]
    differ = [x.who for x in compared if not x.alike]
    shared = sum(x.shared for x in compared if x.alike)
    same = f"the same in {len(compared) - len(differ)}"
    same += f" ({shared} by the same claim)" if shared else ""
    same += f"; not for {listed(differ)}" if differ else ""
    parts = [f"Of {plural(len(pairs), 'word')} found, {len(compared)} can be compared with a verdict: {same}."]
    plain = Counter(x.run for x in pairs if x.reaction.word in _ALIKE and x.alike is None)
    if plain:
        parts.append(f"A yes or no without a plain verdict: {sum(plain.values())} ({_counted(plain)}).")
    for answer, name in (("conditional", "Conditional"), ("proposes", "Of a party's own text")):
        under = Counter(x.run for x in pairs if x.reaction.word == answer)
        if under:
            parts.append(f"{name}: {sum(under.values())} (the run says {_counted(under)}).")
    return " ".join(parts)


def _counted(words: Mapping[Word | None, int]) -> str:
    ordered = sorted(words.items(), key=lambda item: (-item[1], str(item[0])))
    return "; ".join(
        f"{count} times {word or 'nothing'}" if count > 1 else f"once {word or 'nothing'}" for word, count in ordered
    )


def _own_word(party: PartyResult, settings: Settings) -> Word:
    """The word for a party by itself, of an alliance without its members."""
    alone = party.own or party
    return word(alone.verdict, None if unsourced(settings) else alone.on_evidence)
