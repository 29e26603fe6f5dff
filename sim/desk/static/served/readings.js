// Readings of a party as a whole: files of edits of the library, in one click, and in a link by their names.

/** @import { ServedPage } from "./page.js" */

import { at, button, make } from "../elements.js";
import { fill } from "../words.js";

/** Edits that belong together under a title. @typedef {{id: string, title: string, edits: string[]}} Reading */
/** An edit's path and value. @typedef {[string, string]} Edit */

/** Path and value of an edit as `--set` takes it. @param {string} text @returns {Edit} */
export function partsOf(text) {
  const k = text.indexOf("=");
  return k < 0 ? [text.trim(), ""] : [text.slice(0, k).trim(), text.slice(k + 1).trim()];
}

/** Whether edits have all of a reading. @param {Reading} reading @param {Record<string, string>} edits */
export const has = (reading, edits) => reading.edits.map(partsOf).every(([path, value]) => edits[path] === value);

/**
 * The reading that begins at a place among edits: what it says and they say too stands there in its order; what they have
 * otherwise comes later, and what they lack is left out. Of several the one with most.
 * @param {Edit[]} edits @param {number} k @param {Reading[]} readings
 */
function nextOf(edits, k, readings) {
  const paths = new Set(edits.map(([path]) => path)), later = new Set(edits.slice(k).map(([path]) => path));
  const same = new Set(edits.map(edit => edit.join("=")));
  const all = readings.map(reading => {
    const own = reading.edits.map(partsOf), there = own.filter(edit => same.has(edit.join("=")));
    const missing = own.map(([path]) => path).filter(path => !paths.has(path));
    const inPlace = there.every((edit, n) => edits[k + n]?.join("=") === edit.join("="));
    const settled = own.every(edit => there.includes(edit) || later.has(edit[0]) || missing.includes(edit[0]));
    return { reading, count: there.length, missing, fits: 2 * there.length > own.length && inPlace && settled };
  });
  return all.filter(one => one.fits && one.count > 1).sort((a, b) => b.count - b.missing.length - a.count + a.missing.length).at(0);
}

/** What a reading holds, in a few letters, so that a link can tell whether it is another by now (FNV-1a). @param {Reading} reading */
function digest(reading) {
  let hash = 0x811c9dc5;
  for (const letter of reading.edits.join("\n")) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** Edits as a link holds them: readings by name, the rest one by one, in their order. @param {Record<string, string>} edits @param {Reading[]} readings @returns {string[][]} */
export function inLink(edits, readings) {
  const all = /** @type {Edit[]} */ (Object.entries(edits)), pairs = [];
  for (let k = 0; k < all.length;) {
    const next = nextOf(all, k, readings);
    pairs.push(...(next ? [["reading", `${next.reading.id}~${digest(next.reading)}`], ...next.missing.map(path => ["without", path])] : [all[k]]));
    k += next?.count ?? 1;
  }
  return pairs;
}

/** The reading that a link names, and whether it is what it was then. @param {string} value @param {Reading[]} readings */
export function named(value, readings) {
  const [id, hash] = value.split("~"), reading = readings.find(one => one.id === id);
  return { id, reading, same: reading !== undefined && digest(reading) === hash };
}

export class ReadingList {
  /** @param {ServedPage} page */
  constructor(page) {
    this.page = page;
    /** @type {Map<Reading, HTMLButtonElement>} */
    this.buttons = new Map();
    /** When those of the server are known, or that it does not answer. @type {Promise<void>} */
    this.loaded = Promise.resolve();
  }

  /** @returns {Reading[]} */
  get all() { return this.page.documents.readings; }

  start() { this.loaded = this.load(); }

  async load() {
    const { page } = this;
    try {
      page.documents.readings = await page.server.ask(`/api/readings/${encodeURIComponent(page.served.text)}`);
    } catch (error) {
      page.documents.unread = page.faultsOf(error, "gone_readings").join(" ");
    }
    at("readings-part").hidden = !this.all.length;
    this.build();
    this.show();
  }

  /** A line of readings for each party. */
  build() {
    /** @type {Map<string, HTMLButtonElement[]>} */
    const parties = new Map();
    for (const reading of this.all) {
      const name = this.parties(reading), one = button(reading.title, () => this.toggle(reading), { class: "quiet", title: this.contents(reading) });
      this.buttons.set(reading, one);
      parties.set(name, [...parties.get(name) ?? [], one]);
    }
    at("readings").replaceChildren(...[...parties].flatMap(([name, own]) => [make("dt", {}, name), make("dd", { class: "tools" }, ...own)]));
  }

  /** The readings that the draft has, and its other edits. */
  grouped() {
    const { edits } = this.page.draft, readings = this.all.filter(reading => has(reading, edits));
    const paths = new Set(readings.flatMap(reading => reading.edits.map(edit => partsOf(edit)[0])));
    return { readings, rest: Object.entries(edits).filter(([path]) => !paths.has(path)) };
  }

  /** Its title, and how much of it says anything else than the library. @param {Reading} reading */
  named(reading) {
    const count = this.changes(reading).length;
    return fill(this.page.say[count === 1 ? "reading_edit" : "reading_edits"], { title: reading.title, count });
  }

  /** @param {Reading} reading */
  changes(reading) { return this.page.documents.telling(Object.fromEntries(reading.edits.map(partsOf))); }

  /** Whom a reading is of. @param {Reading} reading */
  parties(reading) {
    const { documents, words } = this.page, ids = reading.edits.map(edit => documents.place(partsOf(edit)[0]));
    return [...new Set(ids.map(({ id, party }) => (party ? words.parties[id].name : id)))].join(", ");
  }

  /** What a reading is about, by party. @param {Reading} reading */
  contents(reading) {
    /** @type {Map<string, Set<string>>} */
    const parties = new Map();
    for (const [path] of this.changes(reading)) {
      const { documents, words } = this.page, { id, party } = documents.place(path), name = party ? words.parties[id].name : id;
      parties.set(name, (parties.get(name) ?? new Set()).add(documents.aboutWords(path)));
    }
    return [...parties].map(([party, about]) => fill(this.page.say.reading_contents, { party, about: [...about].join(", ") })).join("; ");
  }

  /** @param {Reading} reading */
  toggle(reading) {
    const drop = has(reading, this.page.wanted ?? this.page.draft.edits);
    this.page.setEdits(reading.edits.map(partsOf).map(([path, value]) => [path, drop ? null : value]), "reading");
  }

  show() {
    for (const [reading, one] of this.buttons) one.setAttribute("aria-pressed", String(has(reading, this.page.draft.edits)));
    at("readings-faults").textContent = (this.page.faults.reading ?? []).join(" ");
  }
}
