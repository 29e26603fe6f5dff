"""Saved runs: a folder a run, written whole or not at all, and read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from sim.files import system, written
from sim.files.complaints import Complaints
from sim.files.text import read_text
from sim.files.writing import naming, partial_folder, write_file
from sim.results.records import Record
from sim.results.result import Result, Results
from sim.results.talks import Negotiation, Refuser

#: Columns of ``outcome.csv``: one measure a row.
COLUMNS = ("scenario", "party", "measure", "value", "low", "high")

Row = tuple[str, str, str, float | None, float | None, float | None]


def save(result: Result, merged: str, root: Path) -> Path:
    """Write ``result.json``, ``outcome.csv`` and ``scenario.yaml`` to a new folder and return it.

    The folder is ``<root>/<scenario>/<time>-<hash>``. Everything is written to a temporary
    folder beside it, which is then renamed, so that a run cut short leaves nothing half-written.
    ``merged`` is the scenario with its domain and edits, ready to run again. Raises OSError, whose one line says that
    the run is not saved.
    """
    home = root / result.scenario.id
    try:
        with naming(home), partial_folder(home) as partial:
            write_file(partial / "result.json", result.to_json() + "\n")
            write_file(partial / "outcome.csv", csv_text([result]))
            write_file(partial / "scenario.yaml", merged)
            system.readable_by_all(partial, folder=True)
            return _settle(partial, home, result)
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.errno is not None else str(error)
        raise OSError(f"{reason}; the run is not saved") from None


def again(result: Result, path: Path, root: Path) -> Path | None:
    """The folder of the saved run that was scored once more, where it stands below ``root`` with the same result.

    ``path`` is the file that was scored. None where it is no saved run, or a figure differs.
    """
    folder = path.parent
    if path.name != "scenario.yaml" or folder.parent.resolve() != (root / result.scenario.id).resolve():
        return None
    try:
        saved = Result.model_validate_json(read_text(folder / "result.json"))
    except (OSError, Complaints, ValidationError):
        return None
    return folder if _figures(saved) == _figures(result) else None


def _figures(result: Result) -> str:
    """A result without its findings, which are made of its figures."""
    return result.model_copy(update={"findings": ()}).to_json()


def _settle(partial: Path, home: Path, result: Result) -> Path:
    """Rename to the first free name; two runs in one second get a number."""
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{stamp}-{result.scenario.sha256[:8]}"
    for number in range(1, 1000):
        target = home / (name if number == 1 else f"{name}-{number}")
        try:
            system.rename_new(partial, target)
        except OSError:
            if target.exists():
                continue
            raise
        return target
    raise FileExistsError(f"{home / name}: a thousand runs with this name already")


def to_json(results: list[Result]) -> str:
    """One result as ``sim.result/1``, several as ``sim.results/1``."""
    if len(results) == 1:
        return results[0].to_json()
    return Results(results=tuple(results)).to_json()


def csv_text(results: list[Result]) -> str:
    """All measures of all results as tidy CSV, one header."""
    return written.csv_text(COLUMNS, (row for result in results for row in rows(result)))


def rows(result: Result) -> Iterator[Row]:
    """Tidy rows of one result; measures of the whole have no party."""
    name = result.scenario.id

    def row(party: str, measure: str, value: float | None, low: float | None = None, high: float | None = None) -> Row:
        return name, party, measure, value, low, high

    def each(party: str, measure: str, shares: Record | None) -> Iterator[Row]:
        for key, value in () if shares is None else shares.model_dump().items():
            yield row(party, f"{measure}.{key}", value)

    for whole, joint in (("joint_acceptability", result.joint_acceptability), ("signed", result.signed)):
        if joint is not None:
            yield row("", whole, *joint.figures)
    yield from each("", "joint_acceptability", result.joint_by_layer)
    if result.filler is not None:
        yield row("", "filler", result.filler.median, result.filler.low, result.filler.high)
    yield from each("", "terms", result.terms_by_basis)
    if result.open is not None:
        yield row("", "some_completion", result.open.some_completion)
        yield row("", "every_completion", result.open.every_completion)
    for party in result.parties:
        yield row(party.id, "consent_needed", float(party.consent_needed))
        yield row(party.id, "acceptability", *party.acceptability.figures)
        if party.own is not None:
            yield row(party.id, "own_acceptability", *party.own.acceptability.figures)
        yield row(party.id, "on_evidence", None, party.on_evidence.necessary, party.on_evidence.possible)
        yield from each(party.id, "acceptability", party.by_layer)
        yield from each(party.id, "turning", party.by_turning_class)
        yield row(party.id, "gain", party.gain.median, party.gain.p05, party.gain.p95)
        if (vote := party.ratification) is not None:
            for reading, value in vote.model_dump(exclude={"yes"}).items():
                yield row(party.id, f"ratification.{reading}", value)
            yield row(party.id, "ratification.yes", None, *vote.yes)
        yield row(party.id, "sole_blocker", party.sole_blocker)
        yield from each(party.id, "weight", party.weight_by_basis)
        if party.mean_gain is not None:
            yield row(party.id, "mean_gain", party.mean_gain)
        for issue in party.issues:
            yield row(party.id, f"mean_gain.{issue.issue}", issue.mean_gain)
    if result.negotiation is not None:
        for party_id, measure, *figures in _talks(result.negotiation):
            yield row(party_id, f"talks.{measure}", *figures)


def _refuser(measure: str, refuser: Refuser) -> Iterator[tuple[str, str, float | None]]:
    """How often a party is in the way, and over what."""
    yield refuser.party, measure, refuser.share
    yield refuser.party, f"{measure}.sole", refuser.sole
    if (objection := refuser.objection) is not None:
        what = objection.refusal or f"{objection.issue}.{objection.option}"
        yield refuser.party, f"{measure}.{objection.kind}.{what}", objection.share


def _talks(talks: Negotiation) -> Iterator[tuple[str, str, *tuple[float | None, ...]]]:
    """Party (or nobody), measure, and its figures."""
    for name in ("agreed", "ratification_failed", "broke_down"):
        yield "", name, *getattr(talks, name).figures
    if talks.rounds is not None:
        yield "", "round", talks.rounds.median, talks.rounds.p05, talks.rounds.p95
    for name in ("agreed_by_round", "unratified_by_round"):
        for number, value in enumerate(getattr(talks, name)):
            yield "", f"{name}.{number}", value
    if talks.breakdown is not None:
        yield "", "breakdown.missed", talks.breakdown.missed
        if talks.breakdown.unavoidable is not None:
            yield "", "breakdown.unavoidable", talks.breakdown.unavoidable
        yield "", "breakdown.nobody_alone", talks.breakdown.nobody_alone
        for refuser in talks.breakdown.in_the_way:
            yield from _refuser("breakdown.in_the_way", refuser)
    for refuser in talks.turned_down:
        yield from _refuser("turned_down", refuser)
    for name in ("all_asked", "at_limit"):
        if (share := getattr(talks, name)) is not None:
            yield "", name, share
    if talks.efficiency is not None:
        yield "", "efficient", *talks.efficiency.efficient.figures
        yield "", "mean_slack", talks.efficiency.mean_slack
    if talks.against_vote is not None:
        for name in ("both", "agreed_only", "accepted_only", "neither"):
            yield "", f"against_vote.{name}", getattr(talks.against_vote, name)
    for kind, texts in (("text", talks.texts), ("unratified_text", talks.unratified_texts)):
        for text in texts:
            terms = "; ".join(f"{c.issue}: {c.to or 'open'}" for c in text.changes)
            yield "", f"{kind}.{terms or 'as tabled'}", text.share
    for issue in talks.issues:
        for option, value in (issue.agreed or {}).items():
            yield "", f"option.{issue.issue}.{option}", value
        if issue.left_open is not None:
            yield "", f"left_open.{issue.issue}", issue.left_open
    for party in talks.parties:
        for name, share in (("no_text_beats_no_deal", party.prefers_no_deal), ("asked", party.asked)):
            if share is not None:
                yield party.party, name, share
        if party.gain is not None:
            gain = party.gain
            yield party.party, "best_gain", gain.best
            yield party.party, "gain", gain.median, gain.p05, gain.p95
            yield party.party, "mean_gain", gain.mean
            yield party.party, "net_of_delay", gain.net_of_delay
            yield party.party, "worse_off", gain.worse_off
    for proposer in talks.proposers:
        yield proposer.party, "proposed", proposer.proposed
        yield proposer.party, "prefers_no_deal", proposer.prefers_no_deal
        yield proposer.party, "favourite_gain", proposer.favourite_gain
        for move in proposer.issues:
            if move.opening_share is not None:
                yield proposer.party, f"opening.{move.issue}.{move.opening or 'open'}", move.opening_share
            yield proposer.party, f"moved.{move.issue}", move.moved
