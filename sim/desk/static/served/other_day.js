// Edits that were made on the positions of another day, or by other evidence, than the page has.

/** @import { ServedPage } from "./page.js" */

import { at, button, make } from "../elements.js";
import { fill } from "../words.js";

export class OtherDay {
  /** @param {ServedPage} page */
  constructor(page) {
    this.page = page;
    /** What stands there. */
    this.of = "";
  }

  show() {
    const { page } = this, { draft, origins } = page, box = at("other-day"), { made } = origins.of(draft);
    const edits = Object.entries(draft.edits), of = made === origins.here || !edits.length ? "" : JSON.stringify([made, edits]);
    if (of === this.of) return;
    this.of = of;
    box.hidden = !of;
    if (!of) return box.replaceChildren();
    const { say, documents } = page, before = this.place(made), here = this.place(origins.here);
    const [day, evidence = "all"] = made.split(" ");
    box.replaceChildren(
      make("p", { class: "lead" }, fill(say[edits.length === 1 ? "other_day_one" : "other_day"], { count: edits.length, made: before, here })),
      make("ul", { class: "plain", tabindex: "0", "aria-label": say.other_day_title }, ...edits.map(([path, value]) => make("li", {}, documents.editWords(path, value),
        make("span", { class: "soft" }, ` ${documents.idle(path, value) ? fill(say.other_day_same, { here }) : fill(say.other_day_read, { here, read: documents.readWords(path) })}`)))),
      make("div", { class: "tools" }, button(say.keep_edits, () => this.keep(), { id: "keep-edits" }),
        button(say.drop_edits, () => page.change({ ...page.draft, edits: {} }), { id: "drop-edits" }),
        button(fill(say.back_to, { made: before }), () => page.switches.leave(day, evidence), { id: "back-to-day" })));
  }

  /** The day in words, and the evidence where that is not all. @param {string} place */
  place(place) {
    const [day, evidence] = place.split(" ");
    return evidence ? fill(this.page.say[`day_${evidence}`], { day }) : day;
  }

  keep() {
    const { page } = this;
    page.origins.set(page.draft, { made: page.origins.here });
    page.showLink();
    page.showParts();
    at("headline").tabIndex = -1;
    at("headline").focus();
  }
}
