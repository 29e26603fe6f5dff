"""A table of parties by issues as a folder of scenarios: the files of ``domain/``, and a scenario a text.

Nothing in a table is sourced, so all of it is assumed, with the file as its only source.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.files.ids import ids as ids_of
from sim.files.text import read_bytes
from sim.interop import importing
from sim.interop.additive import File, NamedIssue
from sim.interop.cells import csv_grid
from sim.interop.importing import Ids, ScenarioFolder
from sim.interop.table_reading import WORDS, Stance, TableContent, read_grid
from sim.interop.xlsx import read_xlsx

#: Endings of files that are tables, whatever is in them.
SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")
#: What a lottery, and its outcome without a name, are called.
_LOTTERY, _OUTCOME = "no_deal", "no_agreement"


def is_table(path: Path) -> bool:
    """Whether a file is a table, by its ending."""
    return path.suffix.lower() in SUFFIXES


def import_table(path: Path, day: dt.date, terms: Sequence[str] = (), sheet: str | None = None) -> ScenarioFolder:
    """The folder that a table makes, positions and texts dated ``day``.

    ``terms`` are ``ISSUE=OPTION`` of a further text; ``sheet`` names one of a workbook. Raises Complaints with what is
    wrong with the table, ValueError where openpyxl is needed and missing, OSError where the file cannot be read.
    """
    raw = read_bytes(path, str(path))
    grids = [csv_grid(raw, str(path), WORDS)] if _is_csv(raw, path) else read_xlsx(raw, str(path))
    table = read_grid(str(path), grids, sheet)
    file = File.of(path, raw, "table")
    issues = [
        NamedIssue(name, tuple(issue.options), issue.question, tuple(text or "" for text in issue.options.values()))
        for name, issue in table.issues.items()
    ]
    parties = list(table.parties)
    ids = Ids.of(issues, parties, [file])
    maker = _Maker(table, file, issues, ids, day)
    if terms:
        chosen = importing.chosen_terms(terms, issues, ids)
        package = {issues[j].name: issues[j].options[o] for j, o in chosen.items()}
        table.texts = {name: text for name, text in table.texts.items() if name} | {"": package}
    outcomes = [pair for pair in zip(table.outcomes, maker.outcomes, strict=True) if pair[0] and pair[0] != pair[1]]
    texts = maker.texts()
    return ScenarioFolder(
        maker.domain() | texts,
        tuple(texts),
        next(iter(texts), None),
        len(parties),
        (*importing.renamed(issues, parties, ids), *outcomes),
        tuple(table.empty),
        tuple(table.warnings),
        "all that the table says is assumed; add sources and evidence in domain/",
    )


def _is_csv(raw: bytes, path: Path) -> bool:
    return not raw.startswith((b"PK", b"\xd0\xcf\x11\xe0")) and path.suffix.lower() not in (".xlsx", ".xlsm", ".xls")


class _Maker:
    def __init__(self, table: TableContent, file: File, issues: Sequence[NamedIssue], ids: Ids, day: dt.date) -> None:
        self.table, self.file, self.issues, self.ids, self.day = table, file, issues, ids, day
        self.issue_id = dict(zip(table.issues, ids.issues, strict=True))
        self.option_id = {
            issue.name: dict(zip(issue.options, own, strict=True))
            for issue, own in zip(issues, ids.options, strict=True)
        }
        self.outcomes = ids_of((name or _OUTCOME for name in table.outcomes), "outcome")
        self.title = table.title or file.stem

    def domain(self) -> dict[str, str]:
        [id] = self.ids.files
        outcomes = zip(self.outcomes, self.table.outcomes.values(), strict=True)
        lottery = {
            "from": self.day.isoformat(),
            "outcomes": {id: self._package(package) for id, package in outcomes},
            "basis": "assumed",
            "note": self._from(),
        }
        no_deal = {"lotteries": {_LOTTERY: lottery}}
        return importing.domain_files(
            importing.issues_file(self.title, self.issues, self.ids) | {"no_deal": no_deal},
            {id: importing.source(self.file, "a table of parties by issues", self.day)},
            [self._party(id, name) for id, name in zip(self.ids.parties, self.table.parties, strict=True)],
            (self._from() for _ in self.ids.parties),
        )

    def texts(self) -> dict[str, str]:
        """The texts of the table, then what each party ranks first, unless it ranks nothing."""
        out: dict[str, str] = {}
        stems = ids_of((name or "text" for name in self.table.texts), "text")
        for stem, (name, package) in zip(stems, self.table.texts.items(), strict=True):
            title = name or f"{self.title}: the text of the table"
            out[f"{stem}.yaml"] = self._text(title, f"The text {name} of the table.".replace("  ", " "), package)
        for id, name in zip(self.ids.parties, self.table.parties, strict=True):
            best = {
                issue: ranking[0][0]
                for issue in self.table.issues
                if (ranking := self.table.stances[name, issue].ranking)
            }
            if best:
                summary = f"What {name} ranks first on every issue; where that is unknown, the issue is open."
                out[f"best_for_{id}.yaml"] = self._text(f"{self.title}: the best for {name}", summary, best)
        return out

    def _package(self, package: Mapping[str, str]) -> dict[str, str]:
        return {self.issue_id[i]: self.option_id[i][package[i]] for i in self.table.issues if i in package}

    def _party(self, id: str, name: str) -> dict[str, Any]:
        stances = self.table.stances
        positions = {self.issue_id[i]: [self._position(i, stances[name, i])] for i in self.table.issues}
        note = f"As in {self.file.name}, which says nothing of why. What is empty there is unknown here."
        return importing.principal(id, name, positions, note)

    def _position(self, issue: str, stance: Stance) -> dict[str, Any]:
        own = self.option_id[issue]
        ranking = [[own[o] for o in level] for level in stance.ranking]
        out: dict[str, Any] = {
            "from": self.day.isoformat(),
            "ranking": [level if len(level) > 1 else level[0] for level in ranking] or "unknown",
            "importance": stance.importance or "unknown",
            "basis": "assumed",
        }
        if stance.lines:
            out["red_lines"] = [{"option": own[o], "basis": "assumed"} for o in stance.lines]
        return out

    def _text(self, title: str, summary: str, package: Mapping[str, str]) -> str:
        options = {id: self.option_id[name].get(package.get(name, "")) for name, id in self.issue_id.items()}
        return importing.yaml(importing.scenario(title, self.day, summary, options, self.file.name))

    def _from(self) -> str:
        return f"From {self.file.name}."
