// Drafts of the served page: links with edits of any kind, a layer and pins; edits in words.

/** @import { Draft } from "../draft.js" */
/** @import { Words } from "../words.js" */
/** @import { Line, Pack } from "../pack.js" */

import { Documents, importanceOf } from "../draft.js";
import { CLASSES } from "../party.js";
import { fill } from "../words.js";

/** A draft that was put aside under a name. @typedef {{name: string, draft: Draft}} Pin */
/** All that a link holds. @typedef {{draft: Draft, layer: string, pins: Pin[], troubles: string[]}} State */

/** The layers of a link; as modelled, all bind. */
export const BINDING = ["stated", "inferred", ""];

export class ServedDocuments extends Documents {
  /** @param {Pack} pack @param {Words} words @param {WeakMap<Line, string>} lineWords */
  constructor(pack, words, lineWords) {
    super(pack, words);
    this.lineWords = lineWords;
  }

  /** Any path; what it can be set to, the server says. @param {string} name @param {string} value */
  pathOf(name, value) {
    const [party, issue, ...more] = name.split(".");
    if (!issue) return null;
    const old = !more.length && [...CLASSES, "none"].includes(value) && this.pack.issues.some(x => x.id === issue);
    return old ? importanceOf(party, issue) : name;
  }

  /** All that a hash asks for. @param {string} hash @returns {State} */
  state(hash) {
    const all = [...new URLSearchParams(hash.slice(1))];
    const own = (/** @type {string} */ name) => !this.pack.issues.some(issue => issue.id === name);
    const rest = all.filter(([name]) => !(["layer", "pin"].includes(name) && own(name)));
    const layer = own("layer") ? all.find(([name]) => name === "layer")?.[1] ?? "" : "";
    const pins = own("pin") ? all.filter(([name]) => name === "pin").map(([, value]) => this.pin(value)) : [];
    const { draft, troubles } = this.linked(rest.length ? `#${new URLSearchParams(rest)}` : "");
    return { draft, layer: BINDING.includes(layer) ? layer : "", pins, troubles };
  }

  /** A pin as a link holds it. @param {string} text @returns {Pin} */
  pin(text) {
    const [[, name = ""] = [], ...rest] = [...new URLSearchParams(text)];
    return { name, draft: this.linked(`#${new URLSearchParams(rest)}`).draft };
  }

  /** What stands behind the # of a link to all of it. @param {Draft} draft @param {string} layer @param {Pin[]} pins */
  stateLink(draft, layer, pins) {
    const pairs = [...this.pairs(draft), ...(layer ? [["layer", layer]] : []),
      ...pins.map(pin => ["pin", new URLSearchParams([["name", pin.name], ...this.pairs(pin.draft)]).toString()])];
    return pairs.length ? new URLSearchParams([...pairs, ["pack", this.pack.scenario.sha256.slice(0, 12)]]).toString() : "";
  }

  /** An edit in words. @param {string} path @param {string} value */
  editWords(path, value) {
    const [id, name, key, ...more] = path.split("."), party = this.words.parties[id]?.name;
    const issue = this.pack.issues.find(x => x.id === name);
    const rest = { party, issue: issue?.label ?? name };
    if (!party) return `${path}=${value}`;
    const last = path.split(".").at(-1), line = this.pack.parties.find(x => x.id === id)?.lines.find(x => x.id === (key === "red_lines" ? more[0] : key));
    if (last === "holds" && line) return fill(this.say.holds_changed, { party, line: this.lineWords.get(line) ?? line.id, value });
    if (name === "no_deal") return fill(this.say.no_deal_changed, { party, part: [key, ...more].at(-1)?.replaceAll("_", " ") ?? "", value });
    if (more.length) return `${party}: ${path.slice(id.length + 1)}=${value}`;
    if (issue && key === "importance") return super.editWords(path, value);
    const list = issue && nested(value);
    if (issue && key === "ranking" && list)
      return fill(this.say.ranking_changed, { ...rest, ranking: list.map(level => this.optionNames(issue, level, " = ")).join(" > ") });
    if (issue && key === "red_lines" && list)
      return fill(this.say.lines_changed, { ...rest, lines: this.optionNames(issue, list, ", ") });
    if (issue && key === "red_lines" && value === "none") return fill(this.say.lines_dropped, rest);
    if (name === "refuses" && value === "none") {
      const own = this.pack.parties.find(x => x.id === id)?.lines.filter(x => x.kind === "refusal" && (!key || x.id === key)) ?? [];
      return fill(this.say.refusal_dropped, { party, refusal: own.map(line => this.lineWords.get(line) ?? line.id).join(", ") });
    }
    return `${party}: ${[name, key].filter(Boolean).join(".")}=${value}`;
  }

  /** @param {import("../pack.js").Issue} issue @param {unknown} ids @param {string} between */
  optionNames(issue, ids, between) {
    return [ids].flat().map(id => {
      const name = typeof id === "object" && id !== null && "option" in id ? id.option : id;
      return name === "rest" ? this.say.others : issue.options.find(o => o.id === name)?.label ?? String(name);
    }).join(between);
  }
}

/** A list in brackets as `--set` takes it; null for anything else. @param {string} value @returns {unknown[] | null} */
function nested(value) {
  try {
    const list = JSON.parse(value.replace(/[A-Za-z_]\w*/g, word => JSON.stringify(word)));
    return Array.isArray(list) ? list : null;
  } catch {
    return null;
  }
}
