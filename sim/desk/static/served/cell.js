// What one party wants on one issue, to be changed: importance, order of the options, red lines, refusals.

/** @import { Cell, Line, Party } from "../pack.js" */
/** @import { ServedPage } from "./page.js" */

import { importanceOf } from "../draft.js";
import { button, make } from "../elements.js";
import { capital, fill } from "../words.js";
import { RankingEditor, orderOf, rankingOf } from "./ranking.js";

/** The red lines of an issue as `--set` takes them; those that stand keep their chance. @param {Line[]} lines @param {string[]} options */
export function redLinesOf(lines, options) {
  if (!options.length) return "none";
  const each = options.map(option => {
    const holds = lines.find(line => line.id === option)?.holds;
    return holds ? `{option: ${option}, holds: [${holds.join(", ")}]}` : option;
  });
  return `[${each.join(", ")}]`;
}

/** The red lines of a party on an issue, by option. @param {Party} party @param {string} issue */
export const redLines = (party, issue) => party.lines.filter(line => line.kind === "red_line" && line.issue === issue);

/** The refusals of a party that an issue has a part in. @param {Party} party @param {number} j */
const refusals = (party, j) => party.lines.filter(line => line.kind === "refusal" && line.when.some(([issue]) => issue === j));

export class CellEditor {
  /** @param {ServedPage} page @param {number} i @param {number} j */
  constructor(page, i, j) {
    this.page = page;
    this.i = i;
    this.j = j;
    this.read = page.pack.parties[i];
    this.issue = page.pack.issues[j];
    this.ids = this.issue.options.map(option => option.id);
    this.path = (/** @type {string} */ key) => `${this.read.id}.${this.issue.id}.${key}`;
    const { name } = page.words.parties[this.read.id];
    this.named = (/** @type {string} */ template) => fill(page.say[template], { party: name, issue: this.issue.label });
    /** Ways back, each with its paths. @type {{paths: string[], back: HTMLElement}[]} */
    this.backs = [];
    /** What is wrong, by path. @type {Map<string, HTMLElement>} */
    this.troubles = new Map();
    this.weight = this.importance();
    this.ranking = new RankingEditor(page.say, this.named("ranking_of"), this.issue.options.map(option => option.label),
      order => this.set("ranking", rankingOf(order, this.ids), rankingOf(orderOf(this.cell), this.ids)));
    this.lines = this.issue.options.map(option => this.check(option.label, () => this.setLines()));
    this.refusals = refusals(this.read, j).map(line => ({ line, box: this.check(page.parties.lineWords.get(line) ?? line.id,
      checked => page.setEdit(`${this.read.id}.refuses.${line.id}`, checked ? null : "none")) }));
    const dropped = this.refusals.map(({ line }) => `${this.read.id}.refuses.${line.id}`);
    this.element = make("div", { class: "cell-editor" },
      this.field(make("label", {}, page.say.importance, " ", this.weight), [this.path("importance")]),
      this.group("ranking_title", "ranking_of", [this.path("ranking")], this.ranking.element),
      this.group("red_lines_title", "red_lines_of", [this.path("red_lines")], ...this.lines.map(x => x.label)),
      ...(this.refusals.length ? [this.group("refusals_title", "refusals_of", dropped, ...this.refusals.map(({ box }) => box.label))] : []));
    this.show();
  }

  /** The cell as the library has it. @returns {Cell} */
  get cell() { return this.read.cells[this.j]; }

  importance() {
    const { page, read, issue } = this, own = this.cell.importance ?? "unknown";
    const choice = make("select", {}, make("option", { value: "" }, fill(page.say.as_read, { importance: own })),
      ...page.documents.importances(read.id, issue.id).filter(x => x !== own).map(x => make("option", { value: x }, x)));
    choice.addEventListener("change", () => page.setEdit(importanceOf(read.id, issue.id), choice.value || null));
    return choice;
  }

  /** @param {string} words @param {(checked: boolean) => void} act */
  check(words, act) {
    const box = make("input", { type: "checkbox" });
    box.addEventListener("change", () => act(box.checked));
    return { box, label: make("label", { class: "line-choice" }, box, " ", capital(words)) };
  }

  /** @param {string} title @param {string} name @param {string[]} paths @param {...Node} inner */
  group(title, name, paths, ...inner) {
    const field = this.field(make("b", {}, this.page.say[title]), paths, ...inner);
    field.setAttribute("role", "group");
    field.setAttribute("aria-label", this.named(name));
    return field;
  }

  /** A head with the way back of some paths, where it moves nothing; and what is wrong with each. @param {HTMLElement} head @param {string[]} paths @param {...Node} inner */
  field(head, paths, ...inner) {
    const back = button(this.page.say.back, () => {
      /** @type {HTMLElement | null} */ (field.querySelector("select, input, .ranking button:enabled"))?.focus({ preventScroll: true });
      this.page.setEdits(paths.map(path => [path, null]));
    }, { class: "quiet back", title: this.page.say.as_library, "aria-label": this.page.say.as_library });
    this.backs.push({ paths, back });
    const troubles = paths.map(path => make("p", { class: "trouble", role: "alert" }));
    paths.forEach((path, k) => this.troubles.set(path, troubles[k]));
    const field = make("div", { class: "cell-field" }, make("div", { class: "cell-head" }, head, back), ...inner, ...troubles);
    return field;
  }

  /** @param {string} key @param {string} value @param {string} read */
  set(key, value, read) { this.page.setEdit(this.path(key), value === read ? null : value); }

  setLines() {
    const options = this.ids.filter((_, o) => this.lines[o].box.checked), before = redLines(this.read, this.issue.id);
    this.set("red_lines", redLinesOf(redLines(this.now, this.issue.id), options),
      redLinesOf(before, this.ids.filter(id => before.some(line => line.id === id))));
  }

  /** The party as the draft has it. @returns {Party} */
  get now() { return this.page.parties.party(this.i, this.page.draft.edits)?.own.party ?? this.read; }

  /** Everything as the draft has it, unless more is asked for already. */
  show() {
    const { page, now } = this, cell = now.cells[this.j];
    for (const { paths, back } of this.backs) back.hidden = !paths.some(path => path in page.draft.edits);
    for (const [path, words] of this.troubles) words.textContent = (page.faults[path] ?? []).join(" ");
    this.showWords();
    if (page.wanted) return;
    const { edits } = page.draft, path = importanceOf(this.read.id, this.issue.id);
    this.weight.value = edits[path] ?? (cell.importance === this.cell.importance ? "" : cell.importance ?? "");
    this.ranking.show(orderOf(cell));
    const lines = redLines(now, this.issue.id);
    this.lines.forEach(({ box }, o) => { box.checked = lines.some(line => line.id === this.ids[o]); });
    for (const { line, box } of this.refusals) box.box.checked = now.lines.some(x => x.kind === "refusal" && x.id === line.id);
  }

  /** Where the cell is another than the sources have it, that is said before what they say. */
  showWords() {
    const { page } = this, place = this.element.closest(".position");
    if (!place) return;
    for (const words of place.querySelectorAll(":scope > .as-edited")) words.remove();
    const read = [...place.querySelectorAll(":scope > p")].map(p => p.textContent);
    const words = (page.parties.party(this.i, page.draft.edits)?.words[this.issue.id] ?? []).map(capital).filter(x => !read.includes(x));
    if (words.length) place.querySelector("h3")?.after(...words.map(sentence => make("p", { class: "as-edited" }, sentence)),
      make("p", { class: "as-edited soft" }, page.say.as_sources));
  }
}
