"""The answer on the text itself, as the page says it before any script has run: by the page's templates, from a result.

``static/desk.js`` says the same of every draft; a test in ``tests/browser`` holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sim.desk.english import SAY
from sim.files.grammar import listed
from sim.report.numbers import compact
from sim.report.verdict import objection_words, word
from sim.results.findings import unmet_demands
from sim.results.records import ByLayer, OnEvidence, PartyResult, ShareInterval
from sim.results.result import Result
from sim.results.verdicts import NOTABLE, outcome, settles_nothing, stance, unsourced
from sim.scenario.labels import capital
from sim.scenario.schema import LAYERS


@dataclass(frozen=True)
class ShareBar:
    """A share as a bar; ``word`` is what its party does, empty for all together."""

    id: str
    name: str
    kind: str
    word: str
    estimate: float
    note: str
    title: str
    evidence: OnEvidence | None = None

    @property
    def share(self) -> str:
        """The share for reading."""
        return compact(self.estimate)

    @property
    def unknown(self) -> bool:
        """Whether the evidence leaves both answers open."""
        return self.word == SAY["unknown"]

    def style(self) -> str:
        """How far bar and bracket reach, as rules: the page's policy allows no style beside its own."""
        rules = f"#{self.id} i{{width:{100 * self.estimate}%}}"
        if self.evidence is None:
            return rules
        low, high = self.evidence.necessary, self.evidence.possible
        return f"{rules}#{self.id} b{{left:{min(100 * low, 99)}%;width:{max(100 * (high - low), 1)}%}}"


@dataclass(frozen=True)
class Answer:
    """What the page says of the text: ``strip`` in one line, ``on_evidence`` empty where there is nothing to say."""

    headline: str
    on_evidence: str
    strip: str
    bars: tuple[ShareBar, ...]

    @property
    def style(self) -> str:
        """The rules of all bars."""
        return "".join(bar.style() for bar in self.bars)


def answer(result: Result, short: Mapping[str, str]) -> Answer:
    """The answer on the text of a result; ``short`` are names of parties in a few letters, by id."""
    joint, asked = result.joint_acceptability, result.asked
    strip = SAY["nobody"] if joint is None else SAY["strip"].format(joint=compact(joint.estimate))
    bars = [] if joint is None else [_bar("bar-joint", SAY["together"], joint, _layers(result.joint_by_layer))]
    return Answer(
        headline=_headline(result),
        on_evidence=_evidence(result),
        strip=" · ".join([strip, *(f"{short[p.id]} {compact(p.acceptability.estimate)}" for p in asked)]),
        bars=(*bars, *(_party(f"bar-{i}", result, party) for i, party in enumerate(result.parties))),
    )


def _headline(result: Result) -> str:
    verdict, parties = outcome(result)
    joint = "" if result.joint_acceptability is None else compact(result.joint_acceptability.estimate)
    who = [result.called(party.id) for party in parties]
    if verdict == "none":
        return SAY["head_nothing" if settles_nothing(result) else "head_none"]
    if verdict == "refused":
        over = [_objection(result, party) for party in parties] if len(parties) < 3 else []
        who = [
            SAY["over"].format(party=name, objection=objection) if objection else name
            for name, objection in zip(who, over or [""] * len(who), strict=True)
        ]
    issues = () if result.open is None else result.open.issues
    if verdict in ("accepted", "with_filler", "singly") and issues:
        few = listed([result.labels.issue(issue) for issue in issues])
        return SAY["head_singly_open" if verdict == "singly" else "head_open"].format(
            joint=joint, issues=few if len(issues) < 3 else SAY["head_issues"].format(count=len(issues))
        )
    key = {"refused": "head_refused", "divided": "head_divided", "singly": "head_singly"}.get(verdict, "head_accepted")
    return SAY[key].format(who=listed(who), joint=joint)


def _evidence(result: Result) -> str:
    if unsourced(result.settings) or not result.asked:
        return ""
    refused, unknown = (
        [result.called(p.id) for p in result.asked if (p.own or p).on_evidence.verdict == verdict]
        for verdict in ("refuses", "not settled")
    )
    key = "evidence_refused" if refused else "evidence_unknown" if unknown else "evidence_accepted"
    return SAY[key].format(who=listed(refused or unknown))


def _bar(id: str, name: str, share: ShareInterval, note: str, does: str = "", on: OnEvidence | None = None) -> ShareBar:
    title = SAY["interval"].format(low=compact(share.low), high=compact(share.high))
    return ShareBar(id, name, stance(share), does, share.estimate, note, title, on)


def _party(id: str, result: Result, party: PartyResult) -> ShareBar:
    evidence = None if unsourced(result.settings) else party.on_evidence
    notes = _notes(result, party)
    note = ". ".join(map(capital, notes)) + "." * bool(notes)
    if party.silent:
        note = SAY["silent"]
    if evidence is not None:
        low, high = compact(evidence.necessary), compact(evidence.possible)
        reach = low if low == high else SAY["range"].format(low=low, high=high)
        note = f"{SAY['on_evidence'].format(range=reach)} {note}"
    bar = _bar(id, party.name, party.acceptability, note, word(party.verdict, evidence), evidence)
    if party.silent or party.consent_needed:
        return bar
    return replace(bar, kind="not_asked", word=SAY["not_asked"])


def _notes(result: Result, party: PartyResult) -> list[str]:
    """What is said under the bar of a party, without capitals and full stops."""
    notes = [] if party.consent_needed else [SAY["not_needed"]]
    if party.own is not None and party.own.acceptability != party.acceptability:
        notes.append(SAY["by_itself"].format(share=compact(party.own.acceptability.estimate)))
    if against := _objection(result, party):
        notes.append(SAY["against"].format(objection=against))
    if unmet := unmet_demands(result, party):
        asked = [result.labels.demand(party.id, x.demand) for x in unmet]
        notes.append(SAY["asks"].format(demands=listed(asked)))
    if party.sole_blocker is not None and party.sole_blocker >= NOTABLE:
        notes.append(SAY["alone"].format(share=compact(party.sole_blocker)))
    if vote := party.ratification:
        shares = {name: compact(getattr(vote, name)) for name in ("passes", "polls", "mixed")}
        notes.append(SAY["vote"].format(**shares))
    return notes


def _layers(by_layer: ByLayer | None) -> str:
    if by_layer is None:
        return ""
    shares = ((layer, compact(getattr(by_layer, layer))) for layer in LAYERS)
    return SAY["by_layer"].format(
        layers=", ".join(SAY["layer"].format(layer=layer, share=share) for layer, share in shares)
    )


def _objection(result: Result, party: PartyResult) -> str:
    """What a party has against the text; as of any draft, without what the text's own terms rest on."""
    against = party.main_objection
    if against is None:
        return ""
    if against.kind == "issue":
        return result.labels.term(against.issue or "", against.option)
    return objection_words(against.model_copy(update={"term_basis": None}), result.labels, party.id)
