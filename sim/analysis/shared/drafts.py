"""Texts of a file that holds several of them, without a domain: read, checked, and made scenarios of a library.

An issue that a text does not name it leaves open, and so does it with an issue or option that the library lacks where
the term says under ``else`` what stands in its place there. What a term rests on is said in words of its note: claims
are the library's, and a file of texts younger than the library may cite none of them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from sim.analysis.shared.readings import ForecastTerm
from sim.files import nodes
from sim.files.complaints import Complaint, collecting, raise_all
from sim.files.nodes import Mapping, Scalar
from sim.scenario import schema
from sim.scenario.fields import Day, Name, Text, fault
from sim.scenario.issues_in_force import NONE_LATER, NotYet
from sim.scenario.loading import Loaded, finished
from sim.scenario.validation import Cache, faults_of

#: Stands under ``else`` for a term that is then left open.
OPEN = "open"


class DraftTerm(schema.Model):
    """A term: an option, or that it is left open; ``otherwise`` is what stands for an option that a library lacks."""

    option: Name | None = None
    open: bool = False
    basis: Literal["stated", "inferred", "proposed", "assumed"]
    otherwise: Annotated[Name | None, Field(alias="else")] = None
    note: Text | None = None

    @model_validator(mode="after")
    def _option_or_open(self) -> DraftTerm:
        if (self.option is None) == (not self.open):
            raise fault("term", "give either option: or open: true")
        if self.open and self.otherwise is not None:
            raise fault("term", "else stands for an option, and the term is open; delete else")
        return self


class Draft(schema.Model):
    """A text of the file."""

    title: Text
    label: Text | None = None
    date: Day
    summary: Text
    sources: tuple[Text, ...] = ()
    terms: Annotated[dict[Name, DraftTerm], Field(min_length=1)]
    note: Text | None = None

    @property
    def name(self) -> str:
        """What to call it in tables."""
        return self.label or self.title


class Drafts(schema.Model):
    """A file of texts."""

    title: Text
    note: Text | None = None
    texts: Annotated[dict[Name, Draft], Field(min_length=1)]


def drafts(tree: nodes.Node) -> Drafts:
    """The file as a model. Raises Complaints."""
    try:
        return Drafts.model_validate(nodes.to_plain(tree), by_alias=True, by_name=False)
    except ValidationError as error:
        raise_all(faults_of(error, Drafts, tree, ()))
        raise


def spoken_terms(draft: Draft, issues: schema.Issues) -> dict[str, ForecastTerm]:
    """What a text says in a library, issue by issue; what the library has no word for stands there as it is."""
    out = {}
    for issue, term in draft.terms.items():
        known = issues.issues.get(issue)
        lacking = term.otherwise is not None and (known is None or term.option not in known.options)
        option = (None if term.otherwise == OPEN else term.otherwise) if lacking else term.option
        out[issue] = ForecastTerm(option=option, basis=term.basis, instead_of=term.option if lacking else None)
    return out


def loaded_texts(
    tree: Mapping, file: Drafts, domain: Mapping, empty: Loaded, cache: Cache, later: NotYet
) -> dict[str, Loaded]:
    """The texts as scenarios of a library, by id. Raises Complaints about all of them.

    ``empty`` is the scenario of the library that leaves every issue open, from which they have all else; ``later`` are
    issues that it lacks, for its day is too early.
    """
    complaints: list[Complaint] = []
    out: dict[str, Loaded] = {}
    issues = empty.scenario.domain.issues
    for id, draft in file.texts.items():
        node = nodes.find(tree, ("texts", id))
        assert isinstance(node, Mapping)
        terms = nodes.find(empty.tree, ("proposal", "terms"))
        assert isinstance(terms, Mapping)
        for issue, term in spoken_terms(draft, issues).items():
            if issue in issues.issues or term.instead_of is None:
                terms = terms.having(issue, _term(node, issue, term), nodes.place_of(node, ("terms", issue), key=True))
        with collecting(complaints):
            out[id] = in_domain(_scenario(node, id, terms, empty), domain, cache, later)
    raise_all(complaints)
    return out


def in_domain(text: Mapping, domain: Mapping, cache: Cache, later: NotYet = NONE_LATER) -> Loaded:
    """A scenario of two trees, put together as a saved run holds them. Raises Complaints."""
    return finished(text.having("domain", domain), Path(text.place.file).absolute(), cache, later=later)


def _term(node: Mapping, issue: str, term: ForecastTerm) -> Mapping:
    """A term as a scenario has it, at the place where the file has it; that nobody's claim stands behind it."""
    at = nodes.place_of(node, ("terms", issue))
    option = nodes.place_of(node, ("terms", issue, "option"))
    says = {"open": Scalar(True, at)} if term.option is None else {"option": Scalar(term.option, option)}
    basis = "assumed" if term.basis == "assumed" else "proposed"
    return nodes.mapping({**says, "basis": Scalar(basis, at)}, at)


def _scenario(node: Mapping, id: str, terms: Mapping, empty: Loaded) -> Mapping:
    """A scenario without its domain."""
    proposal = nodes.mapping({"date": node.items["date"], "summary": node.items["summary"], "terms": terms}, node.place)
    base = empty.tree.without("domain", "proposal")
    text = replace(base, place=node.place).having("id", Scalar(id, node.place))
    return text.having("title", node.items["title"]).having("proposal", proposal)
