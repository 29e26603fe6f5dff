"""Every document, of whatever question, has one interface, and gives by it what its command prints."""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
import sys
import typing
import warnings
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

import sim
from sim.analysis.frontier.result import Frontier
from sim.analysis.shared.texts_beside import texts_beside
from sim.analysis.trace.trace import trace
from sim.cli import app
from sim.results.documents import HOMES, Document, record_of
from sim.results.reading import fitted
from sim.results.result import Results
from tests import small

#: Signs that are markup in HTML, and no harm in a title.
TITLE = "A <b>small</b> deal & <script>alert('x')</script>"
SIGNATURE = {"png": b"\x89PNG", "svg": b"<?xml"}
FOLDER = Path(__file__).parent.parent / "sim"


class Case(typing.NamedTuple):
    """How a program makes a document of a scenario, and the command that prints it."""

    make: Callable[[sim.Loaded, Path], Document]
    command: str
    protocol: str = "vote"


def _runs(loaded: sim.Loaded, file: Path) -> Document:
    return Results(results=tuple(sim.score([loaded, sim.load(file.with_name("ceded.yaml"), draws=200)])))


def _compared(loaded: sim.Loaded, file: Path) -> Document:
    return sim.compare(sim.gather([file, file.with_name("ceded.yaml")], draws=200))


def _forecast(_: sim.Loaded, file: Path) -> Document:
    texts, domain = file.parent / "later" / "texts.yaml", file.parent / "domain"
    return sim.forecast(texts, domain=domain, as_of="2022-03-22", draws=200, without_younger=True)


def _backtest(_: sim.Loaded, file: Path) -> Document:
    answers, texts, domain = (file.parent / name for name in ("later/answers.csv", "later/texts.yaml", "domain"))
    return sim.backtest(answers, as_of="2022-03-22", texts=texts, domain=domain, draws=200)


CASES = {
    "run": Case(lambda loaded, _: sim.score([loaded])[0], "run FILE --no-save"),
    "offers": Case(lambda loaded, _: sim.score([loaded])[0], "run FILE --no-save", "alternating_offers"),
    "mediated": Case(lambda loaded, _: sim.score([loaded])[0], "run FILE --no-save", "single_text"),
    "runs": Case(_runs, "run FILE CEDED --no-save"),
    "compare": Case(_compared, "compare FILE CEDED"),
    "levers": Case(lambda loaded, _: sim.levers(loaded), "sensitivity FILE"),
    "pairs": Case(lambda loaded, _: sim.levers(loaded, pairs=True), "sensitivity FILE --pairs"),
    "levers of talks": Case(
        lambda loaded, _: sim.talks_levers(loaded, party="red"), "sensitivity FILE --party red", "alternating_offers"
    ),
    "flip": Case(lambda loaded, _: sim.flip(loaded), "sensitivity FILE --method flip"),
    "sobol": Case(lambda loaded, _: sim.sobol(loaded, 64), "sensitivity FILE --method sobol --n 64"),
    "sweep": Case(
        lambda loaded, _: sim.sweep(loaded, ["red.status.importance=minor,major"]),
        "sweep FILE --vary red.status.importance=minor,major",
    ),
    "amend": Case(lambda loaded, _: sim.amend(loaded), "amend FILE"),
    "search": Case(lambda loaded, _: sim.search(loaded, texts=texts_beside(loaded, None).loaded), "search FILE"),
    "frontier": Case(lambda loaded, _: sim.frontier(loaded, texts=texts_beside(loaded, None)), "frontier FILE"),
    "trace": Case(lambda loaded, _: trace(loaded), "trace FILE", "alternating_offers"),
    "audit": Case(lambda loaded, _: sim.audit([loaded]), "sources audit FILE"),
    "forecast": Case(_forecast, "forecast TEXTS --domain DOMAIN --as-of 2022-03-22 --without-younger"),
    "backtest": Case(_backtest, "backtest ANSWERS --domain DOMAIN --texts TEXTS --as-of 2022-03-22"),
}


class Asked(typing.NamedTuple):
    """A document and its command, for one of :data:`CASES`."""

    document: Document
    command: list[str]

    def printed(self, form: str, *options: str) -> str:
        """What the command prints on stdout."""
        done = CliRunner().invoke(app, [*self.command, "--format", form, *options])
        assert done.exit_code == 0, done.output
        return done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    title = json.dumps(TITLE)
    text = small.SCENARIO.replace("A small deal", title)
    ceded = text.replace("open: true", "option: ceded").replace(title, "Land for peace")
    small.write(
        folder,
        {"deal.yaml": text, "ceded.yaml": ceded, "later/texts.yaml": small.TEXTS, "later/answers.csv": small.ANSWERS},
    )
    return folder / "deal.yaml"


_MADE: dict[str, Asked] = {}


@pytest.fixture(params=CASES)
def asked(request: pytest.FixtureRequest, home: Path) -> Asked:
    return _asked(request.param, home)


def _asked(name: str, home: Path) -> Asked:
    if name not in _MADE:
        case = CASES[name]
        loaded = sim.load(home, draws=200, protocol=case.protocol)
        words = case.command.replace("FILE", str(home)).replace("CEDED", str(home.with_name("ceded.yaml")))
        words = words.replace("TEXTS", str(home.parent / "later" / "texts.yaml"))
        words = words.replace("ANSWERS", str(home.parent / "later" / "answers.csv"))
        words = words.replace("DOMAIN", str(home.parent / "domain")).split()
        words += [] if "--n" in words else ["--draws", "200"]
        words += [] if case.protocol == "vote" else ["--protocol", case.protocol]
        _MADE[name] = Asked(case.make(loaded, home), words)
    return _MADE[name]


def test_every_kind_of_document_is_here(home: Path) -> None:
    """A class below Document that is printed is one of HOMES, and each of these is asked below."""
    for path in FOLDER.glob("analysis/*/*result.py"):
        importlib.import_module(f"sim.analysis.{path.parent.name}.{path.stem}")
    forms = {
        record.model_fields["schema_"].default
        for record in _below(Document)
        if record.model_fields["schema_"].default is not None and record.__module__.startswith("sim.")
    }
    assert {x for x in forms if isinstance(x, str)} == {*HOMES}
    assert all(record_of(form).model_fields["schema_"].default == form for form in HOMES)
    assert {type(_asked(name, home).document) for name in CASES} == {record_of(form) for form in HOMES}


def _below(record: type[Document]) -> Iterator[type[Document]]:
    for one in record.__subclasses__():
        yield one
        yield from _below(one)


def test_no_field_hides_what_every_document_can_do() -> None:
    for form in HOMES:
        assert not {*record_of(form).model_fields} & {*dir(Document)}


def test_json_is_what_the_command_prints(asked: Asked) -> None:
    assert asked.document.to_json() + "\n" == asked.printed("json")


def test_markdown_is_what_the_command_prints(asked: Asked) -> None:
    assert asked.document.to_markdown() == asked.printed("md")


def test_rows_are_those_of_the_csv(asked: Asked) -> None:
    printed = list(csv.DictReader(io.StringIO(asked.printed("csv"))))
    rows = asked.document.rows()
    assert len(rows) == len(printed) > 0
    for row, line in zip(rows, printed, strict=True):
        assert list(row) == list(line)
        for column, cell in row.items():
            assert cell == _read(line[column], type(cell)), column


def test_cells_have_types(asked: Asked) -> None:
    """What is a number in JSON is one here, what is a word or a day is text, and there is no empty text."""
    cells = [cell for row in asked.document.rows() for cell in row.values()]
    assert {type(cell) for cell in cells} <= {str, int, float, bool, type(None)}
    assert any(isinstance(cell, float) for cell in cells)
    assert not {cell for cell in cells if isinstance(cell, str)} & {"", "true", "false", "None", "nan"}


def _read(cell: str, kind: type) -> object:
    """A field of CSV, as what it is in the table."""
    if kind is type(None):
        return cell or None
    if kind is bool:
        return {"true": True, "false": False}[cell.lower()]
    return cell.removeprefix("'") if kind is str else kind(cell)


def test_frame_has_the_rows(asked: Asked) -> None:
    pandas = pytest.importorskip("pandas")
    table, rows = asked.document.to_frame(), asked.document.rows()
    assert list(table.columns) == list(rows[0])
    for (_, line), row in zip(table.iterrows(), rows, strict=True):
        for column, cell in row.items():
            assert pandas.isna(line[column]) if cell is None else line[column] == cell


def test_shown_is_what_the_command_prints(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    asked.document.show()
    assert capsys.readouterr().out == asked.printed("table")
    whole = type(asked.document).__name__ in ("FlipResult", "SobolResult", "Sweep")
    asked.document.show(full=True)
    assert capsys.readouterr().out == asked.printed("table", *[] if whole else ["--full"])


def test_a_line_says_what_it_is(asked: Asked) -> None:
    line = repr(asked.document)
    assert line == str(asked.document)
    assert re.fullmatch(rf"<{type(asked.document).__name__} of .+>", line)
    assert len(line) < 200
    assert "\n" not in line


def test_a_line_stays_short() -> None:
    many = Results.model_construct(results=())
    [result] = sim.score([sim.load("istanbul", draws=50)])
    longer = result.model_copy(update={"scenario": result.scenario.model_copy(update={"id": "very_long_name " * 40})})
    assert len(repr(longer)) < 200
    assert repr(many) == "<Results of>"


def test_figure(asked: Asked, tmp_path: Path) -> None:
    document = asked.document
    without = {"Results", "TraceResult", "AuditResult", "Forecast"}
    if type(document).__name__ in without:
        with pytest.raises(sim.InvalidArgument, match=r"^(there is no figure of|a figure of a run shows one)"):
            document.plot()
        with pytest.raises(sim.InvalidArgument):
            document.save(tmp_path / "figure.png")
        return
    path = tmp_path / "figure.png"
    figure = document.plot(path, title="Drawn & quartered")
    assert figure.get_suptitle() == "Drawn & quartered"
    assert path.read_bytes().startswith(SIGNATURE["png"])
    assert document.save(tmp_path / "figure.svg").read_bytes().startswith(SIGNATURE["svg"])
    assert vars(figure)["_repr_png_"]().startswith(SIGNATURE["png"])


@pytest.mark.parametrize("name", ["figure.pdf", "none/figure.png"])
def test_where_no_figure_can_be_written(name: str, home: Path, tmp_path: Path) -> None:
    [result] = sim.score([sim.load(home, draws=50)])
    with pytest.raises(sim.InvalidArgument, match=re.escape(name)):
        result.plot(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_saved_is_read_back(asked: Asked, tmp_path: Path) -> None:
    path = asked.document.save(tmp_path / "document.json")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = sim.read(path)
    assert type(again) is type(asked.document)
    assert again.to_json() == asked.document.to_json()
    assert sim.read(again.save(str(tmp_path / "again.json"))) == again
    assert asked.document.save(tmp_path / "table.csv").read_text(encoding="utf-8") == asked.printed("csv")
    assert again.save(tmp_path / "page.md").read_text(encoding="utf-8") == asked.printed("md")
    with pytest.raises(sim.InvalidArgument, match=r"document\.xlsx: a document is saved as one of \.json, \.csv, "):
        again.save(tmp_path / "document.xlsx")


def test_what_is_read_back_is_shown_alike(asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The words of a page need no file beside the document."""
    again = sim.read(asked.document.save(tmp_path / "document.json"))
    again.show()
    assert capsys.readouterr().out == asked.printed("table")
    if not isinstance(again, Frontier):
        assert again.rows() == asked.document.rows()
        return
    with pytest.warns(
        UserWarning, match=r"^the table has none of the \d+ points of the frontier, which JSON leaves out"
    ):
        rows = again.rows()
    assert rows == [row for row in asked.document.rows() if row["what"] != "frontier"]
    with pytest.raises(sim.InvalidArgument, match="which JSON leaves out; draw it of the document"):
        again.plot()
    assert "img" not in checked(again._repr_html_()).tags


def test_axes_of_a_frontier_are_two_of_its_parties(home: Path) -> None:
    result = sim.frontier(sim.load(home, draws=50))
    assert "Blue" in result.plot(axes=["blue", "red"]).axes[0].get_xlabel()
    assert "Red" in result.plot(axes=["red", "blue"]).axes[0].get_xlabel()
    for axes, what in ((["blue"], "axes are two"), ("blue", "axes is a list"), (["blue", "rad"], "did you mean red")):
        with pytest.raises(sim.SimError, match=what):
            result.plot(axes=axes)


# --- keys of other versions ---------------------------------------------------------------------


def _planted(value: Any) -> Any:
    """A plain document with one more key in each of its objects that has keys of its own."""
    if isinstance(value, dict):
        return {**{key: _planted(under) for key, under in value.items()}, "further": {"more": [1]}}
    return [_planted(item) for item in value] if isinstance(value, list) else value


def test_keys_that_are_not_known_are_passed_over(asked: Asked, tmp_path: Path) -> None:
    """At the top and in every record below; mappings by id keep their keys, for these are data."""
    plain = json.loads(asked.document.to_json())
    planted = _with_further(plain, type(asked.document))
    path = tmp_path / "later.json"
    path.write_text(json.dumps(planted), encoding="utf-8")
    with pytest.warns(UserWarning, match="passed over, for this version of sim does not know it: ") as caught:
        again = sim.read(path)
    [warning] = caught
    assert str(warning.message).startswith(f"{path}: passed over, for this version of sim does not know it: ")
    assert "further" in str(warning.message)
    assert warning.filename == __file__
    assert again.to_json() == asked.document.to_json()


def _with_further(value: Any, kind: Any) -> Any:
    """A key more in the document, and in each record of it."""
    unknown: dict[str, None] = {}
    everywhere = _planted(value)
    fitted(everywhere, kind, "", unknown)
    places = {place.removesuffix("further") for place in unknown}
    assert "" in places

    def plant(value: Any, place: str) -> Any:
        if isinstance(value, dict):
            more = {"further": {"more": [1]}} if place in places else {}
            return {**{key: plant(under, f"{place}{key}.") for key, under in value.items()}, **more}
        if isinstance(value, list):
            return [plant(item, f"{place.removesuffix('.')}[].") for item in value]
        return value

    return plant(value, "")


def test_kinds_of_findings_that_are_not_known_are_passed_over(home: Path, tmp_path: Path) -> None:
    [result] = sim.score([sim.load(home, draws=50)])
    plain = json.loads(result.to_json())
    plain["findings"].insert(1, {"kind": "moon_phase", "phase": 0.5})
    path = tmp_path / "later.json"
    path.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.warns(UserWarning, match=r"findings\[\] of kind moon_phase$"):
        assert sim.read(path) == sim.read(result.save(tmp_path / "now.json"))


def test_a_saved_run_of_a_later_version_is_compared(home: Path, tmp_path: Path) -> None:
    """A command says in a line what it passed over, and goes on."""
    loaded = sim.load(home, draws=50)
    folder = sim.save(loaded, sim.score([loaded])[0], tmp_path)
    plain = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    plain["parties"][0]["mood"] = "mild"
    (folder / "result.json").write_text(json.dumps(plain), encoding="utf-8")
    with pytest.warns(UserWarning, match=r"parties\[\]\.mood"):
        assert isinstance(sim.read(folder), sim.Result)
    done = CliRunner().invoke(app, ["compare", str(folder), str(home), "--draws", "50"])
    assert done.exit_code == 0, done.output
    file = folder / "result.json"
    said = f"warning: {file}: passed over, for this version of sim does not know it: parties[].mood\n"
    assert done.stderr.count("passed over") == done.stderr.count(said) == 1


def test_documents_without_keys_that_came_later_are_read(asked: Asked, tmp_path: Path) -> None:
    """Keys that have a default are new since the form was made: documents without them are as good."""
    path = tmp_path / "earlier.json"
    plain = _without_defaults(json.loads(asked.document.to_json()), type(asked.document))
    path.write_text(json.dumps(plain), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert type(sim.read(path)) is type(asked.document)


def _without_defaults(plain: dict[str, Any], record: type[BaseModel]) -> dict[str, Any]:
    needed = {field.alias or name for name, field in record.model_fields.items() if field.is_required()}
    return {key: value for key, value in plain.items() if key in needed or key == "schema"}


def test_every_record_of_a_document_can_be_told_by_its_type() -> None:
    """Between records of one place ``kind`` decides, and nothing else is needed: reading goes by types alone."""
    for form in HOMES:
        for record in _records(record_of(form)):
            for name, hint in typing.get_type_hints(record, include_extras=True).items():
                if name in record.model_fields:
                    plain = [x for x in _parts(hint) if not _finding(x)]
                    assert len(plain) <= 1, f"{record.__name__}.{name}"


def _finding(record: type[BaseModel]) -> bool:
    return "kind" in record.model_fields and record.model_fields["kind"].annotation is not None


def _records(record: type[BaseModel]) -> set[type[BaseModel]]:
    seen: set[type[BaseModel]] = set()
    waiting = [record]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += [x for hint in typing.get_type_hints(one).values() for x in _parts(hint)]
    return seen


def _parts(hint: Any) -> list[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    return [x for arg in typing.get_args(hint) for x in _parts(arg)]


STRANGE = {
    "text": ("hello", "no document of sim: it is not JSON (line 1); a table or a page is not read back, "),
    "list": ("[1, 2]", "no document of sim: its JSON does not name its form under the key schema, as sim.result/1"),
    "other JSON": ('{"a": 1}', "no document of sim: its JSON does not name its form"),
    "number for a form": ('{"schema": 3}', "no document of sim: its JSON does not name its form"),
    "other form": ('{"schema": "geo/1"}', "no document of sim that this version reads: its schema is 'geo/1'"),
    "slip": ('{"schema": "sim.amendd/1"}', "its schema is 'sim.amendd/1'; did you mean sim.amend/1?"),
    "later form": ('{"schema": "sim.amend/2"}', "it is of the form sim.amend/2, and this version reads sim.amend/1"),
    "escape": ('{"schema": "sim\\u001b[31m/1"}', "its schema is 'sim·[31m/1'"),
    "cut": ('{"schema": "sim.amend/1", "scen', "no sim.amend/1 document of this version: the file: Invalid JSON"),
    "keys missing": ('{"schema": "sim.flip/1"}', "no sim.flip/1 document of this version: scenario: Field required"),
    "deep": ("[" * 100_000, "no document of sim: it is not JSON"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_document_is_told_in_a_line(name: str, tmp_path: Path) -> None:
    text, what = STRANGE[name]
    path = tmp_path / "strange.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(what)) as caught:
        sim.read(path)
    assert isinstance(caught.value, sim.SimError)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    with pytest.raises(OSError, match=r"strang\.json: no such file"):
        sim.read(tmp_path / "strang.json")


def test_figures_out_of_range_and_odd_signs_are_refused(asked: Asked, tmp_path: Path) -> None:
    plain = json.loads(asked.document.to_json())
    path = tmp_path / "odd.json"
    path.write_text(json.dumps({**plain, "labels": {"issues": {"a": "\x1b[31m"}}}), encoding="utf-8")
    expected = "labels.issues.a: the character U+001B may not stand in a text"
    if isinstance(asked.document, Results):
        plain["results"][0]["labels"] = {"issues": {"a": "\x1b[31m"}}
        path.write_text(json.dumps(plain), encoding="utf-8")
    if isinstance(asked.document, sim.Forecast):
        plain["readings"][0]["labels"] = {"issues": {"a": "\x1b[31m"}}
        path.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(expected)):
        sim.read(path)


def test_a_document_whose_parts_do_not_agree_is_refused(home: Path, tmp_path: Path) -> None:
    """So that whatever is read can be shown."""
    document = sim.sweep(sim.load(home, draws=50), ["red.status.importance=minor,major"])
    plain = json.loads(document.to_json())
    del plain["names"]["blue"]
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(ValueError, match=r"not as it was saved: its parts do not agree: KeyError 'blue'$"):
        sim.read(path)
    assert sim.read(document.save(tmp_path / "sweep.json")).rows() == document.rows()


# --- notebooks ----------------------------------------------------------------------------------


class Markup(HTMLParser):
    """What a page of HTML holds, and whether its elements are closed as they were opened."""

    EMPTY = frozenset(("br", "img"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def checked(html: str) -> Markup:
    markup = Markup()
    markup.feed(html)
    markup.close()
    assert markup.open == []
    assert markup.tags <= {"div", "p", "b", "i", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "br", "img"}
    assert {name for name, _ in markup.attributes} <= {"style", "src", "alt"}
    assert all(
        value and value.startswith("data:image/png;base64,") for name, value in markup.attributes if name == "src"
    )
    assert "url(" not in html
    return markup


def test_notebooks_show_a_table_and_the_figure(asked: Asked) -> None:
    markup = checked(asked.document._repr_html_())
    # nothing raises the share of this small text, so the page on amendments is sentences alone
    assert ("table" in markup.tags) == (type(asked.document).__name__ != "Amend")
    assert ("img" in markup.tags) == (
        type(asked.document).__name__ not in ("Results", "TraceResult", "AuditResult", "Forecast")
    )
    assert len(markup.words) > 200


def test_markup_in_a_title_stays_text(home: Path) -> None:
    loaded = sim.load(home, draws=50)
    [result] = sim.score([loaded])
    for html in (result._repr_html_(), loaded._repr_html_()):
        assert TITLE in checked(html).words


def test_without_matplotlib_there_is_the_table(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [result] = sim.score([sim.load(home, draws=50)])
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    markup = checked(result._repr_html_())
    assert "table" in markup.tags
    assert "img" not in markup.tags


def test_without_pandas_a_frame_is_refused_in_a_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [result] = sim.score([sim.load(home, draws=50)])
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"^to_frame needs pandas: pip install pandas$"):
        result.to_frame()


def test_draws_and_samples_in_a_notebook(home: Path) -> None:
    loaded = sim.load(home, draws=50)
    for shown in (sim.draws(loaded), sim.evaluate(loaded, {"red.status.importance": ["minor", "major"]})):
        assert "table" in checked(shown._repr_html_()).tags
