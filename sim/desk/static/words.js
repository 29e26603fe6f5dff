// Figures and sentences. The words come with the page (sim/desk/english.py); here they are only filled in.

/** @typedef {Record<string, string>} Templates */
/**
 * @typedef {object} Words
 * @property {Templates} say sentences and labels with places for figures in braces
 * @property {Record<string, {name: string, spoken: string, short: string}>} parties
 * @property {Record<string, string[]>} lines of each party, what an objection over a line is called
 * @property {{head: string, terms: Record<string, string>} | null} file the text's own file in parts; null where its
 *   edits reach beyond the text
 * @property {boolean} sourced whether anything rests on a source
 */

/** A template with its places filled. @param {string} template @param {Record<string, string | number>} [values] */
export const fill = (template, values = {}) =>
  template.replace(/\{(\w+)\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`nothing for {${name}} in: ${template}`);
    return String(values[name]);
  });

/** Names as in a sentence. @param {string[]} names @param {string} and */
export const listed = (names, and) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${and} ${names[names.length - 1]}`;

/** With a capital letter. @param {string} text */
export const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * A share for reading, as sim/report/numbers.py has it: never 0% or 100% for what is neither, nor 50% for less.
 * @param {number} count @param {number} total
 */
export function percent(count, total) {
  const share = count / total;
  if (share > 0 && share < 0.005) return "<1%";
  if (share < 1 && share >= 0.995) return ">99%";
  const whole = Math.round(100 * share);
  if (share < 0.5 && whole === 50) return `${Math.floor(Math.min(1000 * share + 1e-9, 499)) / 10}`.replace(/^(\d+)$/, "$1.0") + "%";
  return `${halfEven(100 * share)}%`;
}

/** Rounded as Python does: what lies halfway goes to the even side. @param {number} x */
function halfEven(x) {
  const low = Math.floor(x), rest = x - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
}
