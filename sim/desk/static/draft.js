// What carries a draft on: a link, edits, a command, files.

/** @import { Pack } from "./pack.js" */
/** @import { Words } from "./words.js" */

import { OPEN } from "./texts.js";
import { fill } from "./words.js";

/** What is switched: the terms, and by "party.issue" the class of importance where that is another. */
/** @typedef {{terms: number[], importance: Record<string, string>}} Draft */

export class Documents {
  /** @param {Pack} pack @param {Words} words */
  constructor(pack, words) {
    this.pack = pack;
    this.words = words;
    this.say = words.say;
    this.title = `title: ${JSON.stringify(fill(this.say.edits_title, { title: pack.text.title }))}\n`;
  }

  /** The issues in which a draft is another text. @param {Draft} draft */
  changed(draft) { return [...draft.terms.keys()].filter(j => draft.terms[j] !== this.pack.text.terms[j]); }

  /** @param {number} issue @param {number} option */
  optionId(issue, option) { return option === OPEN ? "open" : this.pack.issues[issue].options[option].id; }

  /** @param {number} issue @param {number} option */
  optionLabel(issue, option) { return option === OPEN ? this.say.open : this.pack.issues[issue].options[option].label; }

  /** What stands behind the # of a link. @param {Draft} draft */
  link(draft) {
    const names = this.changed(draft).map(j => [this.pack.issues[j].id, this.optionId(j, draft.terms[j])]);
    const cells = Object.entries(draft.importance);
    if (!names.length && !cells.length) return "";
    return new URLSearchParams([...names, ...cells, ["pack", this.pack.scenario.sha256.slice(0, 12)]]).toString();
  }

  /** The edits that make a draft, as `sim run --set` takes them. @param {Draft} draft */
  edits(draft) {
    return [
      ...this.changed(draft).map(j => `proposal.${this.pack.issues[j].id}=${this.optionId(j, draft.terms[j])}`),
      ...Object.entries(draft.importance).map(([cell, importance]) => `${cell}.importance=${importance}`),
    ];
  }

  /** @param {string} file @param {string[]} [edits] */
  command(file, edits = []) {
    const { draws, seed, evidence, scenario } = this.pack;
    const also = evidence === "all" ? "" : ` --evidence ${evidence}`;
    const sets = edits.map(edit => ` --set '${edit}'`).join("");
    return `sim run ${file}${sets} --as-of ${scenario.day}${also} --draws ${draws} --seed ${seed}`;
  }

  /** @param {Draft} draft */
  editsFile(draft) {
    return `${this.title}edits:\n${this.edits(draft).map(edit => `  ${edit.replace("=", ": ")}\n`).join("")}`;
  }

  /** A draft as a scenario: the text's own file, with other terms where the draft has them. @param {Draft} draft */
  scenarioFile(draft) {
    const { file } = this.words, { text } = this.pack;
    if (!file) throw new Error("edits reach beyond the text");
    const terms = this.pack.issues.map((issue, j) => {
      const option = draft.terms[j], note = fill(this.say.file_note, { option: this.optionLabel(j, text.terms[j]) });
      if (option === text.terms[j]) return file.terms[issue.id];
      const term = option === OPEN ? "open: true" : `option: ${JSON.stringify(this.optionId(j, option))}`;
      return `    ${issue.id}:\n      ${term}\n      basis: proposed\n      note: ${JSON.stringify(note)}\n`;
    });
    const without = Object.keys(draft.importance).length ? `# ${this.say.file_without}\n` : "";
    return `${without}${this.title}${file.head}${terms.join("")}`;
  }
}
