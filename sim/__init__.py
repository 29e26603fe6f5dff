"""sim: would the parties accept this proposal, who blocks it and over what, and how sure are we?

The public interface in one screen; every command is built on it::

    import sim
    loaded = sim.load("scenarios/istanbul.yaml", edits=["us.foreign_forces.red_lines=none"])
    [result] = sim.score([loaded])
    print(result.verdict, result.party("ukraine").acceptability.estimate)
    sim.save(loaded, result)
    print(sim.levers(loaded).levers[0].edit, sim.amend(loaded, changes=1))

Names are imported on first use, so that ``import sim`` is cheap.
"""

from __future__ import annotations

import importlib

from sim._version import __version__

#: As in ``typing``, whose import would cost more than all the rest here.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from sim.analysis.amend.amend import amend
    from sim.analysis.amend.result import Amend
    from sim.analysis.audit.audit import audit
    from sim.analysis.audit.result import AuditResult
    from sim.analysis.backtest.backtest import backtest
    from sim.analysis.backtest.result import Backtest
    from sim.analysis.compare.compare import compare
    from sim.analysis.compare.inputs import gather
    from sim.analysis.compare.result import Comparison
    from sim.analysis.draws.draws import Draws, draws
    from sim.analysis.evaluate.evaluate import Evaluation, evaluate
    from sim.analysis.evaluate.parameters import Parameter, parameters
    from sim.analysis.flip.flip import flip
    from sim.analysis.flip.result import FlipResult
    from sim.analysis.forecast.forecast import forecast
    from sim.analysis.forecast.result import Forecast
    from sim.analysis.frontier.frontier import frontier
    from sim.analysis.frontier.result import Frontier
    from sim.analysis.levers.levers import levers
    from sim.analysis.levers.result import LeversResult
    from sim.analysis.levers.talks import talks_levers
    from sim.analysis.levers.talks_result import TalksLevers
    from sim.analysis.search.result import Search
    from sim.analysis.search.search import search
    from sim.analysis.sobol.result import SobolResult
    from sim.analysis.sobol.sobol import sobol
    from sim.analysis.sweep.result import Sweep
    from sim.analysis.sweep.sweep import sweep
    from sim.analysis.trace.result import TraceResult
    from sim.analysis.trace.trace import trace
    from sim.bargaining.own_protocols import protocol
    from sim.bargaining.own_tactics import tactic
    from sim.bargaining.table import Table
    from sim.bargaining.tactics import Seen
    from sim.engine.acceptability import OnTable
    from sim.execution.workers import workers
    from sim.files.arguments import InvalidArgument, UnknownName
    from sim.files.complaints import Complaint, Complaints
    from sim.files.errors import SimError
    from sim.files.own_rules import acceptance, utility
    from sim.interop.negmas_scenarios import from_negmas, to_negmas
    from sim.results.documents import Document
    from sim.results.reading import read
    from sim.results.records import Interval, PartyResult
    from sim.results.result import Result, Results
    from sim.results.talks import Negotiation
    from sim.scenario.loading import Loaded, edited, from_dict, load, load_all
    from sim.scenario.options import Options
    from sim.simulation.agents import Party, Sitting
    from sim.simulation.score import run, save, score
    from sim.simulation.talks import Talks

_HOME = {
    "load": "sim.scenario.loading",
    "load_all": "sim.scenario.loading",
    "edited": "sim.scenario.loading",
    "from_dict": "sim.scenario.loading",
    "Loaded": "sim.scenario.loading",
    "Options": "sim.scenario.options",
    "Complaint": "sim.files.complaints",
    "Complaints": "sim.files.complaints",
    "SimError": "sim.files.errors",
    "acceptance": "sim.files.own_rules",
    "utility": "sim.files.own_rules",
    "InvalidArgument": "sim.files.arguments",
    "UnknownName": "sim.files.arguments",
    "draws": "sim.analysis.draws.draws",
    "evaluate": "sim.analysis.evaluate.evaluate",
    "Evaluation": "sim.analysis.evaluate.evaluate",
    "parameters": "sim.analysis.evaluate.parameters",
    "Parameter": "sim.analysis.evaluate.parameters",
    "Draws": "sim.analysis.draws.draws",
    "score": "sim.simulation.score",
    "run": "sim.simulation.score",
    "save": "sim.simulation.score",
    "Document": "sim.results.documents",
    "Result": "sim.results.result",
    "Results": "sim.results.result",
    "read": "sim.results.reading",
    "Talks": "sim.simulation.talks",
    "Party": "sim.simulation.agents",
    "Sitting": "sim.simulation.agents",
    "OnTable": "sim.engine.acceptability",
    "tactic": "sim.bargaining.own_tactics",
    "protocol": "sim.bargaining.own_protocols",
    "Table": "sim.bargaining.table",
    "Seen": "sim.bargaining.tactics",
    "gather": "sim.analysis.compare.inputs",
    "compare": "sim.analysis.compare.compare",
    "levers": "sim.analysis.levers.levers",
    "talks_levers": "sim.analysis.levers.talks",
    "sobol": "sim.analysis.sobol.sobol",
    "flip": "sim.analysis.flip.flip",
    "sweep": "sim.analysis.sweep.sweep",
    "amend": "sim.analysis.amend.amend",
    "audit": "sim.analysis.audit.audit",
    "search": "sim.analysis.search.search",
    "forecast": "sim.analysis.forecast.forecast",
    "backtest": "sim.analysis.backtest.backtest",
    "frontier": "sim.analysis.frontier.frontier",
    "trace": "sim.analysis.trace.trace",
    "TraceResult": "sim.analysis.trace.result",
    "Comparison": "sim.analysis.compare.result",
    "LeversResult": "sim.analysis.levers.result",
    "TalksLevers": "sim.analysis.levers.talks_result",
    "FlipResult": "sim.analysis.flip.result",
    "SobolResult": "sim.analysis.sobol.result",
    "Sweep": "sim.analysis.sweep.result",
    "Amend": "sim.analysis.amend.result",
    "Search": "sim.analysis.search.result",
    "Forecast": "sim.analysis.forecast.result",
    "Backtest": "sim.analysis.backtest.result",
    "Frontier": "sim.analysis.frontier.result",
    "AuditResult": "sim.analysis.audit.result",
    "PartyResult": "sim.results.records",
    "Interval": "sim.results.records",
    "Negotiation": "sim.results.talks",
    "from_negmas": "sim.interop.negmas_scenarios",
    "to_negmas": "sim.interop.negmas_scenarios",
    "workers": "sim.execution.workers",
}

__all__ = [
    "Amend",
    "AuditResult",
    "Backtest",
    "Comparison",
    "Complaint",
    "Complaints",
    "Document",
    "Draws",
    "Evaluation",
    "FlipResult",
    "Forecast",
    "Frontier",
    "Interval",
    "InvalidArgument",
    "LeversResult",
    "Loaded",
    "Negotiation",
    "OnTable",
    "Options",
    "Parameter",
    "Party",
    "PartyResult",
    "Result",
    "Results",
    "Search",
    "Seen",
    "SimError",
    "Sitting",
    "SobolResult",
    "Sweep",
    "Table",
    "Talks",
    "TalksLevers",
    "TraceResult",
    "UnknownName",
    "__version__",
    "acceptance",
    "amend",
    "audit",
    "backtest",
    "compare",
    "draws",
    "edited",
    "evaluate",
    "flip",
    "forecast",
    "from_dict",
    "from_negmas",
    "frontier",
    "gather",
    "levers",
    "load",
    "load_all",
    "parameters",
    "protocol",
    "read",
    "run",
    "save",
    "score",
    "search",
    "sobol",
    "sweep",
    "tactic",
    "talks_levers",
    "to_negmas",
    "trace",
    "utility",
    "workers",
]


if not TYPE_CHECKING:  # so that a type checker knows of no name that is not listed above

    def __getattr__(name: str) -> object:
        if name in _HOME:
            return getattr(importlib.import_module(_HOME[name]), name)
        near = None
        if not name.startswith("_"):
            from sim.files.complaints import closest  # only where a name is missing: its import costs more than sim's

            near = closest(name, __all__)
        what = f"module 'sim' has no attribute {name!r}" + (f"; did you mean {near}?" if near else "")
        # Python would add the same hint to a traceback if the error knew the module too
        raise AttributeError(what, name=name)


def __dir__() -> list[str]:
    return sorted(__all__)
