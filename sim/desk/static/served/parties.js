// Parties as edits leave them, from the server, on the page's own draws.

/** @import { Line, Pack, Party } from "../pack.js" */
/** @import { Words } from "../words.js" */
/** @import { Server } from "./server.js" */

import { FORMAT, rowsOf } from "../pack.js";
import { Preferences } from "../party.js";

/** What the page knows of where it comes from. */
/** @typedef {{text: string, day: string, evidence: string, say: Record<string, string>, layers: Record<string, Record<string, string>>}} Served */
/** A party by some edits, and what is said of each of its cells then. @typedef {{own: Preferences, words: Record<string, string[]>}} EditedParty */

/** So many edited parties are remembered. */
const MOST = 16;

export class Parties {
  /** @param {Pack} pack @param {Words} words @param {Preferences[]} own @param {Server} server @param {Served} served */
  constructor(pack, words, own, server, served) {
    this.pack = pack;
    this.own = own;
    this.server = server;
    this.served = served;
    /** What an objection over a line is called. @type {WeakMap<Line, string>} */
    this.lineWords = new WeakMap();
    pack.parties.forEach(party => this.name(party, words.lines[party.id]));
    /** @type {Map<string, EditedParty>} */
    this.edited = new Map();
    /** Warnings by the edits that they are about. @type {Map<string, string[]>} */
    this.warnings = new Map();
  }

  /** @param {Party} party @param {string[]} words */
  name(party, words) { party.lines.forEach((line, k) => this.lineWords.set(line, words[k])); }

  /** The edits that bear on a party: its own, and those of no party. @param {Record<string, string>} edits @param {string} id */
  bearing(edits, id) {
    const others = this.pack.parties.map(party => party.id).filter(other => other !== id);
    return Object.entries(edits).filter(([path]) => !others.includes(path.split(".")[0]));
  }

  /** A party by these edits, where that is known. @param {number} i @param {Record<string, string>} edits @returns {EditedParty | null} */
  party(i, edits) {
    const mine = this.bearing(edits, this.pack.parties[i].id), key = keyOf(i, mine);
    if (!mine.length) return { own: this.own[i], words: {} };
    const edited = this.edited.get(key);
    if (!edited) return null;
    this.edited.delete(key);
    this.edited.set(key, edited);
    return edited;
  }

  /** All parties by these edits; null where the server has to be asked. @param {Record<string, string>} edits @returns {Preferences[] | null} */
  known(edits) {
    const people = this.own.map((_, i) => this.party(i, edits)?.own);
    return people.every(own => own !== undefined) ? people : null;
  }

  /** All parties by these edits. Throws Refusal or Silence. @param {Record<string, string>} edits @returns {Promise<Preferences[]>} */
  async of(edits) {
    const known = this.known(edits);
    if (known) return known;
    const answer = await this.ask(Object.entries(edits));
    this.own.forEach((own, i) => {
      const mine = this.bearing(edits, own.party.id);
      if (mine.length) this.edited.set(keyOf(i, mine), answer.get(own.party.id) ?? { own, words: {} });
    });
    const people = this.known(edits);
    for (const key of this.edited.keys()) if (this.edited.size > MOST) this.edited.delete(key);
    return people ?? this.own;
  }

  /** One party without one of its edits, for once. @param {Record<string, string>} edits @param {number} i @returns {Promise<Preferences>} */
  async once(edits, i) {
    const known = this.party(i, edits), { id } = this.pack.parties[i];
    return known ? known.own : (await this.ask(this.bearing(edits, id))).get(id)?.own ?? this.own[i];
  }

  /** @param {[string, string][]} edits @returns {Promise<Map<string, EditedParty>>} */
  async ask(edits) {
    const { text, day, evidence } = this.served, sets = edits.map(pair => pair.join("="));
    const answer = await this.server.ask("/api/parties", { text, as_of: day, evidence, edits: sets });
    const before = this.own[0].row, rest = await rowsOf({ format: FORMAT, ...answer });
    const row = (/** @type {import("../pack.js").Quantity} */ quantity) =>
      Array.isArray(quantity) && quantity[0] >= answer.first ? rest([quantity[0] - answer.first]) : before(quantity);
    if (this.warnings.size > MOST) this.warnings.clear();
    this.warnings.set(sets.join("\n"), answer.warnings);
    return new Map(answer.parties.map((/** @type {Party} */ party) => {
      this.name(party, answer.lines[party.id]);
      return [party.id, { own: new Preferences(party, this.pack.draws, row), words: answer.words[party.id] ?? {} }];
    }));
  }
}

/** @param {number} i @param {[string, string][]} edits */
const keyOf = (i, edits) => JSON.stringify([i, edits]);

/** A party of which only lines down to a layer bind; all its draws are shared. @param {Preferences} own @param {number} layer @returns {Preferences} */
export function withLayers(own, layer) {
  const lines = own.party.lines.filter(line => line.layer <= layer);
  return Object.assign(Object.create(Preferences.prototype), own, { party: { ...own.party, lines } });
}
