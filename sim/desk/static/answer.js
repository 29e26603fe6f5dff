// What all parties make of a text on the draws of a pack: shares, layers, what the evidence allows, who blocks and over
// what. Counts are those of sim.score on the same draws.

/** @import { Demand, Line, Pack, Party, PlanEntry } from "./pack.js" */

import { rowsOf } from "./pack.js";
import { Preferences, Sums, TIE, stops } from "./party.js";
import { OPEN, Texts, withTerm } from "./texts.js";

/** Layers of lines, the firmest first. */
export const LAYERS = ["stated", "inferred", "assumed"];
/** A share at or above this is acceptance. */
export const HALF = 0.5;
/** Two-sided 95% point of the normal distribution. */
const Z95 = 1.959963984540054;
/** Mean losses this near to each other are equal; the first issue is the objection then. */
const LOSS = 1e-9;
/** Fillings are scored on so many draws at most. */
const FILL_DRAWS = 16384;

/** @typedef {{estimate: number, low: number, high: number}} Interval */
/** @typedef {{kind: "red_line" | "refusal" | "issue", line: Line | null, issue: number | null, option: number | null, draws: number, loss: number | null}} Objection */
/** @typedef {{passes: number, polls: number, mixed: number, decided: boolean | null, yes: [number, number]}} Ratification */
/**
 * Counts of draws, of one party.
 * @typedef {object} PartyAnswer
 * @property {string} id
 * @property {string | null} because why its consent is needed
 * @property {boolean} asked
 * @property {number} own
 * @property {number} decided of an alliance with its members
 * @property {number[]} byLayer
 * @property {number[]} ownByLayer
 * @property {number | null} sole
 * @property {number} agrees
 * @property {number[]} crossed by line
 * @property {Objection | null} objection
 * @property {{label: string, issues: number[]}[]} unmet demands of which the text gives less, and where
 * @property {Ratification | null} ratification
 */
/** @typedef {{completions: number, some: number, every: number, best: number, worst: number, bestTerms: number[]} | {completions: 0} | "too many" | null} OpenAnswer */
/** @typedef {{low: number, median: number, high: number, fillings: number} | "too many" | null} FillerAnswer */
/**
 * @typedef {object} Answer
 * @property {number} draws
 * @property {number[]} asked
 * @property {string[]} violated
 * @property {number | null} joint
 * @property {number | null} signed
 * @property {number[]} jointByLayer
 * @property {PartyAnswer[]} parties
 */
/** Counts: whatever, and for some value of, all that is not evidence; the latter with inferred lines too. @typedef {[number, number, number]} Bounds */
/** @typedef {{own: Bounds, decided: Bounds}} EvidenceAnswer */
/** @typedef {{seen: number[], gain: Float64Array, lines: Line[], layers: Uint8Array[], accepts: Uint8Array}} Judgement */
/** @typedef {{issue: number, option: number, joint: number | null, weakest: {party: number, share: number} | null, refusing: number, violated: string[], asked: number[]}} Change */

/** Wilson's interval of a share. @param {number} count @param {number} total @returns {Interval} */
export function wilson(count, total) {
  const p = count / total, zz = Z95 * Z95;
  const centre = (p + zz / (2 * total)) / (1 + zz / total);
  const half = (Z95 * Math.sqrt((p * (1 - p)) / total + zz / (4 * total * total))) / (1 + zz / total);
  return { estimate: p, low: count === 0 ? 0 : centre - half, high: count === total ? 1 : centre + half };
}

/** @param {number} count @param {number} total @returns {"accepts" | "refuses" | "divided"} */
export function stance(count, total) {
  const share = wilson(count, total);
  return share.low >= HALF ? "accepts" : share.high < HALF ? "refuses" : "divided";
}

/** What the evidence settles. @param {Bounds} bounds @param {number} total @returns {"accepts" | "refuses" | "not settled"} */
export function evidenceStance([necessary, possible], total) {
  return possible / total < HALF ? "refuses" : necessary / total >= HALF ? "accepts" : "not settled";
}

/** @param {Pack} pack */
export async function deskOf(pack) {
  const row = await rowsOf(pack);
  return new Desk(pack, pack.parties.map(party => new Preferences(party, pack.draws, row)));
}

export class Desk {
  /** @param {Pack} pack @param {Preferences[]} people */
  constructor(pack, people) {
    this.pack = pack;
    this.people = people;
    this.draws = pack.draws;
    this.texts = new Texts(pack);
  }

  // --- one party ---

  /** The lines that a text crosses: red lines as written, refusals after effects. @param {Party} party @param {number[]} text @param {number[]} seen */
  crossed(party, text, seen) {
    return party.lines.filter(line => {
      const at = line.kind === "red_line" ? text : seen;
      return line.when.every(([issue, options]) => options.includes(at[issue]));
    });
  }

  /** @param {number} i @param {number[]} text @param {Sums} [base] @returns {Judgement} */
  judge(i, text, base) {
    const own = this.people[i], seen = this.texts.seen(text, own.party);
    const gain = own.gain(seen, base), lines = this.crossed(own.party, text, seen);
    return { seen, gain, lines, ...this.layers(own, gain, lines) };
  }

  /** Acceptance with the lines of each layer binding; the last is that as modelled. @param {Preferences} own @param {Float64Array} gain @param {Line[]} lines */
  layers(own, gain, lines) {
    let mask = gaining(gain);
    const layers = LAYERS.map((_, layer) => {
      const binding = lines.filter(line => line.layer === layer);
      if (binding.length) mask = mask.slice();
      for (const line of binding) without(mask, own.binds(line));
      return mask;
    });
    return { layers, accepts: mask };
  }

  /** Whether a party accepts, without the rest that a judgement tells. @param {number} i @param {number[]} text @param {Sums} [base] */
  accepts(i, text, base) {
    const own = this.people[i], seen = this.texts.seen(text, own.party);
    const lines = this.crossed(own.party, text, seen);
    if (lines.some(line => !line.holds)) return new Uint8Array(this.draws);
    const mask = gaining(own.gain(seen, base));
    for (const line of lines) without(mask, own.binds(line));
    return mask;
  }

  /**
   * Acceptance whatever, and for some value of, everything that is not evidence; with inferred lines too.
   * @param {number} i @param {number[]} text @returns {[Uint8Array, Uint8Array, Uint8Array]}
   */
  evidenceOf(i, text) {
    const own = this.people[i], { party } = own, n = this.draws;
    const weighings = [own.weights];
    if (JSON.stringify(party.weights) !== JSON.stringify(party.weights_on_evidence)) {
      own.evidenceWeights ??= own.weightsOf(party.weights_on_evidence);
      weighings.push(own.evidenceWeights);
    }
    const necessary = new Uint8Array(n).fill(1), possible = new Uint8Array(n), inferred = new Uint8Array(n);
    for (const seen of this.texts.sights(text, party)) {
      const firm = new Uint8Array(n).fill(1), soft = new Uint8Array(n);
      for (const weights of weighings) {
        const [low, high] = own.bounds(weights, seen);
        for (let d = 0; d < n; d++) {
          if (low[d] < -TIE) firm[d] = 0;
          if (high[d] >= -TIE) soft[d] = 1;
        }
      }
      const read = soft.slice();
      for (const line of this.crossed(party, text, seen)) {
        without(firm, own.binds(line, "high"));
        if (line.layer <= 1) without(read, own.binds(line, "low"));
        if (line.layer === 0) without(soft, own.binds(line, "low"));
      }
      for (let d = 0; d < n; d++) {
        necessary[d] &= firm[d];
        possible[d] |= soft[d];
        inferred[d] |= read[d];
      }
    }
    return [necessary, possible, inferred];
  }

  /** The issues on which a text gives less than is asked for; one that it leaves open it says nothing on. @param {Demand} demand @param {number[]} seen */
  short(demand, seen) {
    return demand.enough.filter(([issue, options]) => seen[issue] >= 0 && !options.includes(seen[issue])).map(([issue]) => issue);
  }

  // --- all parties ---

  /** @param {number[]} text @returns {Answer} */
  answer(text) {
    const { pack, texts, draws } = this, { parties } = pack;
    const because = texts.consent(text), asked = texts.asked(text);
    const judged = parties.map((_, i) => this.judge(i, text));
    const yes = new Uint8Array(draws);
    for (const i of asked) for (let d = 0; d < draws; d++) yes[d] += judged[i].accepts[d];
    const signing = asked.filter(i => parties[i].role !== "ratifier");
    return {
      draws,
      asked,
      violated: texts.violated(text).map(rule => rule.id),
      joint: asked.length ? together(asked.map(i => judged[i].accepts), draws) : null,
      signed: signing.length ? together(signing.map(i => judged[i].accepts), draws) : null,
      jointByLayer: LAYERS.map((_, k) => together(asked.map(i => judged[i].layers[k]), draws)),
      parties: parties.map((party, i) => {
        const voters = texts.voters(i), mine = judged[i], own = this.people[i];
        // All but one say yes, and this party does not.
        const sole = asked.includes(i) ? yes.reduce((sum, of, d) => sum + +(of === asked.length - 1 && !mine.accepts[d]), 0) : null;
        const crossed = party.lines.map(line => (mine.lines.includes(line) ? count(own.binds(line)) : 0));
        const agrees = count(gaining(mine.gain));
        return {
          id: party.id,
          because: because[i],
          asked: asked.includes(i),
          own: count(mine.accepts),
          decided: together(voters.map(v => judged[v].accepts), draws),
          byLayer: LAYERS.map((_, k) => together(voters.map(v => judged[v].layers[k]), draws)),
          ownByLayer: mine.layers.map(count),
          sole,
          agrees,
          crossed,
          unmet: party.demands.map(of => ({ label: of.label, issues: this.short(of, mine.seen) })).filter(of => of.issues.length),
          objection: party.silent ? null : this.objection(i, mine, crossed),
          ratification: this.ratification(i, mine, agrees),
        };
      }),
    };
  }

  /** What the evidence allows of every party, its own and, of an alliance, with its members. @param {number[]} text @returns {EvidenceAnswer[]} */
  evidence(text) {
    const masks = this.pack.parties.map((_, i) => this.evidenceOf(i, text));
    const own = masks.map(of => /** @type {Bounds} */ (of.map(count)));
    return own.map((mine, i) => {
      const voters = this.texts.voters(i);
      const decided = /** @type {Bounds} */ ([0, 1, 2].map(k => together(voters.map(v => masks[v][k]), this.draws)));
      return { own: mine, decided };
    });
  }

  /** Draws in which all who are asked about a text accept it. @param {number[]} text @param {Map<number, Sums>} [bases] */
  jointMask(text, bases) {
    const all = new Uint8Array(this.draws).fill(1);
    for (const i of this.texts.asked(text)) within(all, this.accepts(i, text, bases?.get(i)));
    return all;
  }

  /** What becomes of a text whose open issues are closed. @param {number[]} text @returns {OpenAnswer} */
  open(text) {
    if (!text.includes(OPEN)) return null;
    const rows = this.texts.completions(text);
    if (!rows) return "too many";
    if (!rows.length) return { completions: 0 };
    const bases = this.bases(rows[0]), some = new Uint8Array(this.draws), every = new Uint8Array(this.draws).fill(1);
    const counts = rows.map(row => {
      const mask = this.jointMask(row, bases);
      for (let d = 0; d < mask.length; d++) some[d] |= mask[d];
      within(every, mask);
      return count(mask);
    });
    const best = Math.max(...counts), worst = Math.min(...counts);
    const bestTerms = rows[counts.indexOf(best)];
    return { completions: rows.length, some: count(some), every: count(every), best, worst, bestTerms };
  }

  /** The joint share over other options in place of assumed terms, by number of the issue. @param {number[]} text @param {number[]} assumed @returns {FillerAnswer} */
  filler(text, assumed) {
    if (!assumed.length || !this.texts.asked(text).length) return null;
    const rows = this.texts.fillings(text, assumed);
    if (!rows) return "too many";
    if (!rows.length) return null;
    const n = Math.min(this.draws, FILL_DRAWS), bases = this.bases(rows[0]);
    const shares = rows.map(row => count(this.jointMask(row, bases).subarray(0, n)) / n).sort((a, b) => a - b);
    const middle = shares.length >> 1;
    const median = shares.length % 2 ? shares[middle] : (shares[middle - 1] + shares[middle]) / 2;
    return { low: shares[0], median, high: shares[shares.length - 1], fillings: rows.length };
  }

  /**
   * What every other option of every issue, alone, would make of the text: the joint count, and who of those asked
   * accepts least. @param {number[]} text @returns {Change[]}
   */
  changes(text) {
    const bases = this.bases(text);
    return this.pack.issues.flatMap((issue, j) =>
      [...issue.options.keys(), OPEN].map(option => this.change(withTerm(text, j, option), j, option, bases)));
  }

  /** @param {number[]} text @param {number} issue @param {number} option @param {Map<number, Sums>} bases @returns {Change} */
  change(text, issue, option, bases) {
    const asked = this.texts.asked(text), all = new Uint8Array(this.draws).fill(1);
    /** @type {Change["weakest"]} */
    let weakest = null, refusing = 0;
    for (const i of asked) {
      const mask = this.accepts(i, text, bases.get(i)), share = count(mask) / this.draws;
      refusing += 1 - share;
      within(all, mask);
      if (!weakest || share < weakest.share) weakest = { party: i, share };
    }
    const violated = this.texts.violated(text, ["hard", "legal"]).map(rule => rule.id);
    return { issue, option, joint: asked.length ? count(all) : null, weakest, refusing, violated, asked };
  }

  /** @param {number[]} text @returns {Map<number, Sums>} */
  bases(text) {
    return new Map(this.people.map((own, i) => [i, new Sums(own, this.texts.seen(text, own.party))]));
  }

  /**
   * A party's own acceptance were one issue of another class to it; null where its weights were drawn from ranges.
   * @param {number[]} text @param {number} i @param {number} issue @param {PlanEntry} entry @returns {number | null}
   */
  withImportance(text, i, issue, entry) {
    const own = this.people[i], weights = own.reweighted(issue, entry);
    if (!weights) return null;
    const seen = this.texts.seen(text, own.party);
    return count(this.layers(own, own.gainWith(weights, seen), this.crossed(own.party, text, seen)).accepts);
  }

  // --- why ---

  /** The firmest line crossed in half of the draws that refuse, else the issue that costs most. @param {number} i @param {Judgement} mine @param {number[]} crossed @returns {Objection | null} */
  objection(i, mine, crossed) {
    const own = this.people[i], { lines } = own.party, refused = this.draws - count(mine.accepts);
    const often = [...lines.keys()].filter(k => crossed[k] && 2 * crossed[k] >= refused)
      .sort((a, b) => lines[a].layer - lines[b].layer || crossed[b] - crossed[a] || a - b);
    if (often.length) {
      const line = lines[often[0]], issue = line.issue === null ? null : this.pack.issues.findIndex(x => x.id === line.issue);
      return { kind: line.kind, line, issue, option: null, draws: crossed[often[0]], loss: null };
    }
    if (!refused) return null;
    const means = mine.seen.map((option, j) => {
      const term = own.term(j, option);
      return term ? sumWithout(term, mine.accepts) / refused : 0;
    });
    const least = Math.min(...means), issue = means.findIndex(mean => mean <= least + LOSS);
    if (means[issue] >= 0) return null;
    return { kind: "issue", line: null, issue, option: mine.seen[issue], draws: refused, loss: -means[issue] };
  }

  /** A vote of the people under every reading of the polls; as in sim/engine/ratification.py. @param {number} i @param {Judgement} mine @param {number} agrees @returns {Ratification | null} */
  ratification(i, mine, agrees) {
    const own = this.people[i], { quota } = own.party, n = this.draws;
    if (quota === null) return null;
    const shares = mine.lines.map(line => own.refusing(line)), gaining = agrees / n;
    let polls = 0, mixed = 0;
    for (let d = 0; d < n; d++) {
      let refusing = 0;
      for (const share of shares) if (share[d] > refusing) refusing = share[d];
      polls += +!stops(refusing, quota);
      mixed += +((1 - refusing) * gaining > quota + TIE);
    }
    const ends = mine.lines.map(line => line.holds ?? [1, 1]);
    const low = Math.max(0, ...ends.map(end => end[0])), high = Math.max(0, ...ends.map(end => end[1]));
    const ready = 1 - high, opinion = ready + (1 - (1 - low));
    const decided = opinion > TIE ? ready / opinion > quota + TIE : null;
    return { passes: count(mine.accepts), polls, mixed, decided, yes: [1 - high, 1 - low] };
  }
}

/** In which draws a gain is no loss. @param {Float64Array} gain */
function gaining(gain) {
  const mask = new Uint8Array(gain.length);
  for (let d = 0; d < mask.length; d++) mask[d] = +(gain[d] >= -TIE);
  return mask;
}

/** The sum where a mask does not hold. @param {Float64Array} term @param {Uint8Array} mask */
function sumWithout(term, mask) {
  let sum = 0;
  for (let d = 0; d < term.length; d++) if (!mask[d]) sum += term[d];
  return sum;
}

/** @param {Uint8Array} mask @param {Uint8Array} other */
function without(mask, other) { for (let d = 0; d < mask.length; d++) if (other[d]) mask[d] = 0; }

/** @param {Uint8Array} mask @param {Uint8Array} other */
function within(mask, other) { for (let d = 0; d < mask.length; d++) mask[d] &= other[d]; }

/** @param {Uint8Array} mask */
function count(mask) {
  let total = 0;
  for (let d = 0; d < mask.length; d++) total += mask[d];
  return total;
}

/** Draws in which every mask holds. @param {Uint8Array[]} masks @param {number} draws */
function together(masks, draws) {
  const all = new Uint8Array(draws).fill(1);
  for (const mask of masks) within(all, mask);
  return count(all);
}
