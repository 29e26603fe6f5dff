"""What of a forecast is worth saying, in the order in which a page says it: figures, and no words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sim.analysis.forecast import result as kinds
from sim.analysis.forecast.result import Forecast, ForecastFinding
from sim.analysis.shared.answering import word_of
from sim.analysis.shared.readings import ForecastAnswer, ForecastReading
from sim.results.result import Unsourced


def findings(result: Forecast) -> tuple[ForecastFinding, ...]:
    """Everything worth saying: :func:`lead_findings`, then :func:`note_findings`."""
    return (*lead_findings(result), *note_findings(result))


def lead_findings(result: Forecast) -> tuple[ForecastFinding, ...]:
    """How many answers of each word the first reading has, and what changes without younger claims."""
    first = result.readings[0]
    return (
        *([] if first.sources else [Unsourced()]),
        _words(first, single=False),
        *(_moved(*pair) for pair in pairs(result)),
    )


def note_findings(result: Forecast) -> tuple[ForecastFinding, ...]:
    """What stands below the tables."""
    first = result.readings[0]
    return (
        *(_words(reading, single=False) for reading in result.readings[1:]),
        kinds.SingleTerms(terms=sum(text.single for text in first.texts)),
        *(_words(reading, single=True) for reading in result.readings),
        *(less for reading in result.readings for single in (False, True) for less in _less(reading, single)),
        *_instead(result),
        *_open(first),
    )


def pairs(result: Forecast) -> Iterator[tuple[ForecastReading, ForecastReading]]:
    """Each library as it stands, and without younger claims, where it was read in both ways."""
    whole = {reading.library: reading for reading in result.readings if not reading.without_younger}
    for reading in result.readings:
        if reading.without_younger:
            yield whole[reading.library], reading


def _words(reading: ForecastReading, single: bool) -> kinds.ForecastWords:
    texts = [text for text in reading.texts if text.single == single]
    words = Counter(word_of(reading, x) for text in texts for x in text.answers if not x.silent)
    return kinds.ForecastWords(
        library=reading.library,
        without_younger=reading.without_younger,
        single=single,
        texts=len(texts),
        answers=words.total(),
        accepts=words["accepts"],
        refuses=words["refuses"],
        refuses_inferred=words["refuses, inferred"],
        divided=words["divided"],
        unknown=words["unknown"],
    )


def _less(reading: ForecastReading, single: bool) -> Iterator[kinds.LessThanAsked]:
    """Of answers whose word is a yes; nothing where nobody asks for more."""
    yes = [x for t in reading.texts if t.single == single for x in t.answers if accepts(reading, x)]
    if less := sum(bool(x.unmet_demands) for x in yes):
        yield kinds.LessThanAsked(
            library=reading.library,
            without_younger=reading.without_younger,
            single=single,
            answers=less,
            accepted=len(yes),
        )


def accepts(reading: ForecastReading, answer: ForecastAnswer) -> bool:
    """Whether the word on an answer is a yes."""
    return not answer.silent and word_of(reading, answer) == "accepts"


def _moved(whole: ForecastReading, reading: ForecastReading) -> kinds.AnswersMoved:
    both = [
        (a, b)
        for one, other in zip(whole.texts, reading.texts, strict=True)
        for a, b in zip(one.answers, other.answers, strict=True)
    ]
    return kinds.AnswersMoved(
        library=reading.library,
        claims=len(reading.claims),
        dropped=sum(citation.fate == "dropped" for citation in reading.citations),
        moved=sum(word_of(whole, a) != word_of(reading, b) for a, b in both),
        answers=len(both),
        most=max((abs(a.acceptability.estimate - b.acceptability.estimate) for a, b in both), default=0.0),
    )


def _instead(result: Forecast) -> Iterator[kinds.SaidInstead]:
    for reading in result.readings:
        terms: dict[tuple[str, str, str | None], list[str]] = {}
        for text in reading.texts if not reading.without_younger else ():
            for issue, term in text.terms.items():
                if term.instead_of is not None:
                    terms.setdefault((issue, term.instead_of, term.option), []).append(text.title)
        for (issue, instead_of, option), texts in terms.items():
            yield kinds.SaidInstead(
                library=reading.library, texts=tuple(texts), issue=issue, instead_of=instead_of, option=option
            )


def _open(reading: ForecastReading) -> Iterator[kinds.MostlyOpen]:
    """A yes to a text that says little is no more than that it is no worse than no deal."""
    texts = [x for x in reading.texts if not x.single]
    closed = {x.id: sum(term.option is not None for term in x.terms.values()) for x in texts}
    if mostly := tuple(x.title for x in texts if 2 * closed[x.id] < reading.issues):
        yield kinds.MostlyOpen(texts=mostly)
