"""What a comparison says, one function a kind of finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.analysis.compare import result as kinds
from sim.analysis.compare.result import EVERY_PAIR, Comparison, Row
from sim.files.grammar import ending, listed, plural, span
from sim.report import english
from sim.report.english import UNSOURCED, Names, several_domains
from sim.report.numbers import percent
from sim.report.verdict import UNKNOWN
from sim.results.records import Finding
from sim.scenario.labels import Labels, capital, possessive

#: What a party does with a text.
VERBS = {"refuses": "refuses", "divided": "is divided over", "accepts": "accepts"}
#: Kinds that warn of rows that are not alike, or of what is not compared.
WARNINGS = ("different_domains", "different_days", "different_settings", "talks_not_compared")
#: Settings in which rows differ.
SETTINGS = {
    "draws": "numbers of draws",
    "seed": "seeds",
    "evidence": "modes of evidence",
    "no_deal": "no-deal lotteries",
}


@dataclass(frozen=True)
class RowNames(Names):
    """How a page calls rows too: by their names, the names shown, those of their texts, and their verdicts in short."""

    rows: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)

    def texts_of(self, rows: Iterable[str]) -> list[str]:
        """The texts of rows, each once."""
        return list(dict.fromkeys(self.texts[row] for row in rows))


def names_of(result: Comparison) -> RowNames:
    """The names that a comparison carries."""
    return RowNames(
        labels=result.labels,
        parties=result.people,
        rows=result.called,
        texts={row.name: _text(row) for row in result.rows},
        verdicts={row.name: row.verdict.text for row in result.rows},
    )


def _text(row: Row) -> str:
    """The text of a row by its own name; a row that a program named is called so."""
    ours = re.fullmatch(re.escape(row.scenario.id) + r"( \(.*\))?( #\d+)?", row.name)
    return row.scenario.name if ours else row.called


# Which does best


def different_domains(finding: kinds.DifferentDomains, names: RowNames) -> str:
    return several_domains(finding.domains) or ""


def row_by_itself(finding: kinds.RowByItself, names: RowNames) -> str:
    joint = finding.joint
    share = "nobody is asked" if joint is None else f"all accept together in {percent(joint)} of draws"
    return f"{names.rows[finding.row]}: {names.verdicts[finding.row]} ({share})."


def no_row_asks(finding: kinds.NoRowAsks, names: RowNames) -> str:
    return "No party with positions has to consent to any of them, so there is no verdict."


def rows_on_evidence(finding: kinds.RowsOnEvidence, names: RowNames) -> str:
    parts = []
    for words, rows in (
        ("accepted", finding.accepted),
        ("refused", finding.refused),
        ("refused (inferred)", finding.refused_by_inference),
        (UNKNOWN, finding.unknown),
    ):
        if len(rows) == len(names.rows):
            parts.append(f"{'both' if len(rows) == 2 else f'all {len(rows)}'} are {words}")
        elif rows:
            # A name with a comma in it would run into the next.
            quoted = [f"'{x}'" if "," in x else x for x in (names.rows[row] for row in rows)]
            most = EVERY_PAIR if len(names.rows) <= EVERY_PAIR else 1
            who = listed(quoted) if len(rows) <= most else f"{len(rows)} of them"
            parts.append(f"{words} {ending(len(rows), 'is', 'are')} {who}")
    return f"On the evidence{' and the edits' if finding.edited else ''} alone, {'; '.join(parts)}."


def best_rows(finding: kinds.BestRows, names: RowNames) -> str:
    accepted = f"{_of(finding.accepted, finding.rows)} accepted by all together in half of the draws or more"
    best, share = listed([names.rows[row] for row in finding.best]), percent(finding.joint)
    if len(finding.best) > 1:
        how, each = "do equally well" if finding.accepted else "come equally near", "each needs"
    else:
        how, each = "does best" if finding.accepted else "comes nearest", "it needs"
    return f"As modelled, {accepted}. {best} {how}: all whose consent {each} accept together in {share} of draws."


def _of(some: int, every: int) -> str:
    if not some:
        return "neither is" if every == 2 else f"none of the {every} is"
    if some == every:
        return "each is" if every > 2 else "both are"
    return f"{some} of {every} {ending(some, 'is', 'are')}"


def same_joint_share(finding: kinds.SameJointShare, names: RowNames) -> str:
    """What sets the best row before others with the same joint share."""
    others = listed([names.rows[row] for row in finding.others])
    same = f"{others} {ending(len(finding.others), 'has', 'have')} the same figure"
    counts, least = finding.refusing_others, min(finding.refusing_others)
    if least > finding.refusing:
        more = str(least) if len(set(counts)) == 1 else f"{least} or more"
        return f"{same}, and {more} refuse there rather than {finding.refusing}."
    if set(counts) == {finding.refusing}:
        return f"{same}; the least willing party is less so there."
    return f"{same}; more parties refuse there, or the least willing is less so."


def not_asked(finding: kinds.NotAsked, names: RowNames) -> str:
    """Whom the best row, or those equally good, do not ask though others do."""
    best, parts = finding.best, []
    for x in finding.parties:
        texts = names.texts_of(x.rows)
        who = listed(texts) if len(texts) <= EVERY_PAIR else f"{len(texts)} others"
        parts.append(f"{names.spoken(x.party)} ({who} {ending(len(texts), 'does', 'do')})")
    over = "fewer" if finding.fewer else "other"
    if len(best) > 1:
        neither = "Neither" if len(best) == 2 else "None"
        return f"{neither} of them asks {listed(parts, 'or')}: their joint shares are over {over} parties."
    it = names.rows[best[0]] if finding.level else "It"
    return f"{it} does not ask {listed(parts, 'or')}: its joint share is over {over} parties."


def asked_differently(finding: kinds.AskedDifferently, names: RowNames) -> str:
    return "They do not ask the same parties, so their joint shares are not over the same ones."


def rows_behind(finding: kinds.RowsBehind, names: RowNames) -> str:
    behind = [f"{names.rows[x.row]} ({percent(x.joint)})" for x in finding.rows]
    few = behind if len(behind) <= EVERY_PAIR else [*behind[:2], f"{len(behind) - 2} more"]
    return f"Behind {ending(len(finding.best), 'it', 'them')}: {listed(few)}."


def claim_on_filler(finding: kinds.ClaimOnFiller, names: RowNames) -> str:
    filler = english.filler_words(finding.assumed, finding.terms)
    return f"But of {listed(names.texts_of(finding.rows))}: {filler if finding.sourced else UNSOURCED}"


# What edits change


def joint_change(finding: kinds.JointChange, names: RowNames) -> str:
    change = finding.change
    turn = f"{'rises' if change > 0 else 'falls'} by {100 * abs(change):.1f} points" if change else "stays as it is"
    most = ", the most of all edits" if finding.effects > 1 and change else ""
    return f"From {names.rows[finding.before]} to {names.rows[finding.after]} the joint share {turn}{most}."


def party_change(finding: kinds.LargestPartyChange, names: RowNames) -> str:
    before = f"{percent(finding.share_before)} in {names.rows[finding.before]}"
    after = f"{percent(finding.share_after)} in {names.rows[finding.after]}"
    return f"The largest change of a party: {names.spoken(finding.party)}, {before}, {after}."


# What makes rows unequal


def different_days(finding: kinds.DifferentDays, names: RowNames) -> str:
    days = [str(day) for day in finding.days]
    span = listed(days) if len(days) <= EVERY_PAIR else f"{days[0]} to {days[-1]}"
    unlike = f"Positions of different days ({span}): shares are not scored on one yardstick"
    return f"{unlike}; --as-of DATE gives all texts the positions of one day."


def different_settings(finding: kinds.DifferentSettings, names: RowNames) -> str:
    values = [f"{int(x):,}" for x in finding.values] if finding.setting == "draws" else finding.values
    return f"The rows have different {SETTINGS[finding.setting]} ({listed(sorted(values))})."


def talks_not_compared(finding: kinds.TalksNotCompared, names: RowNames) -> str:
    rows = [names.rows[row] for row in finding.rows]
    who = listed(rows) if len(rows) <= EVERY_PAIR else f"{rows[0]}, {rows[1]} and {len(rows) - 2} more"
    talks = f"{who} {ending(len(rows), 'has', 'have')} talks, which are not compared"
    return f"{talks}: the votes on the texts as they stand are set side by side; sim run has the talks."


def asked_by_some(finding: kinds.AskedBySome, names: RowNames) -> str:
    """Which texts ask whom."""
    parts = ["Joint shares are over different parties, and who is not asked cannot refuse."]
    for x in finding.parties:
        rest = [row for row in names.rows if row not in x.rows]
        few, which = (x.rows, "only") if len(x.rows) <= len(rest) else (rest, "all but")
        many = f"{len(few)} of the {len(names.rows)}"
        who = listed([names.rows[row] for row in few]) if len(few) <= EVERY_PAIR else many
        parts.append(f"{capital(names.spoken(x.party))} {names.verb(x.party, singular='is')} asked by {which} {who}.")
    return " ".join(parts)


# What rows rest on


def filled_rows(finding: kinds.FilledRows, names: RowNames) -> str:
    rows = [names.rows[row] for row in finding.rows]
    some = listed(rows) if len(rows) <= EVERY_PAIR else f"{rows[0]}, {rows[1]} and {len(rows) - 2} more"
    return f"More than half of the text is filler, not in the sources: {some}."


def consent_not_modelled(finding: kinds.ConsentNotModelled, names: RowNames) -> str:
    counts = finding.actors.values()
    least, most = min(counts), max(counts)
    if least == most and len(counts) == len(names.rows):
        how = f"{least} for each text"
    elif len(counts) > EVERY_PAIR:
        how = f"{span(str(least), str(most))} a text in {len(counts)} of the texts"
    else:
        how = listed([f"{names.rows[row]} {n}" for row, n in finding.actors.items()])
    return f"Actors whose consent is needed but not modelled, left out of the joint share: {how}."


# Where two rows part


def verdict_turns(finding: kinds.VerdictTurns, names: RowNames) -> str:
    """Which lines and terms make a party's verdict better in one text than in the other, in a sentence or two."""
    better, worse = (
        f"{VERBS[x.verdict]} {names.rows[x.row]} "
        f"({percent(x.share)}{'' if x.consent_needed else ', consent not needed'})"
        for x in (finding.better, finding.worse)
    )
    verdicts = f"As modelled, {names.spoken(finding.party)} {better} and {worse}."
    reasons = []
    if finding.losses:
        reasons.append(f"it gains less on {listed([_loss(x, names.labels) for x in finding.losses])}")
    if finding.revalued:
        on = listed([f"{names.labels.issue(x.issue)} ({-x.difference:+.2f})" for x in finding.revalued])
        reasons.append(f"its positions differ, so that it gains less on unchanged terms: {on}")
    if not finding.lines:
        reasons = reasons or ["no single term or line makes the difference"]
        return " ".join([verdicts, *(f"{capital(x)}." for x in reasons)])
    whose = possessive(names.party(finding.party))
    crossing = f"{capital(names.rows[finding.worse.row])} crosses {whose} {_lines(finding, names.labels)}"
    if finding.gains_suffice:
        return f"{verdicts} {crossing}; by its gains alone it would accept in at least half of the draws."
    first, *more = reasons or ["its gains are too small"]
    return " ".join([verdicts, f"{crossing}.", f"Apart from that, {first}.", *(f"{capital(x)}." for x in more)])


def _lines(turns: kinds.VerdictTurns, labels: Labels) -> str:
    """Lines by kind and basis, with how often those from polls bind."""
    groups: dict[str, list[str]] = {}
    for line in turns.lines:
        red = line.kind == "red_line"
        what = labels.term(line.issue or "", line.option) if red else labels.refusal(turns.party, line.refusal)
        often = "" if line.share == 1 else f" (binding in {percent(line.share)} of draws)"
        groups.setdefault(f"{line.basis} {line.kind.replace('_', ' ')}", []).append(what + often)
    return listed([f"{group}{ending(len(lines))} {', '.join(lines)}" for group, lines in groups.items()])


def _loss(loss: kinds.TermLoss, labels: Labels) -> str:
    """A term that gives less, with both options as the party sees them."""
    was, now = (
        labels.option(loss.issue, written) + ("" if seen is None else f" seen as {labels.option(loss.issue, seen)}")
        for written, seen in ((loss.in_better, loss.seen_in_better), (loss.in_worse, loss.seen_in_worse))
    )
    return f"{labels.issue(loss.issue)} ({now} instead of {was}, {-loss.difference:+.2f})"


def signed(value: float, digits: int) -> str:
    """A number with its sign; a plain 0 where nothing is left of it."""
    return f"{value:+.{digits}f}" if round(value, digits) else "0"


def valued_otherwise(finding: kinds.ValuedOtherwise, names: RowNames) -> str:
    """Unchanged terms from which parties gain otherwise in the one row than in the other."""
    parts = []
    for x in finding.parties:
        issues = [f"{names.labels.issue(gap.issue)} ({signed(gap.difference, 2)})" for gap in x.issues]
        parts.append(f"For {names.spoken(x.party)} {listed(issues)}.")
    where = f"in {names.rows[finding.a]} than in {names.rows[finding.b]}"
    return f"Unchanged terms that weigh differently {where}, most of all. {' '.join(parts)}"


def no_difference(finding: kinds.NoDifference, names: RowNames) -> str:
    who = listed([names.spoken(p) for p in finding.parties])
    why = "of an order that nobody knows the draws make no gain on average"
    return f"Hardly a figure for {who}: {why}, so 0 may be ignorance as well as indifference."


def issues_of_one(finding: kinds.IssuesOfOne, names: RowNames) -> str:
    alone = listed([names.labels.issue(i) for i in finding.issues])
    return f"Only {names.rows[finding.row]} has these issues, which are not compared: {alone}."


def weights_hardly_matter(finding: kinds.WeightsHardlyMatter, names: RowNames) -> str:
    return (
        "Which proposal a party puts first hardly hangs on its weights: none is on average more than a percentage "
        "point heavier where the party's choice goes one way rather than another."
    )


def baseline_parts(finding: kinds.BaselineParts, names: RowNames) -> str:
    how = (
        "Fixed scores, 0 to 4 a term by nearness to the party's best option, average without veto, weight or no deal: "
        "from 2.5 a yes, up to 1.5 a no."
    )
    parts = [
        f"{verb} where the draws say {other}: {listed([_against(x, names) for x in cells])}"
        for verb, other, cells in (("say yes", "no", finding.accepts), ("say no", "yes", finding.refuses))
        if cells
    ]
    answers = plural(finding.cells, "answer")
    if not parts:
        return f"{how} Of {answers} none is on the other side of the draws."
    return f"{how} Of {answers} they {'; they '.join(parts)}."


def _against(cell: kinds.BaselineAgainst, names: RowNames) -> str:
    score = f"{cell.mean:.1f} against {percent(cell.share)} of draws"
    return f"{names.spoken(cell.party)} on {names.rows[cell.row]} ({score})"


#: The sentence of each kind of finding of a comparison.
SENTENCES: Mapping[str, Callable[[Any, RowNames], str]] = {**english.SENTENCES, **english.by_kind(globals())}


def say(finding: Finding, names: RowNames) -> str:
    """The sentence of a finding of a comparison."""
    return SENTENCES[finding.kind](finding, names)
