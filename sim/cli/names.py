"""What names on the command line mean: files, a domain, parties, issues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.cli.options import Inputs
from sim.cli.output import note_libraries

if TYPE_CHECKING:
    from sim.scenario import schema
    from sim.scenario.loading import Loaded


def load_files(files: Sequence[Path], inputs: Inputs) -> list[Loaded]:
    """Load everything before anything runs; raises as :func:`sim.load_all`."""
    from sim.scenario.loading import load_all

    loaded = load_all(files, **inputs.options())
    note_libraries(*(item.library for item in loaded))
    return loaded


def known_party(
    party: str | None, parties: Iterable[schema.Party], option: str | None = "--party", where: str = ""
) -> str | None:
    """The id of the party of this id or name; None for None.

    Raises typer.BadParameter where a party is named that there is not, with the id of one of a like id or name.

    ``where`` says in the message what was searched.
    """
    names = {known.id: known.name for known in parties}
    if party is None or party in names:
        return party
    from sim.scenario.labels import did_you_mean_party, party_meant

    id = party_meant(party, names)
    if id is None:
        raise _unknown(f"party {party!r}{where}", did_you_mean_party(party, names), option)
    return id


def named_parties(text: str | None, parties: Iterable[schema.Party], option: str) -> list[str] | None:
    """The ids of parties named, by id or name, with commas between them.

    Raises typer.BadParameter for one that there is not, or is named twice.
    """
    if text is None:
        return None
    known = list(parties)
    ids: list[str] = []
    for name in split(text):
        id = known_party(name, known, option)
        if id in ids:
            raise typer.BadParameter(f"{name} is named twice", param_hint=option)
        ids += [] if id is None else [id]
    return ids


def named_issues(texts: Iterable[str] | None, issues: Iterable[str], option: str) -> list[str]:
    """Issues named one by one or with commas between them. Raises typer.BadParameter for one that there is not."""
    known = list(issues)
    names = [name for text in texts or () for name in split(text)]
    for name in names:
        known_issue(name, known, option)
    return list(dict.fromkeys(names))


def known_issue(issue: str | None, issues: Iterable[str], option: str) -> None:
    """Raises typer.BadParameter where an issue is named that there is not."""
    known = list(issues)
    if issue is not None and issue not in known:
        from sim.files.complaints import did_you_mean

        raise _unknown(f"issue {issue!r}", did_you_mean(issue, known, most=20), option)


def split(text: str) -> list[str]:
    """Names with commas between them."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _unknown(what: str, hint: str | None, option: str | None) -> typer.BadParameter:
    return typer.BadParameter(f"there is no {what}" + (f"; {hint}" if hint else ""), param_hint=option)


def domain_folder(domain: Path | None) -> Path:
    """The domain folder that is meant; its library is noted for the last line where the path does not say it."""
    from sim.scenario import catalogue

    folder = catalogue.domain(domain)
    note_libraries(catalogue.domain_origin(domain, folder))
    return folder
