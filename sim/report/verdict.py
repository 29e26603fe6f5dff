"""Numbers to plain words: the only place where a verdict is put into sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from sim.files.complaints import listed as listed
from sim.report.cautions import NO_ARTICLES, UNSOURCED, UNSOURCED_CAVEAT
from sim.report.edit_notes import edit_note
from sim.report.looked_for import in_short, looked_for
from sim.report.option_notes import like_notes, tells_unplaced, unplaced_notes
from sim.report.percents import HALF as HALF
from sim.report.percents import compact as compact
from sim.report.percents import per_cents as per_cents
from sim.report.percents import percent as percent
from sim.report.weight_notes import OLD_DAYS as OLD_DAYS
from sim.report.weight_notes import SILENCE as SILENCE
from sim.report.weight_notes import age_lines, silence_note
from sim.report.weight_notes import age_warnings as age_warnings
from sim.report.weight_notes import unsourced as unsourced
from sim.results.records import (
    EvidenceVerdict,
    Filler,
    Interval,
    IssueRecord,
    LineRecord,
    Objection,
    OnEvidence,
    OverallEvidence,
    PartyResult,
    PartyVerdict,
    Result,
    Settings,
)
from sim.scenario.edit_paths import EditsFile
from sim.scenario.labels import Labels, capital, possessive, spoken, verb

#: What is said of a term that no source gives, by its basis.
UNSTATED = {"assumed": "not in the sources", "proposed": "proposed here"}
#: The same of a term that a line is crossed by; there a term that no clause says, too, since one line may decide.
READ_OUT = "read out of the text"
CROSSED_BY = {"assumed": UNSTATED["assumed"], "inferred": READ_OUT}
#: A verdict as modelled in a word; ``singly``: each needed party accepts, but not all in one half of the draws;
#: ``with_filler``: accepted, but not with every filling of the terms that are the modeller's own.
Outcome = Literal["accepted", "with_filler", "singly", "divided", "refused", "none"]

#: What a party is said to do: its verdict as modelled, where the evidence does not leave both answers open.
Word = Literal["accepts", "refuses", "refuses, inferred", "divided", "unknown"]
#: Of a word, what stands over a share in tables of many texts; nothing where the share alone says it.
MARKS: Mapping[Word, str] = {"unknown": "unknown", "refuses, inferred": "inferred"}
#: Said once under what is marked so.
INFERRED = "Inferred: refused over a line that is read out of the sources, not stated in them."

#: In place of an objection on which the party's view is unknown: a place drawn at random is none.
NONE_KNOWN = "none known"
#: A drop of this much between layers is said under the table.
NOTABLE = 0.05
#: An interval wider than this that holds one half comes of too few draws, not of a party near one half.
WIDE = 0.2
#: Up to this many open issues, the best and worst ways of closing them are spelled out.
LISTED = 3
#: Said under every table.
CAVEAT = (
    "This is a reading of stated positions, not a forecast: shares count preference profiles that agree with the "
    "sources, not chances that events will happen."
)
#: Said where a figure of an alliance leaves its members out.
ALLIANCE = "An alliance's share is its own, without its members; sim run has it with them."


def stance(share: Interval) -> PartyVerdict:
    """Accepts when the interval lies at or above one half, refuses below it, else divided."""
    if share.low >= HALF:
        return "accepts"
    return "refuses" if share.high < HALF else "divided"


def evidence_stance(necessary: float, possible: float) -> EvidenceVerdict:
    """Refuses when even the upper figure is below one half, accepts when even the lower is not."""
    if possible < HALF:
        return "refuses"
    return "accepts" if necessary >= HALF else "not settled"


def refuses_by_inference(found: OnEvidence) -> bool:
    """No stated line settles it, but with inferred ones even the upper figure is below one half."""
    return found.verdict == "not settled" and found.with_inferred is not None and found.with_inferred < HALF


def overall(asked: Mapping[str, OnEvidence]) -> OverallEvidence:
    """What the evidence settles of a text, from what it settles of the parties asked, by id."""
    refusing = tuple(p for p, found in asked.items() if found.verdict == "refuses")
    unsettled = tuple(p for p, found in asked.items() if found.verdict == "not settled")
    inferred = tuple(p for p, found in asked.items() if refuses_by_inference(found))
    if refusing:
        return OverallEvidence(verdict="refused", parties=refusing, by_inference=inferred)
    if unsettled or not asked:
        return OverallEvidence(verdict="not settled", parties=unsettled, by_inference=inferred)
    return OverallEvidence(verdict="accepted", parties=tuple(asked))


def evidence_word(found: OverallEvidence) -> str:
    """What the evidence settles of a text, in a word or two."""
    if found.verdict != "not settled":
        return found.verdict
    return "refused, inferred" if found.by_inference else "unknown"


def word(modelled: PartyVerdict, evidence: OnEvidence | None) -> Word:
    """What a party is said to do.

    Where the evidence alone leaves both answers open (``not settled``), that is unknown, whatever the assumptions make
    of it, unless lines that are inferred from the sources leave one answer. ``evidence`` is None where nothing is
    sourced, so that the figures given are all there is.
    """
    if evidence is None or evidence.verdict != "not settled":
        return modelled
    return "refuses, inferred" if refuses_by_inference(evidence) else "unknown"


def word_of(party: PartyResult, settings: Settings) -> Word:
    """:func:`word` of a party, of an alliance with its members."""
    return word(party.verdict, None if unsourced(settings) else party.on_evidence)


def own_word(party: PartyResult, settings: Settings) -> Word:
    """:func:`word` of a party by itself, of an alliance without its members."""
    alone = party.own or party
    return word(alone.verdict, None if unsourced(settings) else alone.on_evidence)


def sentences(result: Result) -> str:
    """What the evidence settles, what the model makes of it besides, and on which lines that hangs."""
    if not result.asked or result.joint_acceptability is None:
        if _unfilled(result):
            return "Nothing is filled in yet: no party ranks an option, so there is no verdict."
        return "No party with positions has to consent, so there is no verdict."
    if settles_nothing(result):
        return "The text settles nothing: every issue is open, so there is no verdict."
    said = [UNSOURCED if unsourced(result.settings) else _evidence(result), *_modelled(result)]
    if result.settings.sources == "no articles":
        said.insert(0, NO_ARTICLES)
    said += layer_notes(result)[:1]
    return " ".join(said)


def caveat(settings: Iterable[Settings]) -> str:
    """What is said under tables, by what the results rest on."""
    held = list(settings)
    return UNSOURCED_CAVEAT if held and all(map(unsourced, held)) else CAVEAT


def _unfilled(result: Result) -> bool:
    """Nothing is sourced, and nothing is said of any party, as in the files that ``sim new --negotiation`` writes."""
    return unsourced(result.settings) and all(p.silent for p in result.parties)


def settles_nothing(result: Result) -> bool:
    """Every issue is left open, so that the text is no deal itself."""
    return result.open is not None and len(result.open.issues) == sum(result.terms_by_basis.model_dump().values())


def outcome(result: Result) -> tuple[Outcome, tuple[PartyResult, ...]]:
    """The verdict as modelled and the parties who make it so; nobody where there is no verdict."""
    asked, found = result.asked, result.joint_acceptability
    if not asked or found is None or settles_nothing(result):
        return "none", ()
    if refusing := tuple(p for p in asked if (p.own or p).verdict == "refuses"):
        return "refused", refusing
    if divided := tuple(p for p in asked if (p.own or p).verdict == "divided"):
        return "divided", divided
    if found.low < HALF:
        return "singly", (min(asked, key=_share),)
    return "with_filler" if depends_on_filler(result) else "accepted", asked


def short(result: Result) -> str:
    """The verdict in a few words: what the evidence settles, else who is unknown; without sources as modelled."""
    word, parties = outcome(result)
    if word == "none":
        return "no verdict"
    if not unsourced(result.settings):
        found = result.on_evidence
        return evidence_in_short(found, {p.id: p.name for p in result.parties})
    who = ", ".join(p.name for p in parties)
    return {
        "accepted": "accepted",
        "with_filler": "accepted",
        "singly": "by each, not by all together",
        "divided": f"divided: {who}",
        "refused": f"refused by {who}",
    }[word]


def evidence_in_short(found: OverallEvidence, names: Mapping[str, str]) -> str:
    """What the evidence settles and of whom, in a few words."""
    if found.verdict == "accepted":
        return "accepted"
    inferred = found.verdict == "not settled" and found.by_inference
    who = ", ".join(names[p] for p in inferred or found.parties)
    return f"unknown: {who}" if found.verdict == "not settled" and not inferred else f"{evidence_word(found)} by {who}"


def _modelled(result: Result) -> list[str]:
    """The joint share, then every party that is on the wrong side of one half, or the weakest."""
    found = result.joint_acceptability
    assert found is not None
    together = f"accept together in {percent(found.estimate)} of draws"
    everybody = "all whose consent is needed" + (" and modelled" if result.consent_not_modelled else "")
    word, parties = outcome(result)
    if word in ("refused", "divided"):
        return [f"As modelled, {everybody} {together}.", *(_short_of_half(result, p) for p in parties)]
    weakest = min(result.asked, key=_share)
    least = f"the weakest is {spoken(weakest.name)} ({percent(_share(weakest))})"
    if word == "singly":
        return [f"As modelled, each accepts by itself, but {everybody} {together} only; {least}."]
    said = [f"As modelled, {everybody} {together}; {least}."]
    if word == "with_filler" and (filler := result.filler) is not None:
        said.append(
            f"That hangs on {filler.assumed_terms} of {filler.terms} terms of filler: over "
            f"{_fillings(filler)} it is {percent(filler.low)} to {percent(filler.high)} (median "
            f"{percent(filler.median)})."
        )
    return said


def _share(party: PartyResult) -> float:
    """Acceptability; an alliance's own, since a member's refusal is the member's alone."""
    return (party.own or party).acceptability.estimate


def _short_of_half(result: Result, party: PartyResult) -> str:
    """A party that does not reach one half, and over what."""
    itself = " by itself" if party.own is not None else ""
    said = f"{capital(spoken(party.name))}{itself} {verb(party.name, singular='accepts')} in {percent(_share(party))}"
    words = main_objection(party.main_objection, result.labels, party.id)
    if words == NONE_KNOWN:
        cell = _objected(result, party)
        where = "" if cell is None else f" ({result.labels.issue(cell.issue)}: {_sought(cell)})"
        return f"{said}; no objection of it is known{where}."
    return f"{said}; main objection: {words.removeprefix('its ')}." if words else f"{said}."


def objection(result: Result, party: PartyResult) -> str:
    """The main objection in a few words; empty where there is none.

    Where the party's view is unknown :data:`NONE_KNOWN`, with whether it was looked for.
    """
    words, cell = main_objection(party.main_objection, result.labels, party.id), _objected(result, party)
    return f"{words} ({in_short(cell.searched)})" if words == NONE_KNOWN and cell is not None else words


def _objected(result: Result, party: PartyResult) -> IssueRecord | None:
    """The cell of the issue that a party objects over; None for a line, and where there are no sources to look in."""
    found = party.main_objection
    if found is None or unsourced(result.settings):
        return None
    return next((cell for cell in party.issues if cell.issue == found.issue), None)


def _sought(cell: IssueRecord) -> str:
    return looked_for(cell.searched, bool(cell.evidence))


def main_objection(found: Objection | None, labels: Labels, party: str) -> str:
    """As :func:`objection`, from its parts."""
    if found is not None and found.kind == "issue" and found.basis == "unknown":
        return NONE_KNOWN
    return objection_words(found, labels, party)


def objection_words(found: Objection | None, labels: Labels, party: str) -> str:
    """An objection of a party in a few words; empty for none."""
    if found is None:
        return ""
    more = "; ".join(x for x in (CROSSED_BY.get(found.term_basis or "", ""), _polled(found)) if x)
    if found.kind == "red_line":
        return f"its {found.basis} {red_line(labels, found.issue, found.option, more)}"
    if found.kind == "refusal":
        return f"its {found.basis} refusal {labels.refusal(party, found.refusal)}{f' ({more})' if more else ''}"
    unstated = f", {UNSTATED[found.term_basis]}" if found.term_basis in UNSTATED else ""
    unknown = ", its view unknown" if found.basis == "unknown" else ""
    return f"{labels.term(found.issue or '', found.option)}{unstated}{unknown}"


def red_line(labels: Labels, issue: str | None, option: str | None, more: str = "") -> str:
    """``red line against 'NATO membership' (place towards NATO)``; ``more`` stands in the brackets too."""
    where = "; ".join(x for x in (labels.issue(issue or ""), more) if x)
    return f"red line against '{labels.option(issue or '', option)}' ({where})"


def _polled(found: Objection) -> str:
    """What a line from a poll rests on, or with which chance one without a poll holds."""
    if found.holds is None:
        return ""
    low, high = (percent(x) for x in found.holds)
    # an edit of a line, or of the one that it is a copy of, takes its polls away
    whence = "polls" if found.evidence and found.basis != "edited" else "holds"
    return f"{whence}: {low if low == high else f'{low} to {high}'}"


def _evidence(result: Result) -> str:
    parties = [result.party(p) for p in result.on_evidence.parties]
    ranges = {p.name: (p.own or p).on_evidence for p in parties}
    return on_evidence(result.on_evidence, ranges, result.settings)


def on_evidence(found: OverallEvidence, ranges: Mapping[str, OnEvidence], settings: Settings) -> str:
    """What the evidence settles; ``ranges`` are those of the parties of ``found``, by name, told if they are few."""
    few = len(ranges) <= LISTED
    named = [f"{spoken(name)} ({evidence_range(x)})" if few else spoken(name) for name, x in ranges.items()]
    alone, it = (
        ("On the evidence and the edits", "they leave") if settings.edits else ("On the evidence alone", "it leaves")
    )
    each = ", each by itself" if len(named) > 1 else ""
    said = {
        "refused": f"{alone}, refused by {listed(named)}.",
        "accepted": f"{alone}, accepted by {listed(named)}{each}.",
        "not settled": f"{alone}, unknown: {it} open whether {listed(named)} {verb(*ranges, singular='accepts')}.",
    }[found.verdict]
    if found.verdict == "not settled" and found.by_inference:
        refusing = listed([spoken(name) for name, x in ranges.items() if refuses_by_inference(x)])
        by = [name for name, x in ranges.items() if refuses_by_inference(x)]
        said += f" If inferred lines hold, {refusing} {verb(*by, singular='refuses')}."
    if settings.no_deal_basis == "assumed":
        said += " What no deal brings is an assumption, which these words take as it is."
    return said


def evidence_range(found: OnEvidence) -> str:
    """What the evidence allows, compactly."""
    low, high = compact(found.necessary), compact(found.possible)
    return low if low == high else f"{low} to {high}"


def line_name(line: LineRecord, labels: Labels, party: str) -> str:
    """A line of a party, with its basis."""
    if line.kind == "red_line":
        return f"the {line.basis} {red_line(labels, line.issue, line.option)}"
    return f"the {line.basis} refusal {labels.refusal(party, line.refusal)}"


def layer_notes(result: Result) -> list[str]:
    """For each needed party that inferred or assumed lines turn away: which, and the figure without."""
    notes = []
    for party in result.asked:
        # An alliance is told by its own figures; its members' lines are told with the member.
        layers = (party.own or party).by_layer
        before, after = layers.stated, layers.assumed
        soft = [line for line in party.lines if line.crossed and line.basis in ("inferred", "assumed")]
        if before - after < NOTABLE or not soft:
            continue
        lines = [line_name(line, result.labels, party.id) for line in soft]
        bases = listed([b for b in ("inferred", "assumed") if any(line.basis == b for line in soft)])
        which = listed(lines) if len(lines) < LISTED else f"its {len(lines)} {bases} lines"
        under = ", still under one half" if before < HALF else ""
        notes.append(f"Without {which}, {spoken(party.name)} would accept in {percent(before)} of draws{under}.")
    return notes


def reading_note(result: Result) -> str | None:
    """That a needed party refuses on the evidence over nothing that the text says in a clause; over which terms."""
    issues: dict[str, None] = {}
    bases: set[str] = set()
    who = []
    for party in result.asked:
        alone, found = party.own or party, party.main_objection
        if alone.on_evidence.verdict != "refuses" or found is None or found.kind == "issue":
            continue
        lines = [x for x in party.lines if x.crossed and x.basis in ("stated", "edited")]
        if not lines or not all(x.term_basis in CROSSED_BY for x in lines):
            continue
        who.append(spoken(party.name))
        bases |= {x.term_basis or "" for x in lines}
        said = {x.issue for x in party.issues if x.term_basis in CROSSED_BY}
        issues |= dict.fromkeys(i for x in lines for i in x.terms if i in said)
    if "inferred" not in bases:
        return None
    read = READ_OUT + (" or filler" if "assumed" in bases else "")
    over = listed([result.labels.issue(i) for i in issues])
    return (
        f"The lines that decide for {listed(who)} on the evidence cross terms that are {read}, not written in it: "
        f"{over}."
    )


def turning_notes(result: Result, issue: str | None) -> list[str]:
    """For each needed party whose verdict changes with the class of the turning issue: where."""
    notes = []
    for party in result.asked:
        strip = (party.own or party).by_turning_class
        if issue is None or strip is None:
            continue
        shares = strip.model_dump()
        low = [c for c, s in shares.items() if s < HALF]
        high = [c for c, s in shares.items() if s >= HALF]
        if low and high:
            figures = ", ".join(f"{c} {percent(s)}" for c, s in shares.items())
            held = next(x.importance for x in party.issues if x.issue == issue)
            notes.append(
                f"As modelled, {possessive(party.name)} answer turns on how important "
                f"{result.labels.issue(issue)} is to it "
                f"({held} here): {figures}."
            )
    return notes


def _other_warnings(result: Result) -> list[str]:
    """The warnings that no other note tells."""
    aged = set(age_warnings(result).values())
    return [w for w in result.warnings if w not in aged and not tells_unplaced(w, result)]


def filler_note(result: Result) -> str | None:
    """How many terms are filler and what range other fillings leave."""
    found = result.filler
    if found is None or unsourced(result.settings):
        return None
    verb = "is" if found.assumed_terms == 1 else "are"
    said = f"{found.assumed_terms} of {found.terms} terms {verb} filler ({UNSTATED['assumed']})"
    low, high = percent(found.low), percent(found.high)
    if low == high:
        return f"{said}. Over {_fillings(found)} the joint share stays at {low}."
    said += f". Over {_fillings(found)} the joint share is {low} to {high} (median {percent(found.median)})"
    return said + ("; so it depends on terms the sources do not give." if depends_on_filler(result) else ".")


def default_note(result: Result) -> str | None:
    """What the issues' own defaults say in place of the text."""
    if not result.defaults:
        return None
    open_issues = () if result.open is None else result.open.issues
    terms = {i.issue: i.option for p in result.parties[:1] for i in p.issues}
    said = [
        f"{result.labels.issue(i)}: {'open' if i in open_issues else result.labels.option(i, terms.get(i))}"
        for i in result.defaults
    ]
    return f"Not named by the text, so set by default (assumed): {listed(said)}."


def proposed_note(result: Result) -> str | None:
    """How many terms are their author's own, which is no filler."""
    count, terms = result.terms_by_basis.proposed, sum(result.terms_by_basis.model_dump().values())
    if not count or unsourced(result.settings):
        return None
    many = f"All {terms} terms" if count == terms else f"{count} of {terms} terms"
    return f"{many} {'is' if count == 1 else 'are'} proposed here: the author's own, not filler."


def _fillings(found: Filler) -> str:
    """How many ways of filling the assumed terms were looked at, in words."""
    if found.fillings == 1:
        return "the one feasible filling" if found.every_filling else "a sample of one feasible filling"
    return f"{'all' if found.every_filling else 'a sample of'} {found.fillings} feasible fillings"


def filler_caution(assumed: int, terms: int, settings: Settings) -> str | None:
    """For an analysis without other fillings: said beside its verdict where most terms of the text are filler."""
    if unsourced(settings):
        return UNSOURCED
    if 2 * assumed <= terms:
        return None
    many = f"All {terms} terms" if assumed == terms else f"{assumed} of {terms} terms"
    return f"{many} of the text are filler, not in the sources; the verdict is on that as much as on the sources."


def depends_on_filler(result: Result) -> bool:
    """Whether the joint share crosses one half among the text's own filler and the others looked at."""
    if result.filler is None or result.joint_acceptability is None or unsourced(result.settings):
        return False
    own = result.joint_acceptability.estimate
    return min(own, result.filler.low) < HALF <= max(own, result.filler.high)


def open_note(result: Result) -> str | None:
    """What closing the open issues does, in words."""
    found = result.open
    if found is None:
        return None
    names = listed([result.labels.issue(i) for i in found.issues])
    if not result.asked and not any(c and c.calls_on for c in (found.best, found.worst)):
        return f"Left open: {names}."
    if found.some_completion is None or found.best is None or found.worst is None:
        return f"Left open: {names}; no way of closing that the constraints allow was found."
    them = "them" if len(found.issues) > 1 else "it"
    said = (
        f"Left open: {names}, scored as no deal leaves {them}. All accept one way or another of closing {them} in "
        f"{percent(found.some_completion)} of draws, every way in {percent(found.every_completion or 0.0)}. "
    )
    best, worst = (percent(x.joint_acceptability) for x in (found.best, found.worst))
    if found.best.joint_acceptability == found.worst.joint_acceptability:
        said += f"Each single way is accepted in {best}"
    elif len(found.issues) > LISTED:
        said += f"Of single ways the best is accepted in {best}, the worst in {worst}"
    else:
        said += (
            f"Of single ways the best is {result.labels.terms(found.best.terms)} ({best}), the worst "
            f"{result.labels.terms(found.worst.terms)} ({worst})"
        )
    called = sorted({p for c in (found.best, found.worst) for p in c.calls_on})
    if called:
        said += f"; closing may call on {listed([result.called(p) for p in called])}"
    if not found.every_completion_listed:
        said += f" (a sample of {found.completions} ways)"
    return said + "."


def notes(result: Result, before: Result | None = None, files: Sequence[EditsFile] = ()) -> list[str]:
    """The short lines under the table, only those that matter.

    ``before`` is the result without its edits, ``files`` the files that these come from.
    """
    said: list[str] = []
    if result.joint_acceptability is not None and not settles_nothing(result):
        weakest = result.called(result.weakest_party) if result.weakest_party else "nobody"
        votes = ", signed and ratified," if any(p.ratification for p in result.asked) else ""
        many = len(result.asked)
        over = f"all {many} needed parties" if many > 1 else "the one party asked"
        least = f"; the weakest is {weakest}" if many > 1 else ""
        said.append(f"The joint share{votes} counts draws in which {over} accept{'s' * (many == 1)}{least}.")
    sole = [(p.sole_blocker or 0.0, p.name) for p in result.asked if (p.sole_blocker or 0.0) >= NOTABLE]
    if sole and len(result.asked) > 1:
        said.append(
            "Alone in refusing: "
            f"{listed([f'{spoken(name)} in {percent(s)}' for s, name in sorted(sole, reverse=True)])} of "
            "draws."
        )
    said += _present((reading_note(result),))
    said += [x for x in layer_notes(result) if x not in result.verdict]
    said += turning_notes(result, result.settings.turning_issue)
    said += [*unplaced_notes(result), *like_notes(result)]
    said += _present(
        (open_note(result), filler_note(result), proposed_note(result), default_note(result), silence_note(result))
    )
    silent = [spoken(p.name) for p in result.parties if p.consent_needed and p.silent]
    if silent:
        nothing = "Nothing is filled in yet for" if unsourced(result.settings) else "The sources are silent on"
        said.append(f"{nothing} {listed(silent)}, whose consent is needed; left out of the joint share.")
    modelled = {p.id for p in result.parties}
    others = [result.names.get(p, p) for p in result.consent_not_modelled if p not in modelled]
    if others:
        said.append(f"Consent needed but not modelled, and left out of the joint share: {listed(others)}.")
    said += _present((edit_note(result, before, files),))
    said += _present((draws_note(result),))
    said += age_lines(result)
    # A complaint names its severity itself, after its place.
    said += [f"Warning: {w.replace(': warning: ', ': ', 1)}" for w in _other_warnings(result)]
    said.append(draws_words(result.settings))
    return said


def draws_words(settings: Settings, error: str = "intervals are sampling error only") -> str:
    """How many draws, and what ``error`` they carry; without anything to draw, that."""
    if not settings.drawn:
        return "All preferences are given as numbers, so that nothing is drawn: a share is 0% or 100%."
    draws = settings.draws
    return f"{draws:,} draw{'s' * (draws != 1)}, seed {settings.seed}{f'; {error}' if error else ''}."


def draws_note(result: Result) -> str | None:
    """That there are too few draws to tell on which side of one half some parties stand."""
    shares = [(p.name, (p.own or p).acceptability) for p in result.parties if not p.silent]
    wide = [spoken(name) for name, x in shares if x.low < HALF <= x.high and x.high - x.low > WIDE]
    if not wide:
        return None
    return f"Too few draws to tell for {listed(wide)}: the interval holds one half, hence divided; take more."


def _present(items: Iterable[str | None]) -> list[str]:
    return [x for x in items if x]
