// A draw pack as it stands in the page: its types, and its rows of draws. The format is told in ../README.md.

/** @typedef {[number, number[]][]} Condition pairs of an issue and the options that satisfy it, OPEN among them */
/** @typedef {number | [number]} Quantity the number of a row, in a list, or what it is in every draw */
/** @typedef {number | "none" | null | [number]} PlanEntry a class (0 the heaviest), no weight, unknown, a number */
/** @typedef {{plan: PlanEntry[], raw: Quantity[]} | {weights: Quantity[]}} Weights */
/**
 * @typedef {object} Cell
 * @property {Quantity[]} values
 * @property {number[]} free options that may be worth anything on the evidence
 * @property {number[]} assumed options whose own place is assumed
 * @property {number[][] | null} levels
 * @property {number[]} rest
 * @property {string} basis
 * @property {string | null} importance
 * @property {string} importance_basis
 * @property {string | null} start
 * @property {{ranking: string[], importance: string[]}} evidence
 * @property {string | null} note
 */
/**
 * @typedef {object} Line
 * @property {"red_line" | "refusal"} kind
 * @property {string} id
 * @property {string | null} issue
 * @property {Condition} when
 * @property {number} layer
 * @property {string} basis
 * @property {string[]} evidence
 * @property {string | null} why
 * @property {number | null} quota
 * @property {[number, number] | null} holds
 * @property {Quantity | null} share
 */
/** @typedef {{label: string, enough: Condition}} Demand */
/**
 * @typedef {object} Party
 * @property {string} id
 * @property {string} name
 * @property {string} role
 * @property {string[]} members
 * @property {boolean} silent
 * @property {number | null} quota
 * @property {{always: boolean, when: [Condition, string][]}} consent
 * @property {Weights} weights
 * @property {Weights} weights_on_evidence
 * @property {Cell[]} cells
 * @property {Line[]} lines
 * @property {Demand[]} demands
 * @property {Quantity | null} coin
 * @property {number[][]} outcomes
 * @property {Quantity[] | null} beliefs
 * @property {boolean} beliefs_sourced
 * @property {Quantity} cost
 * @property {Quantity | null} reservation
 */
/** @typedef {{id: string, label: string, text: string}} Option */
/** @typedef {{id: string, label: string, question: string, options: Option[]}} Issue */
/** @typedef {{id: string, severity: string, when: Condition, then: Condition, why: string}} Rule */
/**
 * @typedef {object} Effect
 * @property {string} id
 * @property {string[] | null} parties
 * @property {Condition} when
 * @property {[number, number][]} then
 * @property {boolean} doubtful
 * @property {string} why
 */
/**
 * @typedef {object} Text
 * @property {string} title
 * @property {string} date
 * @property {number[]} terms
 * @property {string[]} basis
 * @property {string[][]} evidence
 * @property {number[]} assumed issues whose term is assumed
 */
/**
 * @typedef {object} Pack
 * @property {string} format
 * @property {string} version
 * @property {{id: string, title: string, day: string, sha256: string}} scenario
 * @property {number} draws
 * @property {number} seed
 * @property {string} evidence
 * @property {Issue[]} issues
 * @property {Text} text
 * @property {Record<string, Text>} texts
 * @property {Condition[]} no_deal
 * @property {Effect[]} effects
 * @property {Rule[]} rules
 * @property {number | null} turning
 * @property {Party[]} parties
 * @property {"float32" | "float64"} numbers
 * @property {number} rows
 * @property {string} blob
 */

export const FORMAT = "sim-draw-pack/1";

/** Gives a quantity by draw. @typedef {(quantity: Quantity) => Float64Array} Row */

/**
 * The rows of a pack, each unpacked when it is first asked for.
 * @param {Pack} pack
 * @returns {Promise<Row>}
 */
export async function rowsOf(pack) {
  if (pack.format !== FORMAT) throw new Error(`this page reads ${FORMAT}, not ${pack.format}`);
  const width = pack.numbers === "float64" ? 8 : 4, count = pack.rows * pack.draws;
  // Whole words, so that the order of bytes in this machine does not matter; of doubles it has to be the usual one.
  if (width === 8 && new Uint32Array(new Float64Array([1]).buffer)[1] === 0) throw new Error("unusual order of bytes");
  const planes = await inflated(pack.blob);
  if (planes.length !== width * count) throw new Error("the draw pack is cut short");
  /** @param {number} number */
  const unpacked = number => {
    const words = new Uint32Array((pack.draws * width) / 4), step = width / 4;
    for (let w = 0; w < step; w++) joined(words, w, step, planes, 4 * w * count + number * pack.draws, count);
    return width === 8 ? new Float64Array(words.buffer) : new Float64Array(new Float32Array(words.buffer));
  };
  /** @type {Map<number, Float64Array>} */
  const rows = new Map();
  /** @type {Map<number, Float64Array>} */
  const constants = new Map();
  return quantity => {
    const number = typeof quantity === "number" ? quantity : quantity[0], known = typeof quantity === "number" ? constants : rows;
    let row = known.get(number);
    if (!row) known.set(number, row = known === rows ? unpacked(number) : new Float64Array(pack.draws).fill(number));
    return row;
  };
}

/** Words from their four bytes, each of a plane of its own. @param {Uint32Array} words @param {number} first @param {number} step @param {Uint8Array} planes @param {number} at @param {number} plane */
function joined(words, first, step, planes, at, plane) {
  for (let k = first; k < words.length; k += step, at++)
    words[k] = planes[at] | (planes[at + plane] << 8) | (planes[at + 2 * plane] << 16) | (planes[at + 3 * plane] << 24);
}

/** @param {string} blob @returns {Promise<Uint8Array>} */
async function inflated(blob) {
  const stream = new DecompressionStream("gzip"), writer = stream.writable.getWriter();
  const whole = new Response(stream.readable).arrayBuffer();
  await Promise.all([writer.write(bytesOf(blob)), writer.close()]);
  return new Uint8Array(await whole);
}

/** @param {string} base64 @returns {Uint8Array<ArrayBuffer>} */
function bytesOf(base64) {
  const native = /** @type {{fromBase64?: (text: string) => Uint8Array<ArrayBuffer>}} */ (/** @type {unknown} */ (Uint8Array));
  if (native.fromBase64) return native.fromBase64(base64);
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
  return bytes;
}
