"""The house: rooms by question, imports that go down, libraries where they belong."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.conftest import SLOW

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "sim"
#: From the ground up. A room imports from itself and from rooms before it. Every other folder of ``analysis`` is a
#: question: questions stand side by side after ``analysis/shared`` and never import each other.
ROOMS = (
    "files",
    "execution",
    "scenario",
    "results",
    "engine",
    "report",
    "bargaining",
    "simulation",
    "analysis/space",
    "analysis/shared",
    "analysis/QUESTION",
    "interop",
    "desk",
    "server",
    "cli",
)
#: Modules outside the rooms: what ``import sim`` gives, and the number of the version, which any room may read.
ENTRANCES = ("__init__", "__main__", "_version")
#: Modules that name a figure or a table of pandas among their types.
TYPES = ("results/documents", "report/view", "simulation/page")
#: Where a library may be imported, as ends of paths of modules or as rooms.
HOME = {
    "mesa": ("simulation/model", "simulation/agents", "simulation/talks"),
    "typer": ("cli",),
    "rich": ("cli", "report", "simulation/page"),
    "matplotlib": ("figure", "levers/talks_figure", "report/fonts", "frontier/result", *TYPES),
    "openpyxl": ("interop/xlsx",),
    "scipy": ("flip/reweighting",),
    "jinja2": ("desk/frame",),
    "pandas": ("report/frame", "analysis", *TYPES),
    "yaml": ("files/yaml",),
    "pydantic": ("scenario", "results", "analysis", "server", "cli"),
    "fastapi": ("server",),
    "starlette": ("server",),
    "uvicorn": ("server",),
    "dask": ("execution/cluster",),
    "distributed": ("execution/cluster",),
}
PEERS = {"negmas", "pysensmcda", "SALib", "networkx"}
#: Modules that form sentences out of findings, besides all of ``report``: by their names.
SPEAKERS = (
    "page",
    "frame",
    "site",
    "figure",
    "notes",
    "words",
    "english",
    "desk/answer",
    "desk/comparison",
    "desk/sections",
)
#: What one question alone uses and which still lies where its idea does: it reaches into private parts of its room,
#: or is one of the operations that its room is about.
AT_HOME = {
    "scenario/loading.on_day",
    "scenario/loading.series",
    "analysis/space/boxes.outside",
    "report/outcome.overview",
    "simulation/cases.check_fit",
}
#: Modules that make records with keys that have been sentences since before there were findings.
SENTENCE_KEYS = (
    "analysis/compare/compare",
    "analysis/compare/differences",
    "analysis/levers/levers",
    "simulation/summary",
)
#: Words that name nothing: a binding is called by what it is.
NAMELESS = frozenset({"found", "told", "said", "held", "kept", "made", "shown", "taken", "given"})
#: A room is seen at a glance, and so is a module.
FILES_OF_A_ROOM, LINES = 20, 600
FILES = sorted(PACKAGE.rglob("*.py"))


def name(path: Path) -> str:
    """``analysis/amend/page`` of a module; the folder's name of an ``__init__``."""
    return "/".join(p for p in path.relative_to(PACKAGE).with_suffix("").parts if p != "__init__") or "__init__"


def room(module: str) -> str:
    """The room of a module: its folder, of analyses the folder in it."""
    parts = module.split("/")
    if parts[0] == "analysis":
        return "/".join(parts[:2])
    return parts[0]


def floor(of: str) -> int:
    """How high a room lies."""
    if of in ROOMS:
        return ROOMS.index(of)
    return ROOMS.index("analysis/QUESTION")


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(library, module of sim or nothing) of every import, also of those that only types need."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{a.name}" for a in node.names] if node.module.startswith("sim") else [node.module]
        for full in names:
            library, *rest = full.split(".")
            yield library, _module(rest) if library == "sim" and rest else ""


def _module(parts: Sequence[str]) -> str:
    """The longest beginning of a dotted name that is a module or a folder."""
    for end in range(len(parts), 0, -1):
        path = PACKAGE.joinpath(*parts[:end])
        if path.with_suffix(".py").exists() or (path / "__init__.py").exists():
            return "/".join(parts[:end])
    return "__init__"


def test_every_folder_is_a_room() -> None:
    folders = {str(p.relative_to(PACKAGE)) for p in PACKAGE.rglob("*") if p.is_dir() and any(p.glob("*.py"))}
    questions = {f for f in folders if f.startswith("analysis/")} - {*ROOMS}
    assert folders - questions - {"analysis"} == {*ROOMS} - {"analysis/QUESTION"}
    assert {name(p) for p in PACKAGE.glob("*.py")} == {*ENTRANCES}
    assert len({f.split("/")[0] for f in folders}) <= 13


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imports_go_down(path: Path) -> None:
    module = name(path)
    if module in ENTRANCES:
        return
    own = room(module)
    for library, other in imports(path):
        if library in HOME:
            ends = HOME[library]
            at_home = any(module == e or module.endswith(f"/{e}") or own.split("/")[0] == e for e in ends)
            assert at_home, f"{module} imports {library}"
        if library != "sim" or other in ("", "_version") or room(other) == own:
            continue
        assert other != "__init__", f"{module} imports the package as a whole"
        assert floor(room(other)) < floor(own), f"{module} imports {other}"


def test_no_module_imports_itself_by_a_detour() -> None:
    """No circle among modules, also none that only types need."""
    below = {name(p): {other for library, other in imports(p) if library == "sim" and other} for p in FILES}
    done: set[str] = set()

    def walk(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way[way.index(module) :], module))
        if module in done or module not in below:
            return
        for other in sorted(below[module]):
            if other not in ("__init__", module):
                walk(other, (*way, module))
        done.add(module)

    for module in sorted(below):
        if module not in ENTRANCES:
            walk(module, ())


def test_rooms_and_modules_are_seen_at_a_glance() -> None:
    for folder in {p.parent for p in FILES}:
        assert len(list(folder.glob("*.py"))) <= FILES_OF_A_ROOM, folder
    for path in FILES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES, path


def bindings(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(name, line) of every variable, argument, function, class, field and imported name of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield (node.id if isinstance(node, ast.Name) else node.attr), node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0], node.lineno


def test_names_say_what_things_are() -> None:
    for path in FILES:
        names = bindings(ast.parse(path.read_text(encoding="utf-8")))
        assert not [f"{name(path)}:{line} {word}" for word, line in names if word.strip("_") in NAMELESS]


def test_a_class_has_one_meaning() -> None:
    """Public classes of all modules have different names: a record carries its question."""
    homes: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(name(path))
    assert {word: modules for word, modules in homes.items() if len(modules) > 1} == {}


def test_what_one_question_alone_uses_lies_with_it() -> None:
    """No public function, class or constant of another room has its only users in one question."""
    trees = {name(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
    users: dict[tuple[str, str], set[str]] = {}
    for module, tree in trees.items():
        for home, word in uses(tree):
            users.setdefault((home, word), set()).add(module)
    lonely = []
    for module, tree in trees.items():
        own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        for word in public(tree):
            rooms = {room(user) for user in users.get((module, word), set()) - {module}}
            if len(rooms) == 1 and word not in own and module not in ENTRANCES and f"{module}.{word}" not in AT_HOME:
                [only] = rooms
                if only.startswith("analysis/") and only not in ROOMS and only != room(module):
                    lonely.append(f"{module}.{word}: {only}")
    assert lonely == []


def public(tree: ast.Module) -> Iterator[str]:
    """The public names that a module defines."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        else:
            continue
        yield from (word for word in names if not word.startswith("_"))


def uses(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(module, name in it) that a module imports, or reaches through a module that it imports."""
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("sim"):
            parts = node.module.split(".")[1:]
            for alias in node.names:
                whole = _module([*parts, alias.name])
                if whole == "/".join([*parts, alias.name]):
                    modules[alias.asname or alias.name] = whole
                else:
                    yield _module(parts), alias.name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def test_findings_are_worded_by_pages_alone() -> None:
    """Who imports the sentences is a page, a figure or part of the report; records and mathematics hold no English."""
    for path in FILES:
        module = name(path)
        own = module.rsplit("/", 1)[-1].removeprefix("talks_")  # of a question that is asked of talks too
        if room(module) not in ("report", "server", "cli") and not {module, own} & {
            *SPEAKERS,
            *SENTENCE_KEYS,
        }:
            words = [other for _, other in imports(path) if other.rsplit("/", 1)[-1] == "english"]
            assert words == [], f"{module} imports {words}"


def test_nothing_imports_peers() -> None:
    assert not {library for p in FILES for library, _ in imports(p)} & PEERS


def test_no_global_random_state() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if name(path) != "engine/draws":
            assert "default_rng" not in text, path
            assert "SeedSequence(" not in text, path
        assert "np.random.seed" not in text, path
        assert "model.random" not in text, path


def test_what_is_marked_slow_is_there() -> None:
    """A test that is renamed must be renamed in slow.txt too, or README's second command grows."""
    for entry in SLOW:
        file, _, test = entry.partition("::")
        assert f"def {test}" in (TESTS / file).read_text(encoding="utf-8"), entry


def test_tests_lie_as_the_rooms_do() -> None:
    """What a room does is tested in the folder of its name; what concerns the whole is tested in the folder above."""
    folders = {p.parent.relative_to(TESTS).as_posix() for p in TESTS.rglob("test_*.py")}
    assert folders - {".", "peers", "browser", "cluster"} <= {room.split("/")[0] for room in ROOMS}
