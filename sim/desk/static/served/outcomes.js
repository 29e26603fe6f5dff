// What becomes of every text: the draft, drafts that were pinned, and the texts of the library, side by side.

/** @import { Draft } from "../draft.js" */
/** @import { ServedPage } from "./page.js" */

import { Desk, HALF, stance } from "../answer.js";
import { at, button, make } from "../elements.js";
import { saveFile } from "../sections.js";
import { fill, listed, percent } from "../words.js";

/** A row of the table. @typedef {{name: string, kind: "draft" | "pin" | "text", draft: Draft, pin: number, date: string}} OutcomeRow */
/** A party's share of draws in counts, null where it is not asked, and its word. @typedef {{count: number | null, word: string}} Outcome */
/** @typedef {{joint: number | null, parties: Outcome[]}} TextOutcome */

/** So many drafts may be pinned; so many outcomes are remembered. */
const MOST_PINS = 30, REMEMBERED = 400;
/** Shades from refusal to acceptance. */
const SHADES = 5;

/** A pause in which the page may do what is more urgent. */
const idle = () => new Promise(done => ("requestIdleCallback" in globalThis ? requestIdleCallback(done, { timeout: 200 }) : setTimeout(done, 0)));

export class Outcomes {
  /** @param {ServedPage} page */
  constructor(page) {
    this.page = page;
    /** Outcomes by terms, edits and layer. @type {Map<string, TextOutcome>} */
    this.known = new Map();
    /** Why there is none. @type {Map<string, string>} */
    this.failed = new Map();
    this.turn = 0;
    /** The column that rows go by: a party's number, -1 for all together; null for the order of the library. @type {number | null} */
    this.column = null;
    this.descending = true;
    /** What stands in the table. @type {Map<OutcomeRow, HTMLElement>} */
    this.shown = new Map();
    /** The pin whose name is being changed. @type {number | null} */
    this.naming = null;
  }

  start() {
    const { pack, words, say } = this.page;
    const heads = [make("th", { scope: "col" }, say.outcome_text)];
    for (const i of [-1, ...pack.parties.keys()]) {
      const name = i < 0 ? say.all_short : words.parties[pack.parties[i].id].name, short = i < 0 ? say.together_head : words.parties[pack.parties[i].id].short;
      const sort = button("", () => this.sort(i), { class: "quiet sort", title: fill(say.sort_by, { name }) });
      sort.append(make("span", { class: "long" }, name), make("span", { class: "short" }, short), make("span", { class: "arrow", "aria-hidden": "true" }));
      heads.push(make("th", { scope: "col", "data-column": String(i) }, sort));
    }
    at("outcome-head").replaceChildren(make("tr", {}, ...heads));
    at("pin").addEventListener("click", () => this.pin());
    const name = /** @type {HTMLInputElement} */ (at("pin-name"));
    name.addEventListener("input", () => this.rename(this.page.pins.length - 1, name.value));
    at("pin-form").addEventListener("submit", event => {
      event.preventDefault();
      this.endPin();
    });
    at("pin-link").addEventListener("click", () => at("copy-link").click());
    at("outcome-csv").addEventListener("click", () => this.save());
  }

  // --- pins ---

  pin() {
    const { page } = this, { say, pins } = page;
    if (pins.length >= MOST_PINS) return this.tell(fill(say.pins_full, { most: MOST_PINS }));
    const own = this.named(), name = pins.some(pin => pin.name === own) ? `${own} (${pins.length + 1})` : own;
    page.pins = [...pins, { name, draft: page.draft }];
    this.changed();
    this.tell(say.pinned);
    at("pin-form").hidden = false;
    const field = /** @type {HTMLInputElement} */ (at("pin-name"));
    field.value = name;
    field.select();
  }

  /** The pin has its name. */
  endPin() {
    this.tell(fill(this.page.say.pinned_as, { name: this.page.pins.at(-1)?.name ?? "" }));
    at("pin-form").hidden = true;
    at("pin").focus();
  }

  /** What the draft is called: the text that it is, and what it changes besides. */
  named() {
    const { draft, origins, say, documents } = this.page, { title } = origins.base(draft), terms = origins.changed(draft).length;
    const { readings, rest } = this.page.readings.grouped(), edits = documents.telling(Object.fromEntries(rest)).length;
    return [...readings.map(reading => reading.title), ...(edits ? [this.page.state.count("name_edit", edits)] : []), title,
      ...(terms ? [this.page.state.count("name_term", terms)] : [])].join(", ");
  }

  /** @param {number} k @param {string} name */
  rename(k, name) {
    this.naming = null;
    this.page.pins = this.page.pins.map((pin, i) => (i === k ? { ...pin, name: name.trim() || pin.name } : pin));
    this.changed();
  }

  /** @param {number} k */
  remove(k) {
    this.tell(fill(this.page.say.unpinned, { name: this.page.pins[k].name }));
    this.page.pins = this.page.pins.filter((_, i) => i !== k);
    at("pin-form").hidden = true;
    this.changed();
    at("outcomes-title").focus();
  }

  changed() {
    this.page.showLink();
    this.page.state.show();
    this.show();
  }

  /** @param {string} words */
  tell(words) { at("pin-note").textContent = words; }

  // --- rows ---

  /** @returns {OutcomeRow[]} */
  rows() {
    const { pack, pins, draft, say, origins } = this.page, { edits } = draft;
    const text = (/** @type {string} */ from) => {
      const { title, date, terms } = origins.text(from), own = { terms, edits };
      origins.set(own, { from, made: origins.of(draft).made });
      return { name: title, kind: /** @type {const} */ ("text"), draft: own, pin: -1, date };
    };
    const own = [
      ...pins.map((pin, k) => ({ name: pin.name, kind: /** @type {const} */ ("pin"), draft: pin.draft, pin: k, date: "" })),
      text(""), ...Object.keys(pack.texts).map(text),
    ];
    // a draft that a row below has already needs none of its own
    return own.some(row => this.own(row)) ? own : [{ name: say.outcome_draft, kind: /** @type {const} */ ("draft"), draft, pin: -1, date: "" }, ...own];
  }

  /** @param {Draft} draft */
  keyOf({ terms, edits }) { return JSON.stringify([terms, edits, this.page.layer]); }

  /** What a draft is measured against: the text that it started from, by the library's positions. @param {Draft} draft @returns {Draft} */
  reference(draft) { return { terms: this.page.origins.base(draft).terms, edits: {} }; }

  /** @param {Draft} draft @param {boolean} [read] what it is measured against */
  of(draft, read = false) { return this.known.get(this.keyOf(read ? this.reference(draft) : draft)); }

  /** Counts and words of a draft; asks the server where its parties are not known. @param {Draft} draft */
  async work({ terms, edits }) {
    const { page } = this, key = this.keyOf({ terms, edits });
    if (this.known.has(key)) return;
    const people = await page.parties.of(edits), { pack, words } = page;
    const answer = new Desk(pack, page.bound(people)).answer(terms);
    const evidence = words.sourced ? new Desk(pack, people).evidence(terms) : null;
    const parties = answer.parties.map((party, i) => {
      if (pack.parties[i].silent) return { count: null, word: "silent" };
      if (!party.asked) return { count: null, word: "not_needed" };
      return { count: party.decided, word: (evidence && page.evidenceWord(evidence[i].decided)) || stance(party.decided, pack.draws) };
    });
    this.known.set(key, { joint: answer.joint, parties });
  }

  /** @param {number} column */
  sort(column) {
    this.descending = this.column === column ? !this.descending : true;
    this.column = column;
    this.show();
  }

  /** Rows in order; those whose outcome is not known last. @param {OutcomeRow[]} rows */
  sorted(rows) {
    const { column } = this;
    if (column === null) return rows;
    const value = (/** @type {OutcomeRow} */ row) => {
      const outcome = this.of(row.draft);
      return (column < 0 ? outcome?.joint : outcome?.parties[column].count) ?? -1;
    };
    return [...rows].sort((a, b) => (this.descending ? value(b) - value(a) : value(a) - value(b)));
  }

  // --- showing ---

  async show() {
    if (this.page.pins.at(-1)?.draft !== this.page.draft) at("pin-form").hidden = true;
    if (this.page.tabs.current !== "outcomes") return;
    const turn = ++this.turn;
    this.failed.clear();
    if (this.known.size > REMEMBERED) this.known.clear();
    const rows = this.rows();
    this.table(rows);
    for (const row of rows) {
      const missing = [row.draft, this.reference(row.draft)].filter(draft => !this.known.has(this.keyOf(draft)));
      for (const draft of missing) {
        await idle();
        if (turn !== this.turn) return;
        try { await this.work(draft); } catch (error) { this.failed.set(this.keyOf(draft), this.page.faultsOf(error).join(" ")); }
        if (turn !== this.turn) return;
      }
      if (missing.length) this.fillIn();
    }
    this.showLead(rows);
    if (this.column !== null) this.table(rows);
    document.body.dataset.outcomes = String(Number(document.body.dataset.outcomes ?? 0) + 1);
  }

  /** The rows whose outcome has become known: several may have the same, and the table may have been made anew meanwhile. */
  fillIn() {
    for (const [row, shown] of this.shown)
      if ("waits" in shown.dataset) shown.replaceChildren(...[...shown.children].slice(0, 1), ...this.cells(row, shown));
  }

  /** What becomes of the texts, in sentences. @param {OutcomeRow[]} rows */
  showLead(rows) {
    const texts = rows.filter(row => row.kind === "text"), known = texts.every(row => this.of(row.draft) && this.of(row.draft, true));
    const failed = texts.some(row => this.failed.has(this.keyOf(row.draft)));
    at("outcomes-lead").textContent = failed ? "" : known ? [this.moved(texts), this.inTheWay(texts)].filter(Boolean).join(" ") : this.page.say.outcomes_working;
  }

  /** How many of the texts come out otherwise than by the positions as the sources are read. @param {OutcomeRow[]} texts */
  moved(texts) {
    const { page } = this;
    if (!page.edited()) return "";
    const counts = (/** @type {TextOutcome | undefined} */ x) => x && [x.joint, ...x.parties.map(party => party.count)].map(n => n === null ? "" : page.share(n)).join();
    const moved = texts.filter(row => counts(this.of(row.draft)) !== counts(this.of(row.draft, true))).length;
    return fill(page.say.outcomes_lead, { moved, texts: texts.length });
  }

  /** How many texts all accept, and who refuses how many of the others. @param {OutcomeRow[]} texts */
  inTheWay(texts) {
    const { pack, words, say } = this.page, accepted = texts.filter(row => (this.of(row.draft)?.joint ?? 0) / pack.draws >= HALF).length;
    const who = pack.parties.map(({ id }, i) => {
      const each = texts.map(row => this.of(row.draft)?.parties[i].word);
      return { name: words.parties[id].spoken, count: each.filter(word => word === "refuses" || word === "inferred").length };
    }).filter(({ count }) => count).sort((a, b) => b.count - a.count);
    const all = fill(say[accepted === 1 ? "outcomes_accepted_one" : "outcomes_accepted"], { accepted: accepted || say.none, texts: texts.length });
    return who.length ? `${all} ${fill(say.outcomes_refused, { who: listed(who.map(one => fill(say.outcomes_refuses, one)), say.and) })}` : all;
  }

  /** @param {OutcomeRow[]} [rows] */
  table(rows = this.rows()) {
    this.showLead(rows);
    const here = document.activeElement instanceof HTMLElement && at("outcome-rows").contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    this.shown = new Map(this.sorted(rows).map(row => {
      const shown = make("tr", this.own(row) ? { class: "own" } : {}, this.head(row, this.own(row)));
      shown.append(...this.cells(row, shown));
      return [row, shown];
    }));
    at("outcome-rows").replaceChildren(...this.shown.values());
    for (const head of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#outcome-head [data-column]"))) {
      const own = head.dataset.column === String(this.column);
      if (own) head.setAttribute("aria-sort", this.descending ? "descending" : "ascending"); else head.removeAttribute("aria-sort");
    }
    if (here) /** @type {HTMLElement | null} */ (at("outcome-rows").querySelector(`[data-key="${CSS.escape(here)}"]`))?.focus();
  }

  /** Whether a row is what is on the desk. @param {OutcomeRow} row */
  own(row) { return JSON.stringify(row.draft) === JSON.stringify(this.page.draft); }

  /** The cells of a row, which waits where not all that belongs in them is known. @param {OutcomeRow} row @param {HTMLElement} shown */
  cells(row, shown) {
    const { pack } = this.page, outcome = this.of(row.draft), failed = this.failed.get(this.keyOf(row.draft)), read = this.of(row.draft, true);
    const changed = this.keyOf(row.draft) !== this.keyOf(this.reference(row.draft));
    if ((outcome ?? failed) && read) delete shown.dataset.waits; else shown.dataset.waits = "";
    return [this.cell(outcome ? { count: outcome.joint, word: "" } : failed, read?.joint, changed),
      ...pack.parties.map((_, i) => this.cell(outcome?.parties[i] ?? failed, read?.parties[i].count, changed))];
  }

  /** @param {OutcomeRow} row @param {boolean} own */
  head(row, own) {
    const { say, pack } = this.page, { pin: k, name } = row, key = `${row.kind} ${k} ${name}`;
    const inner = this.naming === k && row.kind === "pin" ? this.nameField(k, name) : make("span", {}, name);
    const act = (/** @type {string} */ words, /** @type {() => void} */ run, /** @type {string} */ template) =>
      button(words, run, { class: "quiet", "aria-label": fill(say[template], { name }), "data-key": `${template} ${key}` });
    const chip = own && row.kind !== "draft" ? [" ", make("span", { class: "chip" }, say.on_desk)] : [];
    const acts = own ? [] : [act(say.put, () => this.page.change(row.draft), "put_of")];
    if (row.kind === "pin") acts.push(act(say.rename, () => this.startNaming(k), "rename_of"), act(say.unpin, () => this.remove(k), "unpin_of"));
    const count = row.kind === "pin" ? this.page.documents.telling(row.draft.edits).length : 0;
    const { made } = this.page.origins.of(row.draft), other = count && made !== this.page.origins.here ? `; ${fill(say.pin_made, { made })}` : "";
    const edits = count ? [make("span", { class: "soft date" }, this.page.state.count("name_edit", count) + other)] : [];
    const later = row.date > pack.scenario.day ? "text_later" : "text_date", date = row.date ? [make("span", { class: "soft date" }, fill(say[later], { date: row.date }))] : [];
    return make("th", { scope: "row" }, inner, ...chip, ...date, ...edits, make("span", { class: "acts" }, ...acts));
  }

  /** @param {number} k */
  startNaming(k) {
    this.naming = k;
    this.table();
    const field = at("outcome-rows").querySelector("input");
    field?.focus();
    field?.select();
  }

  /** @param {number} k @param {string} name */
  nameField(k, name) {
    const field = make("input", { type: "text", value: name, maxlength: "120", "aria-label": this.page.say.pin_name, "data-key": `name ${k}` });
    field.addEventListener("blur", () => { if (this.naming === k) this.rename(k, field.value); });
    field.addEventListener("keydown", ({ key }) => {
      if (key === "Enter") field.blur();
      if (key !== "Escape") return;
      this.naming = null;
      this.table();
    });
    return field;
  }

  /** @param {Outcome | string | undefined} outcome or why there is none @param {number | null | undefined} read what it is measured against @param {boolean} changed */
  cell(outcome, read, changed) {
    const { say, pack } = this.page;
    if (typeof outcome === "string") return make("td", { title: outcome }, say.nobody_short, make("span", { class: "hidden" }, ` ${outcome}`));
    if (!outcome) return make("td", { class: "pending" }, "…");
    const { count, word } = outcome, share = count === null ? "" : percent(count, pack.draws);
    if (count === null) return make("td", { class: "not" }, word ? say[word === "silent" ? "silent_short" : "not_asked"] : say.nobody_short);
    const shade = word === "unknown" ? "" : `shade-${Math.min(Math.floor((SHADES * count) / pack.draws), SHADES - 1)} `;
    const was = changed && read !== undefined ? (read === null ? say.not_asked : percent(read, pack.draws)) : share;
    const first = word === "unknown" ? say.unknown : share, then = word === "unknown" ? fill(say.cell_modelled, { share }) : say[word] ?? "";
    return make("td", { class: `${shade}${word}${was === share ? "" : " moved"}` },
      make("span", { class: "stance" }, make("b", {}, word ? `${say[`tick_${word}`]}\u00a0` : "", first), then && ` ${then}`),
      ...(was === share ? [] : [make("span", { class: "was soft" }, fill(say.cell_was, { share: was }))]));
  }

  // --- the file ---

  save() {
    const { page } = this, { pack, say } = page, quoted = (/** @type {string | number} */ x) => `"${String(x).replaceAll('"', '""')}"`;
    const share = (/** @type {number | null | undefined} */ count) => (count === null || count === undefined ? "" : count / pack.draws);
    const names = ["joint", ...pack.parties.map(party => party.id)];
    const lines = [["row", "kind", "edits", ...names, ...names.map(name => `${name}_before`)].map(quoted).join(",")];
    for (const row of this.sorted(this.rows())) {
      const counts = [false, true].flatMap(read => {
        const outcome = this.of(row.draft, read);
        return [outcome?.joint, ...pack.parties.map((_, i) => outcome?.parties[i].count)];
      });
      lines.push([row.name, row.kind, page.documents.edits(row.draft).join(" "), ...counts.map(share)].map(quoted).join(","));
    }
    saveFile(`${pack.scenario.id}_outcomes.csv`, new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
    this.tell(say.csv_saved);
  }
}
