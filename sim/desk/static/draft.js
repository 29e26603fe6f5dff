// What carries a draft on: a link, edits, a command, files.

/** @import { Pack } from "./pack.js" */
/** @import { Words } from "./words.js" */

import { CLASSES } from "./party.js";
import { OPEN } from "./texts.js";
import { fill } from "./words.js";

/** What is switched: the terms, and by the path of `--set` what parties want otherwise, the latest last. */
/** @typedef {{terms: number[], edits: Record<string, string>}} Draft */

/** Whether a hash names a place in the page and not a draft, which has values. @param {string} hash */
export const isPlace = hash => hash.length > 1 && !hash.includes("=");

/** The path of an importance. @param {string} party @param {string} issue */
export const importanceOf = (party, issue) => `${party}.${issue}.importance`;

/** Edits with one more, or without it. @param {Record<string, string>} edits @param {string} path @param {string | null} value */
export function withEdit(edits, path, value) {
  const { [path]: _, ...others } = edits;
  return value === null ? others : { ...others, [path]: value };
}

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

  /**
   * The draft that a hash asks for, by what it changes in another, and what of it there is not.
   * @param {string} hash @param {Draft} [base] @returns {{draft: Draft, troubles: string[]}}
   */
  linked(hash, base = { terms: this.pack.text.terms, edits: {} }) {
    const asked = new URLSearchParams(isPlace(hash) ? "" : hash.slice(1));
    const terms = [...base.terms];
    let { edits } = base;
    /** @type {string[]} */
    const troubles = [];
    for (const [name, value] of asked) {
      if (name === "pack" && !this.isTerm(name, value)) {
        if (value !== this.pack.scenario.sha256.slice(0, 12)) troubles.push(this.say.other_pack);
        continue;
      }
      const j = this.pack.issues.findIndex(issue => issue.id === name);
      if (j >= 0) {
        if (this.isTerm(name, value)) terms[j] = this.pack.issues[j].options.findIndex(o => o.id === value);
        else troubles.push(fill(this.say.no_option, { issue: this.pack.issues[j].label, option: value }));
        continue;
      }
      const path = this.pathOf(name, value);
      if (path) edits = withEdit(edits, path, value);
      else troubles.push(fill(this.say.no_name, { name: `${name}=${value}` }));
    }
    return { draft: { terms, edits }, troubles };
  }

  /** Whether this is an issue with this option, or with none. @param {string} name @param {string} value */
  isTerm(name, value) {
    const issue = this.pack.issues.find(x => x.id === name);
    return issue !== undefined && (value === "open" || issue.options.some(o => o.id === value));
  }

  /**
   * The path of an edit in a link; null where the page cannot set it. Of an importance the key may be left out, as
   * links of earlier versions do. @param {string} name @param {string} value
   */
  pathOf(name, value) {
    const [party, issue, key = "importance"] = name.split(".");
    return key === "importance" && this.settable(party, issue) && this.importances(party, issue).includes(value)
      ? importanceOf(party, issue) : null;
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
    const pairs = this.pairs(draft);
    return pairs.length ? new URLSearchParams([...pairs, ["pack", this.pack.scenario.sha256.slice(0, 12)]]).toString() : "";
  }

  /** What a draft changes, names and values. @param {Draft} draft @returns {string[][]} */
  pairs(draft) {
    return [...this.changed(draft).map(j => [this.pack.issues[j].id, this.optionId(j, draft.terms[j])]), ...Object.entries(draft.edits)];
  }

  /** The edits that make a draft, as `sim run --set` takes them. @param {Draft} draft */
  edits(draft) {
    return [
      ...this.changed(draft).map(j => `proposal.${this.pack.issues[j].id}=${this.optionId(j, draft.terms[j])}`),
      ...Object.entries(draft.edits).map(pair => pair.join("=")),
    ];
  }

  /** An edit in words. @param {string} path @param {string} value */
  editWords(path, value) {
    const [party, issue] = path.split(".");
    const label = this.pack.issues.find(x => x.id === issue)?.label ?? issue;
    return fill(this.say.importance_changed, { party: this.words.parties[party].name, issue: label, importance: value });
  }

  /** @param {string} file @param {string[]} [edits] */
  command(file, edits = []) {
    const { draws, seed, evidence, scenario } = this.pack;
    const also = evidence === "all" ? "" : ` --evidence ${evidence}`;
    const sets = edits.map(edit => ` --set '${edit.replaceAll("'", `'\\''`)}'`).join("");
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
    const without = Object.keys(draft.edits).length ? `# ${this.say.file_without}\n` : "";
    return `${without}${this.title}${file.head}${terms.join("")}`;
  }
}
