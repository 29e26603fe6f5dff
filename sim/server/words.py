"""What a served page says besides a report: templates that its scripts fill in, and the words of its own parts."""

from __future__ import annotations

from sim.desk.english import SAY, STANCES

__all__ = ["LAYERS", "SERVED"]

#: Templates by name; what stands in braces is filled in on the page.
SERVED = {
    # switches
    "switches": "What the page goes by",
    "day": "Positions of",
    "evidence": "Evidence",
    "evidence_all": "all sources",
    "evidence_articles": "articles alone",
    "go": "Show",
    "switching": "Reading the positions of {day} …",
    "binding": "Lines that bind",
    "binding_all": "as modelled: stated, inferred, assumed",
    "binding_inferred": "Only stated and inferred lines bind here; assumed ones do not.",
    "binding_stated": "Only stated lines bind here; inferred and assumed ones do not.",
    "binding_inferred_short": "stated and inferred",
    "binding_stated_short": "stated alone",
    "server_gone": "The server does not answer. The draft stays, and switching terms goes on working; changes to what "
    "parties want wait until it is back.",
    "server_back": "The server is back.",
    "gone_edit": "The server does not answer; this was not changed.",
    "gone_job": "The server does not answer; ask again when it is back.",
    "copied_link": "It works for whoever reaches this server; for others save the report, or the edits.",
    "file_without": "What parties want does not stand in a scenario's file; save the edits for it.",
    # the panels
    "panels": "What to look at",
    "panel_terms": "The text",
    "panel_parties": "What parties want",
    "panel_outcomes": "All texts",
    "panel_questions": "Questions",
    # what parties want
    "readings_title": "Try a reading",
    "readings_how": "A reading of a party as a whole, in one click; another click takes it away.",
    "reading_edits": "{title} ({count} changes)",
    "edits_still": "{count} changes move no share of this text",
    "edits_own_title": "What the draft changes of what parties want",
    "edits_own_how": "Behind each change, what it does to the text on the desk while all others stay, on the same "
    "draws.",
    "no_edits": "Nothing: all as the sources are read.",
    "edits_whole": "All these changes together: {effect}.",
    "effect": "{name} {was} → {is}",
    "all_short": "All together",
    "nobody_short": "–",
    "no_effect": "moves no share of this text",
    "no_effect_known": "effect not known: the server does not answer",
    "edit_line": "Any other change, as behind --set",
    "edit_example": "us.no_deal.cost=0.1..0.2",
    "edit_add": "Change",
    "by_party_title": "Party by party",
    "by_party_how": "Open an issue to change what the party wants of it; what that rests on stands beside it.",
    "choose_party": "Party",
    "short_importance": "importance {importance}",
    "short_first": "first: {options}",
    "short_lines": "red line: {options}",
    "edited": "changed",
    "as_sources": "As the sources are read:",
    "as_library": "Back to the sources",
    "importance": "Importance",
    "ranking_title": "Order of the options, best first",
    "ranking_of": "{party}, {issue}: order of the options, best first",
    "red_lines_title": "Red lines: rejects outright",
    "red_lines_of": "{party}, {issue}: red lines",
    "refusals_title": "Refusals in force",
    "refusals_of": "{party}, {issue}: refusals",
    "rank_up": "{option}: up",
    "rank_down": "{option}: down",
    "rank_tie": "{option}: as good as the one above",
    "sign_up": "↑",
    "sign_down": "↓",
    "sign_tie": "=",
    "rank_rest": "in no known order",
    "rank_tie_note": "as good as each other",
    "rank_loose": "may stand anywhere",
    "rank_now": "{option}: place {place} of {levels}",
    "rank_now_tie": "{option}: place {place} of {levels}, with {beside} more",
    "rank_how": "Drag an option, or use its arrows, ↑ and ↓ on the keyboard, = to tie it with the one above.",
    # edits in words
    "importance_changed": "{party}, {issue}: importance {importance}",
    "ranking_changed": "{party}, {issue}: {ranking}",
    "lines_changed": "{party}, {issue}: red lines {lines}",
    "lines_dropped": "{party}, {issue}: no red line",
    "refusal_dropped": "{party} drops {refusal}",
    "holds_changed": "{party}: so large a share goes by {line}: {value}",
    "no_deal_changed": "{party}, no deal: {part} {value}",
    "others": "the others",
    # all texts
    "outcomes_title": "What becomes of each text",
    "outcomes_how": "By the positions of this page and the changes of the draft to what parties want. Each cell: share "
    "of draws in which the party accepts, red where few and blue where most; was, with the positions as the sources "
    "are read. A pin goes by its own changes.",
    "outcome_text": "Text",
    "outcome_draft": "The draft on the desk",
    "sort_by": "Sort by {name}",
    "pin": "Pin the draft",
    "pinned": "Pinned: {name}. The link of the page holds it.",
    "unpinned": "Removed: {name}.",
    "pins_full": "There are {most} pins; remove one first.",
    "pin_name": "Name of the pin",
    "name_terms": "{title}, {count} terms changed",
    "name_edits": "{count} changes to what parties want",
    "outcomes_lead": "The changes to what parties want move shares of {moved} of {texts} texts.",
    "outcomes_working": "Counting …",
    "rename": "Rename",
    "rename_of": "Rename the pin: {name}",
    "put": "Put on the desk",
    "put_of": "Put on the desk: {name}",
    "unpin": "Remove",
    "unpin_of": "Remove the pin: {name}",
    "on_desk": "on the desk",
    "not_asked": "not asked",
    "silent_short": "silent",
    "cell_was": "was {share}",
    "save_csv": "Save the table (CSV)",
    "csv_saved": "The table is saved.",
    # questions
    "questions_title": "Questions about the draft",
    "questions_how": "These take from seconds to minutes. The desk goes on working; what comes out is about the draft "
    "as it was when the question was asked.",
    "job_levers_title": "What does it turn on?",
    "job_levers_how": "Single changes to what parties want, by how far they move the draft.",
    "job_amendments_title": "What would help?",
    "job_amendments_how": "The changes of one or two terms that help most.",
    "job_search_title": "Would any text do?",
    "job_search_how": "A search of all packages of terms for those that all who are asked accept most often.",
    "job_report_title": "The report",
    "job_report_how": "One file with the draft, to be read without this server.",
    "job_png_title": "The figure, as PNG",
    "job_svg_title": "The figure, as SVG",
    "job_figure_how": "Who accepts the draft and what the evidence allows.",
    "ask": "Find out",
    "make_file": "Make it",
    "stop": "Stop",
    "stop_of": "Stop: {name}",
    "stopped": "Stopped.",
    "progress_of": "Progress: {name}",
    "changed_since": "The draft has changed since this was asked.",
    "save_file": "Save {file}",
    **{f"tick_{name}": STANCES[SAY[name]] for name in ("accepts", "refuses", "divided", "inferred", "unknown")},
}

#: How the headline begins where not all lines bind.
_BINDING = {"stated": "If stated lines alone bind", "inferred": "If no assumed line binds"}
#: By layer, the templates that say how a draft is modelled, saying which lines bind instead.
LAYERS = {
    layer: {name: words.replace("As modelled", binding) for name, words in SAY.items() if "As modelled" in words}
    for layer, binding in _BINDING.items()
}
