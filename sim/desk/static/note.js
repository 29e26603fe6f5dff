// What was copied or saved, until the draft is another.

import { at } from "./elements.js";

export class Note {
  /** @param {string} copied what is said of what was copied */
  constructor(copied) {
    this.copied = copied;
    /** The link of the draft that it is about. @type {string | null} */
    this.of = null;
  }

  /** @param {string} link of the draft @param {...string} words */
  show(link, ...words) {
    this.of = link;
    at("copied").hidden = true;
    at("copied-note").textContent = words.filter(Boolean).join(" ");
    at("copied-note").scrollIntoView({ block: "nearest" });
  }

  /** @param {string} link of the draft @param {string} text @param {string} [more] */
  async copy(link, text, more = "") {
    const box = /** @type {HTMLTextAreaElement} */ (at("copied"));
    box.hidden = false;
    box.value = text;
    box.select();
    this.of = link;
    try { await navigator.clipboard.writeText(text); } catch { document.execCommand("copy"); }
    if (this.of !== link) return;  // the draft was changed meanwhile
    this.show(link, this.copied, more);
    box.hidden = false;
  }

  /** The draft is this one now. @param {string} link */
  follow(link) {
    if (link === this.of) return;
    this.of = null;
    at("copied").hidden = true;
    at("copied-note").textContent = "";
  }
}
