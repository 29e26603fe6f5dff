"""The site: its index says what the reports say, every claim is in its sources, and nobody's files are lost."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.desk import english
from sim.desk import site as written
from sim.desk.folder import LIST, replaceable, write_folder
from sim.desk.site import INDEX, SOURCES, page_names, site
from sim.report.numbers import compact
from sim.report.verdict import evidence_range
from tests import small

DRAWS = 300


class Read(HTMLParser):
    """What stands in a page: its links, ids, rows of tables as texts of their cells, and all text but styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self.text = ""
        self._silent = self._cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = {name: value or "" for name, value in attrs}
        self.links += [values[name] for name in ("href", "src") if name in values]
        self.ids |= {values["id"]} if "id" in values else set()
        self._silent = tag in ("style", "script")
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        self._cell = self._cell or tag in ("td", "th")

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data
            if self._cell:
                self.rows[-1][-1] += data


def call(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stderr


def made(out: Path, texts: Sequence[Any], **options: Any) -> dict[str, Read]:
    """The pages of a site, read."""
    loaded = sim.load_all(texts, draws=DRAWS)
    size = site(loaded, [str(text) for text in texts], out, **options)
    pages = {file.name: file.read_text(encoding="utf-8") for file in out.glob("*.html")}
    assert size == sum(len(page.encode()) for page in pages.values())
    return {name: Read(page) for name, page in pages.items()}


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Read]:
    """The index and the sources of two texts of one library and one of the other; reports are left out."""
    texts = ["istanbul", "membership", "austria_1955/state_treaty_1955"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written, "report", lambda *_, **__: "")
        return made(tmp_path_factory.mktemp("sites") / "out", texts)


@pytest.fixture
def two(tmp_path: Path) -> dict[str, Read]:
    """A whole site of two small texts."""
    path = small.write(tmp_path, {"second.yaml": small.SCENARIO.replace("option: armed", "option: consult")})
    return made(tmp_path / "out", [path, path.with_name("second.yaml")], options=f"--draws {DRAWS}")


def test_the_index_says_what_a_run_of_each_text_says(shipped: dict[str, Read]) -> None:
    headings = [words(" ".join(row)) for row in shipped[INDEX].rows if row[0] == "Text"]
    assert (
        headings[0]
        == "Text All asked, together Russia Ukraine European Union European states United States NATO Ukrainian public"
    )
    rows = {words(row[0]): [words(cell) for cell in row[1:]] for row in shipped[INDEX].rows}
    for name in ("istanbul", "membership", "austria_1955/state_treaty_1955"):
        result = sim.run(name, draws=DRAWS)
        [[about, cells]] = [row for row in rows.items() if row[0].startswith(result.scenario.title)]
        assert str(result.scenario.date) in about
        assert result.joint_acceptability is not None
        assert compact(result.joint_acceptability.estimate) in cells[0]
        assert len(cells) == 1 + len(result.parties)
        for party, row, cell in zip(result.parties, result.by_party(), cells[1:], strict=True):
            assert cell.startswith(party.name)
            if party.silent:
                assert "%" not in cell
                assert "sources silent" in cell
                continue
            assert f"{compact(party.acceptability.estimate)} {row['verdict']}" in cell
            assert cell.endswith(evidence_range(party.on_evidence))
            assert ("consent not needed" in cell) is not party.consent_needed


def test_a_report_has_the_draws_of_the_index_and_the_other_text_to_start_from(
    two: dict[str, Read], tmp_path: Path
) -> None:
    page = (tmp_path / "out" / "deal.html").read_text(encoding="utf-8")
    pack = json.loads(re.findall(r'id="pack">(.*?)</script>', page)[0])
    loaded = sim.load(tmp_path / "deal.yaml", draws=DRAWS)
    assert (pack["draws"], pack["seed"], pack["scenario"]["sha256"]) == (DRAWS, 1, loaded.sha256)
    assert list(pack["texts"]) == ["second"]
    assert f"sim report {tmp_path / 'deal.yaml'} --draws {DRAWS}" in two["deal.html"].text


def test_pages_link_each_other_and_nothing_is_fetched(two: dict[str, Read]) -> None:
    assert set(two) == {INDEX, SOURCES, "deal.html", "second.html"}
    for name, page in two.items():
        assert not {"img", "link", "iframe", "object", "base"} & set(page.tags), name
        for link in page.links:
            file, _, id = link.partition("#")
            assert file in ("", *two) or link.startswith(("https://", "http://")), link
            # an address with terms in it leads to a draft
            if id and "=" not in id and file in ("", *two):
                assert id in two[file or name].ids, link
    for name in set(two) - {INDEX}:
        assert name in two[INDEX].links
        assert INDEX in two[name].links
    assert "script" not in two[INDEX].tags
    assert "script" not in two[SOURCES].tags


def test_every_page_forbids_the_network(two: dict[str, Read], tmp_path: Path) -> None:
    for file in (tmp_path / "out").glob("*.html"):
        assert "default-src 'none'" in unescape(file.read_text(encoding="utf-8"))


def test_every_claim_is_in_the_sources_with_what_rests_on_it(shipped: dict[str, Read]) -> None:
    page, text = shipped[SOURCES], words(shipped[SOURCES].text)
    for number, name in enumerate(("istanbul", "austria_1955/state_treaty_1955"), 1):
        domain = sim.load(name).scenario.domain
        ids = [*(row.id for row in domain.evidence), *domain.sources.sources]
        assert {f"d{number}-{id}" for id in ids} <= page.ids
        assert all(words(row.claim) in text for row in domain.evidence)
    assert english.SITE["unused"] in page.text


def test_uses_of_a_claim(tmp_path: Path) -> None:
    reacted = small.changed("deal.yaml", "date: 2022-03-29", "date: 2022-03-09")
    reacted["domain/reactions.csv"] = "text,party,word,evidence,note\ndeal,red,accepts,E1,\n"
    path = small.write(tmp_path, reacted)
    text = words(made(tmp_path / "out", [path])[SOURCES].text)
    first, second = text.index("Wants neutrality"), text.index("Calls membership unacceptable")
    assert "Red: status from 2022-03-10" in text[first:second]
    assert "what Red said of 'A small deal'" in text[first:second]
    assert "A small deal, terms on fighting, status, guarantee." in text[first:second]
    assert "Red refuses 'armed neighbour'" in text[second:]
    assert "effect empty_words" in text[second:]


def test_only_addresses_of_the_web_are_links(tmp_path: Path) -> None:
    url = "origin: article, file: a1.txt"
    for number, (address, linked) in enumerate((("https://example.org/a", True), ("javascript:alert(1)", False))):
        path = small.write(
            tmp_path / str(number), small.changed("domain/sources.yaml", url, f'{url}, url: "{address}"')
        )
        assert (address in made(tmp_path / f"out{number}", [path])[SOURCES].links) is linked


def test_markup_stays_text(tmp_path: Path) -> None:
    marks = "<i id='mark'>Plan</i> & </style><script>x</script>"
    changes = {
        **small.changed("deal.yaml", "title: A small deal", f'title: "{marks}"'),
        **small.changed("domain/issues.yaml", "title: A small space", f'title: "{marks}"'),
        **small.changed("domain/sources.yaml", "First report", f'"{marks}"'),
        **small.changed("domain/evidence.csv", "Wants neutrality", marks),
        **small.changed("domain/positions/red.yaml", "name: Red", f'name: "{marks}"'),
    }
    pages = made(tmp_path / "out", [small.write(tmp_path, changes)])
    for name in (INDEX, SOURCES):
        assert words(pages[name].text).count(marks) >= 3
        assert not {"i", "script"} & set(pages[name].tags)
        assert "mark" not in pages[name].ids


def test_notes_stay_out(tmp_path: Path) -> None:
    path = small.write(tmp_path)
    noted, bare = (made(tmp_path / str(notes), [path], notes=notes) for notes in (True, False))
    assert "A survey" in noted[SOURCES].text
    assert "A survey" not in bare[SOURCES].text
    for note in ("A survey", "Top and bottom stated"):
        assert not any(note in (tmp_path / "False" / name).read_text(encoding="utf-8") for name in bare)


def test_what_nobody_answers(tmp_path: Path) -> None:
    """No verdict on a text that settles nothing, nothing on a party on which the sources are silent."""
    empty = re.sub(r"\{option: .*\}", "{open: true, basis: assumed}", small.SCENARIO)
    silent = "id: blue\nname: Blue\nrole: principal\nconsent: always\npositions: {}\n"
    path = small.write(tmp_path, {"empty.yaml": empty, "domain/positions/blue.yaml": silent})
    _, first, second, *_ = made(tmp_path / "out", [path, path.with_name("empty.yaml")])[INDEX].rows
    assert "Blue sources silent" in map(words, first)
    assert ["no verdict" in cell for cell in second[1:]] == [True] * 4


def test_pages_of_one_name_do_not_collide(tmp_path: Path) -> None:
    assert page_names(["a", "b", "A", "index", "a-2"]) == ["a.html", "b.html", "A-2.html", "index-2.html", "a-2-2.html"]
    other = small.changed("domain/issues.yaml", "title: A small space", "title: Another space")
    texts = [small.write(tmp_path / "one"), small.write(tmp_path / "two", other)]
    pages = made(tmp_path / "out", texts)
    assert {"deal.html", "deal-2.html"} <= set(pages)
    assert {"d1-E1", "d2-E1"} <= pages[SOURCES].ids
    assert pages[INDEX].text.count("Another space") == 2


# --- the folder ------------------------------------------------------------------------------------


def pages_of(*names: str) -> list[tuple[str, str]]:
    return [(name, f"new {name}") for name in names]


def test_pages_of_an_earlier_site_are_replaced_and_other_files_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(out, pages_of("a.html", "b.html"), print)
    (out / "CNAME").write_text("example.org")
    (out / "a.html").write_text("old")
    write_folder(out, pages_of("a.html", "c.html"), print)
    assert {file.name for file in out.iterdir()} == {"a.html", "c.html", "CNAME", LIST}
    assert (out / "a.html").read_text() == "new a.html"
    assert (out / "CNAME").read_text() == "example.org"


@pytest.mark.parametrize("own", [False, True])
def test_no_file_of_others_is_overwritten(own: bool, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    if own:
        write_folder(out, pages_of("b.html"), print)
    (out / "a.html").write_text("mine")
    with pytest.raises(FileExistsError, match=r"out: a\.html in it is from no earlier site"):
        replaceable(out, ["a.html", "b.html"])
    with pytest.raises(FileExistsError):
        write_folder(out, pages_of("a.html", "b.html"), print)
    assert (out / "a.html").read_text() == "mine"
    assert sorted(file.name for file in out.iterdir()) == ["a.html", *(["b.html", LIST] if own else [])]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": "sim-site/1", "pages": [7, "../../b.html", "/b.html"]}']
)
def test_a_list_of_others_names_nothing(content: str, tmp_path: Path) -> None:
    out, strange = tmp_path / "out", tmp_path / "b.html"
    out.mkdir()
    strange.write_text("mine")
    (out / LIST).write_text(content)
    with pytest.raises(FileExistsError, match=LIST):
        write_folder(out, pages_of("a.html"), print)
    assert strange.read_text() == "mine"


def test_nothing_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = small.write(tmp_path / "small"), tmp_path / "new" / "out"
    monkeypatch.setattr(written, "_heat_map", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        site(sim.load_all([path], draws=50), ["deal"], out)
    assert not out.parent.exists()
    write_folder(tmp_path / "old", pages_of("a.html"), print)
    with pytest.raises(ZeroDivisionError):
        site(sim.load_all([path], draws=50), ["deal"], tmp_path / "old")
    assert sorted(file.name for file in (tmp_path / "old").iterdir()) == ["a.html", LIST]


# --- the command -----------------------------------------------------------------------------------


def test_the_command_takes_files_ids_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[str], list[str]]] = []

    def noted(loaded: Sequence[sim.Loaded], files: Sequence[str], out: Path, **_: Any) -> int:
        asked.append(([item.scenario.id for item in loaded], list(files)))
        return 0

    monkeypatch.setattr(written, "site", noted)
    monkeypatch.chdir(tmp_path)
    small.write(tmp_path / "mine", {"second.yaml": small.SCENARIO})
    assert call("site", "out", "mine", "istanbul")[0] == 0
    assert asked[0] == (["deal", "second", "istanbul"], ["mine/deal.yaml", "mine/second.yaml", "istanbul"])
    assert call("site", "out")[0] == 0
    ids, files = asked[1]
    assert len(ids) == 31
    assert files[-1] == "austria_1955/western_offer_1954"
    (tmp_path / "empty").mkdir()
    assert call("site", "out", "empty") == (1, "sim: empty: no scenario files (*.yaml) there\n")


def test_the_command_says_a_line_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path, options = small.write(tmp_path / "small"), ("--draws", "50", "--seed", "7", "--as-of", "2023-01-01")
    code, err = call("site", "out", path, *options)
    assert code == 0
    assert err.splitlines()[:3] == ["deal.html (1 of 3)", f"{SOURCES} (2 of 3)", f"{INDEX} (3 of 3)"]
    assert err.splitlines()[3].startswith("wrote out: 3 pages, ")
    text = words(Read((tmp_path / "out" / INDEX).read_text(encoding="utf-8")).text)
    assert "positions of 2023-01-01" in text
    assert "50 draws, seed 7." in text
    assert call("site", "out", path, *options, "--quiet") == (0, "")
    (tmp_path / "out" / "stay.html").write_text("mine")
    (tmp_path / "taken").write_text("mine")
    assert call("site", "taken", path) == (1, "sim: taken: is a file; name a folder for the pages\n")
