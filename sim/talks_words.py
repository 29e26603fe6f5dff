"""What came of the talks, in plain words; :mod:`sim.verdict` for talks."""

from __future__ import annotations

from sim.results import Negotiation, Result, TacticUsed, TalksText
from sim.tactics import TACTICS
from sim.verdict import HALF, listed, percent

#: Fewer agreements than this leave shares among them rough.
FEW = 100
#: A text in fewer of the agreements than this does not stand out.
COMMON = 0.05
#: This share of the agreements in the last round is said under the table.
LATE = 0.1
#: Up to this many changes of a text are spelled out in a sentence.
SPELLED = 3

#: What a party without a tactic takes.
CONTENT = "whatever is no worse than no deal"
NAMES = {"alternating_offers": "alternating offers", "single_text": "a single text"}
#: What the share agreed hangs on, by protocol.
ASSUMED = {
    "alternating_offers": "Who makes offers, tactics, deadline and which texts may be proposed",
    "single_text": "The mediator, the number of rounds and how the parties vote",
}


def lead(result: Result, talks: Negotiation) -> str:
    """Three or four sentences: how often they agree and on what, how else it ends, what that rests on."""
    ours = (
        _zone(talks)
        if all_yield(talks)
        else f"{ASSUMED[talks.protocol]} are assumptions of ours; the share agreed is what follows from them, not the "
        "chance that talks would succeed."
    )
    return " ".join(x for x in (_agree(result, talks), _else(result, talks), ours) if x)


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


def _else(result: Result, talks: Negotiation) -> str:
    failed, broke = talks.ratification_failed.estimate, talks.broke_down.estimate
    if not failed:
        return "" if not broke or not talks.agreements else f"In {percent(broke)} the talks break down."
    who = listed([result.party(p).name for p in talks.settings.ratifiers])
    said = f"In {percent(failed)} what they agree on is then turned down by {who}"
    return f"{said}, and in {percent(broke)} the talks break down." if broke else f"{said}."


def notes(result: Result, talks: Negotiation, before: Result | None = None) -> list[str]:
    """The short lines under the tables of the talks; ``before`` is the result without its edits."""
    single = talks.protocol == "single_text"
    said = [
        _rounds(talks),
        _against_vote(talks),
        _worse_off(result, talks),
        " ".join(x for x in (_efficiency(talks), _choice(talks)) if x) if single else _efficiency(talks),
        _setting(result, talks),
        _knowledge(result, talks),
        "" if single else _choice(talks),
    ]
    if 0 < talks.agreements < FEW:
        said.insert(0, f"Only {talks.agreements} draws end in agreement: shares among them are rough.")
    if talks.agreements and talks.texts_draws < result.settings.draws:
        said.append(f"Texts are told apart in the first {talks.texts_draws:,} draws.")
    if before is not None and before.negotiation is not None:
        old, new = (f"{100 * x.agreed.estimate:.1f}%" for x in (before.negotiation, talks))
        changed = f"the talks agree in {new} of draws with the edits, in {old} without them"
        said.append(f"On the same draws, {changed if old != new else f'the edits leave the share agreed at {new}'}.")
    return [x for x in said if x]


def _rounds(talks: Negotiation) -> str:
    found, last = talks.rounds, talks.settings.rounds
    if found is None or last == 1:
        return ""
    span = f"round {found.median} of {last}"
    if found.p05 != found.p95:
        span += f" (median; 5 to 95% of agreements: {found.p05} to {found.p95})"
    if talks.protocol == "single_text":
        kept = talks.agreed_by_round[0] / talks.agreed.estimate
        if kept >= HALF:
            return f"In {percent(kept)} of agreements no change is adopted in {last} rounds: the text stays as tabled."
        untouched = f"; in {percent(kept)} there is none" if kept else ""
        return f"The last change of the text comes in {span}{untouched}."
    late = 1 - talks.agreed_by_round[-2] / talks.agreed.estimate
    rush = f", {percent(late)} of them in the last round, under the deadline" if late >= LATE else ""
    return f"Agreements come in {span}{rush}."


def _against_vote(talks: Negotiation) -> str:
    found = talks.against_vote
    if found is None:
        return ""
    if not found.accepted.estimate and not talks.agreements:
        return "Taken or left, the text as tabled is accepted by all in no draw either."
    said = f"Taken or left, the text as tabled is accepted by all in {percent(found.accepted.estimate)} of draws"
    parts = []
    if found.agreed_only:
        parts.append(f"agree in {percent(found.agreed_only)} in which it would not be")
    if found.accepted_only:
        parts.append(f"fail in {percent(found.accepted_only)} in which it would be")
    if not parts:
        return f"{said}, and the talks end in agreement in just these."
    return f"{said}; the talks {' and '.join(parts)}."


def _worse_off(result: Result, talks: Negotiation) -> str:
    """Who loses by agreements that do not need it."""
    who = [
        f"{result.party(p.party).name} in {percent(p.gain.worse_off)}"
        for p in talks.parties
        if p.gain is not None and p.gain.worse_off
    ]
    if not who:
        return ""
    return f"Worse off than with no deal, by agreements that do not need its consent: {listed(who)} of agreements."


def _efficiency(talks: Negotiation) -> str:
    found = talks.efficiency
    if found is None:
        return ""
    share = percent(found.efficient.estimate)
    said = f"In {share} of agreements no candidate text that all it needs would take is better for everybody who agreed"
    if found.mean_slack >= 0.0005:
        said += f"; on average each of them could have gained {found.mean_slack:.3f} more"
    return f"{said}{' (ratifiers are not counted)' if talks.settings.ratifiers else ''}."


def _setting(result: Result, talks: Negotiation) -> str:
    """What was assumed about the parties."""
    how = talks.settings
    if talks.protocol == "single_text":
        low, high = how.temperature or (0.0, 0.0)
        if not high:
            return "Assumed: a party votes for no change that makes the text worse for it (temperature 0)."
        return f"Assumed: parties sometimes vote for a worse text too (temperature {_span(low, high)})."
    words: dict[str, list[str]] = {}
    for used in how.tactics:
        words.setdefault(tactic_words(used), []).append(result.party(used.party).name)
    parts = [f"{listed(names)} {word}" for word, names in words.items() if word != CONTENT]
    if takers := words.get(CONTENT):
        parts.append(f"{listed(takers)} {'takes' if len(takers) == 1 else 'take'} {CONTENT}")
    if len(how.proposers) > 1:
        first = "random" if how.first_mover is None else how.first_mover
        parts.append(f"first offer {'drawn by lot' if first == 'random' else f'by {result.party(first).name}'}")
    costs = [f"{result.party(p).name} {_span(*cost)}" for p, cost in how.delay_cost.items() if any(cost)]
    if costs:
        parts.append(f"a round of delay costs {listed(costs)}")
    return f"Assumed: {'; '.join(parts)}."


def _knowledge(result: Result, talks: Negotiation) -> str:
    """What the parties are assumed to know, and not to foresee."""
    parts = []
    if talks.protocol == "alternating_offers":
        parts.append("whoever makes an offer knows what texts bring the others and which cross their lines")
    if talks.settings.ratifiers:
        who = listed([result.party(p).name for p in talks.settings.ratifiers])
        parts.append(f"nobody foresees what {who} will ratify, so some text that would pass may be missed")
    return f"Assumed too: {'; '.join(parts)}." if parts else ""


def tactic_words(used: TacticUsed) -> str:
    """A tactic and its parameter."""
    if used.tactic is None:
        return CONTENT
    word = used.tactic.replace("_", " ")
    return f"{word} ({used.parameter} {_span(*used.range)})" if used.range is not None else word


def _choice(talks: Negotiation) -> str:
    """Which texts may be proposed; in single text, against which an agreement is measured."""
    how = talks.settings
    texts = f"{how.candidates:,} text{'' if how.candidates == 1 else 's'}"
    if how.every_text:
        which = "every feasible one"
    else:
        which = f"feasible ones within {how.changes} change{'' if how.changes == 1 else 's'} of the tabled one"
        which += f", and {listed(how.named_texts)}" if how.named_texts else ""
    if talks.protocol == "single_text":
        return f"That is judged against {texts}: {which}." if talks.efficiency is not None else ""
    return f"{texts} may be proposed: {which}."


def _span(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
