// The panels beside the answer, one at a time.

import { at } from "../elements.js";

/** Where the panel is remembered that the next page opens at. */
const REMEMBERED_PANEL = "panel";

export class Tabs {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.tabs = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("[role=tab]")]);
    this.current = "terms";
  }

  start() {
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.open(tab.dataset.panel ?? ""));
      tab.addEventListener("keydown", event => this.key(event, this.tabs.indexOf(tab)));
    }
    const panel = sessionStorage.getItem(REMEMBERED_PANEL);
    sessionStorage.removeItem(REMEMBERED_PANEL);
    if (panel && this.tabs.some(tab => tab.dataset.panel === panel)) this.open(panel, false);
  }

  /** The page of another day opens at the panel that is open here. */
  remember() { sessionStorage.setItem(REMEMBERED_PANEL, this.current); }

  /** @param {KeyboardEvent} event @param {number} k */
  key(event, k) {
    const n = this.tabs.length;
    const to = /** @type {Record<string, number>} */ ({ ArrowRight: (k + 1) % n, ArrowLeft: (k + n - 1) % n, Home: 0, End: n - 1 })[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.tabs[to].focus();
    this.open(this.tabs[to].dataset.panel ?? "");
  }

  /** @param {string} panel @param {boolean} [go] whether a phone goes there, which shows the answer above the panels */
  open(panel, go = true) {
    if (panel === this.current) return;
    this.current = panel;
    for (const tab of this.tabs) {
      const own = tab.dataset.panel === panel;
      tab.setAttribute("aria-selected", String(own));
      tab.tabIndex = own ? 0 : -1;
      at(`panel-${tab.dataset.panel}`).hidden = !own;
    }
    this.changed();
    // There the tabs stand at the foot of the screen.
    if (go && getComputedStyle(this.tabs[0].parentElement ?? this.tabs[0]).position === "fixed") at(`panel-${panel}`).scrollIntoView();
  }
}
