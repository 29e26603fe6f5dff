"""``sim new``, ``sim schema`` and ``sim validate``: files begun, what they may say, files checked."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.names import load_files, split
from sim.cli.options import Files, Inputs, Quiet, bundled
from sim.cli.output import name_libraries, print_json, remark, say, warn


def new(
    file: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help="The scenario file to make; the folder, for a negotiation.")
    ],
    domain: Annotated[Path | None, typer.Option(metavar="DIR", help="Its domain (default: domain/ beside it).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    negotiation: Annotated[
        bool, typer.Option("--negotiation", help="Make a folder with a domain of its own, and one text.")
    ] = False,
    parties: Annotated[
        str | None, typer.Option(metavar="A,B,...", help="With --negotiation: who negotiates, by name.")
    ] = None,
    issues: Annotated[
        str | None, typer.Option(metavar="X,Y,...", help="With --negotiation: over what, by name.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write a commented start to be filled in: of a text, or of a negotiation with its domain."""
    if negotiation:
        if domain is not None or force:
            raise typer.BadParameter("goes with a FILE, not with --negotiation", param_hint="--domain, --force")
        _new_negotiation(file, _names(parties, "--parties"), _names(issues, "--issues"))
        return
    if parties is not None or issues is not None:
        raise typer.BadParameter("goes with --negotiation", param_hint="--parties, --issues")
    from sim.cli.new_files import SCHEMAS, starting_text
    from sim.files.writing import write_whole
    from sim.scenario import catalogue
    from sim.scenario.loading import load_domain

    _fit_for_a_scenario(file)
    if file.exists() and not force:
        raise FileExistsError(f"{file}: already there (--force replaces it)")
    beside = file.parent / catalogue.DOMAIN
    folder = beside if domain is None and beside.exists() else catalogue.domain(domain)
    text = starting_text(load_domain(folder), folder)
    _write_schemas(file.parent / SCHEMAS, ["scenario"])
    write_whole(file, text)
    then = ["sim", "validate", str(file), *([] if domain is None else ["--domain", str(domain)])]
    remark(f"wrote {file}; fill it in, then: {shlex.join(then)}")


def _names(text: str | None, option: str) -> list[str]:
    """Names with commas between them. Raises typer.BadParameter where there is none."""
    names = split(text or "")
    if not names:
        raise typer.BadParameter("name one or more, with commas between them", param_hint=option)
    return names


def _new_negotiation(folder: Path, parties: list[str], issues: list[str]) -> None:
    from sim.cli.new_files import TEXT, negotiation
    from sim.interop.folders import check_free, write_folder

    check_free(folder)
    files = negotiation(parties, issues, folder)
    write_folder(folder, files)
    remark(f"wrote {folder}: {', '.join(name for name in files if not name.startswith('.'))}")
    remark(f"all is assumed or unknown yet; fill it in, then: {shlex.join(['sim', 'run', str(folder / TEXT)])}")


def _fit_for_a_scenario(file: Path) -> None:
    """Raises ValueError, with what would be right, if a scenario cannot be in a file of this name."""
    stem = file.stem if file.suffix else file.name
    name = re.sub(r"\W+", "_", stem, flags=re.ASCII).strip("_") or "my_text"
    right = shlex.quote(str(file.with_name(f"{name}.yaml")))
    if name != stem:
        what = "the file's name is the scenario's id, of letters, digits and underscores"
        raise ValueError(f"{file}: {what}; for instance {right}")
    if file.suffix != ".yaml":
        raise ValueError(f"{file}: a scenario's file ends in .yaml; write {right}")


def schema(
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="scenario, issues, positions, sources or edits.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write them to files of this folder, KIND.json.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Print the JSON Schema of a kind of file, or write all of them: every key, what it takes and what it means."""
    from sim.files.complaints import did_you_mean
    from sim.scenario.file_schemas import DRAFT, KINDS, file_schema, schema_text

    if kind is not None and kind not in KINDS:
        hint = did_you_mean(kind, KINDS)
        raise typer.BadParameter(f"there is no kind of file called {kind!r}; {hint}", param_hint="KIND")
    kinds = list(KINDS) if kind is None else [kind]
    if write is not None:
        _write_schemas(write, kinds)
        remark(f"wrote {', '.join(str(write / f'{k}.json') for k in kinds)}")
    elif kind is not None:
        say(schema_text(kind), nl=False)
    else:
        print_json({"$schema": DRAFT, "$defs": {k: file_schema(k) for k in kinds}})


def _write_schemas(folder: Path, kinds: Iterable[str]) -> None:
    """Write the schemas of kinds of files where editors look for them. Raises OSError."""
    from sim.files.writing import write_whole
    from sim.scenario.file_schemas import schema_text

    folder.mkdir(parents=True, exist_ok=True)
    for kind in kinds:
        write_whole(folder / f"{kind}.json", schema_text(kind))


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
