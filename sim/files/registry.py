"""Rules by their names: those built in, those that a program registers, those that installed packages bring.

What a name stands for is for upper rooms; here is which names there are, who brought them, and what is said of a name
that there is not. Entry points are read only when a name is asked for that is not known.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from sim.files.arguments import InvalidArgument
from sim.files.complaints import closest
from sim.files.errors import SimError

T = TypeVar("T")

#: Folders in which installed packages lie.
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
#: Words that YAML, or an edit, takes for something else.
_WORDS = frozenset({"none", "null", "true", "false", "yes", "no", "on", "off", "random"})


class BrokenPackage(SimError, ValueError):
    """An installed package that says it brings a rule, and does not."""

    code = "package"


class Origin(NamedTuple):
    """Where a rule comes from: the distribution, None where a program registered it by itself, and the module."""

    package: str | None
    version: str | None
    module: str

    @property
    def words(self) -> str:
        """As a person reads it."""
        return f"{self.package} {self.version}" if self.package else f"module {self.module}"


class Rules(Generic[T]):
    """The rules of one kind by name, with what each says of itself.

    Args:
        what: what they are: ``tactic``.
        group: the group of entry points in which packages name theirs.
        built_in: those that are always there.
    """

    def __init__(self, what: str, group: str, built_in: Mapping[str, T]) -> None:
        self.what, self.group = what, group
        self.built_in = tuple(built_in)
        self._entries: dict[str, T] = dict(built_in)
        self._functions: dict[str, Callable[..., Any]] = {}
        self._origins: dict[str, Origin] = {}
        self._loading: list[Origin] = []

    def __iter__(self) -> Iterator[str]:
        """The names known so far: those built in and those registered."""
        return iter(tuple(self._entries))

    def own(self, name: str) -> bool:
        """Whether a rule is not built in."""
        return name not in self.built_in

    def add(self, name: str, entry: T, function: Callable[..., Any]) -> None:
        """Register a rule. Raises InvalidArgument for a bad name, and for one that another function has.

        A function that is defined anew in the same place (a cell run again, a module read again) takes its own place.
        """
        self.check(name, function)
        self._entries[name] = entry
        self._functions[name] = function
        if self._loading:
            self._origins[name] = self._loading[-1]
        else:
            self._origins.pop(name, None)

    def check(self, name: object, function: Callable[..., Any]) -> None:
        """What :meth:`add` would refuse. Raises InvalidArgument."""
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name.lower() in _WORDS:
            what = f"a {self.what} has a name of letters, digits and underscores that begins with a letter"
            raise InvalidArgument(f"{what} and is no word of its own in a file; not {name!r}")
        if name in self.built_in:
            raise InvalidArgument(f"the {self.what} {name} is built in; choose another name")
        before = self._functions.get(name)
        if before is not None and before is not function and _place(before) != _place(function):
            whose = f"{before.__module__}.{getattr(before, '__qualname__', before)}"
            raise InvalidArgument(f"there is a {self.what} {name} already, {whose}; choose another name")

    def find(self, name: object) -> T | None:
        """The rule of a name, from an installed package if need be; None where nobody brings it.

        Raises BrokenPackage, in one line, where a package says that it brings it and does not.
        """
        if not isinstance(name, str):
            return None
        if name not in self._entries:
            self._load(name)
        return self._entries.get(name)

    def __getitem__(self, name: str) -> T:
        entry = self.find(name)
        if entry is None:
            what, hint = self.missing(name, repr(name))
            raise InvalidArgument(f"{what}; {hint}")
        return entry

    def origin(self, name: str) -> Origin:
        """Who brought a rule that is not built in."""
        if name not in self._origins:
            module = self._functions[name].__module__ or "__main__"
            self._origins[name] = self._origin_of(name, module)
        return self._origins[name]

    def names(self) -> tuple[str, ...]:
        """Every name there is: built in, registered, and brought by installed packages that are not loaded yet."""
        return tuple(dict.fromkeys([*self._entries, *(point.name for point in self._points())]))

    def missing(self, name: str, described: str) -> tuple[str, str]:
        """What is wrong with a name that there is not, and a hint: the nearest, and where others may come from."""
        known = self.names()
        near = closest(name, known)
        whose: dict[str, list[str]] = {}
        for point in self._points():
            whose.setdefault(_words(point), []).append(point.name)
        brought = "; ".join(f"{package}: {', '.join(sorted(names))}" for package, names in sorted(whose.items()))
        hint = (
            f"one that is not built in comes from an installed package ({brought or 'none here brings any'}) or, in a "
            f"program, from sim.{self.what}, called before loading"
        )
        return f"{described} is not one of {', '.join(known)}", f"did you mean {near}? {hint}" if near else hint

    def _points(self) -> list[metadata.EntryPoint]:
        return list(dict.fromkeys(metadata.entry_points(group=self.group)))

    def _load(self, name: str) -> None:
        points = [point for point in self._points() if point.name == name]
        if not points:
            return
        packages = list(dict.fromkeys(_words(point) for point in points))
        if len(packages) > 1:
            what = f"{' and '.join(packages)} each bring a {self.what} called {name}"
            raise BrokenPackage(f"{what}; uninstall all but one")
        point, whose = points[0], f"the package {packages[0]}, which brings the {self.what} {name},"
        self._loading.append(_origin(point))
        try:
            point.load()
        except Exception as error:
            # whatever somebody else's module raises is a fault of that package
            raise BrokenPackage(f"{whose} fails when it is loaded: {type(error).__name__}: {error}") from error
        finally:
            self._loading.pop()
        if name not in self._entries:
            what = f"{whose} registers none of that name when {point.value} is loaded"
            raise BrokenPackage(f"{what}; it should call sim.{self.what}({name!r}, ...)")

    def _origin_of(self, name: str, module: str) -> Origin:
        """Of a rule that was registered by a module which was imported for itself."""
        root = module.partition(".")[0]
        for point in self._points():
            if point.name == name and point.value.partition(":")[0].partition(".")[0] == root:
                return _origin(point)._replace(module=module)
        with suppress(metadata.PackageNotFoundError):
            package = metadata.distribution(root)
            return Origin(package.name, package.version, module)
        # which modules a package of another name has is read from all that is installed, which takes long
        file = getattr(sys.modules.get(root), "__file__", None) or ""
        if not _INSTALLED & {*Path(file).parts}:
            return Origin(None, None, module)
        for name_of_package in metadata.packages_distributions().get(root, ()):
            return Origin(name_of_package, metadata.version(name_of_package), module)
        return Origin(None, None, module)


def _origin(point: metadata.EntryPoint) -> Origin:
    module = point.value.partition(":")[0].strip()
    return Origin(None, None, module) if point.dist is None else Origin(point.dist.name, point.dist.version, module)


def _words(point: metadata.EntryPoint) -> str:
    return _origin(point).words


def _place(function: Callable[..., Any]) -> tuple[object, ...]:
    """Where a function is defined, so that the same one defined anew is known; itself where that does not tell."""
    name, code = getattr(function, "__qualname__", None), getattr(function, "__code__", None)
    if name is None:
        return (id(function),)
    if "<" not in name:
        return function.__module__, name
    if code is None:
        return (id(function),)
    # A lambda or a function in a function is the same where the line is, and what it was made with.
    bound = [cell.cell_contents for cell in function.__closure__ or ()]
    bound += [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    simple = (x if isinstance(x, (int, float, str, bytes, type(None))) else id(x) for x in bound)
    return function.__module__, name, code.co_filename, code.co_firstlineno, code.co_code, *simple
