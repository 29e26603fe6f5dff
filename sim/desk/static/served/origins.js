// Where drafts come from: the text that one started from, and the positions that its edits were made on.

/** @import { Pack } from "../pack.js" */
/** @import { Draft } from "../draft.js" */

/** The id of a text, "" for the page's own; a day, with the kind of evidence where that is not all. @typedef {{from: string, made: string}} Origin */

/** A day and a kind of evidence in one. @param {string} day @param {string} evidence */
export const placeOf = (day, evidence) => (evidence === "all" ? day : `${day} ${evidence}`);

export class Origins {
  /** @param {Pack} pack @param {string} here the positions of the page */
  constructor(pack, here) {
    this.pack = pack;
    this.here = here;
    /** @type {WeakMap<Draft, Origin>} */
    this.known = new WeakMap();
  }

  /** @param {Draft} draft @returns {Origin} */
  of(draft) { return this.known.get(draft) ?? { from: "", made: this.here }; }

  /** @param {Draft} draft @param {Partial<Origin>} origin */
  set(draft, origin) { this.known.set(draft, { ...this.of(draft), ...origin }); }

  /** Of a draft that comes of another by a change: one that is a text whole is that text. @param {Draft} draft @param {Draft} before */
  follow(draft, before) {
    const { from, made } = this.of(before);
    if (!this.known.has(draft)) this.set(draft, { from: this.textOf(draft.terms, from), made: Object.keys(before.edits).length ? made : this.here });
  }

  /** The text of these terms, or else the one they come from. @param {number[]} terms @param {string} from */
  textOf(terms, from) {
    return [from, "", ...Object.keys(this.pack.texts)].find(id => this.text(id).terms.every((o, j) => o === terms[j])) ?? from;
  }

  /** @param {string} id */
  text(id) { return this.pack.texts[id] ?? this.pack.text; }

  /** The text that a draft started from. @param {Draft} draft */
  base(draft) { return this.text(this.of(draft).from); }

  /** The issues in which a draft is another text than it started from. @param {Draft} draft */
  changed(draft) { return [...draft.terms.keys()].filter(j => draft.terms[j] !== this.base(draft).terms[j]); }

  /** As a link holds it, where a draft does not say as much by itself. @param {Draft} draft @returns {string[][]} */
  pairs(draft) {
    const { from, made } = this.of(draft);
    return [...(from === this.textOf(draft.terms, "") ? [] : [["from", from]]), ...(Object.keys(draft.edits).length ? [["made", made]] : [])];
  }

  /** Of a draft of a link. @param {Draft} draft @param {Map<string, string>} pairs */
  read(draft, pairs) {
    const from = pairs.get("from") ?? "", made = pairs.get("made") ?? "";
    this.set(draft, { from: this.textOf(draft.terms, from in this.pack.texts ? from : ""), made: /^\d{4}-\d\d-\d\d( articles| firm)?$/.test(made) ? made : this.here });
  }
}
