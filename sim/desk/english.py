"""What the page says: templates that it fills with the figures of a draft, and the names of parties and lines.

The one place for its words; the page itself (``static/desk.js``) forms no sentence.
"""

from __future__ import annotations

from typing import Any

from sim.engine.objections import over_line
from sim.engine.profiles import Case
from sim.report.english import NO_VERDICT
from sim.report.verdict import UNKNOWN, objection_words
from sim.scenario.labels import OPEN, Labels, capital, spoken

__all__ = ["SAY", "SIGNS", "abbreviations", "capital", "words"]

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
    # the headline
    "head_none": NO_VERDICT["nobody_asked"],
    "head_nothing": NO_VERDICT["nothing_settled"],
    "head_refused": "Refused by {who}. All together accept in {joint} of draws.",
    "head_divided": "Undecided: {who} divided. All together accept in {joint} of draws.",
    "head_singly": "Each accepts by itself, but all together in {joint} of draws only.",
    "head_accepted": "Accepted by all who are asked, together in {joint} of draws.",
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
    "with_members": "with its members {share}",
    "strip": "All together {joint}",
    "not_needed": "consent not needed",
    "against": "against {objection}",
    "alone": "alone in refusing in {share} of draws",
    "vote": "the vote is won in {passes}; in {polls} if only polls count, in {mixed} if voters differ in what "
    "no poll asked",
    "on_evidence": "On the evidence {range}.",
    "range": "{low} to {high}",
    # the text
    "positions": "Who says so",
    "positions_on": "Who says so: {issue}",
    "together_head": "all",
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
    # marks
    "sign_best": "▲",
    "sign_middle": "•",
    "sign_worst": "▼",
    "sign_rest": "∙",
    "sign_line": "✕",
    "sign_refused": "⊘",
    "sign_unknown": "?",
    "sign_number": "#",
    "mark_best": "ranks it first ({basis})",
    "mark_middle": "ranks it between ({basis})",
    "mark_worst": "ranks it last ({basis})",
    "mark_rest": "among the rest, in no known order ({basis})",
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
    "file_saved": "Lay {file} beside the text's own file, then: {command}",
    "file_refused": "The command will refuse it: it breaks {rules}.",
    "file_without": "Importance does not stand in a scenario's file; save the edits for it.",
    "copied": "Copied.",
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
    "evidence alone allows, whatever is assumed. Blue line, and the figure before the arrow: the text as it stands, "
    "where the draft is another.",
    "best_title": "Single changes that help most",
    "draft_title": "What the draft changes",
    "sending": "Pass the draft on",
    "copy_link": "Copy link",
    "copy_command": "Copy as command",
    "save_edits": "Save edits",
    "save_scenario": "Save as scenario",
    "copied_what": "What was copied",
    "close": "Close",
    "noscript": "Switching terms needs scripts; what stands here without them is the text as it is.",
    "positions_title": "Where each party stands, and who says so",
    "positions_how": "By issue: order of the options, importance, red lines and refusals, each with its basis "
    "and sources.",
    "method_title": "How to read this",
    "method": "For each party, 'draws' are sets of preferences that agree with what the sources say: random "
    "values in "
    "the order of its ranking, random weights in the order of importance. A party accepts in a draw where the "
    "text is "
    "no worse to it than no deal and crosses none of its red lines. A share is how many of these sets accept, so it "
    "says how far the sources leave the answer open. It is no probability that the party will say yes.\n"
    "'Accepts' means no worse than no deal, not that a party would ask for nothing more. Stated lines are in the "
    "party's own words, inferred ones read out of its acts or of polls, assumed ones are the modeller's. The bracket "
    "counts everything assumed as unknown.\n"
    "Sampling error is under 2.2 points either way at 2,048 draws; what the model leaves out may be far larger. "
    "Parties that are not modelled are not counted.",
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
    ("line", "stated", "red line, stated"),
    ("line", "inferred", "inferred"),
    ("line", "assumed", "assumed"),
    ("refused", "stated", "refused in this combination"),
    ("unknown", "", "view unknown"),
)


def words(case: Case, labels: Labels, *, sourced: bool) -> dict[str, Any]:
    """What the page needs to speak: templates, parties by id, objections over lines by party.

    ``sourced``: something in the domain rests on a source, so that there is something to say of the evidence.
    """
    parties = {
        p.id: {"name": p.name, "spoken": spoken(p.name), "short": short}
        for p, short in zip(case.profiles, abbreviations([p.name for p in case.profiles]), strict=True)
    }
    lines = {
        p.id: [objection_words(over_line(line, 1.0, None), labels, p.id) for line in p.lines] for p in case.profiles
    }
    return {"say": SAY, "sourced": sourced, "parties": parties, "lines": lines}


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
