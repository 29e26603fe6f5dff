"""GeniusWeb JSON written: ``domain.json`` and ``<party>.json`` for each party."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any

from sim.files.ids import cleaned
from sim.interop.cardinal import Cardinal, Utilities, domain_file
from sim.interop.geniusweb import SPACE
from sim.interop.reservation_bids import NEAR, least_acceptable


def written(cardinal: Cardinal, ids: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Texts by file name, and what the format made of reservation values. ``ids`` name the parties' files.

    Utilities stand as they are. The format knows no reservation value but a bid, the least a party accepts: the
    package of least utility that reaches the value (:func:`sim.interop.reservation_bids.least_acceptable`).
    """
    domain = {
        "name": cardinal.name,
        "issuesValues": {issue.name: {"values": list(issue.options)} for issue in cardinal.issues},
    }
    files = {f"{domain_file(ids)}.json": _json(domain) + "\n"}
    said = []
    for id, party in zip(ids, cardinal.parties, strict=True):
        space: dict[str, Any] = {
            "name": _simple(party.name),
            "domain": domain,
            "issueUtilities": {
                issue.name: {"discreteutils": {"valueUtilities": dict(zip(issue.options, row, strict=True))}}
                for issue, row in zip(cardinal.issues, party.values, strict=True)
            },
            "issueWeights": dict(zip((i.name for i in cardinal.issues), _exact(party.weights), strict=True)),
        }
        bid = least_acceptable(party)
        if bid is not None:
            space["reservationBid"] = {
                "issuevalues": {i.name: i.options[o] for i, o in zip(cardinal.issues, bid, strict=True)}
            }
        said.append(_words(party, bid))
        files[f"{id}.json"] = _json({SPACE: space}) + "\n"
    return files, [words for words in said if words]


def _simple(name: str) -> str:
    """A name in letters and digits, as GeniusWeb wants those of profiles."""
    if re.fullmatch(r"[A-Za-z0-9]+", name):
        return name
    return "".join(word[:1].upper() + word[1:] for word in cleaned(name, "party").split("_"))


def _words(party: Utilities, bid: Sequence[int] | None) -> str | None:
    value = f"{party.name}: the reservation value {party.reservation:.4g}"
    if bid is None:
        return f"{value} is not carried: the domain is too large to find the bid that stands for it"
    gap = party.of(bid) - party.reservation
    if gap < -NEAR:
        return f"{value} is above every package, which no bid can say; its best package stands for it"
    if gap <= NEAR:
        return None
    return f"{value} is written as the least package that reaches it, worth {gap:.2g} more; acceptance is the same"


def _exact(weights: Sequence[float]) -> list[Decimal]:
    """Weights in decimals that sum to exactly 1, as GeniusWeb wants; the largest takes what rounding left."""
    out = [Decimal(repr(weight)) for weight in weights]
    largest = max(range(len(out)), key=out.__getitem__)
    with localcontext() as context:
        context.prec = 1000  # decimals of tiny weights begin far behind the point
        out[largest] += 1 - sum(out)
    return out


def _json(value: Any, indent: int = 0) -> str:
    """JSON with a key a line; decimals as they are."""
    if isinstance(value, dict):
        pad = " " * (indent + 1)
        inner = ",\n".join(
            f"{pad}{json.dumps(key, ensure_ascii=False)}: {_json(v, indent + 1)}" for key, v in value.items()
        )
        return f"{{\n{inner}\n{' ' * indent}}}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, ensure_ascii=False)
