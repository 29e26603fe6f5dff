"""A vote of the people in plain words: whether it or the signing fails, and how the polls may be read."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engine.ratification import decided_yes
from sim.report.verdict import HALF, listed, percent
from sim.results.records import PartyResult, Result
from sim.scenario.labels import spoken

#: Said where those for and those against were not counted in one poll.
TOGETHER = "taken together from several polls"


def voting(result: Result) -> tuple[PartyResult, ...]:
    """The parties asked that decide by voters."""
    return tuple(p for p in result.asked if p.ratification is not None)


def signing_note(result: Result) -> str | None:
    """Which of the two fails, the signing or the vote; None where nobody votes."""
    votes = voting(result)
    if not votes:
        return None
    shares = listed([f"{percent(p.acceptability.estimate)} ({spoken(p.name)})" for p in votes])
    won = all(p.acceptability.estimate >= HALF for p in votes)
    if result.signed is None:
        return f"Nobody has to sign it; the vote is won in {shares} of draws."
    signed = f"all who must sign do so in {percent(result.signed.estimate)} of draws"
    if result.signed.estimate >= HALF:
        return f"{'Neither fails' if won else 'The vote fails'}, as modelled: {signed}, the vote is won in {shares}."
    return f"{'The signing fails' if won else 'Both fail'}, as modelled: {signed}, the vote is won in {shares}."


def vote_notes(result: Result) -> Iterator[str]:
    """What fails, and for each party asked that decides by voters how its figure changes with the reading of polls."""
    said = signing_note(result)
    if said is not None:
        yield said
    for party in voting(result):
        yield reading(party)
        yield from inherited_polls(result, party)


def reading(party: PartyResult) -> str:
    """The figure of a party that decides by voters under each reading of its polls, in two sentences."""
    found, rule = party.ratification, party.decides
    assert found is not None
    assert rule is not None
    if not any(line.crossed for line in party.lines):
        return (
            f"No poll bears on this text, so the vote of {spoken(party.name)} is won where it gains, in "
            f"{percent(found.passes)} of draws; if voters differ as the draws do, in {percent(found.mixed)}."
        )
    low, high = found.yes
    share = "" if low == high else f" to {exact(high)}"
    said = (
        f"The vote of {spoken(party.name)} is won in {percent(found.passes)} of draws; in {percent(found.polls)} "
        "if only polls "
        f"count, in {percent(found.mixed)} if voters differ in what no poll asked. The polls leave a yes of "
        f"{exact(low)}{share}, where over {exact(rule.quota)} is needed"
    )
    decided = decided_yes(found.yes)
    if decided is None:
        return f"{said}; nobody has an opinion."
    if not found.several_polls:
        return f"{said}; of those with an opinion {exact(decided)} say yes."
    return f"{said}; of those with an opinion, {TOGETHER}, {exact(decided)} say yes."


def inherited_polls(result: Result, party: PartyResult) -> Iterator[str]:
    """Which polls are read onto a term that nobody was asked about, since it is like another."""
    names = result.labels
    for issue, likes in result.likes.items():
        for option, other in likes.items():
            lines = [x for x in party.lines if x.terms.get(issue) == (option,)]
            if any(x.crossed and x.holds is not None and x.basis == "assumed" for x in lines):
                yield (
                    f"No poll found that asked {spoken(party.name)} about '{names.option(issue, option)}' "
                    f"({names.issue(issue)}): "
                    f"what is read there is inherited from '{names.option(issue, other)}' (like)."
                )


def exact(share: float) -> str:
    """A share of voters, to a tenth of a per cent where that says more, and finer beside one half."""
    digits = next(d for d in (1, 2, 3, 4) if d == 4 or share == HALF or f"{100 * share:.{d}f}".strip("0") != "50.")
    return f"{100 * share:.{digits}f}".removesuffix(".0") + "%"


def chance_words(holds: tuple[float, float], quota: float | None) -> str:
    """What the range of a line says: the share of voters who refuse, or the chance that it binds."""
    low, high = (exact(x) for x in holds)
    ends = low if low == high else f"{low} to {high}"
    return f"binds with a chance of {ends}" if quota is None else f"refused by {ends} of voters"
