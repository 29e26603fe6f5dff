"""The forecast of 24 December 2025: sealed, and what the libraries of that record give again, figure by figure.

Its file, its texts and its two libraries are never edited: what was said before the answers were known stays as it was
said, right or wrong. Where a change of the program moves a figure here, the change is looked at, never the record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import sim
from sim.scenario.loading import load_domain

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "results" / "forecast_2025-12-24.json"
SEALED = Path(__file__).parent / "data" / "sealed"
TEXTS = SEALED / "texts_2026.yaml"
LIBRARIES = ("6576745", "bf4ac57")
SHA256 = {
    RECORD: "60201234226f881a70c15e9c9a04bdfe0187fff900b820db2bad2d0b9f1e8185",
    TEXTS: "988faae7155e26b64a560ea1e342a263a82df9a92696c724da14e533c155be47",
}


@cache
def record() -> sim.Forecast:
    document = sim.read(RECORD)
    assert isinstance(document, sim.Forecast)
    return document


def options_of(library: str) -> list[str]:
    """Every option of every issue, as ``issue.option``; as plain YAML, since the older library is of an older form."""
    issues = yaml.safe_load((SEALED / library / "domain" / "issues.yaml").read_text(encoding="utf-8"))["issues"]
    return [f"{issue}.{option}" for issue, its in issues.items() for option in its["options"]]


@pytest.mark.parametrize("file", SHA256, ids=lambda file: file.name)
def test_nobody_edited_it(file: Path) -> None:
    assert hashlib.sha256(file.read_bytes()).hexdigest() == SHA256[file]


def test_it_is_of_both_libraries_with_and_without_what_is_younger() -> None:
    readings = [(reading.library, reading.without_younger) for reading in record().readings]
    assert readings == [(library, without) for library in LIBRARIES for without in (False, True)]
    assert (str(record().as_of), record().draws, record().seed) == ("2025-12-24", 10_000, 1)
    for reading in record().readings:
        options = options_of(reading.library)
        assert [text.id for text in reading.texts if text.single] == options
        assert sum(not text.single for text in reading.texts) == 10
        assert all(len(text.answers) == 5 for text in reading.texts)


def test_no_claim_of_2026_is_among_what_is_left() -> None:
    for reading in record().readings:
        claims = {claim.id for claim in reading.claims}
        assert {"F34", "F43", "F46", "F47", "F48", "F49", "F51"} <= claims
        if reading.without_younger:
            hung = {id for text in reading.texts for x in text.answers if x.hangs_on for id in x.hangs_on.evidence}
            assert not hung & claims


def test_a_run_of_a_sealed_text_gives_its_shares() -> None:
    """By the other way: a scenario of the same terms, loaded and scored as any other."""
    reading = next(x for x in record().readings if (x.library, x.without_younger) == ("bf4ac57", False))
    text = reading.text("anchorage_2026")
    issues = load_domain(SEALED / "bf4ac57" / "domain").issues.issues
    terms = {issue: {"open": True, "basis": "proposed"} for issue in issues}
    terms |= {issue: {"option": term.option, "basis": "proposed"} for issue, term in text.terms.items()}
    proposal = {"date": str(text.date), "summary": "As sealed.", "terms": terms}
    scenario = {"id": "anchorage", "title": text.title, "as_of": "2025-12-24", "proposal": proposal}
    [result] = sim.score(sim.from_dict({**scenario, "domain": str(SEALED / "bf4ac57" / "domain")}))
    for party in result.parties:
        own, sealed = party.own or party, text.answer(party.id)
        for name in ("acceptability", "by_layer", "on_evidence"):
            before, now = (getattr(x, name).model_dump(mode="json") for x in (sealed, own))
            assert not list(differences(before, now, f"{party.id}.{name}"))
        assert own.verdict == sealed.verdict


def test_the_libraries_give_every_figure_again() -> None:
    domains = [SEALED / library / "domain" for library in LIBRARIES]
    again = sim.forecast(TEXTS, domain=domains, as_of="2025-12-24", without_younger=True)
    sealed, now = (x.model_dump(mode="json", by_alias=True) for x in (record(), again))
    assert len(sealed["readings"]) == len(now["readings"])
    for before, after in zip(sealed["readings"], now["readings"], strict=True):
        for key in ("library", "without_younger", "sha256", "no_deal", "claims", "citations", "texts"):
            assert not list(differences(before[key], after[key], key))


def differences(before: Any, after: Any, path: str) -> Iterator[str]:
    """Where a document has something else than one before it had; keys that came later are none. Twelve digits."""
    if isinstance(before, dict):
        for key, value in before.items():
            yield from differences(value, after[key], f"{path}.{key}")
    elif isinstance(before, list):
        if len(before) != len(after):
            yield f"{path}: {len(before)} and {len(after)}"
        for i, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from differences(one, other, f"{path}[{i}]")
    elif isinstance(before, float):
        if f"{before:.12g}" != f"{after:.12g}":
            yield f"{path}: {before} and {after}"
    elif before != after:
        yield f"{path}: {before} and {after}"
