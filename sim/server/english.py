"""What the server says, apart from what its pages share with reports (:mod:`sim.desk.english`) and from complaints."""

from __future__ import annotations

#: Templates by name; what stands in braces is filled in.
SERVER = {
    "title": "Would they sign?",
    "lead": "Texts that this server has. Open one to switch its terms, and to change what the parties want.",
    "skip": "To the texts",
    "all_texts": "List of texts",
    "text": "Text",
    "date": "Date",
    "address": "{address} has the texts; Ctrl-C ends it",
    "open_address": "{address} has the texts, for whoever reaches {host}; Ctrl-C ends it",
    "taken": "{host}:{port} is taken; --port takes another, and --port 0 any that is free",
    "wrong_host": "this server answers at {address} alone, and was asked as {host}",
    "wrong_origin": "this server answers pages of its own alone, and was asked by one of {origin}",
    "too_large": "a request has at most {most:,} bytes",
    "wrong_type": "a request says what it asks for in application/json",
    "wrong_part": "{where}: {what}",
    "request": "the request",
    "wrong_page": "This cannot be shown",
    "wrong_site": "this server answers pages of its own alone, not those of other sites",
    "no_host": "{host}: no address of this machine; --host takes one, 127.0.0.1 without it",
    "no_page": "there is nothing at {path}",
    "wrong_method": "{method} is not asked of {path}",
    "no_file": "no file comes of this work, or not yet",
    "begins": "begins",
    "cut_short": "the work was cut short",
    "too_many": "{most} pieces of work are going on already; wait for one to end, or stop it",
    "forgotten": "it was stopped, or ended long ago",
    "files_changed": "the files of {file} are not what they were when the server read them; start it anew",
    "broken": "the server met a fault of its own; what it was stands where it was started",
}

#: How far work is, by its kind.
WORK = {
    "levers": "trying edits: {done} of {total}",
    "amendments": "scoring amendments: {done} of {total}",
    "search": "excluding packages: {done} of {total}",
    "report": "trying edits: {done} of {total}",
    "figure": "counting: {done} of {total}",
}
