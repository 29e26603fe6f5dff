// One party's draws: weights, gains, bounds on the evidence, lines that bind. The same operations in the same order as
// in sim/engine/preferences.py, in double precision.

/** @import { Line, Party, PlanEntry, Row, Weights } from "./pack.js" */

import { OPEN } from "./texts.js";

/** Gains this near to zero are ties. */
export const TIE = 1e-12;
/** Classes of importance, the heaviest first; their places are what a plan says. */
export const CLASSES = ["critical", "major", "moderate", "minor"];

/** Options of no deal on an issue with their probability by draw; 1 where all outcomes agree. @typedef {[number, 1 | Float64Array][]} Mass */

export class Preferences {
  /** @param {Party} party @param {number} draws @param {Row} row */
  constructor(party, draws, row) {
    this.party = party;
    this.draws = draws;
    this.row = row;
    this.beliefs = party.beliefs && party.beliefs.map(row);
    this.cost = row(party.cost);
    this.reservation = party.reservation === null ? null : row(party.reservation);
    this.mass = party.cells.map((_, issue) => this.outcomeMass(issue));
    this.weights = this.weightsOf(party.weights);
    /** @type {(Float64Array | null | undefined)[][]} */
    this.terms = party.cells.map(cell => cell.values.map(() => undefined));
    /** Weights with assumed importance unknown, made when asked for. @type {Float64Array[] | undefined} */
    this.evidenceWeights = undefined;
    /** @type {Map<string, Uint8Array>} */
    this.binding = new Map();
  }

  /** @param {number} issue @param {number} option */
  value(issue, option) { return this.row(this.party.cells[issue].values[option]); }

  // --- weights ---

  /** @param {Weights} weights @returns {Float64Array[]} one an issue */
  weightsOf(weights) {
    return "plan" in weights ? this.planned(weights.plan, weights.raw.map(this.row)) : weights.weights.map(this.row);
  }

  /** Weights with another class of one issue; null where weights were drawn from ranges. @param {number} issue @param {PlanEntry} entry */
  reweighted(issue, entry) {
    const { weights } = this.party;
    if (!("plan" in weights)) return null;
    return this.planned(weights.plan.map((own, j) => (j === issue ? entry : own)), weights.raw.map(this.row));
  }

  /** @param {PlanEntry[]} plan @param {Float64Array[]} raw @returns {Float64Array[]} */
  planned(plan, raw) {
    const n = this.draws, out = plan.map(() => new Float64Array(n));
    let left = 1;
    plan.forEach((entry, j) => {
      if (!Array.isArray(entry)) return;
      out[j].fill(entry[0]);
      left -= entry[0];
    });
    const free = [...plan.keys()].filter(j => plan[j] === null || typeof plan[j] === "number");
    const ordered = orderByClass(free.map(j => raw[j]), free.map(j => /** @type {number | null} */ (plan[j])), n);
    const scale = new Float64Array(n);
    for (const row of ordered) add(scale, row);
    for (let d = 0; d < n; d++) scale[d] = left / scale[d];
    free.forEach((j, k) => { out[j] = product(ordered[k], scale); });
    return out;
  }

  // --- gains ---

  /** @param {number} issue @returns {Mass} */
  outcomeMass(issue) {
    if (!this.beliefs) return [];
    /** @type {Map<number, number[]>} */
    const at = new Map();
    this.party.outcomes.forEach((outcome, k) => {
      if (outcome[issue] !== OPEN) at.set(outcome[issue], [...(at.get(outcome[issue]) ?? []), k]);
    });
    const options = [...at.keys()].sort((a, b) => a - b);
    return options.map(option => {
      const ks = at.get(option) ?? [];
      if (ks.length === this.party.outcomes.length) return [option, 1];
      const total = new Float64Array(this.draws);
      for (const k of ks) add(total, /** @type {Float64Array[]} */ (this.beliefs)[k]);
      return [option, total];
    });
  }

  /** What an issue adds before its weight; null where nothing. @param {number} issue @param {number} option */
  difference(issue, option) {
    if (option === OPEN) return null;
    const mine = this.value(issue, option);
    if (this.reservation) return mine;
    /** @type {Float64Array | null} */
    let total = null;
    for (const [other, mass] of this.mass[issue]) {
      if (other === option) continue;
      const apart = less(mine, this.value(issue, other)), part = mass === 1 ? apart : product(apart, mass);
      if (total) add(total, part); else total = part;
    }
    return total;
  }

  /** What an issue adds to the gain; null where nothing. @param {number} issue @param {number} option */
  term(issue, option) {
    if (option === OPEN) return null;
    const known = this.terms[issue][option];
    if (known !== undefined) return known;
    const excluded = this.party.cells[issue].importance === "none";
    const difference = excluded ? null : this.difference(issue, option);
    return this.terms[issue][option] = difference && product(this.weights[issue], difference);
  }

  /**
   * The gain of a text as the party sees it. Of a text near `base` only what comes after the first difference is added.
   * @param {number[]} seen @param {Sums} [base]
   */
  gain(seen, base) {
    let first = 0;
    if (base) while (first < seen.length && seen[first] === base.seen[first]) first++;
    const total = Float64Array.from(base ? base.upTo(first) : this.cost);
    for (let j = first; j < seen.length; j++) {
      const term = this.term(j, seen[j]);
      if (term) add(total, term);
    }
    return this.reservation ? less(total, this.reservation) : total;
  }

  /** The gain under other weights. @param {Float64Array[]} weights @param {number[]} seen */
  gainWith(weights, seen) {
    const total = Float64Array.from(this.cost);
    seen.forEach((option, j) => {
      const difference = this.difference(j, option);
      if (difference) addProduct(total, weights[j], difference);
    });
    return this.reservation ? less(total, this.reservation) : total;
  }

  // --- what the evidence alone allows ---

  /**
   * The least and the greatest gain over everything that is not evidence.
   * @param {Float64Array[]} weights @param {number[]} seen @returns {[Float64Array, Float64Array]}
   */
  bounds(weights, seen) {
    const { party, reservation } = this;
    if (reservation) {
      const [low, high] = this.reach(weights, seen, null);
      return [less(low, reservation), less(high, reservation)];
    }
    if (this.beliefs && party.beliefs_sourced) return this.reach(weights, seen, this.mass);
    if (!party.outcomes.length) return [this.cost, this.cost];
    const sure = party.outcomes.map(outcome =>
      this.reach(weights, seen, outcome.map(option => (option === OPEN ? [] : [[option, 1]]))));
    const [low, high] = sure[0];
    for (const [l, h] of sure.slice(1))
      for (let d = 0; d < low.length; d++) {
        if (l[d] < low[d]) low[d] = l[d];
        if (h[d] > high[d]) high[d] = h[d];
      }
    return [low, high];
  }

  /** @param {Float64Array[]} weights @param {number[]} seen @param {Mass[] | null} mass @returns {[Float64Array, Float64Array]} */
  reach(weights, seen, mass) {
    const n = this.draws, low = Float64Array.from(this.cost), high = Float64Array.from(this.cost);
    seen.forEach((option, j) => {
      if (option === OPEN) return;
      const [worst, best] = this.ends(j, option), w = weights[j];
      if (!mass) { addProduct(low, w, worst); addProduct(high, w, best); return; }
      const least = new Float64Array(n), most = new Float64Array(n);
      const { assumed } = this.party.cells[j];
      for (const [other, share] of mass[j]) {
        if (other === option) continue;
        const sure = share === 1, apart = assumed.includes(option) || assumed.includes(other);
        const [lowest, highest] = this.ends(j, other);
        for (let d = 0; d < n; d++) {
          const p = sure ? 1 : share[d];
          least[d] += apart ? -p : p * (worst[d] - highest[d]);
          most[d] += apart ? p : p * (best[d] - lowest[d]);
        }
      }
      addProduct(low, w, least);
      addProduct(high, w, most);
    });
    return [low, high];
  }

  /** @param {number} issue @param {number} option @returns {[Float64Array, Float64Array]} */
  ends(issue, option) {
    if (this.party.cells[issue].free.includes(option)) return [this.row(0), this.row(1)];
    const own = this.value(issue, option);
    return [own, own];
  }

  // --- lines ---

  /** In which draws a line binds, with the share drawn or an end of its range. @param {Line} line @param {"low" | "drawn" | "high"} [end] */
  binds(line, end = "drawn") {
    const key = `${line.kind} ${line.issue} ${line.id} ${end}`;
    let mask = this.binding.get(key);
    if (!mask) this.binding.set(key, mask = this.bound(line, end));
    return mask;
  }

  /** The share that refuses what a line forbids; 1 in every draw where all do. @param {Line} line @param {"low" | "drawn" | "high"} [end] */
  refusing(line, end = "drawn") {
    if (!line.holds || line.share === null) return this.row(1);
    return end === "drawn" ? this.row(line.share) : this.row(line.holds[end === "low" ? 0 : 1]);
  }

  /** @param {Line} line @param {"low" | "drawn" | "high"} end */
  bound(line, end) {
    const mask = new Uint8Array(this.draws).fill(1);
    if (!line.holds) return mask;
    const share = this.refusing(line, end), coin = this.party.coin === null ? null : this.row(this.party.coin);
    for (let d = 0; d < mask.length; d++)
      mask[d] = line.quota !== null ? +stops(share[d], line.quota) : +(coin !== null && coin[d] < share[d]);
    return mask;
  }
}

/** Sums of the terms of one text, for texts that begin as it does. */
export class Sums {
  /** @param {Preferences} own @param {number[]} seen */
  constructor(own, seen) {
    this.own = own;
    this.seen = seen;
    this.sums = [own.cost];
  }

  /** Cost and terms of the issues before a number. @param {number} issue */
  upTo(issue) {
    while (this.sums.length <= issue) {
      const j = this.sums.length - 1, term = this.own.term(j, this.seen[j]);
      const total = Float64Array.from(this.sums[j]);
      if (term) add(total, term);
      this.sums.push(total);
    }
    return this.sums[issue];
  }
}

/** Whether so many voters refuse that the others are not more than the quota. @param {number} share @param {number} quota */
export const stops = (share, quota) => share >= 1 - quota - TIE;

// Loops over draws stand in functions of their own: called often, they are soon compiled.

/** @param {Float64Array} total @param {Float64Array} part */
function add(total, part) { for (let d = 0; d < total.length; d++) total[d] += part[d]; }

/** @param {Float64Array} a @param {Float64Array} b */
function less(a, b) {
  const out = new Float64Array(a.length);
  for (let d = 0; d < out.length; d++) out[d] = a[d] - b[d];
  return out;
}

/** @param {Float64Array} a @param {Float64Array} b */
function product(a, b) {
  const out = new Float64Array(a.length);
  for (let d = 0; d < out.length; d++) out[d] = a[d] * b[d];
  return out;
}

/** @param {Float64Array} total @param {Float64Array} a @param {Float64Array} b */
function addProduct(total, a, b) { for (let d = 0; d < total.length; d++) total[d] += a[d] * b[d]; }

/**
 * Exponentials rearranged so that heavier classes hold larger ones; an issue of unknown class keeps its own.
 * @param {Float64Array[]} raw @param {(number | null)[]} classes @param {number} n
 */
function orderByClass(raw, classes, n) {
  const classed = [...classes.keys()].filter(j => classes[j] !== null);
  const groups = [...new Set(classed.map(j => classes[j]))]
    .sort((a, b) => Number(a) - Number(b))
    .map(c => classed.filter(j => classes[j] === c));
  if (groups.length < 2) return raw;
  const out = [...raw], sorted = descending(classed.map(j => raw[j]));
  let first = 0;
  for (const group of groups) {
    for (const j of group) {
      const place = new Uint8Array(n).fill(first);
      for (const k of group) if (k !== j) outranked(place, raw[j], raw[k], k > j);
      out[j] = placed(sorted, place);
    }
    first += group.length;
  }
  return out;
}

/** The same numbers draw by draw, the largest in the first row. @param {Float64Array[]} rows */
function descending(rows) {
  const out = rows.map(row => row.slice());
  for (let i = 0; i < out.length; i++) for (let j = i + 1; j < out.length; j++) exchange(out[i], out[j]);
  return out;
}

/** @param {Float64Array} larger @param {Float64Array} smaller */
function exchange(larger, smaller) {
  for (let d = 0; d < larger.length; d++) {
    const a = larger[d], b = smaller[d];
    if (a < b) { larger[d] = b; smaller[d] = a; }
  }
}

/** A place further down where another is larger, or as large and `later`. @param {Uint8Array} place @param {Float64Array} own @param {Float64Array} other @param {boolean} later */
function outranked(place, own, other, later) {
  for (let d = 0; d < place.length; d++) if (other[d] > own[d] || (later && other[d] === own[d])) place[d]++;
}

/** @param {Float64Array[]} sorted @param {Uint8Array} place */
function placed(sorted, place) {
  const out = new Float64Array(place.length);
  for (let d = 0; d < out.length; d++) out[d] = sorted[place[d]][d];
  return out;
}
