"""What the page says: templates that it fills with the figures of a draft, and the names of parties and lines.

The one place for its words; the page itself (``static/desk.js``) forms no sentence.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sim._version import __version__
from sim.engine.objections import over_line
from sim.engine.profiles import Case, Profile
from sim.files.grammar import ending, listed, plural
from sim.report.english import NO_VERDICT
from sim.report.verdict import UNKNOWN, objection_words
from sim.results.records import Filler, Settings
from sim.scenario import schema
from sim.scenario.labels import OPEN, Labels, capital, labels_of, spaced, spoken

__all__ = [
    "SAY",
    "SECTIONS",
    "SIGNS",
    "SITE",
    "STANCES",
    "abbreviations",
    "capital",
    "line_words",
    "site_about",
    "site_claim",
    "site_counts",
    "site_lead",
    "site_made_by",
    "site_modelled",
    "site_reaction",
    "site_settled",
    "site_source",
    "site_verdict",
    "words",
]

#: Templates by name; what stands in braces is filled in on the page.
SAY = {
    "and": "and",
    "open": OPEN,
    # verdicts
    "accepts": "accepts",
    "refuses": "refuses",
    "divided": "divided",
    "inferred": "refuses, inferred",
    "unknown": UNKNOWN,
    "not_asked": "not asked",
    # the headline
    "head_none": NO_VERDICT["nobody_asked"],
    "head_nothing": NO_VERDICT["nothing_settled"],
    "head_refused": "As modelled, refused by {who}. All together accept in {joint} of draws.",
    "head_divided": "As modelled, undecided: {who} divided. All together accept in {joint} of draws.",
    "head_singly": "As modelled, each accepts by itself, but all together in {joint} of draws only.",
    "head_accepted": "As modelled, accepted by all who are asked, together in {joint} of draws.",
    "head_open": "As modelled, all who are asked accept together in {joint} of draws, but nothing is agreed on "
    "{issues}.",
    "head_singly_open": "As modelled, each accepts by itself, but all together in {joint} of draws only, and nothing "
    "is agreed on {issues}.",
    "head_issues": "{count} issues",
    "over": "{party} over {objection}",
    "evidence_refused": "On the evidence alone, refused by {who}.",
    "evidence_unknown": "On the evidence alone, unknown: it leaves open what {who} would do.",
    "evidence_accepted": "On the evidence alone, accepted by all who are asked.",
    # bars
    "together": "All who are asked, together",
    "nobody": "Nobody is asked.",
    "was": "{share} →",
    "was_title": "text: {share}",
    "interval": "sampling error: {low} to {high}",
    "by_layer": "By lines that bind: {layers}.",
    "layer": "{layer} {share}",
    "silent": "The sources are silent on this party.",
    "by_itself": "without its members {share}",
    "strip": "All together {joint}",
    "not_needed": "consent not needed",
    "against": "against {objection}",
    "asks": "no worse than no deal, but asks for {demands}",
    "alone": "alone in refusing in {share} of draws",
    "vote": "the vote is won in {passes}; in {polls} if only polls count, in {mixed} if voters differ in what "
    "no poll asked",
    "on_evidence": "On the evidence {range}.",
    "range": "{low} to {high}",
    # the text
    "positions": "Who says so",
    "positions_on": "Who says so: {issue}",
    "open_how": "Nothing is agreed on it: it stays as no deal leaves it.",
    "together_head": "all",
    "weakest_head": "least",
    "refusing_head": "refuse",
    "figures_joint": "Beside each option: share of draws in which all who are asked accept the text with it.",
    "figures_weakest": "No single change makes all accept in more than a few draws. Beside each option: the "
    "share of the "
    "party that accepts least with it.",
    "figures_refusing": "Several parties stand in the way, whatever single term is changed. Beside each "
    "option: how many "
    "parties refuse on average.",
    "refusing": "On average {count} refuse.",
    "weakest": "Least: {party} ({share}).",
    "violated": "Violates a {severity} constraint: {why}",
    "violates": "Violates {rules}.",
    "would_violate": "Violates {rules}.",
    "would_drop": "No longer asks {who}.",
    "sign_violates": "⚠",
    "sign_drops": "⊖",
    "meaning_violates": "violates a constraint",
    "meaning_drops": "no longer asks a party",
    "sign_leaves": "◌",
    "meaning_leaves": "settles nothing",
    # marks
    "sign_best": "▲",
    "sign_middle": "•",
    "sign_worst": "▼",
    "sign_rest": "◦",
    "sign_even": "=",
    "sign_line": "✕",
    "sign_refused": "⊘",
    "sign_unknown": "?",
    "sign_number": "#",
    "mark_best": "ranks it first ({basis})",
    "mark_middle": "ranks it between ({basis})",
    "mark_worst": "ranks it last ({basis})",
    "mark_rest": "among the rest, unordered ({basis})",
    "mark_even": "all the same to it ({basis})",
    "mark_line": "red line ({basis})",
    "mark_refused": "refused in this combination ({basis})",
    "mark_unknown": "view unknown",
    "mark_number": "worth given as numbers ({basis})",
    # the draft
    "unchanged": "As the text has it.",
    "importance_changed": "{issue} for {party}: importance {importance}",
    "undo_this": "Undo: {change}",
    "as_read": "as read ({importance})",
    "what_if": "Importance, for trial:",
    "edits_title": "Changes to {title}",
    "file_note": "Set on the page; the text had: {option}.",
    "edits_saved": "Saved {file}; sim run takes it behind --with.",
    "file_saved": "Lay {file} beside the text's own file, then: {command}",
    "file_refused": "The command will refuse it: it breaks {rules}.",
    "file_without": "Importance does not stand in a scenario's file; save the edits for it.",
    "copied": "Copied.",
    "copied_here": "It opens where this file lies: send the file too.",
    "best_joint": "{change} (all together {share})",
    "best_weakest": "{change} (weakest party {share})",
    "best_refusing": "{change} ({share} refuse on average)",
    "best_none": "No single change helps without dropping a party or violating a constraint.",
    "open_many": "More than 512 ways to close what is open: not counted here.",
    "open_none": "What is open cannot be closed without violating a constraint.",
    "open_ways": "Open: {ways} ways to close it. All accept one way or another in {some} of draws, every way "
    "in {every}; "
    "the best way {best}, the worst {worst}.",
    "filler": "Filler (terms that are not in the sources): {terms}. Over other fillings the joint share is {range}.",
    "filler_many": "Filler (terms that are not in the sources): {terms}; too many other fillings to count here.",
    # the rest of the page
    "skip": "To the text",
    "parts": "Parts of this page",
    "about": "Text of {date}; positions of {day}; {draws} draws, seed {seed}.",
    "text_title": "The text, issue by issue",
    "text_how": "Choose another option, and every party answers at once. A mark in each party's column says "
    "what it makes "
    "of the option; the button beside each question shows on what that rests.",
    "search": "Only issues with the words",
    "search_count": "{count} of {issues} issues have them.",
    "search_also": "{count} of {issues} issues have them. Shown besides, as changed or violated: {also}.",
    "legend": "What the marks mean",
    "tools": "Steps",
    "undo": "Undo",
    "redo": "Redo",
    "reset": "Back to the text",
    "presets": "Start from",
    "bars_how": "Bar: share of draws in which the party accepts. Dotted line: one half. Bracket below: what the "
    "evidence alone allows, whatever is assumed; unknown, where that leaves both answers open.",
    "bars_was": "Blue line, and the figure before the arrow: the text as it stands, where the draft is another.",
    "best_title": "Single changes that help most",
    "best_how": "Those that drop no party, violate no constraint and leave nothing open.",
    "draft_title": "What the draft changes",
    "sending": "Pass the draft on",
    "copy_link": "Copy link",
    "copy_command": "Copy as command",
    "save_edits": "Save edits",
    "save_scenario": "Save as scenario",
    "copied_what": "What was copied",
    "close": "Close",
    "noscript": "Switching terms needs scripts; what stands here without them is the text as it is.",
    # the map and the evidence
    "below_desk": "From here on everything is about the text itself, whatever the draft on the desk.",
    "map_title": "Where each party stands on each issue",
    "map_how": "Each cell, from the top: what the party makes of the text's term; how important the issue is to it; "
    "what it ranks first (where it minds little else, what it ranks last), and its red lines and refusals. Each leads "
    "to its evidence.",
    "map_forms": "Filled: stated in a source. Outlined: inferred from one. Dashed: assumed.",
    "map_issue": "Issue, and what the text says",
    "stands_line": "crosses its red line ({basis})",
    "stands_open": "left open by the text",
    "sign_open": "–",
    "weighs": "importance",
    "weighs_unknown": "importance unknown",
    "ranked_best": "ranks first",
    "ranked_worst": "ranks last",
    "ranked_line": "red line",
    "ranked_refused": "refuses",
    "more": "and {count} more",
    "positions_title": "Who says so: positions and their evidence",
    "positions_how": "By issue: what the text says, then each party's order of the options, importance, red lines and "
    "refusals, each with its basis and sources.",
    "text_says": "The text",
    "no_deal_title": "What each expects of no deal",
    # the method
    "method_title": "Method and limits",
    "method_figures": "Each draw is one set of preferences that agrees with the sources: values in the order of each "
    "party's ranking and weights in the order of importance, otherwise at random. A party accepts in a draw where the "
    "text is no worse to it than no deal and crosses none of its red lines; that is not to say that it would ask for "
    "nothing more. A share counts draws, so it says how far the sources leave the answer open; it is no probability "
    "that the party will say yes.",
    "method_error": "sampling error moves no share by more than {points} points either way, 19 times in 20",
    "method_convention": "That all preferences which agree with the sources count alike is a convention: a party of "
    "which little is known drifts to one half. What the model leaves out may move a share much further.",
    "method_positions": "Of {count} positions, a party on an issue each, {counts}.",
    "method_count": "{count} are {basis}",
    "method_terms": "Of {all} terms of the text {count} are not in the sources.",
    "method_no_deal": "What no deal would bring is assumed for {who}.",
    "method_bases": "Stated is what stands in the party's own words, inferred what is read out of its acts, of "
    "reports or of polls, assumed the modeller's own. The bracket below a bar takes everything assumed as unknown.",
    "method_left_out": "Left out: what was said behind closed doors; positions taken after {day}; bluff, bargaining "
    "and side deals; divisions within a party; issues that matter only together, apart from the refusals and effects "
    "listed; and whether a deal would be carried out.",
    "made_by": "Made by: sim report {command}, sim {version}; scenario {hash}.",
    # links
    "other_pack": "This link was made from other positions or draws: figures may differ from those that were sent.",
    "no_option": "The link asks for '{option}' on {issue}, which is no option here.",
    "no_name": "The link asks for {name}, which is unknown here.",
}

#: The legend of the marks: kind, basis that decides its form, meaning.
SIGNS = (
    ("best", "", "ranked first"),
    ("middle", "", "between"),
    ("rest", "", "among the rest"),
    ("worst", "", "ranked last"),
    ("even", "", "all the same"),
    ("line", "stated", "red line, stated"),
    ("line", "inferred", "inferred"),
    ("line", "assumed", "assumed"),
    ("refused", "stated", "refused in this combination"),
    ("unknown", "", "view unknown"),
)

#: What stands below the desk, filled in where the page is written.
SECTIONS = {
    "in_desk": "Try it",
    "in_desk_of": "Try it in the desk: {what}",
    "move": "{before} → {after} ±{error}",
    "moves": "Share of draws in which all accept together: ring, the text as it is; dot, changed so; dotted line, one "
    "half; ±, sampling error in points.",
    # what the verdict turns on
    "levers_title": "What the verdict turns on",
    "levers_how": "Edits of what a party wants, strongest first; no evidence that it would move.",
    "edits_title": "One edit",
    "dropped_title": "Without lines",
    "turns": "becomes {verdict}",
    "stays": "stays {verdict}",
    # the best amendments
    "amendments_title": "Best amendments",
    "helps": "helps",
    "costs": "costs",
    "nobody": "nobody",
    "side": "{name} ({before} → {after})",
    "newly": "asks {who} too",
    "fewer_title": "Not counted above: by no longer asking somebody",
    "no_longer": "no longer asks {who}, whose refusal then does not count",
    "forced": "follows from a constraint: {why}",
    "breaks": "violates {rule}",
    # the best packages
    "search_title": "Would any text do?",
    # several texts
    "comparison_title": "The texts side by side",
    "comparison_how": "Share of draws in which each accepts, red where few and blue where most; sampling error "
    "±{error} points at most.",
    "bracket": "Bracket: what the evidence alone allows, whatever is assumed; tick, one half.",
    "comparison_text": "Text",
    "comparison_joint": "All together",
    "on_desk": "on the desk",
    "day": "positions of {day}",
    "allows": "evidence: {range}",
    "terms_title": "What each says otherwise than the text on the desk",
    "terms_differ": {True: "1 term differs", False: "{count} terms differ"},
    "terms_same": "the same terms",
    "terms_other": "its issues are others",
    "terms_issue": "Issue",
    "terms_here": "Text on the desk",
    "terms_there": "This text",
    # data
    "data_title": "Data to download",
    "data_how": "Every figure of this page, as a command prints it.",
    "data_result": "The result",
    "data_levers": "What the verdict turns on",
    "data_amendments": "Best amendments",
    "data_comparison": "The texts side by side",
    "data_pack": "The draws that the desk counts",
    "save": "Save {file} ({size})",
    "data_noscript": "Saving needs scripts; without them the commands print the same.",
}

#: What is said of a party in a table of texts, with its sign.
STANCES = {
    "accepts": "✓",
    "refuses": "✕",
    "refuses, inferred": "✕",
    "divided": "≈",
    UNKNOWN: "?",
    "silent": "–",
    "not asked": "–",
}


def words(case: Case, labels: Labels, *, sourced: bool) -> dict[str, Any]:
    """What the page needs to speak: templates, parties by id, objections over lines by party.

    ``sourced``: something in the domain rests on a source, so that there is something to say of the evidence.
    """
    parties = {
        p.id: {"name": p.name, "spoken": spoken(p.name), "short": short}
        for p, short in zip(case.profiles, abbreviations([p.name for p in case.profiles]), strict=True)
    }
    lines = {p.id: line_words(p, labels) for p in case.profiles}
    return {"say": SAY, "sourced": sourced, "parties": parties, "lines": lines}


def line_words(profile: Profile, labels: Labels) -> list[str]:
    """What a party has against a text that crosses a line, for each of its lines."""
    return [objection_words(over_line(line, 1.0, None), labels, profile.id) for line in profile.lines]


def abbreviations(names: list[str]) -> list[str]:
    """Two or three letters for each name, all different: initials of several words, else the beginning.

    >>> abbreviations(["Russia", "United States", "Ukraine", "Ukrainian public"])
    ['Rus', 'US', 'Ukr', 'UP']
    """
    out: list[str] = []
    for name in names:
        parts = name.split()
        initials = "".join(word[0] for word in parts if word[0].isupper() or len(parts) < 3).upper()
        short = name[:3] if len(parts) == 1 or len(initials) < 2 else initials[:3]
        if name.isupper():
            short = name[:4]
        number = 2
        while short in out:
            short, number = f"{short.rstrip('0123456789')[:2]}{number}", number + 1
        out.append(short)
    return out


# --- the site --------------------------------------------------------------------------------------

#: What the index and the sources of a site say, apart from what stands in :data:`SAY`.
SITE = {
    "title": "Would they sign?",
    "lead": "{texts}, and what each party makes of them as far as its stated positions tell: who accepts, who refuses "
    "and over what, and how much of that rests on evidence. Open one to read it and to switch its terms.",
    "all_texts": "All texts",
    "sources": "Sources",
    "skip": "To the texts",
    "parts": "On this page",
    "counts": "{texts}; {claims} from {documents}.",
    "settled": "On the evidence alone: {counts}.",
    "text": "Text",
    "together": "All asked, together",
    "no_verdict": "no verdict",
    "evidence": "on the evidence",
    "verdict": "{verdict}.",
    "verdict_over": "{verdict}, over {objections}.",
    "modelled_over": "As modelled refused, over {objections}.",
    "same_day": "Of {date}",
    "other_day": "Of {date}, positions of {day}",
    "filler": "{assumed} of {terms} terms not in the sources",
    "legend": "How to read the table",
    "bar": "Bar: share of draws in which the party accepts. Dotted line: one half. Bracket below, and the figures "
    "under it: what the evidence alone allows, whatever is assumed. Positions are those of the text's day, where no "
    "other is named.",
    "made_by": "Made by: sim site, version {version}; {draws} draws, {seed} {seeds}.",
    # sources
    "sources_lead": "Every document of the register, by date, with the claims taken from it and what rests on each.",
    "dated_from": "dated from: {how}",
    "claim_about": "{who} on {issue}, {date}; {strength}, {attribution}",
    "speaker": "{party} ({speaker})",
    "place": "place {place}",
    "note": "Note: {note}",
    "used_by": "Used by:",
    "unused": "No position or rule rests on it, and no text here.",
    "no_claims": "No claim is taken from it.",
    "terms": "terms on {issues}",
    "reaction": "what {party} said of '{text}'",
    "years": "Years",
}


def site_lead(texts: int) -> str:
    """What the index is about."""
    return SITE["lead"].format(texts=plural(texts, "text"))


def site_made_by(settings: Sequence[Settings]) -> str:
    """What a site was made with; seeds where texts have their own."""
    seeds = dict.fromkeys(str(x.seed) for x in settings)
    draws = f"{settings[0].draws:,}"
    seed = ending(len(seeds), "seed", "seeds")
    return SITE["made_by"].format(version=__version__, draws=draws, seed=seed, seeds=listed([*seeds]))


def site_counts(texts: int, domain: schema.Domain) -> str:
    """How much there is of a domain."""
    claims, documents = plural(len(domain.evidence), "claim"), plural(len(domain.sources.sources), "document")
    return SITE["counts"].format(texts=plural(texts, "text"), claims=claims, documents=documents)


def site_settled(words: Sequence[str]) -> str:
    """How many texts come out how, the most frequent first."""
    return SITE["settled"].format(counts="; ".join(f"{count} {word}" for word, count in Counter(words).most_common()))


def site_verdict(verdict: str, over: Sequence[str]) -> str:
    """A verdict in a few words, and over what those refuse who stand in the way."""
    return SITE["verdict_over" if over else "verdict"].format(verdict=capital(verdict), objections=listed(over))


def site_modelled(over: Sequence[str]) -> str:
    """Over what a text is refused as modelled; nothing where it is not."""
    return SITE["modelled_over"].format(objections=listed(over)) if over else ""


def site_about(date: dt.date, day: dt.date, filler: Filler | None) -> str:
    """The days of a text and of the positions, and how much of it is filler."""
    days = SITE["same_day" if date == day else "other_day"].format(date=date, day=day)
    if filler is None:
        return f"{days}."
    return f"{days}; {SITE['filler'].format(assumed=filler.assumed_terms, terms=filler.terms)}."


def site_source(source: schema.Source) -> str:
    """Who published a document and when, and how it was read."""
    parts = [source.publisher, str(source.date)]
    if source.inferred_from is not None:
        parts.append(SITE["dated_from"].format(how=source.inferred_from.removesuffix(".")))
    return "; ".join([*parts, source.origin, spaced(source.status)])


def site_claim(row: schema.Evidence, domain: schema.Domain) -> str:
    """Whose words a claim is, on what, and where they stand."""
    actor = domain.sources.actors.get(row.party)
    party = row.party if actor is None else actor.name
    who = SITE["speaker"].format(party=party, speaker=row.speaker) if row.speaker else party
    issue = labels_of(domain).issue(row.issue)
    about = SITE["claim_about"].format(
        who=who, issue=issue, date=row.date, strength=spaced(row.strength), attribution=spaced(row.attribution)
    )
    return about if row.place is None else f"{about}; {SITE['place'].format(place=row.place)}"


def site_reaction(party: str, text: str) -> str:
    """That a claim tells what a party said of a text."""
    return SITE["reaction"].format(party=party, text=text)
