"""The ``negotiation`` block in files and edits: what it may say, what is said of faults, texts of other proposals."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
import yaml
from hypothesis import given

import sim
from sim.bargaining import checks as talks_checks
from sim.bargaining.candidates import MOST, Candidates, candidates
from sim.bargaining.tactics import TACTICS
from sim.cli.options import Protocol
from sim.engine.profiles import Case, compile_case
from sim.files.complaints import Complaint, Complaints, Place, render
from sim.files.nodes import dump_yaml
from sim.scenario import schema
from sim.scenario.catalogue import shipped_texts
from sim.scenario.checker import Checker, KnownNames
from sim.scenario.checks import silent
from sim.scenario.loading import Loaded, edited, load, load_all
from sim.scenario.negotiation_edits import CANDIDATES, KEYS
from sim.scenario.negotiation_schema import PROTOCOLS as RULES
from sim.scenario.negotiation_schema import TACTICS as NAMES
from sim.simulation.cases import compiled
from sim.simulation.model import PROTOCOLS
from tests import small
from tests.domains import quick, scenarios

ROOT = Path(__file__).parents[2]
SHIPPED = [path for path in shipped_texts() if path.parent.name == "scenarios"]
ACTORS = small.SOURCES + "  public: {name: The public}\n  mute: {name: Mute}\n  green: {name: Green}\n"
PUBLIC = """\
id: public
name: The public
role: ratifier
consent: {when: [{land: [ceded]}]}
positions:
  land:
    - {from: 2022-01-01, ranking: [returned, frozen, ceded], importance: major, basis: assumed}
"""
#: On the day of the scenario nothing is known of it; from 2023 on something is.
MUTE = """\
id: mute
name: Mute
role: guarantor
consent: {when: [{guarantee: [armed]}]}
positions:
  land:
    - {from: 2022-01-01, ranking: unknown, importance: unknown, basis: assumed}
    - {from: 2023-01-01, ranking: [returned, frozen, ceded], importance: unknown, basis: assumed}
  status:
    - {from: 2022-01-01, ranking: [rest], importance: unknown, basis: assumed}
"""
#: A guarantor with positions, asked about membership only.
GREEN = """\
id: green
name: Green
role: guarantor
consent: {when: [{status: [member]}]}
positions:
  land:
    - {from: 2022-01-01, ranking: [returned, frozen, ceded], importance: major, basis: assumed}
"""
PEOPLE: dict[str, str | bytes | None] = {
    "domain/sources.yaml": ACTORS,
    "domain/positions/public.yaml": PUBLIC,
    "domain/positions/mute.yaml": MUTE,
    "domain/positions/green.yaml": GREEN,
}
OTHER = small.SCENARIO.replace("option: neutral", "option: undecided").replace("option: stops", "option: continues")


def write(folder: Path, block: str = "", **others: str) -> Path:
    """The small scenario with this block, the parties above, and other scenario files beside it."""
    files = {f"{name}.yaml": text for name, text in others.items()}
    return small.write(folder, {**PEOPLE, "deal.yaml": small.SCENARIO + block, **files})


def block(content: str) -> str:
    return "negotiation:\n" + "".join(f"  {line}\n" for line in content.splitlines())


def faults(folder: Path, content: str, **others: str) -> tuple[Complaint, ...]:
    try:
        load(write(folder, block(content), **others))
    except Complaints as found:
        return found.complaints
    return ()


class Fault(NamedTuple):
    name: str
    block: str  # ¤ marks the character complained about
    what: str
    hint: str | None = None


FAULTS = [
    Fault(
        "protocol", "protocol: ¤alternate_offers", "is not one of vote, alternating_offers", "mean alternating_offers?"
    ),
    Fault("no protocol", "protocol: ¤5", "the number 5 is not one of vote"),
    Fault("key", "¤protocoll: vote", "unknown key protocoll", "did you mean protocol?"),
    Fault("no round", "rounds: ¤0", "must be at least 1"),
    Fault("too many rounds", "rounds: ¤501", "must be at most 500"),
    Fault("rounds in words", "rounds: ¤many", "expected a whole number, found the text 'many'"),
    Fault("no change", "candidates: {changes: ¤0}", "must be at least 1"),
    Fault("too many changes", "candidates: {changes: ¤4}", "must be at most 3"),
    Fault("key of candidates", "candidates: {¤change: 1}", "unknown key change", "did you mean changes?"),
    # who makes offers
    Fault("no proposers", "proposers: ¤[]", "must not be empty"),
    Fault("proposers are a word", "proposers: ¤red", "expected a list", "write [red]"),
    Fault("unknown proposer", "proposers: [red, ¤bleu]", "there is no party bleu", "did you mean blue?"),
    Fault("proposer twice", "proposers: [red, blue, ¤red]", "red stands here twice", "once"),
    Fault("ratifier offers", "proposers: [red, ¤public]", "public is a ratifier: it votes on what the others", "leave"),
    Fault("silent party offers", "proposers: [¤mute]", "the sources are silent on it on 2022-03-29", "leave it out"),
    Fault("unknown first mover", "first_mover: ¤randon", "there is no party randon", "did you mean random?"),
    Fault(
        "first mover offers nothing",
        "first_mover: ¤league",
        "league does not make offers; those who do: blue, red",
        "add it to proposers, or write random, blue or red",
    ),
    Fault("first mover is no name", "first_mover: ¤[red]", "expected a name"),
    Fault(
        "first mover is left out",
        "proposers: [red]\nfirst_mover: ¤blue",
        "blue does not make offers; those who do: red",
        "random or red",
    ),
    # tactics
    Fault("tactic", "tactics: {red: ¤boulwar}", "'boulwar' is not one of boulware, linear", "did you mean boulware?"),
    Fault("tactic in a mapping", "tactics: {red: {tactic: ¤mirco}}", "'mirco' is not one of", "did you mean micro?"),
    Fault("tactic is a number", "tactics: {red: ¤2}", "expected the name of a tactic, or a mapping with one"),
    Fault("mapping without a tactic", "tactics: {red: ¤{exponent: 2}}", "the key tactic is missing"),
    Fault("key of a tactic", "tactics: {red: {tactic: linear, ¤speed: 2}}", "unknown key speed", "there are: tactic"),
    Fault("unknown party", "tactics: {¤rde: linear}", "there is no party rde", "did you mean red?"),
    Fault("ratifier concedes", "tactics: {¤public: linear}", "public is a ratifier: it votes", "leave public out"),
    Fault("silent party concedes", "tactics: {¤mute: linear}", "mute does not sit at the table", "leave mute out"),
    Fault(
        "exponent too low",
        "tactics: {red: {tactic: boulware, exponent: ¤0.5}}",
        "exponent of boulware must lie between 1 and 100, not 0.5",
        "write conceder",
    ),
    Fault(
        "exponent too high",
        "tactics: {red: {tactic: boulware, exponent: ¤[2, 150]}}",
        "must lie between 1 and 100, not 2 to 150",
    ),
    Fault(
        "conceder's exponent",
        "tactics: {red: {tactic: conceder, exponent: ¤3}}",
        "exponent of conceder must lie between 0 and 1, not 3",
        "write boulware",
    ),
    Fault("negative exponent", "tactics: {red: {tactic: conceder, exponent: ¤-1}}", "must lie between 0 and 1, not -1"),
    Fault(
        "reciprocity too high",
        "tactics: {red: {tactic: tit_for_tat, reciprocity: ¤11}}",
        "reciprocity of tit_for_tat must lie between 0 and 10",
    ),
    Fault("range upside down", "tactics: {red: {tactic: boulware, exponent: ¤[5, 2]}}", "upside down: 5 is above 2"),
    Fault(
        "exponent of linear",
        "tactics: {red: {tactic: linear, exponent: ¤2}}",
        "linear takes no exponent",
        "boulware and conceder take one",
    ),
    Fault(
        "exponent of tit for tat",
        "tactics: {red: {tactic: tit_for_tat, exponent: ¤2}}",
        "tit_for_tat takes no exponent but a reciprocity",
    ),
    Fault(
        "reciprocity of boulware",
        "tactics: {red: {tactic: boulware, reciprocity: ¤2}}",
        "boulware takes no reciprocity but an exponent",
        "tit_for_tat takes one",
    ),
    Fault("micro without offers", "tactics: {league: ¤micro}", "league makes none", "add league to proposers"),
    Fault("micro left out", "proposers: [red]\ntactics: {blue: {tactic: ¤micro}}", "blue makes none"),
    # costs
    Fault("negative cost", "delay_cost: {red: ¤-0.1}", "must lie between 0 and 1"),
    Fault("cost above the scale", "delay_cost: {red: ¤5}", "must lie between 0 and 1"),
    Fault("cost of nobody", "delay_cost: {¤bleu: 0.1}", "there is no party bleu", "did you mean blue?"),
    Fault("cost of a ratifier", "delay_cost: {¤public: 0.1}", "public is a ratifier"),
    Fault("cost of a silent party", "delay_cost: {¤mute: 0.1}", "mute does not sit at the table"),
    Fault("cold", "temperature: ¤-0.1", "must lie between 0 and 100"),
    Fault("temperature in words", "temperature: ¤hot", "expected a number or a range"),
    # texts
    Fault("unknown issue", "candidates: {texts: {x: {¤staus: neutral}}}", "no issue staus", "did you mean status?"),
    Fault("unknown option", "candidates: {texts: {x: {status: ¤nuetral}}}", "no option nuetral", "mean neutral?"),
    Fault("text opens an issue", "candidates: {texts: {x: {land: ¤open}}}", "land has no option open"),
    Fault("empty text", "candidates: {texts: {x: ¤{}}}", "says what the tabled one says", "at least one issue"),
    Fault("text is a list", "candidates: {texts: {x: ¤[neutral]}}", "expected a mapping"),
    Fault(
        "hard constraint",
        "candidates: {texts: {x: {status: member, guarantee: ¤consult}}}",
        "breaks the hard constraint members_are_defended: status is member, so guarantee cannot be consult",
        "Membership brings a guarantee",
    ),
    Fault(
        "legal constraint with the tabled text",
        "candidates: {texts: {x: {guarantee: ¤none}}}",
        "legal constraint neutrals_stay_out: status is neutral as tabled, so guarantee cannot be none (allowed",
        "may be guaranteed",
    ),
    # proposals
    Fault("unknown proposal", "candidates: {proposals: [¤othre]}", "there is no file", "did you mean other?"),
    Fault("the proposal itself", "candidates: {proposals: [¤deal]}", "deal is this scenario", "leave it out"),
    Fault("proposal twice", "candidates: {proposals: [other, ¤other]}", "other stands here twice", "once"),
    Fault("proposal by a path", "candidates: {proposals: [¤../other]}", "is not a name"),
    Fault("proposal by a number", "candidates: {proposals: [¤5]}", "expected a name"),
    Fault(
        "one name for two",
        "candidates: {proposals: [other], texts: {¤other: {land: frozen}}}",
        "other is among the proposals too",
        "another name",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[f.name for f in FAULTS])
def test_fault(fault: Fault, tmp_path: Path) -> None:
    text = block(fault.block)
    before = (small.SCENARIO + text)[: (small.SCENARIO + text).index("¤")]
    complaints = faults(tmp_path, fault.block.replace("¤", ""), other=OTHER)
    assert len(complaints) == 1, render(complaints)
    (one,) = complaints
    assert fault.what in one.what
    assert (fault.hint or "") in (one.hint or ""), one
    assert one.severity == "error"
    assert one.where.startswith("negotiation")
    assert one.place.file == str(tmp_path / "deal.yaml")
    assert (one.place.line, one.place.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert "sim validate" not in (one.hint or "")


@pytest.mark.parametrize("protocol", get_args(schema.Protocol))
def test_everything_at_once_is_in_order_under_every_protocol(protocol: str, tmp_path: Path) -> None:
    """Keys that a protocol makes no use of are no faults in a file."""
    content = f"""\
protocol: {protocol}
rounds: 500
proposers: [blue, league, red]
first_mover: league
tactics:
  red: {{tactic: boulware, exponent: [1, 100]}}
  blue: {{tactic: conceder, exponent: [0, 1]}}
  league: micro
  green: {{tactic: tit_for_tat, reciprocity: [0, 10]}}
delay_cost: {{red: 0, blue: [0, 1]}}
candidates:
  changes: 3
  proposals: [other]
  texts:
    mine: {{land: frozen}}
temperature: [0, 0.1]
"""
    loaded = load(write(tmp_path, block(content), other=OTHER))
    assert loaded.warnings == load(write(tmp_path / "plain")).warnings
    settings = loaded.scenario.negotiation
    assert settings.tactics["red"].exponent == schema.Span(1.0, 100.0)
    assert settings.delay_cost == {"red": schema.Span(0, 0), "blue": schema.Span(0, 1)}
    assert settings.candidates.proposals == ("other",)


def test_who_makes_offers(tmp_path: Path) -> None:
    assert load(write(tmp_path)).scenario.proposers == ("blue", "red")
    assert load(write(tmp_path, block("proposers: [red, league]"))).scenario.proposers == ("red", "league")


def test_settings_written_out_are_read_back() -> None:
    settings = schema.NegotiationSettings()
    assert schema.NegotiationSettings.model_validate(settings.model_dump()) == settings


def test_nobody_makes_offers(tmp_path: Path) -> None:
    """Told only where offers are made."""
    roles = {
        f"domain/positions/{name}.yaml": text.replace("role: principal", "role: guarantor")
        for name, text in (("red", small.RED), ("blue", small.BLUE))
    }
    for protocol, count in (("alternating_offers", 1), ("single_text", 0), ("vote", 0)):
        text = small.SCENARIO + block(f"protocol: {protocol}")
        path = small.write(tmp_path / protocol, {**PEOPLE, **roles, "deal.yaml": text})
        if not count:
            assert load(path).scenario.proposers == ()
            continue
        with pytest.raises(Complaints) as found:
            load(path)
        (one,) = found.value.complaints
        assert one.what == "nobody makes offers: no party is a principal and none is named"
        assert one.hint is not None
        assert "proposers: [blue]" in one.hint


def test_a_principal_on_whom_the_sources_are_silent_is_not_left_out_silently(tmp_path: Path) -> None:
    files = {**PEOPLE, "domain/positions/mute.yaml": MUTE.replace("guarantor", "principal")}
    path = small.write(tmp_path, files)
    assert load(path, protocol="single_text")
    with pytest.raises(Complaints) as found:
        load(path, protocol="alternating_offers")
    (one,) = found.value.complaints
    assert "the principals make the offers where nobody is named, and mute does not sit at the table" in one.what
    assert "proposers: [blue]" in (one.hint or "")
    # the day decides
    assert load(path, protocol="alternating_offers", as_of=dt.date(2023, 1, 1)).scenario.proposers == (
        "blue",
        "mute",
        "red",
    )


def test_a_party_silent_on_one_day_may_concede_on_another(tmp_path: Path) -> None:
    path = write(tmp_path, block("tactics: {mute: linear}"))
    assert load(path, as_of=dt.date(2023, 1, 1)).scenario.negotiation.tactics["mute"].tactic == "linear"
    assert load(path, edits=["mute.land.importance=minor"])
    with pytest.raises(Complaints, match="silent on it on 2022-03-30"):
        load(path, as_of=dt.date(2022, 3, 30))


def test_a_day_before_all_positions_is_told_once(tmp_path: Path) -> None:
    path = write(tmp_path, block("tactics: {red: linear}"))
    with pytest.raises(Complaints) as found:
        load(path, as_of=dt.date(1990, 1, 1))
    assert [c.where for c in found.value.complaints] == ["as_of"]


@given(scenarios(most_parties=3))
@quick(80)
def test_silence_is_what_the_engine_takes_it_to_be(scenario: schema.Scenario) -> None:
    c = Checker(scenario.domain, lambda _: Place("nowhere", 1, 1), KnownNames.of(scenario.model_dump(by_alias=True)))
    found = {name: silent(party, scenario.day, c) for name, party in scenario.domain.positions.items()}
    assert found == {p.id: p.silent for p in compile_case(scenario).profiles}


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        ("unknown", True),
        ("[rest]", True),
        ("[ceded]", True),
        ("[[ceded, frozen]]", False),
        ("[[ceded, frozen, returned]]", False),
        ("[ceded, rest]", False),
        ("[ceded, frozen]", False),
    ],
)
def test_rankings_that_say_nothing(ranking: str, expected: bool, tmp_path: Path) -> None:
    text = MUTE.replace("ranking: unknown", f"ranking: {ranking}")
    scenario = load(small.write(tmp_path, {**PEOPLE, "domain/positions/mute.yaml": text})).scenario
    c = Checker(scenario.domain, lambda _: Place("nowhere", 1, 1), KnownNames.of(scenario.model_dump(by_alias=True)))
    assert silent(scenario.domain.positions["mute"], scenario.day, c) is expected
    assert compile_case(scenario).profile("mute").silent is expected


# --- texts of other proposals -------------------------------------------------------------


def test_proposals_are_written_out(tmp_path: Path) -> None:
    """Their closed terms; what they leave open stays as tabled."""
    content = "candidates:\n  proposals: [other]\n  texts:\n    mine: {land: frozen}"
    loaded = load(write(tmp_path, block(content), other=OTHER))
    settings = loaded.scenario.negotiation.candidates
    assert settings.proposals == ("other",)
    assert settings.texts == {
        "mine": {"land": "frozen"},
        "other": {"fighting": "continues", "status": "undecided", "guarantee": "armed"},
    }


def test_a_saved_scenario_needs_no_other_file(tmp_path: Path) -> None:
    loaded = load(write(tmp_path / "a", block("candidates: {proposals: [other]}"), other=OTHER), draws=500)
    saved = tmp_path / "b" / "scenario.yaml"
    saved.parent.mkdir()
    saved.write_text(dump_yaml(loaded.tree))
    again = load(saved)
    assert again.scenario == loaded.scenario
    assert again.sha256 == loaded.sha256
    assert sim.score([again])[0].to_json() == sim.score([loaded])[0].to_json()


def test_the_digest_tells_the_texts_of_proposals(tmp_path: Path) -> None:
    first = load(write(tmp_path / "a", block("candidates: {proposals: [other]}"), other=OTHER))
    changed = OTHER.replace("option: undecided", "option: neutral")
    second = load(write(tmp_path / "b", block("candidates: {proposals: [other]}"), other=changed))
    assert first.sha256 != second.sha256


def test_the_digest_of_a_file_without_a_block_is_as_ever(tmp_path: Path) -> None:
    assert load(small.write(tmp_path)).sha256 == ("fb1c0ce9935dac44d5453cadc9704ae129148e320542460dacfe407f7019887f")


@pytest.mark.parametrize(
    ("other", "what", "hint"),
    [
        ("title: [x\n", "other.yaml cannot be used: line 1: a list [...] begins here", "sim validate"),
        ("", "other.yaml cannot be used: line 1: the file is empty", "sim validate"),
        ("title: Only edits\nedits: {}\n", "is no scenario: it has no proposal", None),
        (OTHER.replace("summary: ", "sumary: "), "cannot be used: its proposal is faulty", "sim validate"),
        (OTHER.replace("option: armed", "option: 5"), "cannot be used: its proposal is faulty", "sim validate"),
        (
            OTHER.replace("  land:", "  lands:"),
            "about another domain, or faulty: there is no issue lands",
            "same issues",
        ),
        (OTHER.replace("option: armed", "option: army"), "faulty: guarantee has no option army", "same issues"),
        (OTHER.replace("    land: {open: true, basis: assumed}\n", ""), "it has no term for land", "same issues"),
        (
            OTHER + "domain: {issues: {issues: {land: {options: {a: x, b: x}}}}}\n",
            "other.yaml is about another domain, or faulty: its own issues differ",
            "same issues",
        ),
    ],
)
def test_proposals_that_cannot_be_used(other: str, what: str, hint: str | None, tmp_path: Path) -> None:
    (one,) = faults(tmp_path, "candidates: {proposals: [other]}", other=other)
    assert what in one.what
    assert (hint or "") in (one.hint or "")
    assert (one.place.file, one.place.line, one.place.column) == (str(tmp_path / "deal.yaml"), 12, 28)


def test_a_proposal_that_is_a_folder_or_not_text(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").mkdir()
    (one,) = faults(tmp_path, "candidates: {proposals: [other]}")
    assert one.what == f"{tmp_path / 'other.yaml'}: is a folder, not a file"
    (tmp_path / "other.yaml").rmdir()
    (tmp_path / "other.yaml").write_bytes(b"title: \xff")
    (one,) = faults(tmp_path, "candidates: {proposals: [other]}")
    assert "cannot be used: line 1: byte 0xff is not UTF-8" in one.what


def test_faults_of_the_domain_do_not_hide_or_repeat_those_of_proposals(tmp_path: Path) -> None:
    text = small.SCENARIO + block("candidates: {proposals: [other, nothing]}")
    path = small.write(
        tmp_path, {**PEOPLE, "deal.yaml": text, "other.yaml": OTHER, "domain/issues.yaml": "title: [x\n"}
    )
    with pytest.raises(Complaints) as found:
        load(path)
    assert [c.what.split(" begins")[0].split(" /")[0] for c in found.value.complaints] == [
        "there is no file",
        "a list [...]",
    ]


INFEASIBLE = OTHER.replace("option: undecided", "option: member").replace("option: armed", "option: consult")


def test_a_proposal_that_breaks_a_constraint_warns_where_there_are_talks(tmp_path: Path) -> None:
    path = write(tmp_path, block("candidates: {proposals: [other]}"), other=INFEASIBLE)
    assert load(path).warnings == load(write(tmp_path / "b")).warnings
    loaded = load(path, protocol="single_text")
    [warning] = [w for w in loaded.warnings if w.where.startswith("negotiation")]
    assert warning.severity == "warning"
    assert "breaks the hard constraint members_are_defended" in warning.what
    assert warning.what.endswith("and is no candidate")
    assert (warning.place.line, warning.place.column) == (12, 28)
    assert "other" not in candidates(compile_case(loaded.scenario)).texts


@pytest.mark.parametrize(
    ("rounds", "tactic", "share", "hint"),
    [
        (
            10,
            "{tactic: boulware, exponent: 60}",
            "less than 1%",
            "write rounds: 28 or more, or an exponent of at most 19.5",
        ),
        (
            20,
            "{tactic: boulware, exponent: [40, 80]}",
            "4%",
            "write rounds: 28 or more, or an exponent of at most 42.5",
        ),
        (3, "boulware", "9%", "write rounds: 4 or more, or an exponent of at most 3.3"),
        (2, "{tactic: boulware, exponent: 1}", "less than 1%", "write rounds: 3 or more"),
        (28, "{tactic: boulware, exponent: 60}", None, None),
        (10, "{tactic: boulware, exponent: 19.5}", None, None),
        (4, "boulware", None, None),
        (3, "{tactic: boulware, exponent: 3.3}", None, None),
        (1, "{tactic: boulware, exponent: 60}", None, None),
        (2, "linear", None, None),
    ],
)
def test_a_boulware_that_hardly_gives_way_before_the_end_is_pointed_out(
    rounds: int, tactic: str, share: str | None, hint: str | None, tmp_path: Path
) -> None:
    path = write(tmp_path, block(f"protocol: alternating_offers\nrounds: {rounds}\ntactics: {{red: {tactic}}}"))
    found = [w for w in load(path).warnings if w.where == "negotiation: tactics: red"]
    assert len(found) == (share is not None)
    for warning in found:
        assert warning.severity == "warning"
        assert f"with {rounds} rounds and an exponent of " in warning.what
        assert f"red gives up {share} of its best gain before the last round, and all the rest in" in warning.what
        assert warning.hint == hint
        assert warning.place.line == small.SCENARIO.count("\n") + 4
    assert not [w for w in load(path, protocol="vote").warnings if w.where == "negotiation: tactics: red"]


def test_what_the_tabled_text_breaks_binds_nobody(tmp_path: Path) -> None:
    tabled = small.SCENARIO.replace("guarantee: {option: armed", "guarantee: {option: none")
    text = tabled + block("candidates: {texts: {mine: {land: frozen}}}\nprotocol: single_text")
    loaded = load(small.write(tmp_path, {**PEOPLE, "deal.yaml": text}))
    assert [w.what.split(":")[0] for w in loaded.warnings] == ["breaks the legal constraint neutrals_stay_out"]
    assert "mine" in candidates(compile_case(loaded.scenario)).texts


# --- options and edits --------------------------------------------------------------------


def test_the_option_overrides_the_protocol_alone(tmp_path: Path) -> None:
    path = write(tmp_path, block("protocol: single_text\nrounds: 7\ntemperature: 0.1"))
    settings = load(path, protocol="vote").scenario.negotiation
    assert settings == load(path).scenario.negotiation.model_copy(update={"protocol": "vote"})
    with pytest.raises(
        Complaints, match="--protocol:1:1: error: negotiation: protocol: the text 'votes' is not one of"
    ):
        load(path, protocol="votes")


def settings_of(path: Path, *edits: str, protocol: str | None = "alternating_offers") -> schema.NegotiationSettings:
    return load(path, edits=edits, protocol=protocol).scenario.negotiation


def test_edits(tmp_path: Path) -> None:
    path = write(tmp_path, block("tactics: {red: boulware}\nproposers: [blue]"), other=OTHER)
    assert settings_of(path, "negotiation.rounds=30").rounds == 30
    assert settings_of(path, "negotiation.protocol=single_text", protocol=None).protocol == "single_text"
    assert settings_of(path, "negotiation.temperature=0..0.2", protocol="single_text").temperature == (0, 0.2)
    assert settings_of(path, "negotiation.proposers=[red, blue]", "negotiation.first_mover=red").first_mover == "red"
    assert settings_of(path, "negotiation.proposers=none").proposers is None
    assert settings_of(path, "negotiation.tactics.red=hardliner").tactics["red"].tactic == "hardliner"
    tactic = settings_of(path, "negotiation.tactics.red={tactic: conceder, exponent: 0.1..0.3}").tactics["red"]
    assert (tactic.tactic, tactic.exponent) == ("conceder", schema.Span(0.1, 0.3))
    tactic = settings_of(path, "negotiation.tactics.red.exponent=7").tactics["red"]
    assert (tactic.tactic, tactic.exponent) == ("boulware", schema.Span(7, 7))
    assert settings_of(path, "negotiation.tactics.red=none").tactics == {}
    assert settings_of(path, "negotiation.tactics.blue=linear", "negotiation.tactics=none").tactics == {}
    assert settings_of(path, "negotiation.delay_cost.blue=0..0.01").delay_cost == {"blue": schema.Span(0, 0.01)}
    assert settings_of(path, "negotiation.delay_cost.blue=0.1", "negotiation.delay_cost=none").delay_cost == {}
    assert settings_of(path, "negotiation.candidates.changes=1").candidates.changes == 1
    edit = "negotiation={rounds: 5, tactics: {blue: linear}, candidates: {changes: 1, texts: {mine: {land: ceded}}}}"
    settings = settings_of(path, edit)
    assert (settings.rounds, sorted(settings.tactics)) == (5, ["blue", "red"])
    assert settings.candidates == schema.CandidateSettings(changes=1, texts={"mine": {"land": "ceded"}})


def test_edits_of_candidates(tmp_path: Path) -> None:
    content = "candidates:\n  proposals: [other]\n  texts:\n    mine: {land: frozen}"
    path = write(tmp_path, block(content), other=OTHER, third=OTHER.replace("undecided", "neutral"))
    texts = settings_of(path, "negotiation.candidates.proposals=[third]").candidates.texts
    assert list(texts) == ["mine", "third"]
    assert texts["third"]["status"] == "neutral"
    assert list(settings_of(path, "negotiation.candidates.proposals=none").candidates.texts) == ["mine"]
    assert list(settings_of(path, "negotiation.candidates.texts=none").candidates.texts) == ["other"]
    assert list(settings_of(path, "negotiation.candidates.texts.mine=none").candidates.texts) == ["other"]
    more = settings_of(path, "negotiation.candidates.texts.more={land: ceded}").candidates.texts
    assert more["more"] == {"land": "ceded"}
    # on what is loaded already, too
    loaded = load(path, protocol="single_text")
    again = edited(loaded, ["negotiation.candidates.proposals=[third]"]).scenario.negotiation.candidates
    assert (again.proposals, list(again.texts)) == (("third",), ["mine", "third"])
    with pytest.raises(Complaints, match=r"--set\[1\]:1:35: error: .* there is no file"):
        edited(loaded, ["negotiation.candidates.proposals=[fourth]"])


@pytest.mark.parametrize(
    ("edit", "column", "what", "hint"),
    [
        ("negotiation=30", 1, "name what to set of the negotiation", "there are: protocol, rounds"),
        ("negotiatoin.rounds=30", 1, "there is no party negotiatoin", "did you mean negotiation?"),
        ("negotiation.round=30", 13, "there is no part of negotiation called round", "did you mean rounds?"),
        ("negotiation.rounds.most=30", 20, "negotiation.rounds has no part most", "write negotiation.rounds=..."),
        ("negotiation.rounds={most: 3}", 20, "expected a whole number", None),
        ("negotiation.rounds=0", 20, "must be at least 1", None),
        ("negotiation.tactics=linear", 13, "name the party whose tactic to set", "negotiation.tactics.blue=hardliner"),
        ("negotiation.tactics.rde=linear", 21, "there is no party rde", "did you mean red?"),
        ("negotiation.tactics.red=liner", 25, "is not one of boulware, linear", "did you mean linear?"),
        ("negotiation.tactics.red.speed=2", 25, "there is no part of a tactic called speed", "exponent, reciprocity"),
        ("negotiation.tactics.red.exponent.low=2", 34, "has no part low", None),
        ("negotiation.tactics.red.exponent=2", 25, "red has no tactic whose exponent could be set", "boulware"),
        ("negotiation.delay_cost=0.1", 13, "name the party whose cost of delay to set", "delay_cost.blue=0..0.01"),
        ("negotiation.delay_cost.red=-1", 28, "must lie between 0 and 1", None),
        ("negotiation.delay_cost.red.more=1", 28, "has no part more", None),
        ("negotiation.candidates=2", 13, "name what to set of the candidates", "changes, proposals, texts"),
        ("negotiation.candidates.change=2", 24, "called change", "did you mean changes?"),
        ("negotiation.candidates.texts=2", 24, "name the text to set", "texts.mine"),
        ("negotiation.candidates.texts.other={land: ceded}", 30, "other is the text of a proposal", "another name"),
        ("negotiation.candidates.texts.x.land=ceded", 32, "has no part land", None),
        ("negotiation.candidates.texts.x={lnad: ceded}", 33, "there is no issue lnad", "did you mean land?"),
        (
            "negotiation.first_mover=league",
            25,
            "league does not make offers; those who do: blue, red",
            "add it to proposers",
        ),
        ("negotiation.candidates={}", 24, "an empty mapping", None),
    ],
)
def test_wrong_edits(edit: str, column: int, what: str, hint: str | None, tmp_path: Path) -> None:
    path = write(tmp_path, block("candidates: {proposals: [other]}"), other=OTHER)
    with pytest.raises(Complaints) as found:
        load(path, edits=[edit], protocol="alternating_offers")
    (one,) = found.value.complaints
    assert what in one.what
    assert (hint or "") in (one.hint or "")
    assert (one.place.file, one.place.line, one.place.column) == ("--set[1]", 1, column)


@pytest.mark.parametrize(
    ("protocol", "edit", "column", "hint"),
    [
        (
            "vote",
            "negotiation.rounds=3",
            13,
            "choose alternating_offers or single_text, with --protocol or negotiation.protocol",
        ),
        (
            "vote",
            "negotiation={rounds: 3}",
            14,
            "choose alternating_offers or single_text, with --protocol or negotiation.protocol",
        ),
        (
            "single_text",
            "negotiation.tactics.red=linear",
            13,
            "choose alternating_offers, with --protocol or negotiation.protocol",
        ),
        (
            "alternating_offers",
            "negotiation.temperature=0.1",
            13,
            "choose single_text, with --protocol or negotiation.protocol",
        ),
    ],
)
def test_an_edit_that_the_protocol_makes_no_use_of(
    protocol: str, edit: str, column: int, hint: str, tmp_path: Path
) -> None:
    path = write(tmp_path)
    with pytest.raises(Complaints) as found:
        load(path, edits=[edit], protocol=protocol)
    (one,) = found.value.complaints
    assert one.what.startswith(f"the protocol is {protocol}, which makes no use of ")
    assert (one.place.column, one.hint) == (column, hint)
    other = "alternating_offers" if "alternating" in hint else "single_text"
    assert load(path, edits=[edit], protocol=other)
    assert load(path, edits=[edit, f"negotiation.protocol={other}"], protocol=protocol)


def test_edits_are_listed_and_saved_without_a_mark_of_basis(tmp_path: Path) -> None:
    edits = ["negotiation.tactics.red=hardliner", "negotiation.protocol=alternating_offers"]
    loaded = load(write(tmp_path / "a"), edits=edits)
    assert loaded.scenario.edits == tuple(edits)
    assert "basis: edited" not in dump_yaml(loaded.tree)
    saved = tmp_path / "b" / "scenario.yaml"
    saved.parent.mkdir()
    saved.write_text(dump_yaml(loaded.tree))
    assert load(saved).scenario == loaded.scenario
    assert load(saved, protocol="vote").scenario.edits == tuple(edits)
    # they belong to the scenario: another domain takes them along
    other = load(saved, domain=tmp_path / "a" / "domain").scenario
    assert (other.edits, other.negotiation) == (tuple(edits), loaded.scenario.negotiation)


def test_edits_in_a_file(tmp_path: Path) -> None:
    path = write(tmp_path)
    file = tmp_path / "edits" / "tough.yaml"
    file.parent.mkdir()
    file.write_text(
        "title: Tough\nedits:\n  negotiation.tactics: {red: hardliner, blue: {tactic: boulware, exponent: 9}}\n"
        "  negotiation: {rounds: 4}\n"
    )
    settings = load(path, edit_files=[file], protocol="alternating_offers").scenario.negotiation
    assert settings.rounds == 4
    assert [(t.tactic, t.exponent) for t in settings.tactics.values()] == [("hardliner", None), ("boulware", (9, 9))]


@pytest.mark.parametrize("name", ["negotiation", "random"])
def test_words_of_the_block_are_no_names_of_parties(name: str, tmp_path: Path) -> None:
    content = small.BLUE[: small.BLUE.index("positions:")].replace("blue", name)
    with pytest.raises(Complaints, match=f"{name} is a word of the format, not a name for a party"):
        load(small.write(tmp_path, {f"domain/positions/{name}.yaml": content}))


# --- what only the compiled scenario tells ------------------------------------------------


def test_a_proposer_whose_consent_nothing_needs(tmp_path: Path) -> None:
    """Status is fixed by a constraint, so that Green, asked about membership alone, is never asked."""
    rule = (
        "  - {id: never, if: {fighting: [stops, continues]}, then: {status: [neutral]}, severity: hard, why: So.}\n"
        "effects:\n"
    )
    files = {**PEOPLE, "domain/issues.yaml": small.ISSUES.replace("effects:\n", rule)}
    text = small.SCENARIO + block("proposers: [red, green]")
    path = small.write(tmp_path, {**files, "deal.yaml": text})
    assert compiled([load(path), load(path, protocol="single_text")])
    with pytest.raises(Complaints) as found:
        compiled([load(path, protocol="alternating_offers")])
    (one,) = found.value.complaints
    assert one.what == "no candidate needs the consent of green, so it has no say and makes no offers"
    assert one.hint == "write proposers: [red]"
    assert (one.place.line, one.place.column) == (12, 20)


WIDE = "".join(f"  i{j}:\n    question: Q?\n    options: {{a: x, b: x, c: x, d: x, e: x}}\n" for j in range(14))


def test_too_many_candidates_are_told_before_any_work(tmp_path: Path) -> None:
    terms = "".join(f"    i{j}: {{option: a, basis: assumed}}\n" for j in range(14))
    outcome = "        stalemate: {i0: b, i1: b, i2: b, i3: b}\n        defeat: {i0: c, i1: c, i2: c, i3: c}\n"
    issues = small.ISSUES.replace("constraints:\n", WIDE + "constraints:\n")
    issues = re.sub(r"        stalemate: .*\n        defeat: .*\n", outcome, issues)
    text = small.SCENARIO + terms + block("candidates: {changes: 3}")
    path = small.write(tmp_path, {**PEOPLE, "domain/issues.yaml": issues, "deal.yaml": text})
    assert compiled([load(path)]), "a vote has no candidates"
    for protocol in ("alternating_offers", "single_text"):
        with pytest.raises(Complaints) as found:
            compiled([load(path, protocol=protocol)])
        (one,) = found.value.complaints
        assert one.what == "36,386 candidates within 3 changes of the tabled text; there may be at most 10,000"
        assert one.hint == "write changes: 2"
        assert (one.place.file, one.place.line, one.place.column) == (str(path), 26, 25)
        assert one.where == "negotiation: candidates: changes"
    [fits] = compiled([load(path, protocol="single_text", edits=["negotiation.candidates.changes=2"])])
    assert len(candidates(fits)) <= MOST


# --- the lists agree ----------------------------------------------------------------------


def test_words_of_the_files_are_those_of_the_engine() -> None:
    assert set(get_args(schema.TacticName)) == set(TACTICS)
    assert set(get_args(schema.Protocol)) == set(PROTOCOLS) == set(RULES.built_in) == set(get_args(Protocol))
    assert set(NAMES.built_in) == set(TACTICS)
    assert set(KEYS) == set(schema.NegotiationSettings.model_fields)
    assert set(CANDIDATES) == set(schema.CandidateSettings.model_fields)
    assert {key for word in RULES.built_in for key in RULES[word].uses} | {"protocol"} == set(KEYS)


def test_every_key_of_the_block_is_documented() -> None:
    text = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    section = text[text.index("## Talks: `negotiation`") : text.index("## Files of texts")]
    rows = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert rows == {*KEYS, *CANDIDATES, *get_args(schema.Protocol), *get_args(schema.TacticName)}
    defaults = schema.NegotiationSettings()
    assert f"| `rounds` | {defaults.rounds} |" in section
    assert f"| `changes` | {defaults.candidates.changes} |" in section
    assert f"| `protocol` | `{defaults.protocol}` |" in section
    for word, tactic in TACTICS.items():
        if tactic.parameter is None:
            assert f"| `{word}` | |" in section
            continue
        setting = NAMES[word].setting
        assert setting is not None
        parameter, least, most, _ = setting
        low, high = tactic.default
        default = f"{low:g}" if low == high else f"`[{low:g}, {high:g}]`"
        cell = f"`{parameter}`, {least:g} to {most:g}, default {default}"
        assert f"| `{word}` | {cell} |" in section


def test_the_documented_example_is_in_order(tmp_path: Path) -> None:
    text = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    [example] = [e for e in examples if e.startswith("negotiation:")]
    [without] = [e for e in examples if e.startswith("title: Istanbul guarantees without Russia")]
    istanbul = (ROOT / "scenarios" / "istanbul.yaml").read_text(encoding="utf-8")
    (tmp_path / "istanbul.yaml").write_text(istanbul[: istanbul.index("negotiation:")] + example)
    (tmp_path / "istanbul_without_russia.yaml").write_text(without)
    loaded = load(tmp_path / "istanbul.yaml", domain=ROOT / "scenarios" / "domain")
    [case] = compiled([loaded])
    assert set(candidates(case).texts) == {"frozen_and_neutral", "istanbul_without_russia"}
    assert set(yaml.safe_load(example)["negotiation"]) == set(KEYS) - {"temperature"}


def test_variants_with_the_same_talks_are_checked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Case] = []

    def counted(case: Case) -> Candidates:
        calls.append(case)
        return candidates(case)

    monkeypatch.setattr(talks_checks, "candidates", counted)
    loaded = load(write(tmp_path, block("protocol: alternating_offers")))
    same = edited(loaded, ["red.status.importance=minor"])
    others = [edited(loaded, [e]) for e in ("proposal.land=frozen", "red.consent={when: [{status: [neutral]}]}")]
    compiled([loaded, same, *others, edited(loaded, ["negotiation.candidates.changes=1"])])
    assert len(calls) == 4


@pytest.fixture(scope="module")
def shipped() -> list[Loaded]:
    return load_all(SHIPPED)


def packed_texts() -> set[str]:
    """The texts of the library itself, by the list of what is packed."""
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["include"]
    found = {name.removeprefix("/scenarios/").removesuffix(".yaml") for name in packed if name.endswith(".yaml")}
    return {name for name in found if "/" not in name}


def test_shipped_blocks_put_texts_to_the_vote_unless_told_otherwise(shipped: list[Loaded]) -> None:
    assert {item.scenario.id for item in shipped} == packed_texts()
    for item in shipped:
        assert item.scenario.negotiation.protocol == "vote"
        assert item.scenario.negotiation.proposers, item.path
        assert item.scenario.negotiation.candidates.texts, item.path


def test_shipped_blocks_hold_talks_under_every_protocol() -> None:
    """Few enough candidates, proposers with a say, and every text of another proposal feasible."""
    for protocol in ("alternating_offers", "single_text"):
        loaded = load_all(SHIPPED, protocol=protocol)
        assert not [w for item in loaded for w in item.warnings if w.where.startswith("negotiation")]
        for case in compiled(loaded):
            assert 200 <= len(candidates(case)) <= MOST
