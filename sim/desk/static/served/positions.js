// What one party wants, issue by issue, each with its evidence.

/** @import { ServedPage } from "./page.js" */

import { at, button, make } from "../elements.js";
import { capital, fill } from "../words.js";

export class PartyList {
  /** @param {ServedPage} page */
  constructor(page) {
    this.page = page;
    this.party = 0;
    /** The party whose issues stand there. */
    this.listed = -1;
  }

  start() {
    const { pack, words } = this.page;
    at("party-choice").append(...pack.parties.map((party, i) => button(words.parties[party.id].name, () => {
      this.party = i;
      this.show();
    }, { "aria-pressed": "false" })));
  }

  show() {
    if (this.page.tabs.current !== "parties") return;
    const { pack } = this.page, box = at("party-cells");
    if (this.listed !== this.party) {
      this.listed = this.party;
      box.replaceChildren(...pack.issues.map((_, j) => this.entry(j)));
    }
    [...at("party-choice").children].forEach((one, i) => one.setAttribute("aria-pressed", String(i === this.party)));
    pack.issues.forEach((_, j) => box.children[j].querySelector(".in-short")?.replaceChildren(...this.inShort(j)));
  }

  /** @param {number} j */
  entry(j) {
    const { page } = this, issue = page.pack.issues[j], party = page.pack.parties[this.party].id;
    const entry = make("details", {}, make("summary", {}, make("b", {}, capital(issue.label)), " ", make("span", { class: "in-short soft" })));
    entry.addEventListener("toggle", () => {
      const there = document.getElementById(`evidence-${issue.id}-${party}`);
      if (!entry.open || entry.querySelector(".position") || !there) return;
      entry.append(page.position(there, this.party, j));
    });
    return entry;
  }

  /** What a party wants on an issue, in a line: how much it minds, what it ranks first, what it rejects. @param {number} j */
  inShort(j) {
    const { page, party: i } = this, { say, pack } = page, { id } = pack.parties[i], issue = pack.issues[j];
    const { cells, lines } = (page.parties.party(i, page.draft.edits)?.own ?? page.people[i]).party, cell = cells[j];
    const names = (/** @type {number[]} */ options) => options.map(o => issue.options[o].label).join(", ");
    const red = lines.filter(line => line.kind === "red_line" && line.issue === issue.id).map(line => issue.options.findIndex(o => o.id === line.id));
    const parts = [fill(say.short_importance, { importance: cell.importance ?? say.unknown })];
    if (cell.levels && cell.levels.length > 1 && cell.levels[0].join() !== cell.rest.join()) parts.push(fill(say.short_first, { options: names(cell.levels[0]) }));
    if (red.length) parts.push(fill(say.short_lines, { options: names(red) }));
    const edited = Object.keys(page.draft.edits).some(path => path.startsWith(`${id}.${issue.id}`));
    return [parts.join("; "), ...(edited ? [" ", make("span", { class: "chip" }, say.edited)] : [])];
  }
}
