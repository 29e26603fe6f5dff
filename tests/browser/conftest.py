"""A Chromium of the machine's own, without a network. Run with tests/browser named; needs selenium and chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.desk.page import report
from sim.desk.texts import same_positions
from tests.browser.serving import Serving

pytest.importorskip("selenium.webdriver", reason="SELENIUM IS NOT INSTALLED: no page is opened")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The browser of this machine."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("CHROMIUM OR CHROMEDRIVER IS NOT INSTALLED: no page is opened")
    from tests.browser.visitor import chromium

    one = chromium(program, driver, tmp_path_factory.mktemp("downloads"))
    yield one
    one.quit()


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes the report of a text, once a text."""
    folder, files = tmp_path_factory.mktemp("reports"), {}

    def written(name: str, **options: Any) -> Path:
        key = f"{name} {options}"
        if key not in files:
            loaded = sim.load(name, draws=2048)
            files[key] = folder / f"{loaded.scenario.id}{len(files)}.html"
            files[key].write_text(report(loaded, name, same_positions(loaded), **options), encoding="utf-8")
        return files[key]

    return written


@pytest.fixture
def visitor(browser: Any) -> Any:
    """Somebody in front of the browser."""
    from tests.browser.visitor import Visitor

    return Visitor(browser)


@pytest.fixture
def istanbul(visitor: Any, page: Callable[..., Path]) -> Any:
    """The same, in front of the report of the text of Istanbul."""
    return visitor.open(page("istanbul").as_uri())


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server of the shipped texts."""
    one = Serving(tmp_path_factory.mktemp("server") / "log.txt")
    yield one
    one.stop()


@pytest.fixture
def served(visitor: Any, serving: Serving) -> Any:
    """Somebody in front of the served page of the text of Istanbul."""
    return visitor.open(f"{serving.address}/text/istanbul")
