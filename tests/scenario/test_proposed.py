"""An author's own term is proposed: no filler anywhere, and told as such; what parties hold is never proposed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import sim
from sim.analysis.amend import page as amend_view
from sim.analysis.amend.amend import amend
from sim.analysis.search import page as search_view
from sim.analysis.search.search import search
from sim.cli.new_files import starting_text
from sim.files.complaints import Complaints
from sim.scenario.loading import load, load_domain
from tests import small
from tests.sentences import sentence

OWN = small.SCENARIO.replace("basis: stated, evidence: [E1]", "basis: proposed").replace(
    "basis: inferred, evidence: [E1, E4]", "basis: proposed"
)


def own(folder: Path, **options: object) -> sim.Loaded:
    return load(small.write(folder, {"deal.yaml": OWN}), draws=200, **options)  # type: ignore[arg-type]


def test_it_counts_as_proposed_and_never_as_filler(tmp_path: Path) -> None:
    result = sim.score([own(tmp_path)])[0]
    assert result.terms_by_basis.model_dump() == {
        "stated": 0,
        "inferred": 0,
        "proposed": 3,
        "assumed": 0,
        "edited": 0,
        "open": 1,
    }
    assert result.filler is None
    assert sentence(result, "proposed_terms") == "3 of 4 terms are proposed here: the author's own, not filler."


def test_only_articles_counting_leaves_it_proposed(tmp_path: Path) -> None:
    assert sim.score([own(tmp_path, evidence="articles")])[0].terms_by_basis.proposed == 3


def test_a_filler_beside_it_is_still_filler(tmp_path: Path) -> None:
    text = OWN.replace("fighting: {option: stops, basis: proposed}", "fighting: {option: stops, basis: assumed}")
    result = sim.score([load(small.write(tmp_path, {"deal.yaml": text}), draws=200)])[0]
    assert result.filler is not None
    assert (result.filler.assumed_terms, result.filler.fillings) == (1, 2)


def test_pages_say_proposed_here(tmp_path: Path) -> None:
    loaded = own(tmp_path)
    found = search(loaded, texts=())
    assert found.base_proposed == ("fighting", "status", "guarantee")
    assert found.base_assumed == ()
    changing, staying = search_view.page(found).sheets[:2]
    assert "neutral (proposed)" in [row[1] for row in staying.rows]
    for sheet in (changing, staying):
        assert sheet.title is not None
        assert sheet.title.endswith("; (proposed): proposed here")
    amended = amend(loaded, top=50)
    bases = {x.issue: x.amendment.changes[0].basis for x in amended.issues if x.amendment is not None}
    assert bases == {"fighting": "proposed", "status": "proposed", "guarantee": "proposed", "land": "open"}
    table = [cell for sheet in amend_view.page(amended).sheets for row in sheet.rows for cell in row]
    assert not any("not in the sources" in cell for cell in table)


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("domain/positions/red.yaml", "basis: {ranking: inferred, importance: stated}"),
        ("domain/positions/red.yaml", "{option: member, basis: stated, evidence: [E2]}"),
        ("domain/issues.yaml", "    parties: [blue]\n    basis: inferred"),
    ],
)
def test_what_parties_hold_is_not_proposed(tmp_path: Path, name: str, old: str) -> None:
    new = old.replace("stated", "proposed").replace("basis: inferred", "basis: proposed")
    with pytest.raises(Complaints) as told:
        load(small.write(tmp_path, small.changed(name, old, new)))
    [found] = told.value.complaints
    assert found.what == "proposed is for terms of a text alone; for what a party holds write assumed"
    assert found.place.file.endswith(Path(name).name)


def test_new_writes_it(tmp_path: Path) -> None:
    small.write(tmp_path)
    text = starting_text(load_domain(tmp_path / "domain"), tmp_path / "domain", dt.date(2022, 3, 29))
    assert text.count("basis: proposed") == 4
    assert "basis: assumed" not in text
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert sim.score([load(tmp_path / "mine.yaml", draws=50)])[0].terms_by_basis.open == 4
