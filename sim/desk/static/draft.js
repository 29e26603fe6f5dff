// What carries a draft on: a link, edits, a command, files.

/** @import { Pack } from "./pack.js" */
/** @import { Words } from "./words.js" */

import { CLASSES } from "./party.js";
import { OPEN } from "./texts.js";
import { fill } from "./words.js";

/** What is switched: the terms, and by "party.issue" the class of importance where that is another. */
/** @typedef {{terms: number[], importance: Record<string, string>}} Draft */

/** Whether a hash names a place in the page and not a draft, which has values. @param {string} hash */
export const isPlace = hash => hash.length > 1 && !hash.includes("=");

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

  /** The draft that a hash asks for, and what of it there is not. @param {string} hash @returns {{draft: Draft, troubles: string[]}} */
  linked(hash) {
    const asked = new URLSearchParams(isPlace(hash) ? "" : hash.slice(1));
    const terms = [...this.pack.text.terms];
    /** @type {Record<string, string>} */
    const importance = {};
    /** @type {string[]} */
    const troubles = [];
    for (const [name, value] of asked) {
      if (name === "pack" && !this.pack.issues.some(x => x.id === "pack" && (value === "open" || x.options.some(o => o.id === value)))) {
        if (value !== this.pack.scenario.sha256.slice(0, 12)) troubles.push(this.say.other_pack);
        continue;
      }
      const j = this.pack.issues.findIndex(issue => issue.id === name);
      const [party, ...rest] = name.split("."), cell = rest.join(".");
      if (j >= 0) {
        const option = this.pack.issues[j].options.findIndex(o => o.id === value);
        if (option >= 0 || value === "open") terms[j] = option;
        else troubles.push(fill(this.say.no_option, { issue: this.pack.issues[j].label, option: value }));
      } else if (this.settable(party, cell) && this.importances(party, cell).includes(value)) importance[name] = value;
      else troubles.push(fill(this.say.no_name, { name: `${name}=${value}` }));
    }
    return { draft: { terms, importance }, troubles };
  }

  /** Whether a page can set the importance of a cell: not where weights are given as numbers or ranges. @param {string} party @param {string} issue */
  settable(party, issue) {
    const who = this.pack.parties.find(p => p.id === party), j = this.pack.issues.findIndex(x => x.id === issue);
    return Boolean(who && j >= 0 && !who.silent && "plan" in who.weights && "plan" in who.weights_on_evidence
      && who.weights.plan.every(entry => !Array.isArray(entry)));
  }

  /** What an importance may be set to: not none where there is a red line. @param {string} party @param {string} issue */
  importances(party, issue) {
    const lines = this.pack.parties.find(p => p.id === party)?.lines ?? [];
    return lines.some(line => line.kind === "red_line" && line.issue === issue) ? CLASSES : [...CLASSES, "none"];
  }

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
