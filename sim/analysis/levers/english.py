"""Levers in sentences: one function a kind of finding, and how an edit, its basis and a verdict are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.levers import result as kinds
from sim.analysis.levers.pairs import STRONGEST
from sim.analysis.levers.result import Edited, LeversResult
from sim.analysis.shared import english as shared
from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.english import VERDICT_WORDS, people
from sim.engine.profiles import CellBasis
from sim.files.grammar import ending, listed
from sim.report.english import ALLIANCE, Names, by_kind, draws_words
from sim.report.numbers import percent
from sim.results.records import Finding
from sim.results.result import DrawsTaken
from sim.scenario.labels import capital

#: A verdict in a sentence.
IN_A_SENTENCE: dict[Verdict, str] = {**VERDICT_WORDS, "singly": "accepted by each but not by all together"}
#: Which pairs are looked at.
RULE = (
    "every pair of edits of two parties; where no other party refuses by itself, also pairs of one party; these are "
    "all that remove every line by which it rejects the text in every draw (one that drops a line and one that "
    f"re-ranks the same issue too); where there are no such lines, the pairs of its {STRONGEST} edits that move it "
    "furthest the wanted way"
)
#: Why edits were not run, in a few words behind their number.
_REASONS: dict[kinds.Reason, str] = {
    "consent_not_needed": "of parties whose consent is not needed",
    "vetoes_anyway": "of parties that another line of theirs keeps rejecting the text",
    "line_not_met": "of lines that do not bear on the text",
    "no_term": "of issues where nothing hangs on the order",
    "no_weight": "of issues without weight",
    "same_order": "of classes that leave all weights as they are",
    "beliefs_idle": "of beliefs on which nothing hangs",
    "numeric": "of cells given in numbers",
    "forbidden": "that the rules of the files forbid",
    "nobody_asked": "because nobody is asked",
}
#: What edits that turn a verdict change, by what it rests on.
_RESTS_ON: dict[CellBasis, str] = {"stated": "what a source states", "unknown": "what is unknown"}


@dataclass(frozen=True)
class EditNames(Names):
    """Besides: what each edit does, by its text, and the lines over which parties reject the text in every draw."""

    edits: Mapping[str, str]
    vetoes: Mapping[str, Sequence[str]]


def names_of(result: LeversResult) -> EditNames:
    """The names that a result carries."""
    pairs = result.pairs.ranked if result.pairs else ()
    edits = (*result.levers, *result.new_lines, *result.fewer_asked, *(x for pair in pairs for x in pair.edits))
    return EditNames(
        labels=result.labels,
        parties=result.names,
        edits={x.edit: edit_name(result.names, x) for x in edits},
        vetoes={p.id: p.vetoes for p in result.parties},
    )


def edit_name(names: Mapping[str, str], edit: Edited) -> str:
    """The edit with its party's name, by the names of parties."""
    return f"{names[edit.party]}: {edit.what}"


# --- an edit in a few words -----------------------------------------------------------------


def rests(edit: kinds.EditInBrief, names: EditNames) -> str:
    """An edit, and what it rests on."""
    return f'"{names.edits[edit.edit]}" ({_basis(edit)})'


def _basis(edit: kinds.EditInBrief) -> str:
    if edit.kind == "add_line":
        return "a red line that is an assumption of this trial"
    if edit.kind == "drop_line":
        return f"a red line that is {edit.basis}"
    if edit.kind == "drop_refusal":
        return f"a refusal that is {edit.basis}"
    if edit.kind == "holds":
        return f"polls for a line that is {edit.basis}"
    basis = "nothing is known of it" if edit.basis == "unknown" else f"a cell that is {edit.basis}"
    return basis if edit.line_basis is None else f"{basis}, its red line {edit.line_basis}"


def _after(joint: kinds.Move | None) -> str:
    """The joint share and the verdict after a move, where that is another."""
    if joint is None:
        return "no figure"
    near = ", too near to call" if joint.too_near else ""
    return f"{percent(joint.after)}{near}" + (f" ({IN_A_SENTENCE[joint.verdict]})" if joint.verdict else "")


def _span(joint: kinds.Move | None) -> str:
    return "" if joint is None else f"{percent(joint.before)} to {percent(joint.after)}"


def _both(pair: kinds.PairInBrief, names: EditNames) -> str:
    return " together with ".join(f'"{names.edits[x]}"' for x in pair.edits)


def _scope(party: str | None, issue: str | None, names: Names) -> str:
    """Of whom and on what edits were asked for, if not of all."""
    of = f" of {names.spoken(party)}" if party else ""
    return of + (f" on {names.labels.issue(issue)}" if issue else "")


def every_tried(tried: kinds.Tried, names: Names) -> str:
    """All edits that were tried, by their number."""
    edits = "the one edit tried" if tried.edits == 1 else f"the {tried.edits} single edits tried"
    return edits + _scope(tried.party, tried.issue, names)


def _bases(bases: Mapping[CellBasis, int]) -> str:
    """How many of several edits rest on what."""
    first, *others = [(n, _RESTS_ON.get(basis, f"what is {basis}")) for basis, n in bases.items()]
    parts = [f"{first[0]} change{ending(first[0], 's', '')} {first[1]}", *(f"{n} {what}" for n, what in others)]
    return f"Of these edits, {listed(parts)}."


# --- the lead -------------------------------------------------------------------------------


def nobody_asked(finding: kinds.NoVerdictToTurn, names: EditNames) -> str:
    return "No party with positions has to consent, so there is no verdict that an edit could turn."


def joint_verdict(finding: kinds.JointVerdict, names: EditNames) -> str:
    verdict = IN_A_SENTENCE[finding.verdict]
    if finding.verdict in ("refused", "divided"):
        verdict += f", by {people(finding.parties, names)}"
    near = ", but too near to one half to call" if finding.too_near else ""
    together = f"all whose consent is needed accept together in {percent(finding.share)} of draws"
    return f"As modelled, {together}, which makes it {verdict}{near}."


def no_edits(finding: kinds.NoEdits, names: EditNames) -> str:
    return f"There is no single edit{_scope(finding.party, finding.issue, names)} that could change it."


def turning_edits(finding: kinds.TurningEdits, names: EditNames) -> str:
    strongest = finding.strongest
    turning, *half = _turning(finding, names)
    sentences = [turning, f"The strongest is {rests(strongest, names)}, which takes it to {_after(strongest.joint)}."]
    sentences += half
    return " ".join(sentences if finding.turning == 1 else [*sentences, _bases(finding.bases)])


def _turning(finding: kinds.TurningEdits, names: EditNames) -> list[str]:
    """How many edits turn the verdict, and that none is enough, where none is."""
    none = "It does not bring" if finding.turning == 1 else "None of them brings"
    half = [] if finding.reaches_half else [f"{none} the joint share to one half."]
    return [f"The verdict as modelled turns on {finding.turning} of {every_tried(finding.tried, names)}.", *half]


def breaking_edits(finding: kinds.BreakingEdits, names: EditNames) -> str:
    furthest = finding.furthest
    more = f"; the {len(furthest)} that go furthest are these" if finding.breaking > len(furthest) else ""
    sentences = [f"{_breaking(finding, names)}{more}."]
    sentences += [f"{rests(x, names)} takes it to {_after(x.joint)}." for x in furthest]
    return " ".join(sentences if finding.breaking == 1 else [*sentences, _bases(finding.bases)])


def _breaking(finding: kinds.BreakingEdits, names: EditNames) -> str:
    return f"{finding.breaking} of {every_tried(finding.tried, names)} would break it"


def no_edit_moves(finding: kinds.NoEditMoves, names: EditNames) -> str:
    refusing, why = finding.refusing, ""
    if finding.never_together:
        why = ", since the parties never all accept"
    elif len(refusing) > 1:
        why = f", since {people([x.party for x in refusing], names)} each reject the text in every draw"
    elif refusing:
        [x] = refusing
        why = f", since {names.spoken(x.party)} {names.verb(x.party, singular='rejects')} the text in every draw"
        why += f" over {x.lines} lines at once" if x.lines > 1 else ""
    return f"None of {every_tried(finding.tried, names)} moves that figure at all{why}."


def furthest_alone(finding: kinds.FurthestAlone, names: EditNames) -> str:
    way, itself = "up" if finding.upward else "down", f"only for {names.spoken(finding.edit.party)} itself"
    span = f"{percent(finding.before)} to {percent(finding.after)}"
    return f"Furthest {way} goes {rests(finding.edit, names)}, and that {itself}: {span}."


def no_edit_turns(finding: kinds.NoEditTurns, names: EditNames) -> str:
    none = _none_turns(finding, names)
    if finding.nearest is None:
        return f"{none} or brings it nearer to one half."
    return f"{none}; nearest comes {rests(finding.nearest, names)}: {_span(finding.nearest.joint)}."


def _none_turns(finding: kinds.NoEditTurns, names: EditNames) -> str:
    apart = ", new red lines apart," if finding.new_lines_apart else ""
    return f"None of {every_tried(finding.tried, names)}{apart} turns that"


def furthest_back(finding: kinds.FurthestBack, names: EditNames) -> str:
    way = "up" if finding.upward else "down"
    return f"Furthest {way} goes {rests(finding.edit, names)}: {_span(finding.edit.joint)}."


def lines_dropped(finding: kinds.LinesDropped, names: EditNames) -> str:
    return f"Without any red line or refusal of {people(finding.parties, names)} it would be {_after(finding.joint)}."


def turning_pairs(finding: kinds.TurningPairs, names: EditNames) -> str:
    many = "One pair of edits turns" if finding.pairs == 1 else f"{finding.pairs:,} pairs of edits turn"
    furthest = finding.furthest
    before = "" if furthest.joint is None else f"{percent(furthest.joint.before)} to "
    return (
        f"{many} the verdict as neither edit does alone. "
        f"Furthest goes {_both(furthest, names)}: {before}{_after(furthest.joint)}."
    )


def no_pair_turns(finding: kinds.NoPairTurns, names: EditNames) -> str:
    if finding.nearest is None:
        return "No pair of edits found moves it further than one edit does."
    more, nearest = "either" if finding.needed else "further", finding.nearest
    return f"No pair of edits found turns it {more}. Nearest comes {_both(nearest, names)}: {_span(nearest.joint)}."


# --- the notes ------------------------------------------------------------------------------


def crossing_half(finding: kinds.CrossingHalf, names: EditNames) -> str:
    near = f"; under {finding.too_near} it is too near to one half to call" if finding.too_near else ""
    under = f"under {finding.crossing} of the {finding.edits} edits"
    differs = " The verdict also turns with the share of any one party." if finding.verdict_differs else ""
    return f"The joint share by itself crosses one half {under}{near}.{differs}"


def several_lines(finding: kinds.SeveralLines, names: EditNames) -> str:
    more = ", and two edits cannot remove them all" if finding.lines > 2 else ""
    lines = f"{finding.lines} lines at once: {'; '.join(names.vetoes[finding.party])}"
    return (
        f"{capital(names.spoken(finding.party))} rejects the text in every draw over {lines}. "
        f"While one of them stands, no other edit of its positions matters{more}."
    )


def ceilings(finding: kinds.Ceilings, names: EditNames) -> str:
    by_figure: dict[str, list[str]] = {}
    for x in finding.parties:
        by_figure.setdefault(percent(x.share), []).append(x.party)
    figures = listed([f"{figure} for {people(parties, names, 'or')}" for figure, parties in by_figure.items()])
    return (
        "Edits of one party alone, however many, cannot lift the joint share above that of the draws in which all the "
        f"others accept: {figures}."
    )


def new_lines(finding: kinds.NewLines, names: EditNames) -> str:
    breaks = ", as it would with any text, and so breaks the verdict" if finding.breaks else ""
    return (
        f"Counted apart: {finding.edits} edits that add a red line on a term of the text (for "
        f"{people(finding.parties, names, 'or')}). Each takes the joint share to 0% by definition{breaks}."
    )


def pairs_tried(finding: kinds.PairsTried, names: EditNames) -> str:
    looked = f"{finding.across:,} of two parties and {finding.within:,} of one"
    return f"Pairs of edits looked at: {looked}, by this rule: {RULE}."


def pairs_ceiling(finding: kinds.PairsCeiling, names: EditNames) -> str:
    return (
        f"No edits of two parties, however many, can lift the joint share above {percent(finding.share)}: all the "
        "others accept in no more draws."
    )


def pairs_left(finding: kinds.PairsLeft, names: EditNames) -> str:
    return "The search of pairs is not exhaustive: weaker edits of one party may turn the verdict together."


def kinds_tried(finding: kinds.KindsTried, names: EditNames) -> str:
    return tried(finding.turning_issue)


def tried(turning_issue: str | None, more: str = "", besides: Sequence[str] = ()) -> str:
    """Which kinds of edits there are, and what no edit varies; ``more`` of the text's option, ``besides`` first."""
    turning = " (of the turning issue every class)" if turning_issue is not None else ""
    not_varied = (*besides, "weights and values given as numbers", "reservation values", "the cost of no deal")
    return (
        f"Tried: importance one class up or down{turning}, the text's option one level up or down, first and last in a "
        f"ranking{more}. Also lines and refusals dropped, beliefs and polls of lines at the ends of their ranges, "
        f"whole cells made unknown. Not varied: {', '.join(not_varied)}, and when consent is needed."
    )


def _counted(edits: Mapping[kinds.Reason, int]) -> str:
    return listed([f"{n} {_REASONS[reason]}" for reason, n in edits.items()])


def cannot_matter(finding: kinds.CannotMatter, names: EditNames) -> str:
    return f"Not run, since they cannot change anything: {_counted(finding.edits)}."


def cannot_be_made(finding: kinds.CannotBeMade, names: EditNames) -> str:
    return f"Cannot be made: {_counted(finding.edits)}."


def weight_ranges(finding: kinds.WeightRanges, names: EditNames) -> str:
    return (
        f"Of {people(finding.parties, names)}, weights are given as ranges. An edit of a class or weight then shifts "
        "all draws of weights, so that changes carry more sampling error; the intervals count that."
    )


def on_top_of(finding: kinds.OnTopOf, names: EditNames) -> str:
    return f"On top of the edits of this run: {'; '.join(finding.edits)}."


def run_without_lines(finding: kinds.RunWithoutLines, names: EditNames) -> str:
    return f"To see a run without those lines, add {' '.join(f'--set {x}' for x in finding.edits)} to sim run."


def run_with_edit(finding: kinds.RunWithEdit, names: EditNames) -> str:
    return f"To see a whole run under the first edit, add --set '{finding.edit}' to sim run."


def same_draws(finding: kinds.SameDraws, names: EditNames) -> str:
    drawn = DrawsTaken(draws=finding.draws, seed=finding.seed, drawn=finding.drawn, rules=finding.rules)
    draws = draws_words(drawn, "the same for every edit, and intervals are sampling error only")
    allied = f" {ALLIANCE}" if finding.alliances else ""
    return f"{draws}{allied} An edit asks what if; it is no evidence that a party would move."


#: The sentence of each kind of finding of levers.
SENTENCES: Mapping[str, Callable[[Any, EditNames], str]] = {**shared.SENTENCES, **by_kind(globals())}


def say(finding: Finding, names: EditNames) -> str:
    """The sentence or two of a finding."""
    return SENTENCES[finding.kind](finding, names)


#: Of findings above the tables, those that these do not say themselves.
_BESIDE_TABLES = ("nobody_asked", "joint_verdict", "no_edits", "no_edit_moves")


def in_short(finding: Finding, names: EditNames) -> str:
    """What a page says of a finding of the lead that has the edits beside it; nothing of those that these show."""
    match finding:
        case kinds.TurningEdits():
            return " ".join(_turning(finding, names))
        case kinds.BreakingEdits():
            return f"{_breaking(finding, names)}."
        case kinds.NoEditTurns():
            return f"{_none_turns(finding, names)}."
    return say(finding, names) if finding.kind in _BESIDE_TABLES else ""
