"""XML and JSON read with care: places, limits, and one located complaint for whatever is malformed or hostile."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.files.complaints import Complaints
from sim.files.nodes import Sequence, find, place_of, to_plain
from sim.interop import json as json_reading
from sim.interop import xml as xml_reading
from sim.interop.json import read_json
from sim.interop.xml import read_xml
from tests.domains import quick


def told(found: pytest.ExceptionInfo[Complaints]) -> str:
    """The one complaint, as it prints in its line."""
    [complaint] = found.value.complaints
    return str(complaint)


def test_xml_elements_know_their_places() -> None:
    root = read_xml("<a>\n  <b x='1'\n     größe='ü'/><c/></a>".encode(), "f.xml")
    b, c = root.children
    assert (b.tag, b.attributes) == ("b", {"x": "1", "größe": "ü"})
    assert str(b.place) == "f.xml:2:3"
    assert str(b.at("größe")) == "f.xml:3:6"
    assert str(b.at("missing")) == "f.xml:2:3"
    assert str(c.place) == "f.xml:3:17"
    assert root.first("c") is c
    assert c.place.text == "     größe='ü'/><c/></a>"


BOMB = "".join(f'<!ENTITY a{i} "{"&a" * 10}{i - 1};">' for i in range(1, 10))

BAD_XML = {
    "cut off": (b"<a>\n <b>", "f.xml:2:5: error: file: the file ends before it is complete"),
    "empty": (b"", "f.xml:1:1: error: file: the file ends before it is complete"),
    "a tag cut off": (b"<a", "f.xml:1:1: error: file: a tag that never ends"),
    "binary": (b"\x00\x01\x02", "f.xml:1:1: error: file: this is not XML"),
    "a bare less-than": (b"<a x='R < D'/>", "f.xml:1:9: error: file: this is not XML"),
    "a text before": (b"\n so <a/>", "f.xml:2:2: error: file: a text stands before the first tag"),
    "an instruction before the declaration": (
        b"<?x y?><?xml version='1.0'?><a/>",
        "f.xml:1:8: error: file: the line <?xml ...?> stands behind something else",
    ),
    "crossed tags": (b"<a><b></a>", "f.xml:1:9: error: file: this end tag does not match the element that is open"),
    "an attribute twice": (b"<a x='1' x='2'/>", "f.xml:1:10: error: file: an attribute stands here twice"),
    "two elements": (b"<a/><b/>", "f.xml:1:5: error: file: something follows after the end of the content"),
    "an external entity": (
        b"<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "f.xml:2:13: error: file: a document type (<!DOCTYPE) is not read: with it come entities",
    ),
    "an expansion bomb": (
        f'<!DOCTYPE a [<!ENTITY a0 "x">{BOMB}]><a>&a9;</a>'.encode(),
        "f.xml:1:13: error: file: a document type (<!DOCTYPE) is not read: with it come entities",
    ),
    "an unknown entity": (b"<a>&auml;</a>", "f.xml:1:4: error: file: an entity that XML does not know"),
    "deep nesting": (b"<a>" * 41, "f.xml:1:121: error: file: nested more than 40 levels deep"),
    "not UTF-8": (
        "<?xml version='1.0' encoding='utf-8'?><a n='ä'/>".encode("latin-1"),
        "f.xml:1:45: error: file: byte 0xe4 is not UTF-8",
    ),
    "neither UTF-8 nor windows-1252": (b"<a n='\x81'/>", "f.xml:1:7: error: file: byte 0x81 is not UTF-8"),
    "a strange encoding": (
        b"<?xml version='1.0' encoding='utf-7'?><a/>",
        "f.xml:1:1: error: file: the encoding utf-7 is not read",
    ),
    "no encoding there is": (
        b"<?xml version='1.0' encoding='klingon'?><a/>",
        "f.xml:1:1: error: file: the encoding klingon is not read",
    ),
    "a control character": ("<a n='\u0085'/>".encode(), "f.xml:1:4: error: file: a text with control characters in it"),
}


@pytest.mark.parametrize(("raw", "said"), BAD_XML.values(), ids=BAD_XML)
def test_bad_xml_is_one_located_complaint(raw: bytes, said: str) -> None:
    with pytest.raises(Complaints) as found:
        read_xml(raw, "f.xml")
    assert told(found) == said


def test_xml_in_other_encodings_is_read() -> None:
    for encoding in ("iso-8859-1", "windows-1252", "utf-16", "utf-8", "us-ascii"):
        name = "a" if encoding == "us-ascii" else "ä"
        text = f"<?xml version='1.0' encoding='{encoding}'?>\n<b n='{name}'/>"
        root = read_xml(text.encode(encoding), "f.xml")
        assert root.attributes == {"n": name}
        assert str(root.at("n")) == "f.xml:2:4"
    assert read_xml(b"\xef\xbb\xbf<b/>", "f.xml").tag == "b"


def test_a_crowd_of_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_reading, "ELEMENTS", 3)
    assert len(read_xml(b"<a><b/><b/></a>", "f.xml").children) == 2
    with pytest.raises(Complaints, match="more than 3 elements"):
        read_xml(b"<a><b/><b/><b/></a>", "f.xml")


def test_a_crowd_of_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reading, "VALUES", 3)
    assert to_plain(read_json("[1, 2]", "f.json")) == (1, 2)
    with pytest.raises(Complaints, match="more than 3 values"):
        read_json("[1, 2, 3]", "f.json")


def test_a_crowd_of_places_shares_the_text_of_its_line() -> None:
    """Else a file of many values in one long line would take its size times their number."""
    node = read_json('\n["' + "x" * 1000 + '", 1, 2]', "f.json")
    assert isinstance(node, Sequence)
    assert node.items[0].place.text is node.items[2].place.text
    root = read_xml(b"\n<a><b/><c/></a>", "f.xml")
    assert root.children[0].place.text is root.children[1].place.text


def test_json_values_know_their_places() -> None:
    root = read_json('\ufeff{\n\t"a": [1, 2.5],\n\t"ü": {"b": null, "c": true}\n}', "f.json")
    assert to_plain(root) == {"a": (1, 2.5), "ü": {"b": None, "c": True}}
    assert str(place_of(root, ("a", 1))) == "f.json:2:11"
    assert str(place_of(root, ("ü", "c"), key=True)) == "f.json:3:19"
    assert find(root, ("ü", "b")) is not None


BAD_JSON = {
    "empty": ("", 1, "the file ends before it is complete"),
    "cut off in an object": ('{"a": 1', 8, "the file ends before it is complete"),
    "cut off in a list": ("[1, ", 5, "the file ends before it is complete"),
    "cut off in a text": ('{"abc', 2, "a text that never ends"),
    "a comma too many": ('{"a": 1,}', 9, 'expected a key in quotes ("..."), found }'),
    "a comma too many in a list": ("[1,]", 4, "expected a value, found ]"),
    "no comma": ('{"a": 1 "b": 2}', 9, 'expected a comma or }, found "'),
    "no colon": ('{"a" 1}', 6, "expected a colon after the key"),
    "a key twice": ('{"a": 1, "a": 2}', 10, "the key a stands here twice; the first is in line 1"),
    "NaN": ('{"a": NaN}', 7, "NaN is not a number of JSON"),
    "minus infinity": ("[-Infinity]", 2, "-Infinity is not a number of JSON"),
    "beyond numbers": ("[1e999]", 2, "a number too large to be one"),
    "a leading zero": ("[01]", 2, "expected a value, found 01"),
    "no digit before the point": ("[.5]", 2, "expected a value, found .5"),
    "a bare word": ("[yes]", 2, "expected a value, found yes"),
    "a bare key": ("{a: 1}", 2, 'expected a key in quotes ("..."), found a'),
    "single quotes": ("['a']", 2, "a text in single quotes"),
    "a comment": ("[1, // one\n2]", 5, "a comment; JSON has none"),
    "an odd escape": ('["\\q"]', 3, "an escape that JSON does not know"),
    "a line break in a text": ('["a\nb"]', 4, "a line break or control character in a text"),
    "half a character": ('["\\ud83d"]', 2, "a text with control characters in it"),
    "a control character": ('["\\u0000"]', 2, "a text with control characters in it"),
    "two values": ("{} {}", 4, "something follows after the end of the content"),
    "deep nesting": ("[" * 100_000, 41, "nested more than 40 levels deep"),
}


@pytest.mark.parametrize(("text", "column", "said"), BAD_JSON.values(), ids=BAD_JSON)
def test_bad_json_is_one_located_complaint(text: str, column: int, said: str) -> None:
    with pytest.raises(Complaints) as found:
        read_json(text, "f.json")
    assert told(found) == f"f.json:1:{column}: error: file: {said}"


TEXTS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _tuples(v) for k, v in value.items()}
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


@quick(150)
@given(VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_the_standard_library_reads_it(value: Any, ascii_only: bool, indent: Any) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert to_plain(read_json(text, "f.json")) == _tuples(value)


@quick(150)
@given(VALUES, st.integers(0, 200), st.sampled_from('{}[]",:\\x0e-.tn '))
def test_no_change_of_a_json_text_does_more_than_complain(value: Any, at: int, char: str) -> None:
    text = json.dumps(value)
    text = text[: at % len(text)] + char + text[at % len(text) + 1 :]
    try:
        read = to_plain(read_json(text, "f.json"))
    except Complaints:
        return
    assert read == _tuples(json.loads(text))


@quick(150)
@given(st.binary(max_size=40))
def test_no_bytes_do_more_than_complain(raw: bytes) -> None:
    for content in (raw, b"<a>" + raw, b"<a x='" + raw + b"'/>"):
        with contextlib.suppress(Complaints):
            read_xml(content, "f.xml")


def test_depths_agree() -> None:
    assert xml_reading.DEPTH == json_reading.DEPTH
    assert read_json("[" * 40 + "]" * 40, "f.json") is not None
    assert read_xml(b"<a>" * 40 + b"</a>" * 40, "f.xml") is not None
