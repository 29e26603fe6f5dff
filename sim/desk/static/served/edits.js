// What the draft changes of what parties want: readings in one click, an edit by hand, and what each edit does.

/** @import { Answer } from "../answer.js" */
/** @import { ServedPage } from "./page.js" */

import { Desk } from "../answer.js";
import { withEdit } from "../draft.js";
import { at, button, make } from "../elements.js";
import { fill } from "../words.js";

/** Edits that belong together under a title. @typedef {{id: string, title: string, edits: string[]}} Reading */

/** Fewer edits that move nothing are listed among the others. */
const FEW = 4;

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

  /** The readings that the draft has, and its other edits. */
  grouped() {
    const readings = this.readings.filter(reading => this.has(reading));
    const paths = new Set(readings.flatMap(reading => reading.edits.map(edit => partsOf(edit)[0])));
    return { readings, rest: Object.entries(this.page.draft.edits).filter(([path]) => !paths.has(path)) };
  }

  /** @param {Reading} reading */
  named(reading) { return fill(this.page.say.reading_edits, { title: reading.title, count: reading.edits.length }); }

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
      box.replaceChildren(...this.readings.map(reading =>
        make("li", {}, button(this.named(reading), () => this.toggle(reading)), make("p", { class: "trouble", role: "alert" }))));
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
    at("edits-whole").textContent = "";
    if (edits.length) this.showEffects(edits);
    else {
      this.turn++;
      at("edit-list").replaceChildren(make("li", { class: "soft" }, page.say.no_edits));
    }
  }

  /** An edit with what it does, its way back and the way to what the sources say. @param {string} path @param {string} value @param {string} effect */
  row(path, value, effect) {
    const { page } = this, [party, issue] = path.split("."), row = page.editRow(path, value);
    const i = page.pack.parties.findIndex(x => x.id === party), j = page.pack.issues.findIndex(x => x.id === issue);
    if (i >= 0 && j >= 0)
      row.append(" ", button(page.say.positions, () => page.openPositions(j, i), { class: "quiet", "aria-label": `${page.say.positions}: ${page.documents.editWords(path, value)}` }));
    row.append(make("span", { class: "effect soft" }, effect));
    return row;
  }

  /** What all edits do together, and each beside the others; those that move most come first. @param {[string, string][]} edits */
  async showEffects(edits) {
    const { page } = this, turn = ++this.turn, { draft, pack } = page, { people } = page.desk;
    const now = page.desk.answer(draft.terms), read = new Desk(pack, page.bound(page.people)).answer(draft.terms);
    at("edits-whole").textContent = fill(page.say.edits_whole, { effect: this.effect(read, now).words });
    at("edit-list").replaceChildren(...edits.map(([path, value]) => this.row(path, value, "…")));
    /** @type {{path: string, value: string, effect: {words: string, size: number}}[]} */
    const rows = [];
    for (const [path, value] of edits) {
      const i = pack.parties.findIndex(party => party.id === path.split(".")[0]), without = withEdit(draft.edits, path, null);
      let effect = { words: page.say.no_effect_known, size: 0 };
      try {
        const others = i < 0 ? page.bound(await page.parties.of(without)) : [...people];
        if (i >= 0) [others[i]] = page.bound([await page.parties.once(without, i)]);
        effect = this.effect(new Desk(pack, others).answer(draft.terms), now);
      } catch (error) {
        this.of = "";
        page.faultsOf(error);
      }
      if (turn !== this.turn) return;
      rows.push({ path, value, effect });
    }
    rows.sort((a, b) => b.effect.size - a.effect.size);
    const row = (/** @type {typeof rows[0]} */ { path, value, effect }) => this.row(path, value, effect.words);
    const moving = rows.filter(one => one.effect.size), still = rows.filter(one => !one.effect.size);
    const some = still.length < FEW ? still.map(row)
      : [make("li", {}, make("details", {}, make("summary", {}, fill(page.say.edits_still, { count: still.length })), make("ul", { class: "plain" }, ...still.map(row))))];
    at("edit-list").replaceChildren(...moving.map(row), ...some);
  }

  /**
   * From one answer to another: all together, and the parties whose shares are others, in words; and how much that is.
   * @param {Answer} before @param {Answer} after @returns {{words: string, size: number}}
   */
  effect(before, after) {
    const { page } = this, { say } = page;
    const moves = [{ name: say.all_short, a: before.joint, b: after.joint },
      ...after.parties.map((party, i) => ({ name: page.words.parties[party.id].name, a: before.parties[i].decided, b: party.decided }))]
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
