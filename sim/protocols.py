"""What the parties do with a text, step by step; one function a protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sim.acceptability import joint_each
from sim.draws import BLOCK
from sim.packages import Mask, Packages
from sim.tally import tally_block

if TYPE_CHECKING:
    from sim.model import Negotiation


def vote(model: Negotiation) -> None:
    """Take it or leave it: the text is put to all parties once."""
    model.agents.do("consider")
    judgements = {}
    for agent in model.agents:
        assert agent.judgement is not None
        judgements[agent.party] = agent.judgement
    model.tally = tally_block(
        model.draws,
        model.case,
        judgements,
        {agent.party: agent.preferences for agent in model.agents},
        closed=_joint(model, *model.completions),
        filled=_joint(model, *model.fillings) if model.fill else None,
    )
    model.running = False


def _joint(model: Negotiation, packages: Packages, needed: Mask) -> Mask:
    """Joint acceptance of variants of the text, shape ``(packages, BLOCK)``."""
    if not len(packages):
        return np.zeros((0, BLOCK), bool)
    preferences = [agent.preferences for agent in model.agents]
    return joint_each(preferences, needed, model.case.space, packages)


PROTOCOLS: dict[str, Callable[[Negotiation], None]] = {"vote": vote}
