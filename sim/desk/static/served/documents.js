// Drafts of the served page: links with edits of any kind, a layer and pins; edits in words.

/** @import { Draft } from "../draft.js" */
/** @import { Words } from "../words.js" */
/** @import { Issue, Line, Pack } from "../pack.js" */
/** @import { Origins } from "./origins.js" */
/** @import { Reading } from "./readings.js" */

import { Documents, importanceOf } from "../draft.js";
import { CLASSES } from "../party.js";
import { fill } from "../words.js";
import { redLines, redLinesOf } from "./cell.js";
import { orderOf, rankingOf } from "./ranking.js";
import { inLink, named, partsOf } from "./readings.js";
import { FIRST_TAB, PANELS } from "./tabs.js";

/** A draft that was put aside under a name. @typedef {{name: string, draft: Draft}} Pin */
/** All that a link holds. @typedef {{draft: Draft, layer: string, pins: Pin[], tab: string, troubles: string[]}} State */

/** The layers of a link; as modelled, all bind. */
export const BINDING = ["stated", "inferred", ""];
/** What a link holds besides terms and edits. */
const BESIDES = ["layer", "pin", "from", "made", "tab"];

export class ServedDocuments extends Documents {
  /** @param {Pack} pack @param {Words} words @param {WeakMap<Line, string>} lineWords @param {Origins} origins */
  constructor(pack, words, lineWords, origins) {
    super(pack, words);
    this.lineWords = lineWords;
    this.origins = origins;
    /** Readings that a link may name. @type {Reading[]} */
    this.readings = [];
    /** Why they are not known. */
    this.unread = "";
  }

  /** Any path; what it can be set to, the server says. @param {string} name @param {string} value */
  pathOf(name, value) {
    const [party, issue, ...more] = name.split(".");
    // terms have a way of their own, and talks are not what a page shows
    if (!issue || ["proposal", "negotiation", "rules"].includes(party)) return null;
    const old = !more.length && [...CLASSES, "none"].includes(value) && this.pack.issues.some(x => x.id === issue);
    return old ? importanceOf(party, issue) : name;
  }

  /** All that a hash asks for. @param {string} hash @returns {State} */
  state(hash) {
    const { draft, troubles, besides } = this.parsed(hash.slice(1)), one = (/** @type {string} */ name) => besides.find(([other]) => other === name)?.[1] ?? "";
    const pins = besides.filter(([name]) => name === "pin").map(([, value]) => this.pin(value)), layer = one("layer");
    const wrong = pins.flatMap(({ pin, troubles }) => troubles.map(trouble => fill(this.say.pin_trouble, { name: pin.name, trouble })));
    const known = /** @type {[string, string[]][]} */ ([["layer", BINDING], ["tab", PANELS]]);
    wrong.push(...known.filter(([name, values]) => one(name) && !values.includes(one(name))).map(([name]) => fill(this.say.no_name, { name: `${name}=${one(name)}` })));
    return { draft, layer: BINDING.includes(layer) ? layer : "", pins: pins.map(({ pin }) => pin), tab: one("tab"), troubles: [...troubles, ...wrong] };
  }

  /** Whether a name in a link is free for what is no term: no issue is called so. @param {string} name */
  isOwn(name) { return !this.pack.issues.some(issue => issue.id === name); }

  /** A draft as a link holds it, and what that holds besides. @param {string} text */
  parsed(text) {
    const all = [...new URLSearchParams(text)], isOwn = (/** @type {string} */ name) => this.isOwn(name);
    const besides = all.filter(([name]) => BESIDES.includes(name) && isOwn(name)), others = all.filter(([name]) => !(BESIDES.includes(name) && isOwn(name)));
    /** @type {string[]} */
    const missing = [];
    /** @type {string[][]} */
    let rest = [];
    for (const [name, value] of others) {
      if (name === "reading" && isOwn(name)) rest.push(...this.readingPairs(value, missing));
      else if (name === "without" && isOwn(name)) rest = rest.filter(([path]) => path !== value);
      else rest.push([name, value]);
    }
    const { draft, troubles } = this.linked(rest.length ? `#${new URLSearchParams(rest)}` : "");
    this.origins.read(draft, new Map(/** @type {[string, string][]} */ (besides)));
    return { draft, troubles: [...missing, ...troubles], besides };
  }

  /** The edits of a reading that a link names; what is wrong with it joins the troubles. @param {string} value @param {string[]} troubles @returns {string[][]} */
  readingPairs(value, troubles) {
    const { id, reading, same } = named(value, this.readings);
    if (!reading) troubles.push(this.unread || fill(this.say.no_reading, { name: id }));
    else if (!same) troubles.push(fill(this.say.other_reading, { title: reading.title }));
    return reading ? reading.edits.map(partsOf) : [];
  }

  /** A pin as a link holds it. @param {string} text */
  pin(text) {
    const [[, name = ""] = [], ...rest] = [...new URLSearchParams(text)], { draft, troubles } = this.parsed(new URLSearchParams(rest).toString());
    return { pin: { name, draft }, troubles };
  }

  /** What stands behind the # of a link to all of it. @param {Draft} draft @param {string} layer @param {Pin[]} pins @param {string} tab */
  stateLink(draft, layer, pins, tab) {
    const pairs = [...this.whole(draft), ...(layer ? [["layer", layer]] : []),
      ...pins.map(pin => ["pin", new URLSearchParams([["name", pin.name], ...this.whole(pin.draft)]).toString()]), ...(tab === FIRST_TAB || !this.isOwn("tab") ? [] : [["tab", tab]])];
    return pairs.length ? new URLSearchParams([...pairs, ["pack", this.pack.scenario.sha256.slice(0, 12)]]).toString() : "";
  }

  /** A draft and where it comes from. @param {Draft} draft */
  whole(draft) {
    return [...this.pairs({ ...draft, edits: {} }), ...inLink(draft.edits, this.isOwn("reading") && this.isOwn("without") ? this.readings : []), ...this.origins.pairs(draft)];
  }

  // --- edits in words ---

  /** What a path is about: a party, an issue of it or another part, a key. @param {string} path */
  place(path) {
    const [id, name = "", key = "", ...more] = path.split("."), i = this.pack.parties.findIndex(x => x.id === id), j = this.pack.issues.findIndex(x => x.id === name);
    return { id, name, key, more, i, j, party: this.pack.parties[i], issue: this.pack.issues[j] };
  }

  /** The party and the issue, or other part of a party, of an edit. @param {string} path */
  headWords(path) {
    const { party } = this.place(path), own = party && this.words.parties[party.id].name;
    return own ? fill(this.say.cell_head, { party: own, issue: this.aboutWords(path) }) : "";
  }

  /** The issue, or the other part of a party. @param {string} path */
  aboutWords(path) {
    const { issue, name } = this.place(path);
    return issue?.label ?? this.say[`about_${name}`] ?? name.replaceAll("_", " ");
  }

  /** An edit in words. @param {string} path @param {string} value */
  editWords(path, value) {
    const head = this.headWords(path);
    return head ? fill(this.say.edit_words, { head, part: this.partWords(path, value) }) : `${path}=${value}`;
  }

  /** What an edit makes of its cell, in words. @param {string} path @param {string} value */
  partWords(path, value) {
    const { say } = this, { party, issue, name, key, more } = this.place(path), last = path.split(".").at(-1);
    const line = party?.lines.find(x => x.id === (key === "red_lines" ? more[0] : key));
    if (last === "holds" && line) return fill(say.part_holds, { line: this.lineWords.get(line) ?? line.id, value });
    if (name === "no_deal") return fill(say.part_no_deal, { part: [key, ...more].at(-1)?.replaceAll("_", " ") ?? "", value });
    if (party && name === "refuses" && value === "none") return this.dropWords(path);
    if (issue && !more.length && key === "importance") return fill(say.part_importance, { importance: value });
    const list = issue && !more.length ? nested(value) : null;
    if (issue && key === "ranking" && list) return list.map(level => this.optionNames(issue, level, " = ")).join(" > ");
    if (issue && key === "ranking" && value === "unknown") return say.part_unknown;
    if (issue && key === "red_lines" && list) return fill(say.part_lines, { lines: this.optionNames(issue, list, ", ") });
    if (party && issue && key === "red_lines" && value === "none") {
      const lines = redLines(party, issue.id).map(x => issue.options.find(o => o.id === x.id)?.label ?? x.id);
      return lines.length ? fill(say.part_lines_dropped, { lines: lines.join(", ") }) : say.part_no_lines;
    }
    return `${[name, key, ...more].filter(Boolean).join(".")}=${value}`;
  }

  /** That refusals are dropped, one that is not there by its name. @param {string} path */
  dropWords(path) {
    const { party, key } = this.place(path), own = party.lines.filter(x => x.kind === "refusal" && (!key || x.id === key));
    if (own.length) return fill(this.say.part_refusal_dropped, { refusal: own.map(line => this.lineWords.get(line) ?? line.id).join(", ") });
    return fill(this.say[key ? "part_refusal_absent" : "part_no_refusals"], { refusal: key.replaceAll("_", " "), day: this.pack.scenario.day });
  }

  /** What a path has by the library, as `--set` would set it; null where the page cannot say. @param {string} path @returns {string | null} */
  inLibrary(path) {
    const { party, issue, j, key, more } = this.place(path);
    if (!party || !issue || more.length) return null;
    const cell = party.cells[j], ids = issue.options.map(option => option.id);
    if (key === "importance") return cell.importance ?? "unknown";
    if (key === "ranking") return cell.levels || cell.basis === "unknown" ? rankingOf(orderOf(cell), ids) : null;
    if (key !== "red_lines") return null;
    const lines = redLines(party, issue.id);
    return redLinesOf(lines, ids.filter(id => lines.some(line => line.id === id)));
  }

  /** What is in force without an edit, in words. @param {string} path */
  readWords(path) {
    const { party, issue, name, key } = this.place(path), value = this.inLibrary(path);
    if (name === "refuses" && party) {
      const line = party.lines.find(x => x.kind === "refusal" && x.id === key);
      return line ? this.lineWords.get(line) ?? line.id : this.say.part_no_refusal;
    }
    if (value === null || !issue) return this.say.part_as_library;
    return key === "red_lines" && value === "none" ? this.say.part_no_lines : this.partWords(path, value);
  }

  /** The edits that say anything else than the library. @param {Record<string, string>} edits */
  telling(edits) { return Object.entries(edits).filter(([path, value]) => !this.idle(path, value)); }

  /** Whether an edit leaves a party as the library has it. @param {string} path @param {string} value */
  idle(path, value) {
    const { party, issue, name, key } = this.place(path), own = this.inLibrary(path);
    if (party && name === "refuses" && key && value === "none") return !party.lines.some(x => x.kind === "refusal" && x.id === key);
    if (own === null || !issue) return false;
    if (own === value) return true;
    const [a, b] = [own, value].map(nested);
    if (!a || !b) return false;
    if (key === "red_lines") return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
    return key === "ranking" && JSON.stringify(levelsOf(a, issue)) === JSON.stringify(levelsOf(b, issue));
  }

  /** @param {Issue} issue @param {unknown} ids @param {string} between */
  optionNames(issue, ids, between) {
    return [ids].flat().map(id => {
      const name = typeof id === "object" && id !== null && "option" in id ? id.option : id;
      return name === "rest" ? this.say.others : issue.options.find(o => o.id === name)?.label ?? String(name);
    }).join(between);
  }
}

/** An order, each level sorted, with the options that are meant by `rest`. @param {unknown[]} order @param {Issue} issue */
function levelsOf(order, issue) {
  const named = order.flat(), rest = issue.options.map(o => o.id).filter(id => !named.includes(id));
  return order.map(level => (level === "rest" ? (rest.length > 1 ? ["rest", ...rest] : rest) : [level].flat().sort()));
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
