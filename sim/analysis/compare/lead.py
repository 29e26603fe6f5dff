"""The sentences a comparison leads with: what is accepted, on which terms, and what edits do at most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.analysis.compare.result import EVERY_PAIR, EditEffect, Row
from sim.files.grammar import listed
from sim.report.english import UNSOURCED, filler_caution
from sim.report.numbers import percent
from sim.report.verdict import evidence_word
from sim.results.verdicts import unsourced
from sim.scenario.labels import spoken

#: What the evidence settles, as it stands in a sentence.
_SPOKEN = {"refused, inferred": "refused (inferred)"}


def lead(rows: Sequence[Row], apart: str | None = None) -> Iterator[str]:
    """How many are accepted, which is nearest, what the evidence alone settles.

    ``apart`` is the warning that the rows are of different domains: then none is called better than another.
    """
    if apart is not None:
        yield apart
        for row in rows:
            share = "nobody is asked" if (x := row.joint) is None else f"all accept together in {percent(x)} of draws"
            yield f"{row.called}: {row.verdict.text} ({share})."
        yield _settled(rows)
        return
    accepted = [r for r in rows if r.verdict.word in ("accepted", "with_filler")]
    best = rows[0]
    if best.joint_acceptability is None:
        yield "No party with positions has to consent to any of them, so there is no verdict."
        return
    yield _settled(rows)
    share = percent(best.joint_acceptability.estimate)
    level: list[Row] = []
    equal = [r for r in rows if r.merit == best.merit]
    verdict = f"As modelled, {_of(accepted, rows)} accepted by all together in half of the draws or more."
    if len(equal) > 1:
        names = listed([r.called for r in equal])
        how = "do equally well" if accepted else "come equally near"
        yield f"{verdict} {names} {how}: all whose consent each needs accept together in {share} of draws."
    else:
        rank = "does best" if accepted else "comes nearest"
        yield f"{verdict} {best.called} {rank}: all whose consent it needs accept together in {share} of draws."
        level = [r for r in rows[1:] if r.joint == best.joint]
        if level:
            yield _tie(best, level)
    if len(equal) > 1:
        subject = f"{'Neither' if len(equal) == 2 else 'None'} of them asks"
    else:
        subject = f"{best.called if level else 'It'} does not ask"
    if (asks := _asks(subject, equal, [r for r in rows if r not in equal])) is not None:
        yield asks
    others = [r for r in rows if r not in equal and r not in level]
    if behind := [f"{r.called} ({percent(x)})" for r in others if (x := r.joint) is not None]:
        few = behind if len(behind) <= EVERY_PAIR else [*behind[:2], f"{len(behind) - 2} more"]
        yield f"Behind {'it' if len(equal) == 1 else 'them'}: {listed(few)}."
    if all(unsourced(r.settings) for r in rows):
        return
    # Of every text that is accepted in either way, and of the best.
    claimed = [r for r in rows if r is best or r in accepted or r.on_evidence.verdict == "accepted"]
    cautions: dict[str, list[str]] = {}
    for row in claimed:
        if (caution := filler_caution(row.filler.assumed_terms, row.filler.terms, row.settings)) is not None:
            cautions.setdefault(caution, []).append(row.scenario.name)
    for caution, ids in list(cautions.items())[:1]:
        yield f"But of {listed(list(dict.fromkeys(ids)))}: {caution}"


def _tie(best: Row, others: Sequence[Row]) -> str:
    """What sets a row before others with the same joint share."""
    names = listed([r.called for r in others])
    verb = "has" if len(others) == 1 else "have"
    if all(r.refusing > best.refusing for r in others):
        least = min(r.refusing for r in others)
        more = str(least) if len({r.refusing for r in others}) == 1 else f"{least} or more"
        return f"{names} {verb} the same figure, and {more} refuse there rather than {best.refusing}."
    if all(r.refusing == best.refusing for r in others):
        return f"{names} {verb} the same figure; the least willing party is less so there."
    return f"{names} {verb} the same figure; more parties refuse there, or the least willing is less so."


def _settled(rows: Sequence[Row]) -> str:
    """What the evidence alone settles."""
    if all(unsourced(r.settings) for r in rows):
        return UNSOURCED
    parts = []
    most = EVERY_PAIR if len(rows) <= EVERY_PAIR else 1
    for word in ("accepted", "refused", "refused, inferred", "unknown"):
        names = [r.called for r in rows if evidence_word(r.on_evidence) == word]
        if len(names) == len(rows):
            both = "both" if len(rows) == 2 else f"all {len(rows)}"
            parts.append(f"{both} are {_SPOKEN.get(word, word)}")
        elif names:
            # A name with a comma in it would run into the next.
            quoted = [f"'{x}'" if "," in x else x for x in names]
            who = listed(quoted) if len(names) <= most else f"{len(names)} of them"
            parts.append(f"{_SPOKEN.get(word, word)} {'is' if len(names) == 1 else 'are'} {who}")
    edits = " and the edits" if any(r.settings.edits for r in rows) else ""
    return f"On the evidence{edits} alone, {'; '.join(parts)}."


def _asks(subject: str, best: Sequence[Row], others: Sequence[Row]) -> str | None:
    """Whom the best row, or those equally good, do not ask though others do, so that their figure is easier to reach.

    ``subject`` begins the sentence, up to whom they do not ask.
    """
    mine, names = best[0].asked, {p.id: p.name for row in (*best, *others) for p in row.parties}
    if any(set(row.asked) != set(mine) for row in best):
        return "They do not ask the same parties, so their joint shares are not over the same ones."
    left = [p for p in names if p not in mine and any(p in row.asked for row in others)]
    if not left:
        return None
    parts = []
    for p in left:
        where = list(dict.fromkeys(row.scenario.name for row in others if p in row.asked))
        who = listed(where) if len(where) <= EVERY_PAIR else f"{len(where)} others"
        parts.append(f"{spoken(names[p])} ({who} {'does' if len(where) == 1 else 'do'})")
    fewer = all(p in row.asked for row in others if not set(left).isdisjoint(row.asked) for p in mine)
    whose, over = "its joint share is" if len(best) == 1 else "their joint shares are", "fewer" if fewer else "other"
    return f"{subject} {listed(parts, 'or')}: {whose} over {over} parties."


def turns(effects: Sequence[EditEffect], called: Mapping[str, str]) -> Iterator[str]:
    """What edits do to the joint share at most, and to a party's."""
    joint = [(share, change) for change in effects if (share := change.joint.change) is not None]
    if joint:
        share, change = max(joint, key=lambda item: abs(item[0].estimate))
        points = f"{100 * abs(share.estimate):.1f} points"
        turn = f"{'rises' if share.estimate > 0 else 'falls'} by {points}" if share.estimate else "stays as it is"
        more = ", the most of all edits" if len(joint) > 1 and share.estimate else ""
        yield f"From {called[change.before]} to {called[change.after]} the joint share {turn}{more}."
    parties = [(p.change, p, change) for change in effects for p in change.parties if p.change is not None]
    if not parties:
        return
    moved, party, change = max(parties, key=lambda item: abs(item[0].estimate))
    if moved.estimate and party.before is not None and party.after is not None:
        yield (
            f"The largest change of a party: {spoken(party.name)}, {percent(party.before)} in {called[change.before]}, "
            f"{percent(party.after)} in {called[change.after]}."
        )


def _of(some: Sequence[Row], every: Sequence[Row]) -> str:
    if not some:
        return "neither is" if len(every) == 2 else f"none of the {len(every)} is"
    if len(some) == len(every):
        return "each is" if len(every) > 2 else "both are"
    return f"{len(some)} of {len(every)} {'is' if len(some) == 1 else 'are'}"
