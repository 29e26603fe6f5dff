"""Names in any script become ids that can be typed, and are shown as they were written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.files.ids import ids, made_into
from sim.interop.exporting import names_of
from sim.scenario.loading import load
from tests.exchange import sim, write

DOMAIN = """<negotiation_template><utility_space><objective index="0" name="Переговори" type="objective">
<issue index="1" name="Статус країни" type="discrete"><item index="1" value="Нейтралітет"/>
<item index="2" value="Членство в НАТО"/></issue>
<issue index="2" name="Εγγυήσεις" type="discrete"><item index="1" value="Καμία"/>
<item index="2" value="Πλήρεις"/></issue>
<issue index="3" name="支払い" type="discrete"><item index="1" value="現金"/><item index="2" value="分割"/></issue>
</objective></utility_space></negotiation_template>"""


def profile(values: tuple[int, ...]) -> str:
    text = DOMAIN.replace("<negotiation_template>", "").replace("</negotiation_template>", "")
    for name, value in zip(("літет", "НАТО", "Καμία", "Πλήρεις", "現金", "分割"), values, strict=True):
        text = text.replace(f'{name}"/>', f'{name}" evaluation="{value}"/>')
    weights = "".join(f'<weight index="{i}" value="{w}"/>' for i, w in ((1, 0.5), (2, 0.25), (3, 0.25)))
    return text.replace("</objective>", weights + "</objective>")


FILES = {"д.xml": DOMAIN, "Київ.xml": profile((1, 4, 1, 2, 1, 2)), "Брюссель.xml": profile((4, 1, 1, 2, 2, 1))}


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Щастя", "shchastya"),
        ("Ґанок і їжак", "ganok_i_yizhak"),
        ("ЁЖИК ъ", "yozhik"),
        ("Қазақстан", "qazaqstan"),
        ("Љубав", "ljubav"),
        ("Ўзбекистон", "uzbekiston"),
        ("Ψυχή και ΏΡΑ", "psykhi_kai_ora".replace("kh", "ch")),
        ("Ἀθῆναι", "athinai"),
        ("İstanbul ışık", "istanbul_isik"),
        ("ÅSA Đà Nẵng", "asa_da_nang"),
        ("価格 (USD)", "usd"),
    ],
)
def test_letters_of_other_alphabets_are_written_in_latin_ones(name: str, id: str) -> None:
    assert ids([name], "option") == (id,)
    assert made_into(name, id, "option")


def test_scripts_without_a_transliteration_are_numbered() -> None:
    names = ["現金", "分割", "السعر", "ราคา", "option 2", "現 金"]
    assert ids(names, "option") == ("option_1", "option_2", "option_3", "option_4", "option_2_2", "option_5")
    assert names_of(list(zip(ids(names, "option"), names, strict=True)), "option") == tuple(names)


def test_an_import_shows_names_as_written_and_lists_every_id(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = sim("import", *write(tmp_path, FILES), "--out", out, "--date", "2026-01-01")
    assert done.exit_code == 0, done.stderr
    for line in (
        "'Статус країни' is status_krayini",
        "'Статус країни: Нейтралітет' is status_krayini: neytralitet",
        "'Статус країни: Членство в НАТО' is status_krayini: chlenstvo_v_nato",
        "'Εγγυήσεις' is engyiseis".replace("ng", "gg"),
        "'支払い' is issue_1",
        "'支払い: 現金' is issue_1: option_1",
        "'支払い: 分割' is issue_1: option_2",
        "'Київ' is kiyiv",
        "'Брюссель' is bryussel",
    ):
        assert f"  {line}\n" in done.stderr
    loaded = load(out / "best_for_kiyiv.yaml")
    issues = loaded.scenario.domain.issues.issues
    assert [issue.label for issue in issues.values()] == ["Статус країни", "Εγγυήσεις", "支払い"]
    assert [o.label for o in issues["issue_1"].options.values()] == ["現金", "分割"]
    result = json.loads(sim("run", out / "best_for_kiyiv.yaml", "--no-save", "--format", "json").stdout)
    assert result["labels"]["options"]["status_krayini"]["chlenstvo_v_nato"] == "Членство в НАТО"
    assert [p["name"] for p in result["parties"]] == ["Брюссель", "Київ"]


def test_exported_names_are_the_ones_imported(tmp_path: Path) -> None:
    sim("import", *write(tmp_path, FILES), "--out", tmp_path / "out")
    done = sim("export", tmp_path / "out/best_for_kiyiv.yaml", "--to", "genius", "--out", tmp_path / "back")
    assert done.exit_code == 0, done.stderr
    text = (tmp_path / "back/domain.xml").read_text(encoding="utf-8")
    for name in ("Статус країни", "Членство в НАТО", "Καμία", "支払い", "現金"):
        assert f'"{name}"' in text
