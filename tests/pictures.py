"""The pictures of the product in the documents, taken in Chromium: ``python -m tests.pictures --write``.

Needs selenium, chromium and chromedriver (``pip install -e '.[browser]'``, Debian's packages). Fonts differ between
machines, so no test compares pictures; ``tests/test_documents.py`` sees that they are there and how large they are.
"""

from __future__ import annotations

import argparse
import base64
import io
import shutil
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from selenium.webdriver.support.ui import WebDriverWait

import sim
from sim.desk.site import INDEX, site
from sim.files.ceilings import PAGE_DRAWS
from sim.scenario.catalogue import shipped_texts
from tests.browser.visitor import chromium

RESULTS = Path(__file__).parent.parent / "results"
#: Each picture, the page that it is of and its height; all are as wide as a small screen.
PICTURES = {"desk.png": ("istanbul.html", 860), "site.png": (INDEX, 1160)}
WIDTH = 1280


def picture(browser: Any, page: Path, height: int) -> bytes:
    """The top of a page, as a PNG of few colours."""
    screen = {"width": WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    browser.get(page.as_uri())
    ready = "return document.body.dataset.ready || !document.getElementById('pack')"
    WebDriverWait(browser, 60).until(lambda _: browser.execute_script(ready))
    raw = base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", {})["data"])
    small = io.BytesIO()
    with Image.open(io.BytesIO(raw)) as image:
        image.convert("RGB").quantize(256, kmeans=2, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def write() -> None:
    """Make the site of all shipped texts and take its pictures."""
    files = shipped_texts()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "site"
        site(sim.load_all(files, draws=PAGE_DRAWS), [file.stem for file in files], out, progress=print)
        program, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if program is None or driver is None:
            raise SystemExit("chromium or chromedriver is not installed")
        browser = chromium(program, driver, out)
        try:
            for name, (page, height) in PICTURES.items():
                content = picture(browser, out / page, height)
                (RESULTS / name).write_bytes(content)
                print(f"{name}: {len(content) / 1000:.0f} kB")
        finally:
            browser.quit()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", required=True, help="take the pictures anew")
    parser.parse_args()
    write()
