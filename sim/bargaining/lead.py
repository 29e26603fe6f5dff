"""What came of the talks, in plain words; :mod:`sim.report.verdict` for talks."""

from __future__ import annotations

from collections.abc import Sequence

from sim.bargaining.tactics import TACTICS
from sim.files.grammar import ending, listed, plural
from sim.report.numbers import percent
from sim.report.verdict import objection_words
from sim.results.result import Result
from sim.results.talks import Breakdown, Negotiation, Refuser, TalksHeld, TalksIssue, TalksText
from sim.results.verdicts import HALF
from sim.scenario.labels import Labels, capital, spaced, spoken

#: A text in fewer of the agreements than this does not stand out, nor a breakdown in fewer of the draws.
COMMON = 0.05
#: Fewer agreements than this leave shares among them rough.
FEW = 100
#: From this share of breakdowns on it is said that some text would have done.
SEEN = 0.1
#: Up to this many changes of a text are spelled out in a sentence.
SPELLED = 3

_NAMES = {"alternating_offers": "alternating offers", "single_text": "a single text"}
NO_CHANCE = "The share agreed is not the chance that talks would succeed."
#: What the share agreed hangs on, by protocol.
_ASSUMED = {
    "alternating_offers": "Who makes offers, tactics, deadline and which texts may be proposed",
    "single_text": "The mediator, the number of rounds and how the parties vote",
}


def name_of(talks: TalksHeld) -> str:
    """What the protocol is called on a page."""
    return _NAMES.get(talks.protocol) or f"the protocol {spaced(talks.protocol)}"


def assumed(talks: TalksHeld) -> str:
    """What the share agreed hangs on."""
    if talks.own is None:
        return _ASSUMED[talks.protocol]
    who = "who makes offers" if talks.offers else "the mediator"
    also = [words for key, words in (("tactics", "tactics"), ("rounds", "deadline")) if talks.uses(key)]
    return capital(listed(["the rules of the protocol", who, *also, "which texts may be proposed"]))


def conduct(talks: TalksHeld, proposers: Sequence[str], rounds: int) -> str:
    """By what the talks of a scenario are held, for questions that hold many; ``proposers`` are by name."""
    offers = f" with offers by {listed([spoken(name) for name in proposers])}" if proposers else ""
    return (
        f"As the scenario stands, talks of up to {plural(rounds, 'round')}{offers}. {assumed(talks)} are "
        f"assumptions. {NO_CHANCE}"
    )


def lead(result: Result, talks: Negotiation) -> str:
    """A few sentences: how often they agree and on what, how else it ends and over what, what that rests on."""
    ours = f"{_zone(talks)} {NO_CHANCE}" if all_yield(talks) else _assumed(talks)
    parts = (_agree(result, talks), *_broken(result, talks), ours, _unlike_scores(result))
    return " ".join(x for x in parts if x)


def brief(result: Result, talks: Negotiation) -> str:
    """The lead of the first screen: the first reason why talks break down if they often do; what the share is not."""
    ours = NO_CHANCE if all_yield(talks) else _assumed(talks)
    sentences = 2 if _ends_otherwise(talks) and talks.broke_down.estimate >= COMMON else 1
    return " ".join([_agree(result, talks), *_broken(result, talks)[:sentences], ours, _unlike_scores(result)])


def _assumed(talks: Negotiation) -> str:
    return (
        f"{assumed(talks)} are assumptions. The share agreed is what follows from them, not the chance that "
        "talks would succeed."
    )


def _unlike_scores(result: Result) -> str:
    """Talks start from terms some of which are filler, and nobody works out what the evidence alone makes of them."""
    lacking = "Talks have no figure on the evidence alone"
    if result.filler is None:
        return f"{lacking}."
    of = f"{result.filler.assumed_terms} of {result.filler.terms} terms"
    return f"{lacking}, and start from a text of which {of} {ending(result.filler.assumed_terms, 'is', 'are')} filler."


def all_yield(talks: Negotiation) -> bool:
    """Whether everybody at the table is down to no deal in the last round, whatever the others do."""
    yielding = (used.tactic is None or "yields" in declared(talks, used.tactic) for used in talks.settings.tactics)
    return talks.protocol == "alternating_offers" and all(yielding)


def declared(talks: Negotiation, tactic: str) -> tuple[str, ...]:
    """What a tactic says of itself: as it was when the talks ran, where it is not built in."""
    rules = {rule.name: rule.declares for rule in talks.own_rules if rule.kind == "tactic"}
    return rules[tactic] if tactic in rules else TACTICS[tactic].declares


def _zone(talks: Negotiation) -> str:
    """What the share agreed rests on where everybody yields."""
    before = " before ratification" if talks.ratification_failed.estimate else ""
    return (
        "By the last round all of them would take whatever is no worse than no deal, so tactics decide when and on "
        f"what they agree, not whether. Agreements{before} count the draws in which some text that may be proposed "
        "suits everybody at the table it needs. Which texts these are and who has a say are assumptions."
    )


def _agree(result: Result, talks: Negotiation) -> str:
    how = talks.settings
    over = plural(how.rounds, "round")
    others = [result.called(p) for p in how.table if p not in how.proposers]
    if not talks.mediated:
        offering = listed([result.called(p) for p in how.proposers])
        setting = f"In talks of {name_of(talks)} by {offering} over up to {over}"
        if talks.own is not None:
            by = f", with offers by {offering}" if talks.offers else ""
            setting = f"In talks by {name_of(talks)}{by}{f' over up to {over}' if talks.uses('rounds') else ''},"
        also = f"{capital(listed(others))} {ending(len(others), 'is', 'are')} asked where needed." if others else ""
    else:
        setting = f"In talks on a single text, amended by a mediator over {over},"
        also = f"{capital(listed(others))} vote on it, each where it is asked."
    who = "the parties modelled" if result.consent_not_modelled else "the parties"
    failed = talks.ratification_failed.estimate
    if not talks.agreements and not failed:
        return f"{setting} {who} agree in no draw: the talks always break down. {also}".rstrip()
    agree = f"{setting} {who} agree in {percent(talks.agreed.estimate + failed)} of draws"
    if not failed:
        what = _what(result, talks, "on ")
        return f"{agree}{_few(talks)}{f', {what}' if what else ''}. {also}".rstrip()
    stands = percent(talks.agreed.estimate) if talks.agreements else "none"
    parts = [f"{agree}. {also}".rstrip(), f"In {stands} the agreement stands{_few(talks)}."]
    parts.append(f"In {percent(failed)} it is turned down by {_ratifiers(result, talks)}.")
    if what := _what(result, talks):
        parts.append(f"What stands is {what}.")
    return " ".join(parts)


def _few(talks: Negotiation) -> str:
    """A warning beside the share agreed where it is of few draws."""
    if not 0 < talks.agreements < FEW:
        return ""
    return f" (only {plural(talks.agreements, 'draw')})"


def _what(result: Result, talks: Negotiation, on: str = "") -> str:
    """What is agreed, or with a preposition on what; empty where that is of too few draws to say."""
    if not talks.texts or talks.agreements < FEW:
        return ""
    first = talks.texts[0]
    if first.share < COMMON:
        return f"{on}{talks.different_texts:,} different texts of which none stands out"
    return f"most often {on}{text_words(first, result.labels)} ({percent(first.share)} of the agreements)"


def text_words(text: TalksText, labels: Labels) -> str:
    """A text by its name, or by how it differs from the tabled one."""
    if text.tabled:
        return "the text as tabled"
    if text.names:
        return f"the text '{listed([labels.text(x) for x in text.names])}'"
    if len(text.changes) > SPELLED:
        return f"a text that differs from the tabled one in {len(text.changes)} terms"
    return f"the tabled text with {listed(changes(text, labels))}"


def shares(issue: TalksIssue) -> list[tuple[str | None, float]]:
    """Every option, and leaving the issue open (None), with its share of the agreements."""
    return [*(issue.agreed or {}).items(), (None, issue.left_open or 0.0)]


def changes(text: TalksText, labels: Labels) -> list[str]:
    """The terms in which a text differs from the tabled one."""
    return [labels.term(c.issue, c.to) for c in text.changes]


def _ratifiers(result: Result, talks: Negotiation) -> str:
    """Who turns agreements down; of several each may turn down some of its own."""
    several = len(talks.turned_down) > 1
    share = {x.party: f" (in {percent(x.share)} of these)" if several else "" for x in talks.turned_down}
    return listed([f"{result.called(x.party)}{share[x.party]}{over(result, x)}" for x in talks.turned_down])


def _broken(result: Result, talks: Negotiation) -> list[str]:
    """How often talks break down, unless they always do, and why, a sentence each."""
    breakdown = talks.breakdown
    if breakdown is None:
        return []
    single = talks.mediated
    why = []
    if breakdown.missed >= (SEEN if single else HALF):
        other = "other text near the tabled one" if single else "text that may be proposed"
        how = "the mediator does not get there, one change at a time"
        if talks.own is not None:
            how = "the talks do not come to it"
        elif not single:
            how = _tactics_failed(result, talks, breakdown)
        why.append(f"{_of(breakdown.missed)} some {other} would have suited all whom it needs, but {how}")
    if blamed := [x for x in breakdown.in_the_way if x.share >= HALF]:
        why += _blamed(result, talks, blamed, again=bool(why))
    elif breakdown.nobody_alone >= HALF:
        why.append(f"{_of(breakdown.nobody_alone)} no text would suit all but one of those it needs")
    # Where talks always break down, the sentence before says so.
    if _ends_otherwise(talks):
        why.insert(0, f"in {percent(talks.broke_down.estimate)} the talks break down")
    return [f"{capital(part)}." for part in why]


def _ends_otherwise(talks: Negotiation) -> bool:
    """Whether talks do not always break down."""
    return bool(talks.agreements or talks.ratification_failed.estimate)


def standing(result: Result, talks: Negotiation) -> list[str]:
    """The parties whose tactic never gives way, by name."""
    used = talks.settings.tactics
    stands = (x for x in used if x.tactic is not None and "stands" in declared(talks, x.tactic))
    return [result.party(x.party).name for x in stands]


def _tactics_failed(result: Result, talks: Negotiation, breakdown: Breakdown) -> str:
    """Why a text that suits all is not agreed on: it could not be, or nobody came down to it."""
    if not breakdown.unavoidable:
        return "nobody came down to it in time"
    who = standing(result, talks)
    short = f"none brings {listed(who)} what {ending(len(who), 'it insists', 'they insist')} on to the end"
    if breakdown.unavoidable == breakdown.missed:
        return f"{short}, so the talks must break down"
    return f"nobody came down to it in time; {_of(breakdown.unavoidable)} {short}"


def _blamed(result: Result, talks: Negotiation, who: Sequence[Refuser], again: bool) -> list[str]:
    """The parties over whom most breakdowns come; more than one may be so in a draw.

    ``again`` says that there are breakdowns in the sentence before, of which these are not a part.
    """
    parts = []
    for number, x in enumerate(who):
        name = result.called(x.party)
        if talks.mediated:
            what = f"{name} refuses what stands in the end"
        elif len(talks.settings.table) == 1:
            what = f"{name} refuses every text"
        elif number == 0:
            what = f"there are texts that suit all others whom they need, but {name} refuses each"
        else:
            what = f"the same is true of {name}"
        share = _of(x.share, again) if number == 0 else f"in {percent(x.share)}"
        parts.append(f"{share} {what}{over(result, x)}")
    return parts


def _of(share: float, again: bool = False) -> str:
    """Where something holds, of the breakdowns."""
    which = "breakdowns" if again else "these"
    return f"in all {which if again else f'of {which}'}" if share == 1 else f"in {percent(share)} of {which}"


def over(result: Result, refuser: Refuser) -> str:
    """What a party refuses over, with a blank before it; empty where that is not known."""
    objection = refuser.objection
    if objection is None:
        return ""
    words = objection_words(objection, result.labels, refuser.party)
    if objection.kind == "issue":
        return f" ({words} costs it most)"
    if objection.share in (None, 1.0):
        return f" over {words}"
    # Not in every draw in which it refuses: the share is that of the table of what stands in the way.
    return f", in {percent(objection.share or 0.0)} over {words}"
