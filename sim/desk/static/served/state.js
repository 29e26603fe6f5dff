// What is on the desk, in a line: the text it started from, what is changed, the pin that it is, and the day.

/** @import { ServedPage } from "./page.js" */

import { at, button, make } from "../elements.js";
import { fill } from "../words.js";

export class StateLine {
  /** @param {ServedPage} page */
  constructor(page) {
    this.page = page;
    /** What stands there. */
    this.words = "";
  }

  show() {
    const { page } = this, { say, origins, draft, served } = page, terms = page.changedTerms.length;
    const { title } = origins.base(draft), pin = page.pins.find(one => JSON.stringify(one.draft) === JSON.stringify(draft));
    const parts = [
      { words: title + (terms ? `, ${this.count("state_term", terms)}` : ""), panel: terms ? "terms" : "" },
      ...this.parties().map(words => ({ words, panel: "parties" })),
      ...(pin ? [{ words: say.state_pin, panel: "outcomes" }] : []),
      { words: fill(say[served.evidence === "all" ? "state_day" : `state_day_${served.evidence}`], { day: served.day }), panel: "" },
    ];
    const words = JSON.stringify(parts);
    if (words === this.words) return;
    this.words = words;
    const shown = parts.map(({ words, panel }) => (panel ? button(words, () => this.open(panel), { class: "quiet" }) : make("span", {}, words)));
    shown[0].classList.add("title");
    at("state").replaceChildren(...shown.flatMap((one, k) => (k ? [" · ", one] : [one])));
    this.showTitle(title, origins.base(draft).date);
    at("was-note").textContent = fill(say[terms ? "was_of_text" : "was_of_parties"], { title, day: served.day });
    at("was-note").hidden = at("below-note").hidden = true;
    if (terms || page.edited()) at("was-note").hidden = false;
    at("below-note").hidden = !page.edited();
  }

  /** The head of the page: the text that is on the desk. @param {string} title @param {string} date */
  showTitle(title, date) {
    const { pack, say } = this.page;
    document.title = at("title").textContent = title;
    at("about").textContent = fill(say.about, { date, day: pack.scenario.day, draws: pack.draws.toLocaleString("en"), seed: pack.seed });
  }

  /** How many changes there are to what each party wants; those count that say anything else than the library. */
  parties() {
    const { pack, words, draft, documents } = this.page, edits = documents.telling(draft.edits);
    return pack.parties.flatMap(({ id }) => {
      const count = edits.filter(([path]) => path.startsWith(`${id}.`)).length;
      return count ? [this.count("state_edit", count, words.parties[id].spoken)] : [];
    });
  }

  /** @param {string} name @param {number} count @param {string} [party] */
  count(name, count, party = "") { return fill(this.page.say[count === 1 ? name : `${name}s`], { count, party }); }

  /** @param {string} panel */
  open(panel) {
    this.page.tabs.open(panel);
    const there = at({ parties: "edits-title", outcomes: "outcomes-title" }[panel] ?? "text-title");
    there.tabIndex = -1;
    there.focus();
    there.scrollIntoView();
  }
}
