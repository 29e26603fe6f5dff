// The desk as a server has it: what parties want can be changed too.

/** @import { Line, Pack } from "../pack.js" */
/** @import { Draft } from "../draft.js" */
/** @import { Words } from "../words.js" */
/** @import { Pin } from "./documents.js" */
/** @import { Served } from "./parties.js" */

import { Desk, LAYERS } from "../answer.js";
import { Page } from "../desk.js";
import { isPlace, withEdit } from "../draft.js";
import { at } from "../elements.js";
import { fill } from "../words.js";
import { CellEditor } from "./cell.js";
import { ServedDocuments } from "./documents.js";
import { EditList } from "./edits.js";
import { Jobs } from "./jobs.js";
import { OtherDay } from "./other_day.js";
import { Origins, placeOf } from "./origins.js";
import { Outcomes } from "./outcomes.js";
import { Parties, withLayers } from "./parties.js";
import { PartyList } from "./positions.js";
import { ReadingList } from "./readings.js";
import { Refusal, Server, Silence } from "./server.js";
import { StateLine } from "./state.js";
import { Switches } from "./switches.js";
import { FIRST_TAB, Tabs } from "./tabs.js";

/** Changes that come within so many milliseconds are asked for together. */
const TOGETHER = 40;
/** So many steps can be taken back. */
const STEPS = 200;

export class ServedPage extends Page {
  /** @param {Pack} pack @param {Words} words @param {string} file @param {Desk} desk @param {Served} served */
  constructor(pack, words, file, desk, served) {
    super(pack, words, file, desk);
    this.served = served;
    this.server = new Server(there => this.showServer(there));
    this.parties = new Parties(pack, words, desk.people, this.server, served);
    this.origins = new Origins(pack, placeOf(served.day, served.evidence));
    this.documents = new ServedDocuments(pack, words, this.parties.lineWords, this.origins);
    /** What `ofText` is of. */
    this.reference = "";
    /** Which lines bind: all, or those down to a layer. */
    this.layer = "";
    /** @type {Pin[]} */
    this.pins = [];
    /** Edits that the server is asked for and has not answered. @type {Record<string, string> | null} */
    this.wanted = null;
    this.turn = 0;
    /** Whether the draft of the link is on the desk. */
    this.begun = false;
    /** What was refused, by the path that was to be changed. @type {Record<string, string[]>} */
    this.faults = {};
    /** @type {CellEditor[]} */
    this.editors = [];
    this.tabs = new Tabs(() => {
      this.showLink();
      this.showParts();
    });
    this.switches = new Switches(this);
    this.state = new StateLine(this);
    this.otherDay = new OtherDay(this);
    this.readings = new ReadingList(this);
    this.list = new EditList(this);
    this.positions = new PartyList(this);
    this.outcomes = new Outcomes(this);
    this.jobs = new Jobs(this);
  }

  // --- the draft ---

  /** Ask for an edit, with all others; it joins the draft when the server has answered. @param {string} path @param {string | null} value */
  setEdit(path, value) { this.setEdits([[path, value]]); }

  /** Ask for several at once; what is refused stands at a path, the first of them. @param {[string, string | null][]} edits @param {string} [path] */
  setEdits(edits, path = edits[0][0]) {
    let all = this.wanted ?? this.draft.edits;
    for (const [one, value] of edits) all = withEdit(all, one, value);
    this.propose(all, path);
  }

  /**
   * Ask for parties by these edits, and make them those of the draft; what is refused stands at a path.
   * @param {Record<string, string>} edits @param {string} path @param {number[]} [terms] of the draft, if others
   */
  async propose(edits, path, terms) {
    const turn = ++this.turn;
    this.wanted = edits;
    this.faults = {};
    await new Promise(done => setTimeout(done, TOGETHER));
    if (turn !== this.turn) return;
    let faults = null;
    try { await this.parties.of(edits); } catch (error) { faults = this.faultsOf(error); }
    if (turn !== this.turn) return;
    this.wanted = null;
    if (!faults) return this.change({ terms: terms ?? this.draft.terms, edits });
    this.faults = { [path]: faults };
    this.showParts();
    this.ready();
  }

  /** What to say of what was refused, or not answered. @param {unknown} error @param {string} [silence] @returns {string[]} */
  faultsOf(error, silence = "gone_edit") {
    if (error instanceof Refusal) return error.faults.map(fault => fault.words);
    if (error instanceof Silence) return [this.say[silence]];
    throw error;
  }

  /** @param {Draft} draft @param {string[]} [troubles] */
  change(draft, troubles = []) {
    this.forget();
    this.origins.follow(draft, this.draft);
    super.change(draft, troubles);
    if (this.past.length > STEPS) this.past.shift();
  }

  /** @param {Draft[]} from @param {Draft[]} to */
  step(from, to) {
    this.forget();
    super.step(from, to);
  }

  /** Whatever is asked for and not answered is not wanted any more. */
  forget() {
    this.turn++;
    this.wanted = null;
    this.faults = {};
  }

  /** The draft; where its parties are not known, they are asked for first. */
  show() {
    if (!this.parties.known(this.draft.edits)) this.fetchParties(this.draft);
    else {
      this.refer();
      this.steady(() => super.show());
      this.showParts();
    }
  }

  /** @param {Draft} draft */
  async fetchParties(draft) {
    const turn = ++this.turn, { edits, troubles } = await this.allowed(draft.edits);
    if (turn !== this.turn) return;
    this.draft = { ...draft, edits };
    this.origins.set(this.draft, this.origins.of(draft));
    this.troubles.push(...troubles);
    this.show();
  }

  /** What the server takes of some edits, and why it does not take the rest. @param {Record<string, string>} edits */
  async allowed(edits) {
    /** @type {string[]} */
    const troubles = [];
    for (;;) {
      try {
        await this.parties.of(edits);
        return { edits, troubles };
      } catch (error) {
        troubles.push(...this.faultsOf(error));
        const wrong = error instanceof Refusal ? error.faults.map(fault => fault.edit) : [];
        const others = Object.entries(edits).filter(pair => !wrong.includes(pair.join("=")));
        // Where no one edit is at fault, those that the engine has are the last good ones.
        if (others.length === Object.keys(edits).length) return { edits: this.applied, troubles };
        edits = Object.fromEntries(others);
      }
    }
  }

  /** Parties as the draft has them, with the lines that bind. */
  apply() { this.desk.people = this.bound(this.parties.known(this.draft.edits) ?? this.people); }

  /** @param {import("../party.js").Preferences[]} people */
  bound(people) { return this.layer ? people.map(own => withLayers(own, LAYERS.indexOf(this.layer))) : people; }

  /** Where not all lines bind, shares are of another question than the evidence answers. @param {import("../answer.js").EvidenceAnswer["decided"]} decided */
  evidenceWord(decided) { return this.layer ? "" : super.evidenceWord(decided); }

  /** The shares by lines that bind, whichever do. @param {import("../answer.js").Answer} answer */
  layersNote(answer) {
    if (!this.layer) return super.layersNote(answer);
    return super.layersNote(new Desk(this.pack, this.parties.known(this.draft.edits) ?? this.people).answer(this.draft.terms));
  }

  /** What the evidence allows is asked of all lines, whichever bind. */
  evidence() { return new Desk(this.pack, this.parties.known(this.draft.edits) ?? this.people).evidence(this.draft.terms); }

  /** @param {string} layer */
  setLayer(layer) {
    this.layer = layer;
    this.useLayer();
    this.show();
  }

  useLayer() {
    this.say = this.layer ? { ...this.words.say, ...this.served.layers[this.layer] } : this.words.say;
    this.apply();
  }

  get base() { return this.origins.base(this.draft).terms; }

  /** Of the filler of the text that the draft started from, the issues whose term is still that. */
  assumed() {
    const { assumed, terms } = this.origins.base(this.draft);
    return assumed.filter(j => this.draft.terms[j] === terms[j]);
  }

  get changedTerms() { return this.origins.changed(this.draft); }

  /** What the draft is measured against: the text that it started from, by the library's positions. */
  refer() {
    const reference = JSON.stringify([this.base, this.layer]);
    if (reference !== this.reference) this.ofText = new Desk(this.pack, this.bound(this.people)).answer(this.base);
    this.reference = reference;
  }

  // --- the link ---

  linked() {
    if (isPlace(location.hash)) return { draft: this.text, troubles: [] };
    const { draft, layer, pins, tab, troubles } = this.documents.state(location.hash), before = JSON.stringify([this.layer, this.pins, this.tabs.current]);
    this.tabs.select(tab);  // a link of the page itself names none, and stays
    if (JSON.stringify([layer, pins, this.tabs.current]) !== before) {
      Object.assign(this, { layer, pins });
      this.useLayer();
      queueMicrotask(() => this.show());  // also where the draft is the same
    }
    return { draft, troubles };
  }

  /** Not where what the page's link asks for is not on the desk, or not yet: it would be lost. */
  showLink() { if (this.begun && !this.documents.unread) super.showLink(); }

  get noted() { return this.documents.stateLink(this.draft, this.layer, this.pins, FIRST_TAB); }

  link() { return this.documents.stateLink(this.draft, this.layer, this.pins, this.tabs.current); }

  // --- building ---

  async start() {
    for (const part of [this.switches, this.readings, this.list, this.positions, this.outcomes, this.jobs, this.tabs]) part.start();
    if (location.hash.includes("reading")) await this.readings.loaded;  // which the link names
    this.begun = true;
    super.start();
  }

  /** @param {string} party @param {string} issue @returns {Node[]} */
  choices(party, issue) {
    const i = this.pack.parties.findIndex(x => x.id === party), j = this.pack.issues.findIndex(x => x.id === issue);
    const editor = new CellEditor(this, i, j);
    this.editors = [...this.editors.filter(one => one.element.isConnected), editor];
    queueMicrotask(() => editor.show());  // when it is in its place
    return [editor.element];
  }

  /** A party's position on an issue as the evidence has it, to be changed. @param {HTMLElement} there @param {number} i @param {number} j */
  position(there, i, j) {
    const position = /** @type {HTMLElement} */ (there.cloneNode(true));
    position.removeAttribute("id");
    position.querySelector(".what-if")?.append(...this.choices(this.pack.parties[i].id, this.pack.issues[j].id));
    return position;
  }

  // --- showing ---

  /** Change the page around where somebody works, and leave that where it is: of what is made anew, what it is in. @param {() => void} act */
  steady(act) {
    const focus = document.activeElement?.closest("dialog, .work") ? document.activeElement : null, box = focus?.getBoundingClientRect();
    // whoever has gone on from there looks at something else, and what had the focus may be gone
    const work = document.querySelector(".work")?.getBoundingClientRect(), inSight = box && box.bottom > 0 && box.top < innerHeight;
    const from = inSight ? focus : work ? document.elementFromPoint(work.left + work.width / 2, innerHeight / 2) : null;
    const scroller = from?.closest("dialog, .work"), tops = new Map();
    for (let one = from; one && one !== scroller; one = one.parentElement) tops.set(one, one.getBoundingClientRect().top);
    act();
    const here = [...tops.keys()].find(one => one.isConnected && one.getClientRects().length);
    if (scroller && here) (scroller.matches("dialog") ? scroller : window).scrollBy(0, here.getBoundingClientRect().top - tops.get(here));
  }

  /** What shows the draft besides the desk. */
  showParts() {
    this.editors = this.editors.filter(editor => editor.element.isConnected);
    this.steady(() => {
      for (const part of [...this.editors, this.switches, this.otherDay, this.state, this.readings, this.list, this.positions, this.outcomes, this.jobs]) part.show();
    });
  }

  /** @param {import("../answer.js").Answer} answer */
  showBars(answer) {
    super.showBars(answer);
    const shares = answer.asked.map(i => {
      const { decided, id } = answer.parties[i];
      return `${this.words.parties[id].short} ${this.was(decided, this.ofText.parties[i].decided)}${this.share(decided)}`;
    });
    const joint = answer.joint === null ? [] : [fill(this.say.strip, { joint: this.was(answer.joint, this.ofText.joint ?? answer.joint) + this.share(answer.joint) })];
    at("dialog-strip").textContent = [...joint, ...shares].join(" · ");
  }

  /** A row for each reading that the draft has as a whole, and for every edit besides. */
  editRows() {
    const { readings, rest } = this.readings.grouped();
    return [...readings.map(reading => this.changeRow(this.readings.named(reading), () => this.readings.toggle(reading))),
      ...rest.map(([path, value]) => this.editRow(path, value))];
  }

  /** @param {number} i @param {Line} line */
  lineWords(i, line) { return this.parties.lineWords.get(line) ?? line.id; }

  /** @param {boolean} there */
  showServer(there) {
    const note = at("server-note");
    note.className = there ? "back" : "gone";
    note.textContent = there ? this.say.server_back : this.say.server_gone;
    this.showParts();
  }
}
