// What the page is of: the day of the positions and the kind of evidence, which make another page, and the lines that bind.

/** @import { ServedPage } from "./page.js" */

import { at } from "../elements.js";
import { fill } from "../words.js";

export class Switches {
  /** @param {ServedPage} page */
  constructor(page) {
    this.page = page;
    this.day = /** @type {HTMLInputElement} */ (at("switch-day"));
    this.evidence = /** @type {HTMLSelectElement} */ (at("switch-evidence"));
    this.layer = /** @type {HTMLSelectElement} */ (at("switch-layer"));
  }

  start() {
    at("switch-form").addEventListener("submit", event => {
      event.preventDefault();
      this.leave(this.day.value || this.page.served.day, this.evidence.value);
    });
    this.layer.addEventListener("change", () => this.page.setLayer(this.layer.value));
  }

  /** To the page of another day or kind of evidence, the draft and the pins carried along; not where there is none. @param {string} day @param {string} evidence */
  async leave(day, evidence) {
    const { served, server, documents, draft, layer, pins, say, tabs } = this.page;
    at("switch-faults").textContent = "";
    at("switch-note").textContent = fill(say.switching, { day });
    try {
      await server.ask("/api/parties", { text: served.text, as_of: day, evidence, edits: [] });
    } catch (error) {
      at("switch-note").textContent = "";
      at("switch-faults").textContent = this.page.faultsOf(error).join(" ");
      return;
    }
    const state = new URLSearchParams(documents.stateLink(draft, layer, pins, tabs.current));
    if (!documents.pack.issues.some(issue => issue.id === "pack")) state.delete("pack");
    location.assign(`${location.pathname}?${new URLSearchParams({ as_of: day, evidence })}#${state}`);
  }

  show() {
    const { layer, say } = this.page;
    this.layer.value = layer;
    at("layer-note").textContent = layer ? say[`binding_${layer}`] : "";
  }
}
