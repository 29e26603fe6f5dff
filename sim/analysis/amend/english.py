"""Amendments in sentences: one function a kind of finding, and how a change is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sim.analysis.amend import result as kinds
from sim.analysis.shared import english as shared
from sim.analysis.shared.english import issue_names, people
from sim.files.grammar import ending, listed
from sim.report.english import Names, by_kind
from sim.report.numbers import percent
from sim.results.records import Finding
from sim.results.verdicts import HALF
from sim.scenario.labels import capital

_NUMBERS = {1: "one change", 2: "two changes", 3: "three changes"}
#: Among which amendments those that cost a party least were looked for.
_AMONG = {
    "reaching_half": "reach one half",
    "nearly_best": "bring at least 90% of the best rise",
    "raising": "raise the joint share",
}


def size_words(changes: int) -> str:
    """So many changes."""
    return _NUMBERS.get(changes, f"{changes} changes")


def _sizes(changes: Iterable[int], last: str = "or") -> str:
    return listed([size_words(n) for n in changes], last)


def brief(amendment: kinds.AmendmentInBrief, names: Names) -> str:
    """An amendment, what it gives, and whom it no longer or newly asks."""
    parts = [f"{percent(amendment.share)}, {shared.points_of(amendment.change)}"]
    if amendment.too_near:
        parts.append("too near one half to call")
    parts += shared.asking(amendment.no_longer_needed, amendment.newly_needed, names)
    return f"{listed([names.labels.change(c.issue, c.before, c.to) for c in amendment.terms])} ({'; '.join(parts)})"


# --- the lead -------------------------------------------------------------------------------


def no_rise(finding: kinds.NoRise, names: Names) -> str:
    none = _none_helps(finding)
    if finding.reason != "never":
        return f"{none}."
    if not finding.blockers:
        return f"{none}; nobody refuses always, but never do all accept at once."
    return f"{none}. {' '.join(f'{capital(_blocked(b, names))}.' for b in finding.blockers)}"


def _none_helps(finding: kinds.NoRise) -> str:
    how = {
        "no_rise": "raises that beyond sampling error",
        "within_error": "lets all accept together beyond sampling error",
        "never": "lets all accept together in a single draw",
    }
    return f"No feasible amendment of up to {size_words(finding.changes)} {how[finding.reason]}"


def _blocked(blocker: kinds.Blocker, names: Names) -> str:
    name = names.spoken(blocker.party)
    if not blocker.lines:
        return f"{name} {names.verb(blocker.party, singular='loses')} by the text in every draw"
    lines = shared.lines_of(blocker.party, blocker.lines, names)
    return f"{name} {names.verb(blocker.party, singular='rejects')} the text by {lines}"


def without_any_line(finding: kinds.WithoutAnyLine, names: Names) -> str:
    return (
        f"{'Even without' if finding.share < HALF else 'Without'} any line of {people(finding.parties, names)} all "
        f"would accept the text as tabled in {percent(finding.share)} of draws."
    )


def listed_by_weakest(finding: kinds.ListedByWeakest, names: Names) -> str:
    return "They are listed by how often the weakest party accepts, then by how few lines are still crossed."


def best_single_change(finding: kinds.BestSingleChange, names: Names) -> str:
    if finding.amendment is None:
        return "No single change raises that beyond sampling error."
    return f"The most useful single change is {brief(finding.amendment, names)}."


def best_amendment(finding: kinds.BestAmendment, names: Names) -> str:
    most = size_words(finding.changes)
    best = "" if finding.amendment is None else brief(finding.amendment, names)
    if finding.half == "tabled":
        return f"The best of up to {most}: {best}."
    if finding.half == "not_reached":
        return f"{_half(finding)}{f'; the best is {best}' if best else ''}."
    if finding.least is not None and finding.least > 1:
        return f"{_half(finding)}: {best}."
    return f"That is enough to reach one half{f'; the best of up to {most} is {best}' if best else ''}."


def _half(finding: kinds.BestAmendment) -> str:
    """How many changes reach one half, where none do or it takes several."""
    if finding.least is None:
        return f"No amendment of up to {size_words(finding.changes)} reaches one half"
    return f"It takes {size_words(finding.least)} to reach one half"


def asking_fewer(finding: kinds.AskingFewer, names: Names) -> str:
    best = brief(finding.amendment, names)
    return f"Apart stands what works by not asking somebody who is asked now: at best {best}."


def party_spared(finding: kinds.PartySpared, names: Names) -> str:
    name, sentences = names.spoken(finding.party), []
    if finding.ordered:
        whom = [f"of {_sizes(x.changes)}, among those that {_AMONG[x.among]}" for x in finding.ordered]
        sentences.append(f"Listed by what {name} loses least by: {'; '.join(whom)}.")
    if finding.unordered:
        sizes = _sizes(finding.unordered)
        sentences.append(f"Of {sizes} none raises the joint share, so {name} is not looked at there.")
    return " ".join(sentences)


# --- the notes ------------------------------------------------------------------------------


def idle_issues(finding: kinds.IdleIssues, names: Names) -> str:
    issues = issue_names(finding.issues, names, "or")
    return f"By itself no change of {issues} raises the joint share beyond sampling error."


def idle_sizes(finding: kinds.IdleSizes, names: Names) -> str:
    return f"Not listed, since none raises the joint share: amendments of {_sizes(finding.changes)}."


def look_further(finding: kinds.LookFurther, names: Names) -> str:
    return f"--changes {finding.changes} looks further."


def stuck_issues(finding: kinds.StuckIssues, names: Names) -> str:
    stuck = listed([f"{names.labels.issue(x.issue)} ({', '.join(x.constraints)})" for x in finding.issues])
    return (
        "Cannot change alone, for constraints (sim show issues explains them, with --domain those of another domain): "
        f"{stuck}."
    )


def filler_changed(finding: kinds.FillerChanged, names: Names) -> str:
    return (
        "A term that is not in the sources is filler: changing it takes back nobody's word, but it does cost the "
        "parties whose mean gain falls."
    )


def who_pays(finding: kinds.WhoPays, names: Names) -> str:
    payers = [
        f"{capital(names.spoken(x.party))} loses on average (mean gain {x.gain_before:+.2f} to {x.gain:+.2f}) "
        f"{'but still accepts' if x.accepts else 'and accepts'} in {percent(x.share)} of draws."
        for x in finding.payers
    ]
    moved = [f"{names.spoken(x.party)} ({percent(x.before)} to {percent(x.after)})" for x in finding.moved]
    shares = f" Shares that move by a point or more: {listed(moved)}." if moved else ""
    return f"Who pays for the best of {size_words(finding.changes)}? {' '.join(payers)}{shares}"


def constraint(finding: kinds.ConstraintTouched, names: Names) -> str:
    rule = finding.constraint
    return f"{rule.id} ({rule.severity}): {rule.why}"


def broken_by_text(finding: kinds.BrokenByText, names: Names) -> str:
    rules = listed([f"{x.id} ({x.severity})" for x in finding.constraints])
    return f"The text itself breaks {rules}, so amendments may too."


def fewer_asked(finding: kinds.FewerAsked, names: Names) -> str:
    return (
        f"Amendments that ask fewer than the text does: {finding.amendments:,}. They are counted and ranked apart; "
        "those are listed that raise the joint share beyond sampling error."
    )


def padding_left_out(finding: kinds.PaddingLeftOut, names: Names) -> str:
    return (
        f"Left out: {finding.amendments:,} amendments that do not beat the text, or a part of their own changes, "
        "beyond sampling error."
    )


def weakest_only_left_out(finding: kinds.WeakestOnlyLeftOut, names: Names) -> str:
    count = finding.amendments
    s, them = ending(count, "s", ""), ending(count, "it", "them")
    return (
        f"Left out too: {count} of the best that help{s} the weakest party alone and raise{s} no joint share; json "
        f"and csv have {them}."
    )


def for_comparison(finding: kinds.ForComparison, names: Names) -> str:
    return (
        "Those listed do not raise the joint share either. They are shown for comparison: the weakest party accepts "
        "more often, or fewer lines are crossed."
    )


def picked_best(finding: kinds.PickedBest, names: Names) -> str:
    return (
        f"Picked as the best of {finding.amendments:,} on these draws, so their figures are a little flattered and "
        "their intervals too narrow for that; another --seed tells how much."
    )


def closing_counts(finding: kinds.ClosingCounts, names: Names) -> str:
    return f"Open: {issue_names(finding.issues, names)}; closing an issue counts as a change."


def nothing_opened(finding: kinds.NothingOpened, names: Names) -> str:
    if finding.reservation:
        return "Nothing is opened: a reservation value in numbers does not say what an open issue is worth."
    return "Nothing is opened: a text that leaves everything open costs nobody anything, so all would accept it."


def terms_stay(finding: kinds.TermsStay, names: Names) -> str:
    return f"Kept as they are: {issue_names(finding.issues, names)}."


#: The sentence of each kind of finding of amendments.
SENTENCES: Mapping[str, Callable[[Any, Names], str]] = {**shared.SENTENCES, **by_kind(globals())}


def say(finding: Finding, names: Names) -> str:
    """The sentence or two of a finding."""
    return SENTENCES[finding.kind](finding, names)


#: Of findings above the tables, those that these do not say themselves.
_BESIDE_TABLES = ("tabled_share", "without_any_line")


def in_short(finding: Finding, names: Names) -> str:
    """What a page says of a finding of the lead that has the amendments beside it; nothing of those that these show."""
    match finding:
        case kinds.NoRise():
            return f"{_none_helps(finding)}."
        case kinds.BestAmendment() if finding.half != "tabled":
            return f"{_half(finding)}."
    return say(finding, names) if finding.kind in _BESIDE_TABLES else ""
