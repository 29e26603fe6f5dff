// Texts as rows of option numbers: conditions, effects, constraints, whose consent is needed, how open issues may close.
// The rules are those of sim/engine/packages.py and sim/engine/profiles.py.

/** @import { Condition, Pack, Party, Rule } from "./pack.js" */

/** The entry of an issue that a text leaves open. */
export const OPEN = -1;
/** Up to so many ways to close open issues are listed; the product samples where there are more. */
export const LISTED = 512;
/** Up to so many combinations are looked at to list them. */
const COMBINATIONS = 200_000;
/** Up to so many doubtful effects, every way of leaving some out is looked at: 64 sights. */
const DOUBTFUL = 6;

/** @param {Condition} when @param {number[]} text */
export const holds = (when, text) => when.every(([issue, options]) => options.includes(text[issue]));

/** @param {Condition} then @param {number[]} text */
const contradicted = (then, text) =>
  then.some(([issue, options]) => text[issue] !== OPEN && !options.includes(text[issue]));

/** @param {Rule} rule @param {number[]} text */
export const broken = (rule, text) => holds(rule.when, text) && contradicted(rule.then, text);

/** @param {number[]} text @param {number} issue @param {number} option */
export const withTerm = (text, issue, option) => text.map((o, j) => (j === issue ? option : o));

export class Texts {
  /** @param {Pack} pack */
  constructor(pack) {
    this.pack = pack;
    this.number = new Map(pack.parties.map((p, i) => [p.id, i]));
  }

  /**
   * A text as a party sees it, after effects; conditions are judged as written.
   * @param {number[]} text @param {Party} party @param {string[]} [without] effects left out
   */
  seen(text, party, without = []) {
    let out = text;
    for (const effect of this.pack.effects) {
      if (effect.parties && !effect.parties.includes(party.id)) continue;
      if (without.includes(effect.id) || !holds(effect.when, text)) continue;
      if (out === text) out = [...text];
      for (const [issue, option] of effect.then) if (text[issue] !== OPEN) out[issue] = option;
    }
    return out;
  }

  /** A text as a party may see it, with and without each doubtful effect. @param {number[]} text @param {Party} party */
  sights(text, party) {
    const doubtful = this.pack.effects
      .filter(e => e.doubtful && (!e.parties || e.parties.includes(party.id)) && holds(e.when, text))
      .map(e => e.id);
    if (doubtful.length > DOUBTFUL) throw new Error(`${doubtful.length} doubtful effects bear on one text`);
    /** @type {Map<string, number[]>} */
    const rows = new Map();
    for (let bits = 0; bits < 1 << doubtful.length; bits++) {
      const row = this.seen(text, party, doubtful.filter((_, k) => (bits >> k) & 1));
      rows.set(row.join(), row);
    }
    return [...rows.values()];
  }

  /**
   * By party, why its consent is needed; null where it is not. Members of an alliance are needed where it is.
   * @param {number[]} text @returns {(string | null)[]}
   */
  consent(text) {
    const { parties } = this.pack;
    const because = parties.map(p =>
      p.consent.always ? "always" : p.consent.when.find(([when]) => holds(when, text))?.[1] ?? null);
    const asked = [...parties.keys()].filter(i => because[i] !== null);
    for (const i of asked)  // grows: a member may be an alliance itself
      for (const member of parties[i].members) {
        const k = this.member(member);
        if (because[k] !== null) continue;
        because[k] = `member of ${parties[i].id}, which decides by consensus`;
        asked.push(k);
      }
    return because;
  }

  /** The parties whose consent a text needs and on whom the sources are not silent. @param {number[]} text */
  asked(text) {
    const because = this.consent(text);
    return [...because.keys()].filter(i => because[i] !== null && !this.pack.parties[i].silent);
  }

  /** A party and, of an alliance, its members that are not silent. @param {number} i */
  voters(i) {
    const { parties } = this.pack, members = [...parties[i].members];
    for (const m of members)  // grows
      members.push(...parties[this.member(m)].members.filter(x => !members.includes(x)));
    return [i, ...members.map(m => this.member(m)).filter(k => !parties[k].silent)];
  }

  /** @param {string} id @returns {number} */
  member(id) {
    const k = this.number.get(id);
    if (k === undefined) throw new Error(`no party ${id}`);
    return k;
  }

  /** The constraints that a text breaks. @param {number[]} text @param {string[]} [severities] */
  violated(text, severities) {
    return this.pack.rules.filter(r => (!severities || severities.includes(r.severity)) && broken(r, text));
  }

  /** Whether a text says no more than no deal. @param {number[]} text */
  noAgreement(text) { return this.pack.no_deal.some(when => holds(when, text)); }

  /**
   * Texts that differ in some issues only, break no hard or legal constraint that the text itself keeps, and are no
   * mere no deal. Null where there are more than LISTED.
   * @param {number[]} text @param {number[]} issues @returns {number[][] | null}
   */
  variants(text, issues) {
    const rules = this.pack.rules.filter(r => ["hard", "legal"].includes(r.severity) && !broken(r, text));
    const sizes = issues.map(j => this.pack.issues[j].options.length);
    if (sizes.reduce((a, b) => a * b, 1) > COMBINATIONS) return null;
    let rows = [[...text]];
    issues.forEach((j, k) => {
      rows = rows.flatMap(row => Array.from({ length: sizes[k] }, (_, option) => withTerm(row, j, option)));
    });
    rows = rows.filter(row => !rules.some(rule => broken(rule, row)) && !this.noAgreement(row));
    return rows.length > LISTED ? null : rows;
  }

  /** Ways to close what is open; none where nothing is. @param {number[]} text */
  completions(text) {
    const open = [...text.keys()].filter(j => text[j] === OPEN);
    return open.length ? this.variants(text, open) : [];
  }

  /** Other options in place of assumed terms, the text's own among them. @param {number[]} text @param {number[]} issues */
  fillings(text, issues) {
    if (!issues.length) return [];
    const rows = this.variants(text, issues);
    if (rows?.length && !rows.some(row => row.every((o, j) => o === text[j])) && !this.noAgreement(text))
      rows.unshift(text);
    return rows;
  }
}
