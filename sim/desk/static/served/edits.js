// What the draft changes of what parties want: an edit by hand, and what the change of each cell does.

/** @import { Answer } from "../answer.js" */
/** @import { Preferences } from "../party.js" */
/** @import { ServedPage } from "./page.js" */
/** @import { Edit } from "./readings.js" */

import { Desk } from "../answer.js";
import { at, button, make } from "../elements.js";
import { fill } from "../words.js";
import { partsOf } from "./readings.js";

/** The edits of one cell, or of another part of a party. @typedef {{head: string, edits: Edit[]}} Group */
/** What a group does alone, and what is lost without it. @typedef {{alone: Effect, without: Effect}} Effects */
/** @typedef {{words: string, size: number}} Effect */

/** Fewer groups that move nothing are listed among the others. */
const FEW = 4;

export class EditList {
  /** @param {ServedPage} page */
  constructor(page) {
    this.page = page;
    this.turn = 0;
    /** What the effects that stand there are of. */
    this.of = "";
  }

  start() {
    at("edit-line").addEventListener("submit", event => {
      event.preventDefault();
      this.add(/** @type {HTMLInputElement} */ (at("edit-text")).value);
    });
  }

  /** @param {string} text */
  add(text) {
    const { page } = this, [path, value] = partsOf(text), { draft, troubles } = page.documents.linked(`#${new URLSearchParams([[path.replace(/^proposal\./, ""), value]])}`, page.draft);
    if (path.startsWith("proposal.") && !troubles.length) return page.change(draft);
    page.setEdits([[path, value]], "line");
  }

  // --- edits and what they do ---

  show() {
    const { page } = this, { edits } = page.draft;
    at("edit-faults").textContent = (page.faults.line ?? []).join(" ");
    at("edit-warnings").replaceChildren(...this.warnings(null));
    const of = JSON.stringify([page.draft, page.layer, page.origins.of(page.draft)]);
    if (of === this.of) return;
    this.turn++;
    this.of = "";
    if (page.tabs.current !== "parties" || page.applied !== edits) return;  // the desk has not these parties yet
    this.of = of;
    at("edits-whole").textContent = "";
    at("edits-overlap").hidden = this.groups().groups.length < 2;
    if (Object.keys(edits).length) this.showEffects();
    else this.fillIn(make("li", { class: "soft" }, page.say.no_edits));
  }

  /** What is doubtful about an edit, or about none of them. @param {string | null} edit */
  warnings(edit) {
    const { page } = this, { edits } = page.draft, own = Object.entries(edits).map(pair => pair.join("="));
    const about = page.parties.warnings(edits).filter(one => (edit === null ? !own.includes(one.edit ?? "") : one.edit === edit));
    return about.map(({ words }) => make("p", { class: "soft warning" }, words));
  }

  /** Rows of the list; what somebody is at further down stays where it is. @param {...Node} rows */
  fillIn(...rows) { this.page.steady(() => at("edit-list").replaceChildren(...rows)); }

  /** The edits by cell; those that leave the library's reading as it is apart. */
  groups() {
    const { draft, documents } = this.page, all = /** @type {Edit[]} */ (Object.entries(draft.edits));
    /** @type {Map<string, Group>} */
    const groups = new Map();
    for (const edit of documents.telling(draft.edits)) {
      const key = edit[0].split(".").slice(0, 2).join("."), group = groups.get(key) ?? { head: documents.headWords(edit[0]), edits: [] };
      group.edits.push(edit);
      groups.set(key, group);
    }
    return { groups: [...groups.values()], idle: all.filter(edit => documents.idle(...edit)) };
  }

  /** The changes of a cell with what they do, their way back and the way to what the sources say. @param {Group} group @param {Effects | null} [effects] */
  row({ head, edits }, effects) {
    const { page } = this, { say } = page, [[path]] = edits, { i, j } = page.documents.place(path), acts = [];
    if (i >= 0 && j >= 0) acts.push(" ", button(say.positions, () => page.openPositions(j, i), { class: "quiet", "aria-label": `${say.positions}: ${head}` }));
    const expected = page.documents.place(path).name === "no_deal" ? document.getElementById(`expects-${page.documents.place(path).id}`) : null;
    if (expected) acts.push(" ", make("a", { href: `#${expected.id}`, "aria-label": `${say.positions}: ${head}` }, say.positions));
    if (edits.length > 1) acts.push(" ", button(say.drop_cell, () => this.drop(edits), { class: "quiet", "aria-label": fill(say.undo_this, { change: head }) }));
    const words = !effects ? ["…"] : [fill(say.effect_alone, { effect: effects.alone.words }), fill(say.effect_without, { effect: effects.without.words })];
    return make("li", {}, make("b", {}, head || say.other_change), ...acts, make("ul", { class: "plain parts" }, ...edits.map(edit => this.part(edit))),
      ...words.map(line => make("span", { class: "effect soft" }, line)));
  }

  /** One edit of a cell. @param {Edit} edit @param {boolean} [whole] with the cell that it is of */
  part([path, value], whole = false) {
    const { page } = this, { documents, say } = page, words = documents.editWords(path, value);
    const back = button("×", () => page.setEdit(path, null), { class: "quiet", "aria-label": fill(say.undo_this, { change: words }) });
    const read = documents.idle(path, value) ? "" : ` ${fill(say.part_read, { read: documents.readWords(path) })}`;
    return make("li", {}, whole ? words : documents.partWords(path, value), make("span", { class: "soft" }, read), " ", back, ...this.warnings(`${path}=${value}`));
  }

  /** @param {Edit[]} edits */
  drop(edits) { this.page.setEdits(edits.map(([path]) => [path, null])); }

  /** A list behind a line that says what it has. @param {string} words @param {Node[]} rows */
  folded(words, rows) { return make("li", {}, make("details", {}, make("summary", {}, words), make("ul", { class: "plain" }, ...rows))); }

  /** What all edits do together, and those of each cell alone and beside the others; those that move most come first. */
  async showEffects() {
    const { page, turn } = this, { draft, pack, say } = page, now = page.desk.answer(draft.terms), { groups, idle } = this.groups();
    const read = new Desk(pack, page.bound(page.people)).answer(draft.terms);
    const as_is = idle.length ? [this.folded(fill(say[idle.length === 1 ? "edit_idle" : "edits_idle"], { count: idle.length }), idle.map(edit => this.part(edit, true)))] : [];
    at("edits-whole").textContent = fill(say.edits_whole, { effect: this.effect(read, now).words });
    this.fillIn(...groups.map(group => this.row(group)), ...as_is);
    /** @type {{group: Group, effects: Effects}[]} */
    const rows = [];
    for (const group of groups) {
      const without = { ...draft.edits };
      for (const [path] of group.edits) delete without[path];
      const { i } = page.documents.place(group.edits[0][0]);
      const alone = await this.answer(Object.fromEntries(group.edits), i, page.bound(page.people)), others = await this.answer(without, i, page.desk.people);
      if (turn !== this.turn) return;
      if (!alone || !others) this.of = "";
      const unknown = { words: say.no_effect_known, size: 0 };
      rows.push({ group, effects: { alone: alone ? this.effect(read, alone) : unknown, without: others ? this.effect(now, others) : unknown } });
    }
    const size = (/** @type {Effects} */ { alone, without }) => Math.max(alone.size, without.size);
    rows.sort((a, b) => size(b.effects) - size(a.effects));
    const row = (/** @type {typeof rows[0]} */ { group, effects }) => this.row(group, effects);
    const moving = rows.filter(one => size(one.effects)), still = rows.filter(one => !size(one.effects));
    const some = still.length < FEW ? still.map(row) : [this.folded(fill(say.edits_still, { count: still.length }), still.map(row))];
    this.fillIn(...moving.map(row), ...some, ...as_is);
  }

  /**
   * What comes of the draft's terms by some of its edits, where a party by them stands among others; null where nobody
   * answers. @param {Record<string, string>} edits @param {number} i -1 where all may be others @param {Preferences[]} others
   */
  async answer(edits, i, others) {
    const { page } = this;
    try {
      const people = i < 0 ? page.bound(await page.parties.of(edits)) : [...others];
      if (i >= 0) [people[i]] = page.bound([await page.parties.once(edits, i)]);
      return new Desk(page.pack, people).answer(page.draft.terms);
    } catch (error) {
      page.faultsOf(error);
      return null;
    }
  }

  /**
   * From one answer to another: all together, and the parties whose shares are others, in words; and how much that is.
   * @param {Answer} before @param {Answer} after @returns {Effect}
   */
  effect(before, after) {
    const { page } = this, { say } = page;
    const asked = after.parties.map((party, i) => ({ name: page.words.parties[party.id].name, a: before.parties[i].decided, b: party.decided }))
      .filter((_, i) => before.parties[i].asked || after.parties[i].asked);
    const moves = [{ name: say.all_short, a: before.joint, b: after.joint }, ...asked]
      .map(({ name, a, b }) => ({ name, was: this.share(a), is: this.share(b), size: Math.abs((a ?? 0) - (b ?? 0)) }))
      .filter(({ was, is }) => was !== is);
    const [first, ...rest] = moves, all = first?.name === say.all_short ? [first] : [];
    const parties = (all.length ? rest : moves).sort((a, b) => b.size - a.size);
    const words = [...all, ...parties].map(({ name, was, is }) => fill(say.effect, { name, was, is })).join("; ");
    return { words: words || say.no_effect, size: moves.reduce((sum, { size }) => sum + size, 0) };
  }

  /** @param {number | null} count */
  share(count) { return count === null ? this.page.say.nobody_short : this.page.share(count); }
}
