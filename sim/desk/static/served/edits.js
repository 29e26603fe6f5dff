// What the draft changes of what parties want: readings in one click, an edit by hand, and what each edit does.

/** @import { Answer } from "../answer.js" */
/** @import { ServedPage } from "./page.js" */

import { Desk } from "../answer.js";
import { withEdit } from "../draft.js";
import { at, button, make } from "../elements.js";
import { fill } from "../words.js";

/** Edits that belong together under a title. @typedef {{id: string, title: string, edits: string[]}} Reading */

/** Path and value of an edit as `--set` takes it. @param {string} text @returns {[string, string]} */
export function partsOf(text) {
  const k = text.indexOf("=");
  return k < 0 ? [text.trim(), ""] : [text.slice(0, k).trim(), text.slice(k + 1).trim()];
}

export class EditList {
  /** @param {ServedPage} page */
  constructor(page) {
    this.page = page;
    /** @type {Reading[]} */
    this.readings = [];
    this.turn = 0;
    /** What the effects that stand there are of. */
    this.of = "";
  }

  async start() {
    at("edit-line").addEventListener("submit", event => {
      event.preventDefault();
      this.add(/** @type {HTMLInputElement} */ (at("edit-text")).value);
    });
    try {
      this.readings = await this.page.server.ask(`/api/readings/${encodeURIComponent(this.page.served.text)}`);
    } catch (error) {
      this.page.faultsOf(error);
    }
    at("readings-part").hidden = !this.readings.length;
    this.showReadings();
  }

  /** @param {string} text */
  add(text) {
    const { page } = this, [path, value] = partsOf(text), { draft, troubles } = page.documents.linked(`#${new URLSearchParams([[path.replace(/^proposal\./, ""), value]])}`, page.draft);
    if (path.startsWith("proposal.") && !troubles.length) return page.change(draft);
    page.propose(withEdit(page.wanted ?? page.draft.edits, path, value), "line");
  }

  // --- readings ---

  /** Whether the draft has all of a reading. @param {Reading} reading */
  has(reading) { return reading.edits.map(partsOf).every(([path, value]) => this.page.draft.edits[path] === value); }

  /** @param {Reading} reading */
  toggle(reading) {
    let { edits } = this.page.draft;
    const has = this.has(reading);
    for (const [path, value] of reading.edits.map(partsOf)) edits = withEdit(edits, path, has ? null : value);
    this.page.propose(edits, `reading ${reading.id}`);
  }

  showReadings() {
    const { page } = this, box = at("readings");
    if (box.children.length !== this.readings.length)
      box.replaceChildren(...this.readings.map(reading => make("li", {}, button(reading.title, () => this.toggle(reading)),
        make("span", { class: "soft" }, fill(page.say.reading_edits, { count: reading.edits.length })), make("p", { class: "trouble", role: "alert" }))));
    this.readings.forEach((reading, k) => {
      box.children[k].querySelector("button")?.setAttribute("aria-pressed", String(this.has(reading)));
      const faults = box.children[k].querySelector(".trouble");
      if (faults) faults.textContent = (page.faults[`reading ${reading.id}`] ?? []).join(" ");
    });
  }

  // --- edits and what they do ---

  show() {
    const { page } = this, edits = Object.entries(page.draft.edits);
    this.showReadings();
    at("edit-faults").textContent = (page.faults.line ?? []).join(" ");
    const warnings = page.parties.warnings.get(edits.map(pair => pair.join("=")).join("\n")) ?? [];
    at("edit-warnings").replaceChildren(...warnings.map(words => make("p", { class: "soft" }, words)));
    const of = JSON.stringify([page.draft, page.layer]);
    if (page.tabs.current !== "parties" || of === this.of) return;
    this.of = of;
    const rows = edits.map(([path, value]) => this.row(path, value));
    at("edit-list").replaceChildren(...(rows.length ? rows : [make("li", { class: "soft" }, page.say.no_edits)]));
    at("edits-whole").textContent = "";
    if (rows.length) this.showEffects(edits.map(([path]) => path), rows);
  }

  /** @param {string} path @param {string} value */
  row(path, value) {
    const row = this.page.changeRow(this.page.documents.editWords(path, value), () => this.page.setEdit(path, null));
    row.append(make("span", { class: "effect soft" }, "…"));
    return row;
  }

  /** What all edits do together, and each beside the others. @param {string[]} paths @param {HTMLElement[]} rows */
  async showEffects(paths, rows) {
    const { page } = this, turn = ++this.turn, { draft, pack } = page, { people } = page.desk;
    const now = page.desk.answer(draft.terms);
    const read = new Desk(pack, page.bound(page.people)).answer(draft.terms);
    at("edits-whole").textContent = fill(page.say.edits_whole, { effect: this.effect(read, now) });
    for (const [k, path] of paths.entries()) {
      const i = pack.parties.findIndex(party => party.id === path.split(".")[0]), without = withEdit(draft.edits, path, null);
      let words = page.say.no_effect_known;
      try {
        const others = i < 0 ? page.bound(await page.parties.of(without)) : [...people];
        if (i >= 0) [others[i]] = page.bound([await page.parties.once(without, i)]);
        if (turn !== this.turn) return;
        words = this.effect(new Desk(pack, others).answer(draft.terms), now);
      } catch (error) {
        if (turn !== this.turn) return;
        this.of = "";
        page.faultsOf(error);
      }
      const effect = rows[k].querySelector(".effect");
      if (effect) effect.textContent = words;
    }
  }

  /** From one answer to another: all together, and the parties whose shares are others. @param {Answer} before @param {Answer} after */
  effect(before, after) {
    const { page } = this, { say } = page;
    const move = (/** @type {string} */ name, /** @type {number | null} */ a, /** @type {number | null} */ b) => {
      const [was, is] = [a, b].map(count => (count === null ? say.nobody_short : page.share(count)));
      return was === is ? [] : [fill(say.effect, { name, was, is })];
    };
    const parties = after.parties.map((party, i) => ({ move: move(page.words.parties[party.id].name, before.parties[i].decided, party.decided),
      size: Math.abs(party.decided - before.parties[i].decided) }));
    const moves = [...move(say.all_short, before.joint, after.joint), ...parties.sort((a, b) => b.size - a.size).flatMap(party => party.move)];
    return moves.join("; ") || say.no_effect;
  }
}
