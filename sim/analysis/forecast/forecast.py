"""What a library as it stood on a day would have said of texts that came later, and of every single term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sim.analysis.forecast.findings import findings
from sim.analysis.forecast.result import Forecast
from sim.analysis.shared.libraries import DRAWS, SEED, libraries, on_day, read_library, read_texts
from sim.files import arguments
from sim.results.records import versions
from sim.scenario.options import PathLike, settings_of
from sim.simulation.cases import Progress


def forecast(
    texts: PathLike | Mapping[str, object],
    *,
    as_of: dt.date | str,
    domain: PathLike | Sequence[PathLike] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    without_younger: bool = False,
    progress: Progress | None = None,
) -> Forecast:
    """What each party would make of texts, and of every single term, by a library as it stood on a day.

    A single term is a text that says this alone and leaves all other issues open. An open issue is left as no deal
    leaves it, with no gain and no loss. So a party accepts the term where none of its lines names it alone and it is
    worth no less than what the party expects of no deal on that issue, what no deal costs besides counted in. Refusals
    of combinations, and effects, need another term and say nothing of it.

    Args:
        texts: a file of texts, or what it holds (``scenarios/README.md``, "Files of texts").
        as_of: the day whose positions count, whatever the texts' own dates.
        domain: the folder of a library's domain, or several; without it the nearest.
        draws: how many preference profiles, at least 1.
        seed: of the random numbers, at least 0.
        without_younger: each library once more, as it would have stood without claims younger than the day
            (:mod:`sim.analysis.shared.withdrawal`).
        progress: called with (blocks done, in all) by each reading in turn.

    Returns:
        Shares of draws, between 0 and 1, with what each answer hangs on; a reading a library, or two.

    Raises:
        Complaints: about the content of the texts and the library, all at once, each with its place.
        OSError: about files that are not there.
        InvalidArgument: for what cannot be meant.

    Example:
        >>> import sim
        >>> offer = {"title": "A freeze", "date": "2026-02-01", "summary": "The line stays.", "terms": {
        ...     "fighting": {"option": "stops", "basis": "stated"},
        ...     "donbas": {"option": "frozen_line", "basis": "stated"}}}
        >>> result = sim.forecast({"title": "A freeze", "texts": {"freeze": offer}}, as_of="2025-12-24", draws=200)
        >>> result.readings[0].text("donbas.ceded").answer("ukraine").hangs_on.kind
        'red_line'
    """
    day = arguments.day("as_of", as_of)
    settings = settings_of({"as_of": day, "draws": draws, "seed": seed})
    file = read_texts(texts)
    readings = []
    for library in libraries(domain):
        on = on_day(library, settings)
        for without in (False, True) if without_younger else (False,):
            readings.append(read_library(on, file, without_younger=without, progress=progress).record)
    result = Forecast(
        title=file.drafts.title,
        as_of=day,
        draws=int(draws),
        seed=int(seed),
        readings=tuple(readings),
        versions=versions(),
    )
    return result.model_copy(update={"findings": findings(result)})
