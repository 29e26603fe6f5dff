// Questions that take longer: asked of the server, with progress and a way to stop; and documents to save.

/** @import { Draft } from "../draft.js" */
/** @import { ServedPage } from "./page.js" */

import { at, button, make } from "../elements.js";
import { fill } from "../words.js";

/** How often the server is asked how far a job is, in milliseconds. */
const POLL = 500;

/** @typedef {{state: "running" | "done" | "stopped" | "failed", done: number, total: number, words: string, html?: string | null, file?: string | null}} JobState */

class Job {
  /** @param {ServedPage} page @param {HTMLElement} box @param {Record<string, string>} what */
  constructor(page, box, what) {
    this.page = page;
    this.what = what;
    /** @type {string | null} */
    this.id = null;
    /** The draft that it was asked of. @type {Draft | null} */
    this.draft = null;
    const { say } = page, name = box.querySelector("h3")?.textContent ?? "";
    this.begin = /** @type {HTMLButtonElement} */ (box.querySelector(".begin"));
    this.begin.addEventListener("click", () => this.start());
    this.halt = button(say.stop, () => this.stop(), { "aria-label": fill(say.stop_of, { name }) });
    this.progress = make("progress", { "aria-label": fill(say.progress_of, { name }) });
    this.words = make("span", { class: "soft", role: "status" });
    /** How long it takes already; not read out at every second. */
    this.clock = make("span", { class: "soft" });
    this.began = 0;
    this.trouble = make("p", { class: "trouble", role: "alert" });
    this.note = make("p", { class: "soft changed-since" });
    this.out = make("div", { class: "job-out" });
    this.out.addEventListener("click", event => this.follow(event));
    box.append(make("p", { class: "job-state" }, this.progress, this.halt, this.words, this.clock), this.trouble, this.note, this.out);
    this.idle();
  }

  async start() {
    const { page } = this, { server, served, documents } = page;
    this.draft = page.draft;
    this.began = performance.now();
    this.trouble.textContent = "";
    this.out.replaceChildren();
    this.begin.disabled = true;
    this.show();
    try {
      const asked = { ...this.what, text: served.text, as_of: served.day, evidence: served.evidence, edits: documents.edits(page.draft) };
      ({ id: this.id } = await server.ask("/api/jobs", asked));
      this.halt.hidden = this.progress.hidden = false;
      this.progress.removeAttribute("value");
      this.halt.focus();
      await this.watch();
    } catch (error) {
      this.trouble.textContent = page.faultsOf(error, "gone_job").join(" ");
      this.words.textContent = "";
    }
    this.idle();
  }

  /** Ask how far it is until it ends, or is stopped. */
  async watch() {
    const { id } = this;
    while (id && this.id === id) {
      /** @type {JobState} */
      const state = await this.page.server.ask(`/api/jobs/${id}`);
      if (this.id !== id) return;
      if (state.state !== "running") return this.end(id, state);
      if (state.total) {
        this.progress.max = state.total;
        this.progress.value = state.done;
      }
      this.words.textContent = state.words;
      this.clock.textContent = fill(this.page.say.seconds, { seconds: this.seconds });
      await new Promise(done => setTimeout(done, POLL));
    }
  }

  /** @param {string} id @param {JobState} state */
  end(id, state) {
    this.words.textContent = state.words;
    if (state.state === "failed") this.trouble.textContent = state.words;
    if (state.state !== "done") return;
    if (state.html) this.out.replaceChildren(...fragment(state.html));
    if (state.file) {
      const link = make("a", { href: `/api/jobs/${id}/file`, download: state.file }, fill(this.page.say.save_file, { file: state.file }));
      this.out.append(make("p", {}, link));
      if (!state.html) link.click();
    }
  }

  async stop() {
    const { id } = this;
    this.id = null;
    this.idle();
    this.words.textContent = fill(this.page.say.stopped, { seconds: this.seconds });
    try { await this.page.server.ask(`/api/jobs/${id}`, null, "DELETE"); } catch (error) { this.page.faultsOf(error); }
  }

  get seconds() { return Math.round((performance.now() - this.began) / 1000); }

  idle() {
    this.clock.textContent = "";
    this.halt.hidden = this.progress.hidden = true;
    const here = document.activeElement === this.halt;
    this.begin.disabled = false;
    if (here) this.begin.focus();
  }

  /** Put a row on the desk, over the draft that was asked of. @param {MouseEvent} event */
  follow(event) {
    const link = event.target instanceof Element && event.target.closest("a.try");
    if (!(link instanceof HTMLAnchorElement) || !this.draft) return;
    event.preventDefault();
    const pairs = [...new URLSearchParams(link.hash.slice(1))].filter(([name]) => name !== "pack");
    const { draft, troubles } = this.page.documents.linked(`#${new URLSearchParams(pairs)}`, this.draft);
    this.page.origins.follow(draft, this.draft);
    this.page.change(draft, troubles);
    at("headline").setAttribute("tabindex", "-1");
    at("headline").focus();
  }

  show() {
    const changed = this.draft && JSON.stringify(this.draft) !== JSON.stringify(this.page.draft);
    this.note.textContent = changed && (this.out.hasChildNodes() || this.id) ? this.page.say.changed_since : "";
  }
}

/** The elements of a part of a page. The server has made all text in it text. @param {string} html */
const fragment = html => [...new DOMParser().parseFromString(html, "text/html").body.childNodes];

export class Jobs {
  /** @param {ServedPage} page */
  constructor(page) {
    this.page = page;
    /** @type {Job[]} */
    this.jobs = [];
  }

  start() {
    this.jobs = [...document.querySelectorAll(".job")].map(box => {
      const { kind = "", figure, format } = /** @type {HTMLElement} */ (box).dataset;
      return new Job(this.page, /** @type {HTMLElement} */ (box), { kind, ...(figure ? { figure } : {}), ...(format ? { format } : {}) });
    });
  }

  show() { for (const job of this.jobs) job.show(); }
}
