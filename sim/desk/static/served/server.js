// The page's server: what is asked of it, what it refuses, and whether it is there.

/** What is wrong with a request: the edit that is meant, where one is, in words. @typedef {{edit: string | null, words: string}} Fault */

/** An answer is waited for so long, in milliseconds; while the server is gone, it is looked for this often. */
const PATIENCE = 30_000, AGAIN = 2_000;

/** What the server refused, in its words. */
export class Refusal extends Error {
  /** @param {Fault[]} faults */
  constructor(faults) {
    super(faults.map(fault => fault.words).join(" "));
    this.faults = faults;
  }
}

/** That nobody answered. */
export class Silence extends Error {}

export class Server {
  /** @param {(there: boolean) => void} changed called when the server goes, and when it is back */
  constructor(changed) {
    this.changed = changed;
    this.there = true;
  }

  /**
   * The answer to a request, from its JSON. Throws Refusal or Silence.
   * @param {string} path @param {object | null} [body] @param {string} [method]
   */
  async ask(path, body = null, method = body ? "POST" : "GET") {
    const content = body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
    let response;
    try {
      response = await fetch(path, { method, ...content, signal: AbortSignal.timeout(PATIENCE) });
    } catch {
      await this.look();
      throw new Silence();
    }
    const answer = await response.json().catch(() => null);
    if (response.ok) return answer;
    throw new Refusal(answer?.faults ?? [{ edit: null, words: `${response.status} ${response.statusText}` }]);
  }

  /** Whether the server is there; where it is not, it is looked for until it is. @returns {Promise<boolean>} */
  async look() {
    let there = true;
    try { there = (await fetch("/api/alive", { signal: AbortSignal.timeout(AGAIN) })).ok; } catch { there = false; }
    if (!there) setTimeout(() => this.look(), AGAIN);
    if (there !== this.there) {
      this.there = there;
      this.changed(there);
    }
    return there;
  }
}
