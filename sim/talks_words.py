"""What came of the talks, in plain words; :mod:`sim.verdict` for talks."""

from __future__ import annotations

from sim.results import Negotiation, Refuser, Result, TalksText
from sim.tactics import TACTICS
from sim.verdict import HALF, listed, objection_words, percent

#: A text in fewer of the agreements than this does not stand out.
COMMON = 0.05
#: Up to this many changes of a text are spelled out in a sentence.
SPELLED = 3

NAMES = {"alternating_offers": "alternating offers", "single_text": "a single text"}
#: What the share agreed hangs on, by protocol.
ASSUMED = {
    "alternating_offers": "Who makes offers, tactics, deadline and which texts may be proposed",
    "single_text": "The mediator, the number of rounds and how the parties vote",
}


def lead(result: Result, talks: Negotiation) -> str:
    """A few sentences: how often they agree and on what, how else it ends and over what, what that rests on."""
    ours = (
        _zone(talks)
        if all_yield(talks)
        else f"{ASSUMED[talks.protocol]} are assumptions of ours; the share agreed is what follows from them, not the "
        "chance that talks would succeed."
    )
    said = (_agree(result, talks), _turned_down(result, talks), _broken(result, talks), ours, _unlike_scores(result))
    return " ".join(x for x in said if x)


def _unlike_scores(result: Result) -> str:
    """Talks start from terms some of which are filler, and nobody works out what the evidence alone makes of them."""
    said = "Talks have no figure on the evidence alone"
    if result.filler is not None:
        said += (
            f", and start from a text of which {result.filler.assumed_terms} of {result.filler.terms} terms are filler"
        )
    return f"{said}."


def all_yield(talks: Negotiation) -> bool:
    """Whether everybody at the table is down to no deal in the last round, whatever the others do."""
    return talks.protocol == "alternating_offers" and all(
        used.tactic is None or TACTICS[used.tactic].yields for used in talks.settings.tactics
    )


def _zone(talks: Negotiation) -> str:
    """What the share agreed rests on where everybody yields."""
    before = " before ratification" if talks.ratification_failed.estimate else ""
    return (
        "By the last round all of them would take whatever is no worse than no deal, so tactics decide when and on "
        f"what they agree, not whether: agreements{before} count the draws in which some text that may be proposed "
        "suits everybody at the table it needs. Which texts these are and who has a say are assumptions of ours; the "
        "share agreed is not the chance that talks would succeed."
    )


def _agree(result: Result, talks: Negotiation) -> str:
    how = talks.settings
    over = f"{how.rounds} round{'' if how.rounds == 1 else 's'}"
    others = [result.party(p).name for p in how.table if p not in how.proposers]
    if talks.protocol == "alternating_offers":
        offering = listed([result.party(p).name for p in how.proposers])
        asked = f", with {listed(others)} asked where needed," if others else ""
        setting = f"In talks of alternating offers by {offering} over up to {over}{asked}"
    else:
        setting = (
            f"In talks on a single text, amended by a mediator over {over} and voted on by {listed(others)}, each "
            "asked where needed,"
        )
    who = "the parties modelled" if result.consent_not_modelled else "the parties"
    if not talks.agreements:
        if not talks.ratification_failed.estimate:
            return f"{setting} {who} agree in no draw: the talks always break down."
        return f"{setting} {who} agree for good in no draw."
    return f"{setting} {who} agree in {percent(talks.agreed.estimate)} of draws{_on_what(talks)}."


def _on_what(talks: Negotiation) -> str:
    if not talks.texts:
        return ""
    first = talks.texts[0]
    if first.share < COMMON:
        return f", on {talks.different_texts:,} different texts of which none stands out"
    return f", most often on {text_words(first)} ({percent(first.share)} of the agreements)"


def text_words(text: TalksText) -> str:
    """A text by its name, or by how it differs from the tabled one."""
    if text.tabled:
        return "the text as tabled"
    if text.names:
        return f"the text {listed(text.names)}"
    if len(text.changes) > SPELLED:
        return f"a text that differs from the tabled one in {len(text.changes)} terms"
    return f"the tabled text with {listed(changes(text))}"


def changes(text: TalksText) -> list[str]:
    """The terms in which a text differs from the tabled one."""
    return [f"{c.issue}: {c.to or 'left open'}" for c in text.changes]


def _turned_down(result: Result, talks: Negotiation) -> str:
    failed = talks.ratification_failed.estimate
    if not failed:
        return ""
    who = listed([f"{result.party(x.party).name}{over(x)}" for x in talks.turned_down])
    return f"In {percent(failed)} what they agree on is then turned down by {who}."


def _broken(result: Result, talks: Negotiation) -> str:
    found, share = talks.breakdown, percent(talks.broke_down.estimate)
    if found is None:
        return ""
    said = f"In {share} the talks break down" if talks.agreements or talks.ratification_failed.estimate else ""
    first = found.in_the_way[0] if found.in_the_way else None
    why = ""
    if talks.protocol == "alternating_offers" and found.missed >= HALF:
        why = f"in {percent(found.missed)} of these some text would have suited all, but nobody came down to it in time"
    elif first is not None and first.share >= HALF:
        why = f"{_of(first.share)} {against(result, talks, first)}"
    elif found.nobody_alone >= HALF:
        why = f"{_of(found.nobody_alone)} {_several(talks)}"
    if not said:
        return f"{why[:1].upper()}{why[1:]}." if why else ""
    return f"{said}: {why}." if why else f"{said}."


def _several(talks: Negotiation) -> str:
    if talks.protocol == "single_text":
        return "more than one party refuses what stands in the end"
    return "no text would suit all but one of those it needs"


def _of(share: float) -> str:
    """Where something holds, of draws just told of."""
    return "in all of these" if share == 1 else f"in {percent(share)} of these"


def against(result: Result, talks: Negotiation, refuser: Refuser) -> str:
    """How a party alone is in the way of an agreement."""
    name = result.party(refuser.party).name
    if talks.protocol == "single_text":
        return f"{name} alone refuses what stands in the end{over(refuser)}"
    return f"all others would take some text, but {name} takes none of these{over(refuser)}"


def over(refuser: Refuser) -> str:
    """What a party refuses over, with a blank before it; empty where that is not known."""
    words = objection_words(refuser.objection)
    return f" over {words}" if words else ""
