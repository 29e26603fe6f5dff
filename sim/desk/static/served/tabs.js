// The panels beside the answer, one at a time.

import { at } from "../elements.js";

/** The panels; a page opens at the first. */
export const PANELS = ["terms", "parties", "outcomes", "questions"], FIRST_TAB = PANELS[0];

export class Tabs {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.tabs = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("[role=tab]")]);
    this.current = FIRST_TAB;
  }

  start() {
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.open(tab.dataset.panel ?? ""));
      tab.addEventListener("keydown", event => this.key(event, this.tabs.indexOf(tab)));
    }
  }

  /** @param {KeyboardEvent} event @param {number} k */
  key(event, k) {
    const n = this.tabs.length;
    const to = /** @type {Record<string, number>} */ ({ ArrowRight: (k + 1) % n, ArrowLeft: (k + n - 1) % n, Home: 0, End: n - 1 })[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.tabs[to].focus();
    this.open(this.tabs[to].dataset.panel ?? "");
  }

  /** @param {string} panel */
  open(panel) {
    if (panel === this.current) return;
    this.select(panel);
    this.changed();
    // There the tabs stand at the foot of the screen, and the answer above the panels.
    if (getComputedStyle(this.tabs[0].parentElement ?? this.tabs[0]).position === "fixed") at(`panel-${panel}`).scrollIntoView();
  }

  /** Show a panel, if there is one of that name. @param {string} panel */
  select(panel) {
    if (!this.tabs.some(tab => tab.dataset.panel === panel)) return;
    this.current = panel;
    for (const tab of this.tabs) {
      const own = tab.dataset.panel === panel;
      tab.setAttribute("aria-selected", String(own));
      tab.tabIndex = own ? 0 : -1;
      at(`panel-${tab.dataset.panel}`).hidden = !own;
    }
  }
}
