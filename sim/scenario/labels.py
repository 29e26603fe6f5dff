"""The names that a reader sees: of issues, options, refusals, texts and parties, in tables and in sentences.

Files are written with ids. A ``label`` beside one says how to call it; without a label it is the id with blanks for
underscores. Every result carries :class:`Labels`, so that a saved one is shown by the same names without its files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from sim.files.arguments import UnknownName
from sim.files.complaints import closest, did_you_mean
from sim.scenario import schema

#: How an issue without an option is called.
OPEN = "left open"

#: Names with an article in an English sentence: by their last word, by the first of "X of Y", or as they are.
_LAST = frozenset((
    "States", "Kingdom", "Union", "Federation", "Republic", "Emirates", "Nations", "Islands", "Netherlands",
    "Philippines", "public", "parliament", "government", "opposition", "council", "commission", "alliance", "Ministry",
))  # fmt: skip
_FIRST = frozenset(("Parliament", "Government", "Council", "House", "Ministry", "Republic", "Kingdom", "Union"))
_WHOLE = frozenset(("US", "USA", "UK", "EU", "UN", "USSR", "GDR"))


def spaced(id: str) -> str:
    """An id as words."""
    return id.replace("_", " ")


def spoken(name: str) -> str:
    """A name as it stands in a sentence: with an article where English wants one."""
    words = name.split()
    if not words or words[0].lower() in ("the", "a", "an"):
        return name
    of = re.match(r"(\w+) of ", name)
    if words[-1] in _LAST or name in _WHOLE or (of is not None and of.group(1) in _FIRST):
        return f"the {name}"
    return name


#: Ends of names that are no plurals, and names that look like plurals and are singular.
_SINGULAR_ENDS = ("ss", "us", "is", "as", "os")
#: In the name of one country, where they have a capital: the United States, but European states.
_COUNTRY_ENDS = ("states", "nations", "emirates", "islands", "netherlands")
_SINGULAR = frozenset(("Philippines", "Seychelles", "Maldives", "Wales", "Brussels"))


def verb(*names: str, singular: str) -> str:
    """A verb for parties in a sentence, from its singular: of several, or of one named in the plural, without ``s``.

    ``Operators`` and ``European states`` accept; ``United States`` and ``Cyprus`` accepts.
    """
    if len(names) == 1:
        [name] = names
        last = name.split()[-1] if name.split() else ""
        country = last[:1].isupper() and last.lower().endswith(_COUNTRY_ENDS)
        if not last.endswith("s") or country or last.lower().endswith(_SINGULAR_ENDS) or last in _SINGULAR:
            return singular
    return {"is": "are", "has": "have"}.get(singular) or singular.removesuffix("s")


def possessive(name: str) -> str:
    """Whose: ``the United States'``, ``Russia's``."""
    return f"{spoken(name)}'" if name.endswith("s") else f"{spoken(name)}'s"


def capital(text: str) -> str:
    """With a capital letter, as a sentence begins."""
    return text[:1].upper() + text[1:]


def party_meant(name: str, parties: Mapping[str, str]) -> str | None:
    """The id of the party with this id or, whatever its capitals, this id or name (``parties`` is id to name).

    None where there is no such party, or more than one.
    """
    if name in parties:
        return name
    plain = " ".join(name.split()).casefold()
    alike = [p for p, called in parties.items() if plain in (p.casefold(), " ".join(called.split()).casefold())]
    return alike[0] if len(alike) == 1 else None


def did_you_mean_party(name: str, parties: Mapping[str, str], others: Iterable[str] = ()) -> str | None:
    """A hint for an id that no party has: the party whose id or name (``parties`` is id to name) comes nearest.

    ``others`` are words that stand where an id of a party may.
    """
    ids = {p.lower(): p for p in (*others, *parties)} | {n.lower(): p for p, n in parties.items()}
    near = closest(name, ids)
    return f"did you mean {ids[near.lower()]}?" if near else did_you_mean(name, [*parties, *others], most=20)


class _Row(Protocol):
    @property
    def id(self) -> str: ...


_PartyRow = TypeVar("_PartyRow", bound=_Row)


def row_of_party(id: str, rows: Iterable[_PartyRow]) -> _PartyRow:
    """The row of the party of an id. Raises UnknownName, with what may be meant, where there is none."""
    by_id = {row.id: row for row in rows}
    if id not in by_id:
        names = {known: getattr(row, "name", known) for known, row in by_id.items()}
        raise UnknownName("party", id, names, did_you_mean_party(str(id), names))
    return by_id[id]


class Labels(BaseModel):
    """What to call the issues, options, refusals, demands and texts of a result.

    ``issues`` is id to label; ``options`` by issue, ``refusals`` and ``demands`` by party; ``texts`` are other texts
    than the one scored that the result names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issues: dict[str, str] = {}
    options: dict[str, dict[str, str]] = {}
    refusals: dict[str, dict[str, str]] = {}
    demands: dict[str, dict[str, str]] = {}
    texts: dict[str, str] = {}

    def _named(self, id: str, label: str) -> str:
        """How sentences name what files name by its id: by both, where the label says more."""
        return id if label.casefold() == spaced(id).casefold() else f"{id} ({label})"

    def issue(self, id: str) -> str:
        """An issue as it is shown."""
        return self.issues.get(id) or spaced(id)

    def option(self, issue: str, id: str | None) -> str:
        """An option's label; :data:`OPEN` for none."""
        return OPEN if id is None else self.options.get(issue, {}).get(id) or spaced(id)

    def term(self, issue: str, id: str | None) -> str:
        """``issue: option``."""
        return f"{self.issue(issue)}: {self.option(issue, id)}"

    def change(self, issue: str, before: str | None, after: str | None) -> str:
        """``issue: option -> option``; ``open`` for no option."""
        old, new = ("open" if o is None else self.option(issue, o) for o in (before, after))
        return f"{self.issue(issue)}: {old} -> {new}"

    def issue_id(self, id: str) -> str:
        """An issue by its id, which files and edits name, and by its label where that says more."""
        return self._named(id, self.issue(id))

    def option_id(self, issue: str, id: str | None) -> str:
        """As :meth:`issue_id`, an option."""
        return OPEN if id is None else self._named(id, self.option(issue, id))

    def option_again(self, issue: str, id: str) -> str:
        """An option that a sentence has named already: by its id alone."""
        return id

    def outcome_id(self, id: str) -> str:
        """An outcome of no deal by its id."""
        return id

    def terms_ids(self, terms: Mapping[str, Iterable[str]]) -> str:
        """Issues with options any of which will do, as :meth:`issue_id`."""
        each = ((i, " or ".join(self.option_id(i, o) for o in options)) for i, options in terms.items())
        return "; ".join(f"{self.issue_id(i)}: {words}" for i, words in each)

    def ranking_ids(self, issue: str, levels: Iterable[Iterable[str]]) -> str:
        """Levels of tied options, best first, as :meth:`issue_id`."""
        return " > ".join(" ~ ".join(self.option_id(issue, o) for o in level) for level in levels)

    def refusal_id(self, party: str, id: str) -> str:
        """As :meth:`issue_id`, a refusal."""
        return self._named(id, self.refusals.get(party, {}).get(id) or spaced(id))

    def demand_id(self, party: str, id: str) -> str:
        """As :meth:`issue_id`, a demand."""
        return self._named(id, self.demands.get(party, {}).get(id) or spaced(id))

    def terms(self, package: Mapping[str, str | None]) -> str:
        """A package as it is shown."""
        return ", ".join(self.term(issue, option) for issue, option in package.items())

    def refusal(self, party: str, id: str | None) -> str:
        """A refusal's label in quotation marks."""
        return f"'{self.refusals.get(party, {}).get(id or '') or spaced(id or '')}'"

    def demand(self, party: str, id: str) -> str:
        """A demand's label in quotation marks."""
        return f"'{self.demands.get(party, {}).get(id) or spaced(id)}'"

    def text(self, id: str) -> str:
        """Another text as it is shown."""
        return self.texts.get(id) or spaced(id)


class WithoutIds(Labels):
    """The same for readers who see no files: sentences name things by their labels alone."""

    def _named(self, id: str, label: str) -> str:
        return label

    def option_again(self, issue: str, id: str) -> str:
        """By its label."""
        return self.option(issue, id)

    def outcome_id(self, id: str) -> str:
        """In words."""
        return spaced(id)


def issue_labels(domain: schema.Issues) -> Labels:
    """The names of issues and options alone."""
    return Labels(
        issues={i: issue.label or spaced(i) for i, issue in domain.issues.items()},
        options={
            i: {o: option.label or spaced(o) for o, option in issue.options.items()}
            for i, issue in domain.issues.items()
        },
    )


def labels_of(domain: schema.Domain, texts: Mapping[str, str] | None = None) -> Labels:
    """The names that a domain's files give; ``texts`` are names of other texts, by id."""
    refusals = {
        p: {r.id: r.label or spaced(r.id) for r in party.refuses}
        for p, party in domain.positions.items()
        if party.refuses
    }
    demands = {
        p: {d.id: d.label or spaced(d.id) for d in party.asks} for p, party in domain.positions.items() if party.asks
    }
    update = {"refusals": refusals, "demands": demands, "texts": dict(texts or {})}
    return issue_labels(domain.issues).model_copy(update=update)


def together(several: Iterable[Labels]) -> Labels:
    """One for results side by side; of the same id the first label counts."""
    issues: dict[str, str] = {}
    options: dict[str, dict[str, str]] = {}
    refusals: dict[str, dict[str, str]] = {}
    demands: dict[str, dict[str, str]] = {}
    texts: dict[str, str] = {}
    for one in several:
        issues = one.issues | issues
        texts = one.texts | texts
        for mine, theirs in ((options, one.options), (refusals, one.refusals), (demands, one.demands)):
            for key, names in theirs.items():
                mine[key] = names | mine.get(key, {})
    return Labels(issues=issues, options=options, refusals=refusals, demands=demands, texts=texts)
