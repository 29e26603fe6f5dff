"""A forecast as text: texts by parties, single terms by parties, what the answers hang on, what is younger."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.forecast.english import CAVEAT, library_name, say
from sim.analysis.forecast.findings import accepts, lead_findings, note_findings
from sim.analysis.forecast.result import Forecast
from sim.analysis.shared.answering import word_of
from sim.analysis.shared.readings import ForecastAnswer, ForecastReading, HangsOn
from sim.files.grammar import plural
from sim.report.english import Names
from sim.report.listing import YOUNGER_BY, citing
from sim.report.numbers import compact
from sim.report.page import Column, Detail, Page, Sheet, by_column
from sim.report.verdict import INFERRED, MARKS, UNKNOWN_LEGEND, UNSOURCED_CAVEAT, evidence_range, red_line
from sim.scenario.labels import Labels, together

HEADER = (
    "library", "without_younger", "text", "single", "date", "party", "silent", "verdict", "word", "share", "low",
    "high", "stated", "inferred", "assumed", "necessary", "possible", "with_inferred", "on_evidence", "layer",
    "hangs_on", "issue", "option", "refusal", "from", "evidence", "hangs_share", "unmet_demands",
)  # fmt: skip
#: Where ``true`` and ``false`` are no texts.
FLAGS = ("without_younger", "single", "silent")
#: Kinds of findings that stand on the first screen, below its tables.
_FIRST = ("single_terms", "less_than_asked", "mostly_open", "said_instead")
#: What stands under a share of a yes to less than the party asks for.
LESS = "less than asked"


def rows(result: Forecast) -> Iterator[tuple[object, ...]]:
    """A row an answer: a reading, a text or single term, a party."""
    for reading in result.readings:
        for text in reading.texts:
            date = None if text.date is None else text.date.isoformat()
            for x in text.answers:
                on, evidence = x.hangs_on, x.on_evidence
                yield (
                    reading.library, _flag(reading.without_younger), text.id, _flag(text.single), date,
                    x.party, _flag(x.silent), x.verdict, word_of(reading, x), *x.acceptability.figures,
                    x.by_layer.stated, x.by_layer.inferred, x.by_layer.assumed,
                    evidence.necessary, evidence.possible, evidence.with_inferred, evidence.verdict, x.layer,
                    *(7 * (None,) if on is None else _hanging(on)), "; ".join(x.unmet_demands) or None,
                )  # fmt: skip


def _flag(value: bool) -> str:
    return str(value).lower()


def _hanging(on: HangsOn) -> tuple[object, ...]:
    start = None if on.start is None else on.start.isoformat()
    return on.kind, on.issue, on.option, on.refusal, start, "; ".join(on.evidence), on.share


def page(result: Forecast) -> Page:
    """The texts of the first reading; the whole page has the others, single terms, and what answers hang on."""
    labels = together(reading.labels for reading in result.readings)
    names = Names(labels, {p: name for reading in result.readings for p, name in reading.parties.items()})
    sheets: list[Sheet] = []
    for number, reading in enumerate(result.readings):
        sheets += [_shares(reading, False, detail=number > 0), _shares(reading, True, detail=True), _hangs(reading)]
        if not reading.without_younger:
            sheets.append(_younger(reading))
    notes = [_note(x.kind, say(x, names)) for x in note_findings(result)]
    sources = any(reading.sources for reading in result.readings)
    legend = [f"{UNKNOWN_LEGEND}, and the share is what assumptions make of it. {INFERRED}"] if sources else []
    drawn = f"{plural(result.draws, 'draw')}, seed {result.seed}; CSV and JSON have every figure."
    return Page(
        heading=f"{result.title}: as of {result.as_of}",
        lead=" ".join(say(x, names) for x in lead_findings(result)),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        notes=(*legend, *notes, drawn),
        caveat=CAVEAT if sources else UNSOURCED_CAVEAT,
    )


def _note(kind: str, sentence: str) -> str:
    return sentence if kind in _FIRST else Detail(sentence)


def _shares(reading: ForecastReading, single: bool, detail: bool) -> Sheet:
    texts = [text for text in reading.texts if text.single == single]
    name = library_name(reading.library, reading.without_younger)
    columns = [(Column("single term" if single else "text", width=34), [text.title for text in texts])]
    columns += [
        (Column(name, right=True, folds=True), [_cell(reading, text.answer(party)) for text in texts])
        for party, name in reading.parties.items()
    ]
    what = "single terms, " if single else ""
    return by_column(columns, f"{name}: {what}share of draws that accept", detail=detail)


def _cell(reading: ForecastReading, answer: ForecastAnswer) -> str:
    """A share, marked as in tables of many texts; nothing of a party on which the sources are silent."""
    if answer.silent:
        return "silent"
    mark = MARKS.get(word_of(reading, answer))
    share = compact(answer.acceptability.estimate)
    less = LESS if answer.unmet_demands and accepts(reading, answer) else None
    return "\n".join(part for part in (share, mark, less) if part is not None)


def _hangs(reading: ForecastReading) -> Sheet:
    """What each answer to a text hangs on."""
    lines = [(text, x) for text in reading.texts if not text.single for x in text.answers if not x.silent]
    columns = (
        (Column("text", width=26), [text.title for text, _ in lines]),
        (Column("party", width=16), [reading.parties[x.party] for _, x in lines]),
        (Column("accepts", right=True), [compact(x.acceptability.estimate) for _, x in lines]),
        (Column("on the evidence"), [evidence_range(x.on_evidence) for _, x in lines]),
        (Column("hangs most on", width=34), [_hanging_words(reading.labels, x) for _, x in lines]),
    )
    name = library_name(reading.library, reading.without_younger)
    return by_column(columns, f"{name}: what the answers hang on", detail=True)


def _hanging_words(labels: Labels, answer: ForecastAnswer) -> str:
    on = answer.hangs_on
    if on is None:
        return "nothing: it is what no deal leaves"
    if on.kind == "red_line":
        what = red_line(labels, on.issue, on.option)
    elif on.kind == "refusal":
        what = f"refusal {labels.refusal(answer.party, on.refusal)}"
    else:
        what = labels.term(on.issue or "", on.option)
    return f"{on.basis}: {what} ({compact(on.share)})"


def _younger(reading: ForecastReading) -> Sheet:
    """The claims younger than the day, and what cites them."""
    columns = (
        (Column("claim"), [claim.id for claim in reading.claims]),
        (Column("of"), [str(claim.date) for claim in reading.claims]),
        (
            Column("younger", width=26),
            ["; ".join(YOUNGER_BY[why] for why in claim.reasons) for claim in reading.claims],
        ),
        (
            Column("cited by", width=44),
            [
                "\n".join(
                    citing(x.citation, reading.labels, reading.parties)
                    for x in reading.citations
                    if claim.id in x.claims
                )
                or "nothing"
                for claim in reading.claims
            ],
        ),
    )
    return by_column(columns, f"{reading.library}: claims younger than the day", detail=True)
