// An order of options in levels, best first, moved by pointer, keys or buttons.

/** @import { Cell } from "../pack.js" */
/** @import { Templates } from "../words.js" */

import { button, make } from "../elements.js";
import { fill } from "../words.js";

/** Options that tie, or, as `rest`, stand in no known order among themselves. @typedef {{options: number[], rest: boolean}} Level */
/** Levels, best first, and options that may stand anywhere. @typedef {{levels: Level[], loose: number[]}} Order */

/** A pointer has to go so far before it drags. */
const SLACK = 5;

/** The order of a cell; one that is unknown has all options in no order. @param {Cell} cell @returns {Order} */
export function orderOf(cell) {
  const all = [...cell.values.keys()];
  if (!cell.levels) return { levels: [{ options: all, rest: true }], loose: [] };
  const isRest = (/** @type {number[]} */ options) => cell.rest.length > 1 && options.join() === cell.rest.join();
  const levels = cell.levels.map(options => ({ options: [...options], rest: isRest(options) }));
  return { levels, loose: all.filter(o => !levels.some(level => level.options.includes(o))) };
}

/** An order as `--set` takes it. @param {Order} order @param {string[]} ids */
export function rankingOf({ levels, loose }, ids) {
  if (levels.length === 1 && levels[0].rest && !loose.length) return "unknown";
  const words = levels.map(({ options, rest }) => {
    if (options.length === 1) return ids[options[0]];
    return rest ? "rest" : `[${options.map(o => ids[o]).join(", ")}]`;
  });
  return `[${words.join(", ")}]`;
}

/** An order with one option elsewhere: in a level, or as a level before another or last. @param {Order} order @param {number} option @param {Level | null} target @param {boolean} tie @returns {Order} */
export function moved(order, option, target, tie) {
  const levels = order.levels.flatMap(level => {
    const options = level.options.filter(o => o !== option);
    const own = level === target && tie ? [...options, option].sort((a, b) => a - b) : options;
    const stays = own.length ? [{ options: own, rest: level.rest && own.length > 1 }] : [];
    return level === target && !tie ? [{ options: [option], rest: false }, ...stays] : stays;
  });
  if (!target) levels.push({ options: [option], rest: false });
  return { levels, loose: order.loose.filter(o => o !== option) };
}

/** An order with one option moved by a step, or to the level above; null where there is nothing to do. @param {Order} order @param {number} option @param {"up" | "down" | "tie"} step @returns {Order | null} */
export function stepped(order, option, step) {
  const { levels } = order, k = levels.findIndex(level => level.options.includes(option));
  if (k < 0) return moved(order, option, null, false);
  const alone = levels[k].options.length === 1, last = k === levels.length - 1;
  if (step === "tie") return k > 0 ? moved(order, option, levels[k - 1], true) : null;
  if (step === "up") return alone ? (k > 0 ? moved(order, option, levels[k - 1], false) : null) : moved(order, option, levels[k], false);
  if (last && alone) return null;
  return moved(order, option, levels[k + (alone ? 2 : 1)] ?? null, false);
}

export class RankingEditor {
  /** @param {Templates} say @param {string} name @param {string[]} labels @param {(order: Order) => void} changed */
  constructor(say, name, labels, changed) {
    this.say = say;
    this.labels = labels;
    this.changed = changed;
    /** @type {Order} */
    this.order = { levels: [], loose: [] };
    this.list = make("ol", { class: "ranking", "aria-label": name });
    this.list.addEventListener("keydown", event => this.key(event));
    this.list.addEventListener("pointerdown", event => this.drag(event));
    this.spoken = make("p", { class: "hidden", role: "status" });
    this.element = make("div", {}, this.list, this.spoken);
  }

  /** @param {Order} order */
  show(order) {
    this.order = order;
    const here = /** @type {HTMLElement | null} */ (this.list.contains(document.activeElement) ? document.activeElement : null);
    const { option, step } = here?.dataset ?? {};
    const rows = order.levels.map((level, k) => {
      const note = level.rest ? [make("span", { class: "soft" }, this.say.rank_rest)] : level.options.length > 1 ? [make("span", { class: "soft" }, this.say.rank_tie_note)] : [];
      return make("li", { class: "level" }, ...level.options.map(o => this.option(o, k)), ...note);
    });
    if (order.loose.length)
      rows.push(make("li", { class: "level loose" }, ...order.loose.map(o => this.option(o, -1)), make("span", { class: "soft" }, this.say.rank_loose)));
    this.list.replaceChildren(...rows);
    if (option === undefined) return;
    const own = /** @type {HTMLButtonElement[]} */ ([...this.list.querySelectorAll(`button[data-option="${option}"]`)]);
    (own.find(one => one.dataset.step === step && !one.disabled) ?? own.find(one => !one.disabled))?.focus({ preventScroll: true });
  }

  /** @param {number} o @param {number} k */
  option(o, k) {
    const { levels } = this.order, alone = k >= 0 && levels[k].options.length === 1;
    const off = { up: alone && k === 0, down: alone && k === levels.length - 1, tie: k < 1 };
    const steps = /** @type {("up" | "down" | "tie")[]} */ (["up", "down", "tie"]).map(step => {
      const words = fill(this.say[`rank_${step}`], { option: this.labels[o] });
      const one = button(this.say[`sign_${step}`], () => this.step(o, step),
        { class: "quiet", "aria-label": words, title: words, "data-option": String(o), "data-step": step });
      one.disabled = off[step];
      return one;
    });
    return make("span", { class: "rank-option", "data-option": String(o) }, make("span", { class: "grip", "aria-hidden": "true" }, "⠿"),
      make("span", { class: "name" }, this.labels[o]), ...steps);
  }

  /** @param {number} option @param {"up" | "down" | "tie"} step */
  step(option, step) {
    const order = stepped(this.order, option, step);
    if (order) this.move(option, order);
  }

  /** @param {number} option @param {Order} order */
  move(option, order) {
    this.show(order);
    const k = order.levels.findIndex(level => level.options.includes(option)), beside = order.levels[k].options.length - 1;
    this.spoken.textContent = fill(this.say[beside ? "rank_now_tie" : "rank_now"], {
      option: this.labels[option], place: k + 1, levels: order.levels.length, beside });
    this.changed(order);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = /** @type {Record<string, "up" | "down" | "tie">} */ ({ ArrowUp: "up", ArrowDown: "down", "=": "tie" })[event.key];
    const option = event.target instanceof HTMLElement ? event.target.dataset.option : undefined;
    if (!step || option === undefined) return;
    event.preventDefault();
    this.step(Number(option), step);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const held = event.target instanceof Element && !event.target.closest("button") && event.target.closest(".rank-option");
    if (!(held instanceof HTMLElement) || event.button) return;
    event.preventDefault();
    const option = Number(held.dataset.option), start = event.clientY, ending = new AbortController(), { signal } = ending;
    /** @type {{target: Level | null, tie: boolean} | null} */
    let drop = null;
    const end = () => {
      ending.abort();
      held.classList.remove("dragged");
      this.list.querySelectorAll(".over, .before, .after").forEach(level => level.classList.remove("over", "before", "after"));
    };
    addEventListener("pointermove", ({ clientY }) => {
      if (!drop && Math.abs(clientY - start) < SLACK) return;
      held.classList.add("dragged");
      drop = this.dropAt(clientY);
    }, { signal });
    addEventListener("pointerup", () => {
      end();
      if (drop) this.drop(option, drop.target, drop.tie);
    }, { signal });
    addEventListener("pointercancel", end, { signal });
    addEventListener("keydown", ({ key }) => { if (key === "Escape") end(); }, { signal });
  }

  /** @param {number} option @param {Level | null} target @param {boolean} tie */
  drop(option, target, tie) {
    const k = target ? this.order.levels.indexOf(target) : this.order.levels.length;
    const own = this.order.levels.findIndex(level => level.options.includes(option));
    const alone = own >= 0 && this.order.levels[own].options.length === 1;
    if (own === k && (tie || alone)) return;
    if (alone && !tie && k === own + 1) return;
    this.move(option, moved(this.order, option, target, tie));
  }

  /** Where an option goes that is let go at a height; the levels show it. @param {number} y @returns {{target: Level | null, tie: boolean}} */
  dropAt(y) {
    const rows = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll(".level:not(.loose)")]);
    rows.forEach(row => row.classList.remove("over", "before", "after"));
    for (const [k, row] of rows.entries()) {
      const { top, height } = row.getBoundingClientRect(), part = (y - top) / height;
      if (part > 1) continue;
      const tie = part >= 0.3 && part <= 0.7;
      if (part > 0.7) continue;
      row.classList.add(tie ? "over" : "before");
      return { target: this.order.levels[k], tie };
    }
    rows.at(-1)?.classList.add("after");
    return { target: null, tie: false };
  }
}
