"""Findings in words: the one place where a sentence of a run, or one that several questions share, is formed.

One function a kind, in :data:`SENTENCES`. A question's own kinds have theirs in ``english.py`` of its folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import isfunction
from typing import Any

from sim.engine.ratification import decided_yes
from sim.files.grammar import ending, listed, plural
from sim.report.looked_for import LOOKED_FOR, NOT_LOOKED_FOR, looked_for
from sim.report.numbers import compact_range, exact, per_cents, percent
from sim.report.verdict import NONE_KNOWN, READ_OUT, UNKNOWN, UNSTATED, evidence_word, line_name, main_objection
from sim.results import result as kinds
from sim.results import verdicts
from sim.results.findings import note_findings, verdict_findings
from sim.results.records import SLACK, Filler, Finding, OnEvidence, PartyRule, Settings
from sim.results.result import Result
from sim.results.verdicts import HALF, OLD_DAYS, mostly_filler
from sim.scenario.checks import ONE
from sim.scenario.edit_paths import EditsFile
from sim.scenario.labels import Labels, capital, possessive, spoken, verb

#: Up to this many parties, lines or open issues are spelled out.
LISTED = 3
#: Of what a party asks for beyond a text so much is named.
NAMED = 2
#: Said where those for and those against were not counted in one poll.
TOGETHER = "taken together from several polls"
#: Said once, in place of what the evidence settles, for a domain without sources.
UNSOURCED = "Nothing in this domain is sourced: this is arithmetic on the figures given, not a reading of evidence."
#: Said first where only articles count and there are none.
NO_ARTICLES = "No source of this domain is an article, so all that rests on sources counts as assumed."
#: Said where a figure of an alliance leaves its members out.
ALLIANCE = "An alliance's share is its own, without its members; sim run has it with them."
#: What an edit may change, besides parties' shares.
MEASURES = {
    "joint": "joint",
    "agreed": "agreements that stand",
    "ratification_failed": "fail in ratification",
    "broke_down": "break down",
}
#: The reasons why there is no verdict.
NO_VERDICT = {
    "nothing_filled_in": "Nothing is filled in yet: no party ranks an option, so there is no verdict.",
    "nobody_asked": "No party with positions has to consent, so there is no verdict.",
    "nothing_settled": "The text settles nothing: every issue is open, so there is no verdict.",
}


@dataclass(frozen=True)
class Names:
    """How a page calls what findings know by id: ``parties`` has the names of parties and of actors."""

    labels: Labels
    parties: Mapping[str, str]

    def party(self, id: str) -> str:
        """A name as it stands in a table; an id that nobody has named, as it is."""
        return self.parties.get(id, id)

    def spoken(self, id: str) -> str:
        """A name as it stands in a sentence."""
        return spoken(self.party(id))

    def term(self, issue: str, option: str) -> str:
        """A term in a sentence: ``'neutrality' (place towards NATO)``."""
        return f"'{self.labels.option(issue, option)}' ({self.labels.issue(issue)})"

    def verb(self, *ids: str, singular: str) -> str:
        """A verb for parties in a sentence, as :func:`sim.scenario.labels.verb`."""
        return verb(*(self.party(id) for id in ids), singular=singular)

    def shares(self, parties: Iterable[kinds.PartyShare], words: str = "{party} in {share}") -> str:
        """Parties with their shares, listed."""
        return listed([words.format(party=self.spoken(x.party), share=percent(x.share)) for x in parties])


def names_of(result: Result) -> Names:
    """The names that a result carries."""
    return Names(result.labels, {**result.names, **{p.id: p.name for p in result.parties}})


def paragraph(findings: Iterable[Finding], names: Names) -> str:
    """Findings as the sentences of one paragraph."""
    return " ".join(say(x, names) for x in findings)


def sentences(result: Result) -> str:
    """What the evidence settles, what the model makes of it besides, and on which lines that hangs."""
    return paragraph(verdict_findings(result), names_of(result))


def notes(result: Result, before: Result | None = None, files: Sequence[EditsFile] = ()) -> list[str]:
    """The sentences under the table; arguments as of :func:`sim.results.findings.note_findings`."""
    names = names_of(result)
    return [say(x, names) for x in note_findings(result, before, files)]


# The verdict


def no_verdict(finding: kinds.NoVerdict, names: Names) -> str:
    return NO_VERDICT[finding.reason]


def no_articles(finding: kinds.NoArticles, names: Names) -> str:
    return NO_ARTICLES


def unsourced(finding: kinds.Unsourced, names: Names) -> str:
    return UNSOURCED


def on_evidence(finding: kinds.EvidenceSettles, names: Names) -> str:
    """What the evidence settles; the ranges of the parties are told if they are few."""
    ids = [x.party for x in finding.parties]
    few = len(ids) <= LISTED
    ranges = {x.party: f" ({compact_range(x.necessary, x.possible)})" if few else "" for x in finding.parties}
    who, each = listed([names.spoken(id) + ranges[id] for id in ids]), ", each by itself" if len(ids) > 1 else ""
    alone, it = "On the evidence alone", "it leaves"
    if finding.edited:
        alone, it = "On the evidence and the edits", "they leave"
    sentence = {
        "refused": f"{alone}, refused by {who}.",
        "accepted": f"{alone}, accepted by {who}{each}.",
        "not settled": f"{alone}, {UNKNOWN}: {it} open whether {who} {names.verb(*ids, singular='accepts')}.",
    }[finding.verdict]
    by_inference = [x.party for x in finding.parties if x.by_inference]
    if finding.verdict == "not settled" and by_inference:
        refusing = listed([names.spoken(id) for id in by_inference])
        sentence += f" If inferred lines hold, {refusing} {names.verb(*by_inference, singular='refuses')}."
    if finding.no_deal_assumed:
        sentence += " What no deal brings is an assumption, which these words take as it is."
    return sentence


def joint_share(finding: kinds.JointShare, names: Names) -> str:
    everybody = "all whose consent is needed" + (" and modelled" if finding.others_not_modelled else "")
    together = f"accept together in {percent(finding.share)} of draws"
    if finding.outcome in ("refused", "divided"):
        return f"As modelled, {everybody} {together}."
    least = f"the weakest is {names.spoken(finding.weakest.party)} ({percent(finding.weakest.share)})"
    if finding.outcome == "singly":
        return f"As modelled, each accepts by itself, but {everybody} {together} only; {least}."
    return f"As modelled, {everybody} {together}; {least}."


def filler_decides(finding: kinds.FillerDecides, names: Names) -> str:
    filler = finding.filler
    terms = f"{filler.assumed_terms} of {filler.terms} terms of filler"
    low, middle, high = map(percent, (filler.low, filler.median, filler.high))
    return f"That hangs on {terms}: over {_fillings(filler)} it is {low} to {high} (median {middle})."


def below_half(finding: kinds.BelowHalf, names: Names) -> str:
    """A party that does not reach one half, and over what."""
    itself = " by itself" if finding.alone else ""
    accepts = names.verb(finding.party, singular="accepts")
    sentence = f"{capital(names.spoken(finding.party))}{itself} {accepts} in {percent(finding.share)}"
    words = main_objection(finding.objection, names.labels, finding.party)
    if words == NONE_KNOWN:
        cell = finding.unknown
        where = "" if cell is None else f" ({names.labels.issue(cell.issue)}: {looked_for(cell.searched, cell.cited)})"
        return f"{sentence}; no objection of it is known{where}."
    return f"{sentence}; main objection: {words.removeprefix('its ')}." if words else f"{sentence}."


def without_lines(finding: kinds.WithoutLines, names: Names) -> str:
    lines = [line_name(line, names.labels, finding.party) for line in finding.lines]
    bases = listed([b for b in ("inferred", "assumed") if any(line.basis == b for line in finding.lines)])
    which = listed(lines) if len(lines) < LISTED else f"its {len(lines)} {bases} lines"
    under = ", still under one half" if finding.share < HALF else ""
    who = names.spoken(finding.party)
    return f"Without {which}, {who} would accept in {percent(finding.share)} of draws{under}."


def asks_for_more(finding: kinds.AsksForMore, names: Names) -> str:
    """Who accepts less than it asks for; of each party no more demands than are quickly read."""
    each = []
    for x in finding.parties:
        named, more = x.demands[:NAMED], len(x.demands) - NAMED
        asked = [f"{names.labels.demand(x.party, y.demand)} ({_instead(y, names)})" for y in named]
        asked += [f"{more} more"] if more > 0 else []
        each.append(f"{names.spoken(x.party)} {names.verb(x.party, singular='asks')} for {listed(asked)}")
    return f"No worse than no deal, as modelled, but less than was asked for: {'; '.join(each)}."


def _instead(demand: kinds.UnmetDemand, names: Names) -> str:
    """What the text says in place of what is asked for, and the claims."""
    labels, here = names.labels, []
    for issue, option in demand.terms.items():
        words = [labels.term(issue, option)]
        if issue in demand.seen_as:
            words.append(f"which counts for it as '{labels.option(issue, demand.seen_as[issue])}'")
        here.append(", ".join(words + [READ_OUT] * (issue in demand.read_out)))
    return "; ".join([f"here {listed(here)}", *([", ".join(demand.evidence)] if demand.evidence else [])])


def graded_claims(finding: kinds.GradedClaims, names: Names) -> str:
    """Whose word hangs on weak and single sources, and what it is without them; the same of the text if it does."""
    each = []
    for x in finding.parties:
        named, more = x.claims[:LISTED], len(x.claims) - LISTED
        claims = listed([*named, *([f"{more} more"] if more > 0 else [])])
        with_all, without = (_settled(y, names, x.party) for y in (x.on_evidence, x.without))
        each.append(f"{names.spoken(x.party)} {with_all} ({claims}; without {_them(x.claims)} {without})")
    sentence = f"Hangs on weak or single sources: {'; '.join(each)}."
    now, then = evidence_word(finding.on_evidence), evidence_word(finding.without)
    if now != then:
        sentence += f" Without these, the text is {then} on the evidence, not {now}."
    return sentence


def _settled(evidence: OnEvidence, names: Names, party: str) -> str:
    """What the evidence settles of a party, as a verb or as unknown."""
    if evidence.verdict == "not settled" and not verdicts.refuses_by_inference(evidence):
        return UNKNOWN
    inferred = ", inferred" if evidence.verdict == "not settled" else ""
    return names.verb(party, singular="accepts" if evidence.verdict == "accepts" else "refuses") + inferred


def _them(claims: Sequence[str]) -> str:
    return "it" if len(claims) == 1 else "them"


# Votes of the people


def vote_outcome(finding: kinds.VoteOutcome, names: Names) -> str:
    """Which of the two fails, the signing or the vote."""
    shares = names.shares(finding.votes, "{share} ({party})")
    if finding.signed is None:
        return f"Nobody has to sign it; the vote is won in {shares} of draws."
    won = all(x.share >= HALF for x in finding.votes)
    signed = finding.signed >= HALF
    what = "Neither fails" if won else "The vote fails"
    if not signed:
        what = "The signing fails" if won else "Both fail"
    signing = f"all who must sign do so in {percent(finding.signed)} of draws"
    return f"{what}, as modelled: {signing}, the vote is won in {shares}."


def vote_reading(finding: kinds.VoteReading, names: Names) -> str:
    """The figure of a party that decides by voters under each reading of its polls."""
    vote, who = finding.ratification, names.spoken(finding.party)
    if not finding.polled:
        gains = f"where it gains, in {percent(vote.passes)} of draws"
        otherwise = f"if voters differ as the draws do, in {percent(vote.mixed)}"
        return f"No poll bears on this text, so the vote of {who} is won {gains}; {otherwise}."
    sentence = (
        f"The vote of {who} is won in {percent(vote.passes)} of draws; in {percent(vote.polls)} if only polls count, "
        f"in {percent(vote.mixed)} if voters differ in what no poll asked. The polls leave a yes of "
        f"{_yes(vote.yes)}, where over {exact(finding.quota)} is needed"
    )
    decided = decided_yes(vote.yes)
    if decided is None:
        return f"{sentence}; nobody has an opinion."
    together = f", {TOGETHER}," if vote.several_polls else ""
    return f"{sentence}; of those with an opinion{together} {exact(decided)} say yes."


def _yes(ends: tuple[float, float]) -> str:
    low, high = ends
    return exact(low) if low == high else f"{exact(low)} to {exact(high)}"


def inherited_poll(finding: kinds.InheritedPoll, names: Names) -> str:
    like = names.labels.option(finding.issue, finding.like)
    asked = f"asked {names.spoken(finding.party)} about {names.term(finding.issue, finding.option)}"
    return f"No poll found that {asked}: what is read there is inherited from '{like}' (like)."


# Who stands in the way, and over what


def joint_counts(finding: kinds.JointCounts, names: Names) -> str:
    many = finding.parties
    over = f"all {many} needed parties" if many > 1 else "the one party asked"
    weakest = "nobody" if finding.weakest is None else names.spoken(finding.weakest)
    ratified = ", signed and ratified," if finding.ratified else ""
    accept, least = f"accept{ending(many, 's', '')}", f"; the weakest is {weakest}" if many > 1 else ""
    return f"The joint share{ratified} counts draws in which {over} {accept}{least}."


def sole_blockers(finding: kinds.SoleBlockers, names: Names) -> str:
    return f"Alone in refusing: {names.shares(finding.parties)} of draws."


def read_out(finding: kinds.ReadOut, names: Names) -> str:
    read = READ_OUT + (" or filler" if finding.filler else "")
    who, terms = listed([*map(names.spoken, finding.parties)]), listed([*map(names.labels.issue, finding.issues)])
    crossed = f"cross terms that are {read}, not written in it: {terms}"
    return f"The lines that decide for {who} on the evidence {crossed}."


def turning_class(finding: kinds.TurningClass, names: Names) -> str:
    figures = ", ".join(f"{c} {percent(s)}" for c, s in finding.shares.model_dump().items())
    whose, issue = possessive(names.party(finding.party)), names.labels.issue(finding.issue)
    important = f"how important {issue} is to it ({finding.importance} here)"
    return f"As modelled, {whose} answer turns on {important}: {figures}."


def unplaced_term(finding: kinds.UnplacedTerm, names: Names) -> str:
    term = finding.term
    bears = "bears" if term.lines in ONE else "bear"
    unsaid = f"Nothing says what {names.spoken(term.party)} makes of {names.term(term.issue, term.option)}"
    drawn = "On the evidence it may be worth anything to it; here it is drawn."
    return f"{unsaid}: {term.lines} there {bears} on other options. {drawn}"


def like_term(finding: kinds.LikeTerm, names: Names) -> str:
    term, like = names.term(finding.issue, finding.option), names.labels.option(finding.issue, finding.like)
    read = f"{term} is read as '{like}' is, where nothing says otherwise (like)"
    return f"{read}; what it takes over counts as assumed."


# Terms that the sources do not give


def open_issues(finding: kinds.OpenIssues, names: Names) -> str:
    """What closing the open issues does."""
    closing, labels = finding.open, names.labels
    left_open = f"Left open: {listed([labels.issue(i) for i in closing.issues])}"
    if finding.mostly:
        left_open += ", most of all issues, so that a yes means no worse than no deal"
    if not finding.asked and not any(c and c.calls_on for c in (closing.best, closing.worst)):
        return f"{left_open}."
    if closing.some_completion is None or closing.best is None or closing.worst is None:
        return f"{left_open}; no way of closing that the constraints allow was found."
    them = "them" if len(closing.issues) > 1 else "it"
    sentence = (
        f"{left_open}, scored as no deal leaves {them}. All accept one way or another of closing {them} in "
        f"{percent(closing.some_completion)} of draws, every way in {percent(closing.every_completion or 0.0)}. "
    )
    best, worst = (percent(x.joint_acceptability) for x in (closing.best, closing.worst))
    if closing.best.joint_acceptability == closing.worst.joint_acceptability:
        sentence += f"Each single way is accepted in {best}"
    elif len(closing.issues) > LISTED:
        sentence += f"Of single ways the best is accepted in {best}, the worst in {worst}"
    else:
        sentence += (
            f"Of single ways the best is {labels.terms(closing.best.terms)} ({best}), the worst "
            f"{labels.terms(closing.worst.terms)} ({worst})"
        )
    if called := sorted({p for c in (closing.best, closing.worst) for p in c.calls_on}):
        sentence += f"; closing may call on {listed([names.spoken(p) for p in called])}"
    if not closing.every_completion_listed:
        sentence += f" (a sample of {closing.completions} ways)"
    return f"{sentence}."


def filler_range(finding: kinds.FillerRange, names: Names) -> str:
    """How many terms are filler and what range other fillings leave."""
    filler = finding.filler
    sentence = f"{_of_terms(filler.assumed_terms, filler.terms)} filler ({UNSTATED['assumed']})"
    low, high = percent(filler.low), percent(filler.high)
    if low == high:
        return f"{sentence}. Over {_fillings(filler)} the joint share stays at {low}."
    sentence += f". Over {_fillings(filler)} the joint share is {low} to {high} (median {percent(filler.median)})"
    return sentence + ("; so it depends on terms the sources do not give." if finding.decides else ".")


def proposed_terms(finding: kinds.ProposedTerms, names: Names) -> str:
    return f"{_of_terms(finding.proposed, finding.terms, whole='All')} proposed here: the author's own, not filler."


def default_terms(finding: kinds.DefaultTerms, names: Names) -> str:
    labels = names.labels
    terms = [f"{labels.issue(i)}: {'open' if o is None else labels.option(i, o)}" for i, o in finding.terms.items()]
    return f"Not named by the text, so set by default (assumed): {listed(terms)}."


def filler_caution(assumed: int, terms: int, settings: Settings) -> Iterator[str]:
    """For an analysis without other fillings: said beside its verdict where most terms of the text are filler."""
    if verdicts.unsourced(settings):
        yield UNSOURCED
    elif mostly_filler(assumed, terms):
        yield filler_words(assumed, terms)


def filler_words(assumed: int, terms: int) -> str:
    many = f"All {terms} terms" if assumed == terms else f"{assumed} of {terms} terms"
    return f"{many} of the text are filler, not in the sources; the verdict is on that as much as on the sources."


def _of_terms(count: int, terms: int, whole: str = "") -> str:
    many = f"{whole} {terms} terms" if whole and count == terms else f"{count} of {terms} terms"
    return f"{many} {ending(count, 'is', 'are')}"


def _fillings(filler: Filler) -> str:
    """How many ways of filling the assumed terms were looked at."""
    if filler.fillings == 1:
        return "the one feasible filling" if filler.every_filling else "a sample of one feasible filling"
    return f"{'all' if filler.every_filling else 'a sample of'} {filler.fillings} feasible fillings"


def silent_sources(finding: kinds.SilentSources, names: Names) -> str:
    """Needed parties on whose weightiest issues the sources say nothing."""
    whose = [f"{percent(x.share)} of {possessive(names.party(x.party))} weight" for x in finding.parties]
    who = [f"{w} ({_searched(x)})" if finding.sourced else w for w, x in zip(whose, finding.parties, strict=True)]
    silent = "The sources are silent on" if finding.sourced else "Nothing is given for"
    return f"{silent} {listed(who)}. Read such figures as ignorance, not as doubt."


def _searched(weight: kinds.SilentWeight) -> str:
    """How much of the weight on which the sources are silent was looked for."""
    left = weight.share - weight.searched
    if min(weight.searched, left) < SLACK:
        return NOT_LOOKED_FOR if weight.searched < left else LOOKED_FOR
    return f"{percent(weight.searched)} {LOOKED_FOR}, {percent(left)} {NOT_LOOKED_FOR}"


def silent_parties(finding: kinds.SilentParties, names: Names) -> str:
    nothing = "The sources are silent on" if finding.sourced else "Nothing is filled in yet for"
    who = listed([names.spoken(p) for p in finding.parties])
    return f"{nothing} {who}, whose consent is needed; left out of the joint share."


def not_modelled(finding: kinds.NotModelled, names: Names) -> str:
    actors = listed([names.party(a) for a in finding.actors])
    return f"Consent needed but not modelled, and left out of the joint share: {actors}."


# What a run rests on


def edited(finding: kinds.EditsMade, names: Names) -> str:
    """What was edited and, where the result without the edits is at hand, what that changed."""
    if finding.changes is None:
        return f"Edited: {'; '.join(finding.edits)}."
    files = [f"'{x.title}' ({plural(x.edits, 'edit')})" for x in finding.files]
    sentence = f"Edited for this run: {'; '.join((*files, *finding.edits))}"
    sentence += "; json has each edit." if files else "."
    if finding.earlier:
        sentence = f"Edited before, in the saved run: {'; '.join(finding.earlier)}. {sentence}"
    moved = [_moved(x, names) for x in finding.changes if f"{100 * x.before:.1f}" != f"{100 * x.after:.1f}"]
    if not moved:
        return f"{sentence} No share changes by 0.1% or more."
    rest = ", the other shares unchanged" if len(moved) < len(finding.changes) else ""
    return f"{sentence} Effect, on the same draws: {', '.join(moved)}{rest}."


def _moved(change: kinds.ShareChange, names: Names) -> str:
    what = MEASURES[change.measure] if change.party is None else names.party(change.party)
    return f"{what} {per_cents(change.before, 1)}% to {per_cents(change.after, 1)}%"


def few_draws(finding: kinds.FewDraws, names: Names) -> str:
    who = listed([names.spoken(p) for p in finding.parties])
    return f"Too few draws to tell for {who}: the interval holds one half, hence divided; take more."


#: How positions lie to the text, by their age.
AGES = {"older": f"over {OLD_DAYS} days older than the text", "younger": "younger than the text"}


def positions_age(finding: kinds.PositionsAge, names: Names) -> str:
    shares = names.shares(finding.parties, "{share} for {party}")
    return f"Warning: positions {AGES[finding.age]} carry weight: {shares}."


def age_warnings(result: Result) -> Iterator[str]:
    """Of each party with such: the share of its weight on positions long before, or after, the text."""
    for party in result.parties:
        shares = party.weight_by_age.model_dump()
        parts = [f"{percent(shares[age])} of its weight rests on positions {AGES[age]}" for age in AGES if shares[age]]
        if parts:
            yield f"{party.name}: {' and '.join(parts)} ({result.scenario.date})."


def file_warning(finding: kinds.FileWarning, names: Names) -> str:
    # A complaint names its severity itself, after its place.
    return f"Warning: {finding.warning.replace(': warning: ', ': ', 1)}"


def draws_words(counted: kinds.DrawsTaken | Settings, error: str = "intervals are sampling error only") -> str:
    """How many draws, and what ``error`` they carry; without anything to draw, that. Rules of parties' own last."""
    own = rules_words(counted.rules)
    if not counted.drawn:
        return f"All preferences are given as numbers, so that nothing is drawn: a share is 0% or 100%.{own}"
    return f"{plural(counted.draws, 'draw')}, seed {counted.seed}{f'; {error}' if error else ''}.{own}"


def rules_words(rules: Sequence[PartyRule]) -> str:
    """A further sentence on rules of parties' own, with the space before it; empty where there are none."""
    if not rules:
        return ""
    how = {"utility": "values packages by", "acceptance": "says yes by"}
    return f" Rules of the modeller's own: {'; '.join(f'{x.party} {how[x.kind]} {x.name}' for x in rules)}."


def draws(finding: kinds.DrawsTaken, names: Names) -> str:
    return draws_words(finding)


# Domains side by side


def no_agreement(outcomes: Sequence[str]) -> str | None:
    """Said once where packages that say no more than no deal are left out; None where none was."""
    if not outcomes:
        return None
    names = ", ".join(f"'{name.replace('_', ' ')}'" for name in outcomes)
    what = f"outcome{ending(len(outcomes))} {names}"
    return f"Left out, since it is no agreement: what says no more than no deal ({what})."


def several_domains(titles: Sequence[str]) -> str | None:
    """A warning where texts are not about the same thing; None for one domain. ``titles`` may repeat."""
    names = list(dict.fromkeys(titles))
    if len(names) < 2:
        return None
    unranked = "the proposals answer different questions and are not ranked"
    figures = "their figures stand side by side and no more, and a party of the same name is read from other sources"
    return f"Different domains ({'; '.join(names)}): {unranked}; {figures}."


def by_kind(module: Mapping[str, Any]) -> dict[str, Callable[[Any, Any], str]]:
    """The functions of a module that word a finding, by the kind of it, which is their name."""
    own = {name: word for name, word in module.items() if isfunction(word) and word.__module__ == module["__name__"]}
    return {name: word for name, word in own.items() if "finding" in word.__annotations__}


#: The sentence of each kind of finding of a run.
SENTENCES: Mapping[str, Callable[[Any, Names], str]] = by_kind(globals())


def say(finding: Finding, names: Names) -> str:
    """The sentence of a finding of a run, or of one that questions share."""
    return SENTENCES[finding.kind](finding, names)
