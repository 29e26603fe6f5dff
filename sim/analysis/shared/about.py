"""What every result of a question says of the case that it is on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.engine.profiles import Case
from sim.results.records import versions
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.summary import scenario_info, settings


def about(case: Case, loaded: Loaded, texts: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Fields of a record: the scenario, how it is scored, and what its parties, issues and other ``texts`` are called.

    ``texts`` are names of other texts that the result names, by id.
    """
    return {
        "scenario": scenario_info(case, loaded.sha256),
        "settings": settings(case),
        "names": {p.id: p.name for p in case.profiles},
        "consent_not_modelled": case.scenario.proposal.consent_not_modelled,
        "labels": labels_of(case.scenario.domain, texts),
        "versions": versions(),
    }
