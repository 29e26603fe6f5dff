"""``sim validate``: files checked, nothing run."""

from __future__ import annotations

from typing import Annotated

from sim.cli.names import load_files
from sim.cli.options import Files, Inputs, bundled
from sim.cli.output import name_libraries, say, warn


@bundled
def validate(files: Files, *, inputs: Annotated[Inputs, ("edits", "edit_files", "as_of", "domain")]) -> None:
    """Check files (and edits) without running anything; every complaint is located."""
    from sim.scenario import catalogue
    from sim.scenario.reactions import load_all_reactions

    loaded = load_files(files, inputs)
    beside = [(item.address or item.path).parent / catalogue.DOMAIN for item in loaded]
    reactions = load_all_reactions(beside if inputs.domain is None else [catalogue.domain(inputs.domain)])
    about = [w for item in loaded for w in item.warnings] + [w for r in reactions.values() for w in r.warnings]
    warn(dict.fromkeys(about))
    for item in loaded:
        say(f"{(item.address or item.path)}: in order")
    name_libraries()
