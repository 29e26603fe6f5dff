// The desk: the text issue by issue, what every party says of each option, and the answer, at once.

/** @import { Line, Pack, PlanEntry } from "./pack.js" */
/** @import { Answer, Change, EvidenceAnswer, OpenAnswer, FillerAnswer } from "./answer.js" */
/** @import { Words } from "./words.js" */
/** @import { Draft } from "./draft.js" */

import { Desk, HALF, LAYERS, evidenceStance, stance, wilson } from "./answer.js";
import { Documents, importanceOf, isPlace, withEdit } from "./draft.js";
import { at, make } from "./elements.js";
import { Note } from "./note.js";
import { CLASSES, Preferences } from "./party.js";
import { saveFile } from "./sections.js";
import { OPEN, withTerm } from "./texts.js";
import { capital, fill, listed, percent } from "./words.js";

/** Sole refusals of this share of draws are worth saying. */
const NOTABLE = 0.05;

export class Page {
  /** @param {Pack} pack @param {Words} words @param {string} file @param {Desk} desk */
  constructor(pack, words, file, desk) {
    this.pack = pack;
    this.words = words;
    this.say = words.say;
    this.file = file;
    this.documents = new Documents(pack, words);
    this.desk = desk;
    this.people = desk.people;
    /** @type {Draft} */
    this.text = { terms: pack.text.terms, edits: {} };
    /** @type {Draft[]} */
    this.past = [];
    /** @type {Draft[]} */
    this.future = [];
    this.draft = this.text;
    /** The edits that the engine's parties have. */
    this.applied = this.text.edits;
    /** @type {string[]} */
    this.troubles = [];
    this.note = new Note(words.say.copied);
    /** @type {number | undefined} */
    this.later = undefined;
    /** @type {Answer} */
    this.ofText = desk.answer(pack.text.terms);
    /** @type {Change[]} */
    this.changes = [];
  }

  start() {
    this.goTo();
    ({ draft: this.draft, troubles: this.troubles } = this.linked());
    this.watchIssues();
    this.buildTools();
    this.show();
    addEventListener("hashchange", () => {
      if (isPlace(location.hash)) { this.goTo(); this.showLink(); }
      if (location.hash.slice(1) === this.link()) return;
      const { draft, troubles } = this.linked();
      this.change(draft, troubles);
    });
  }

  // --- the draft ---

  /** @param {Draft} draft @param {string[]} troubles with the link that asked for it */
  change(draft, troubles = []) {
    const same = JSON.stringify(draft) === JSON.stringify(this.draft);
    if (same && !troubles.length) return;
    if (!same) {
      this.past.push(this.draft);
      this.future = [];
      this.draft = draft;
    }
    this.troubles = troubles;
    this.show();
  }

  /** The terms that a draft started from. */
  get base() { return this.pack.text.terms; }

  /** The issues in which the draft is another text than it started from. */
  get changedTerms() { return this.documents.changed(this.draft); }

  /** @param {number} issue @param {number} option */
  setTerm(issue, option) { this.change({ ...this.draft, terms: withTerm(this.draft.terms, issue, option) }); }

  /** Set what a party wants, or leave it as read. @param {string} path @param {string | null} value */
  setEdit(path, value) { this.change({ ...this.draft, edits: withEdit(this.draft.edits, path, value) }); }

  /** Take back a step, or take it again. @param {Draft[]} from @param {Draft[]} to */
  step(from, to) {
    const draft = from.pop();
    if (!draft) return;
    to.push(this.draft);
    this.draft = draft;
    this.show();
  }

  /** Parties with the importance of the draft. */
  apply() {
    this.desk.people = this.people.map((own, i) => {
      const party = this.pack.parties[i];
      const changes = Object.entries(this.draft.edits).filter(([path]) => path.startsWith(`${party.id}.`));
      if (!changes.length) return own;
      const other = structuredClone(party);
      for (const [path, importance] of changes) {
        const j = this.pack.issues.findIndex(issue => path === importanceOf(party.id, issue.id));
        const entry = /** @type {PlanEntry} */ (importance === "none" ? "none" : CLASSES.indexOf(importance));
        for (const weights of [other.weights, other.weights_on_evidence]) if ("plan" in weights) weights.plan[j] = entry;
        other.cells[j].importance = importance;
        other.cells[j].importance_basis = "edited";
      }
      return new Preferences(other, this.pack.draws, own.row);
    });
  }

  // --- the link ---

  /** Where the link is to a place in the page, its evidence is opened. */
  goTo() {
    const there = isPlace(location.hash) ? document.getElementById(location.hash.slice(1)) : null;
    there?.closest("details")?.setAttribute("open", "");
    there?.scrollIntoView();
  }

  /** What the page's link asks for. */
  linked() { return this.documents.linked(location.hash); }

  /** What stands behind the # of the page's link. */
  link() { return this.documents.link(this.draft); }

  /** What a note is about. */
  get noted() { return this.link(); }

  showLink() {
    const link = this.link();
    history.replaceState(null, "", link ? `#${link}` : location.pathname + location.search);
    this.note.follow(this.noted);
  }

  // --- building ---

  /** The issues as the report has them answer to a choice, and open the positions. */
  watchIssues() {
    const issue = (/** @type {Element} */ inner) => Number(/** @type {HTMLElement} */ (inner.closest("fieldset")).dataset.issue);
    at("issues").addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement) this.setTerm(issue(target), Number(target.value));
    });
    at("issues").addEventListener("click", ({ target }) => {
      const asked = target instanceof Element && target.closest(".evidence, .option .mark");
      if (asked) this.openPositions(issue(asked), asked.id.startsWith("mark-") ? Number(asked.id.split("-")[3]) : null);
    });
  }

  buildTools() {
    const { pack } = this;
    const presets = /** @type {HTMLSelectElement} */ (at("presets"));
    presets.append(make("option", { value: "" }, pack.text.title),
      ...Object.entries(pack.texts).map(([id, text]) => make("option", { value: id }, text.title)));
    presets.addEventListener("change", () => {
      const text = presets.value ? pack.texts[presets.value] : pack.text;
      this.change({ ...this.draft, terms: [...text.terms] });
    });
    const search = /** @type {HTMLInputElement} */ (at("search"));
    at("search-box").hidden = false;
    search.addEventListener("input", () => this.narrow(search.value));
    search.addEventListener("keydown", event => {
      if (event.key !== "Escape") return;
      search.value = "";
      this.narrow("");
    });
    if (!Object.keys(pack.texts).length) at("presets-box").hidden = true;
    at("undo").addEventListener("click", () => this.step(this.past, this.future));
    at("redo").addEventListener("click", () => this.step(this.future, this.past));
    at("reset").addEventListener("click", () => this.change(this.text));
    at("copy-link").addEventListener("click", () => {
      const link = this.link();
      this.note.copy(this.noted, location.href.split("#")[0] + (link && `#${link}`), this.say[location.protocol === "file:" ? "copied_here" : "copied_link"]);
    });
    at("copy-command").addEventListener("click", () => this.note.copy(this.noted, this.documents.command(this.file, this.documents.edits(this.draft)), this.refused()));
    at("save-edits").addEventListener("click", () => {
      const file = `${pack.scenario.id}_edits.yaml`;
      this.save(file, this.documents.editsFile(this.draft));
      this.note.show(this.noted, fill(this.say.edits_saved, { file }), this.refused());
    });
    at("save-scenario").addEventListener("click", () => {
      const file = `${pack.scenario.id}_draft.yaml`, saved = fill(this.say.file_saved, { file, command: this.documents.command(file) });
      this.save(file, this.documents.scenarioFile(this.draft));
      this.note.show(this.noted, saved, this.edited() ? this.say.file_without : "", this.refused());
    });
    const dialog = /** @type {HTMLDialogElement} */ (at("dialog"));
    at("dialog-close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
  }

  /** Show the issues that have all words, and those that the draft changes or that violate something. @param {string} words */
  narrow(words) {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean), changed = this.changedTerms;
    let count = 0, also = 0;
    this.pack.issues.forEach((issue, j) => {
      const own = [issue.label, issue.question, ...issue.options.flatMap(o => [o.label, o.text])].join(" ").toLowerCase();
      const has = wanted.every(word => own.includes(word)), stays = changed.includes(j) || at(`broken-${issue.id}`).hasChildNodes();
      at(`issue-${issue.id}`).classList.toggle("elsewhere", !has && !stays);
      if (has) count++; else if (stays) also++;
    });
    at("search-count").textContent = !wanted.length ? ""
      : fill(this.say[also ? "search_also" : "search_count"], { count, issues: this.pack.issues.length, also });
  }

  /** Whether a command will take the draft: what breaks a hard constraint, it does not. */
  refused() {
    const rules = this.desk.texts.violated(this.draft.terms, ["hard"]).map(rule => rule.id);
    return rules.length ? fill(this.say.file_refused, { rules: rules.join(", ") }) : "";
  }

  /** @param {string} name @param {string} text */
  save(name, text) { saveFile(name, new Blob([text], { type: "text/plain" })); }

  /** The positions on an issue with what they rest on, as the report has them below, at one party's. @param {number} j @param {number | null} party */
  openPositions(j, party = null) {
    const dialog = /** @type {HTMLDialogElement} */ (at("dialog")), issue = this.pack.issues[j];
    const body = at("dialog-body"), there = document.getElementById(`who-${issue.id}`);
    body.replaceChildren(...(there ? [there.cloneNode(true)] : []));
    for (const node of body.querySelectorAll("[id]")) node.removeAttribute("id");
    at("dialog-title").textContent = capital(issue.label);
    for (const { id } of this.pack.parties) {
      const place = body.querySelector(`[data-party="${CSS.escape(id)}"] .what-if`);
      if (place) place.append(...this.choices(id, issue.id));
    }
    dialog.showModal();
    dialog.scrollTop = 0;
    if (party !== null) body.querySelector(`[data-party="${CSS.escape(this.pack.parties[party].id)}"]`)?.scrollIntoView();
  }

  /** What of a cell can be set where it is shown. @param {string} party @param {string} issue @returns {Node[]} */
  choices(party, issue) { return this.documents.settable(party, issue) ? [this.importanceChoice(party, issue)] : []; }

  /** @param {string} party @param {string} issue */
  importanceChoice(party, issue) {
    const cell = this.pack.parties.find(p => p.id === party)?.cells[this.pack.issues.findIndex(x => x.id === issue)];
    const path = importanceOf(party, issue), own = cell?.importance ?? "unknown";
    const choice = make("select", {},
      make("option", { value: "" }, fill(this.say.as_read, { importance: own })),
      ...this.documents.importances(party, issue).filter(x => x !== own).map(x => make("option", { value: x }, x)));
    choice.value = this.draft.edits[path] ?? "";
    choice.addEventListener("change", () => this.setEdit(path, choice.value || null));
    return make("label", {}, this.say.what_if, " ", choice);
  }

  // --- showing ---

  show() {
    const start = performance.now();
    if (this.draft.edits !== this.applied) {
      this.apply();
      this.applied = this.draft.edits;
    }
    const answer = this.changedAtAll() ? this.desk.answer(this.draft.terms) : this.ofText;
    this.showBars(answer);
    performance.measure("bars", { start });  // what tests/bench/desk.py reads
    this.showLink();
    this.showDraft();
    this.showBroken(answer);
    clearTimeout(this.later);
    // What is not needed at once follows when the bars stand, so that a switch is never held up.
    this.later = setTimeout(() => {
      this.steady(() => {
        if (this.words.sourced) this.showEvidence(answer, this.evidence());
        this.showMarks();
      });
      this.later = setTimeout(() => {
        const start = performance.now();
        this.changes = this.desk.changes(this.draft.terms);
        this.steady(() => this.showChanges());
        performance.measure("changes", { start });
        const open = this.desk.open(this.draft.terms), filler = this.desk.filler(this.draft.terms, this.assumed());
        this.steady(() => this.showOpen(open, filler));
        this.ready();
      }, 20);
    }, 0);
  }

  /** Change the page; one on which more is worked at leaves that where it is. @param {() => void} act */
  steady(act) { act(); }

  /** That whatever was asked for is answered, for whoever waits. */
  ready() { document.body.dataset.ready = String(Number(document.body.dataset.ready ?? 0) + 1); }

  evidence() { return this.desk.evidence(this.draft.terms); }

  /** Issues whose term is still the text's filler. */
  assumed() { return this.pack.text.assumed.filter(j => this.draft.terms[j] === this.pack.text.terms[j]); }

  /** @param {number} count */
  share(count) { return percent(count, this.pack.draws); }

  /** @param {string} low @param {string} high */
  range(low, high) { return low === high ? low : fill(this.say.range, { low, high }); }

  /** @param {Answer} answer */
  showBars(answer) {
    const rows = answer.parties.map((mine, i) => this.bar(this.words.parties[mine.id].name, mine.decided, this.ofText.parties[i].decided,
      { id: `bar-${i}`, note: this.partyNote(answer, i), word: true, asked: this.pack.parties[i].silent || mine.asked }));
    const joint = answer.joint === null
      ? make("p", { class: "soft" }, this.say.nobody)
      : this.bar(this.say.together, answer.joint, this.ofText.joint ?? 0, { id: "bar-joint", note: this.layersNote(answer), word: false, asked: true });
    at("bars").replaceChildren(joint, ...rows);
    this.showHeadline(answer, null);
    const short = answer.asked.map(i => `${this.words.parties[this.pack.parties[i].id].short} ${this.share(answer.parties[i].decided)}`);
    const together = answer.joint === null ? this.say.nobody : fill(this.say.strip, {
      joint: this.was(answer.joint, this.ofText.joint ?? answer.joint) + this.share(answer.joint) });
    at("strip").textContent = [together, ...short].join(" · ");
  }

  /** @param {string} name @param {number} count @param {number} before @param {{id: string, note: string, word: boolean, asked: boolean}} more */
  bar(name, count, before, { id, note, word, asked }) {
    const kind = asked ? stance(count, this.pack.draws) : "not_asked", { low, high } = wilson(count, this.pack.draws);
    const fillOf = make("i", { class: kind }), half = make("u"), line = make("div", { class: "bar", id, "aria-hidden": "true" }, fillOf, half);
    fillOf.style.width = `${(100 * count) / this.pack.draws}%`;
    if (before !== count && this.changedAtAll()) {
      const was = make("s", { title: fill(this.say.was_title, { share: this.share(before) }) });
      was.style.left = `${(100 * before) / this.pack.draws}%`;
      line.append(was);
    }
    const share = make("span", { class: `share ${kind}`, title: fill(this.say.interval, { low: percent(low, 1), high: percent(high, 1) }) },
      ...(asked ? [this.was(count, before)] : []), ...(word ? [make("span", { class: "word" }, this.say[kind])] : []),
      ` ${asked ? "" : this.was(count, before)}${this.share(count)}`);
    return make("div", { class: "party" }, make("div", { class: "top" }, make("strong", {}, name), share), line,
      make("p", { class: "soft note" }, note));
  }

  /** What stands before the share of the draft: that of the text where it is another. @param {number} count @param {number} before */
  was(count, before) {
    const share = this.changedAtAll() ? this.share(before) : this.share(count);
    return share === this.share(count) ? "" : `${fill(this.say.was, { share })} `;
  }

  changedAtAll() { return this.documents.changed(this.draft).length > 0 || this.edited(); }

  edited() { return Object.keys(this.draft.edits).length > 0; }

  /** @param {Answer} answer */
  layersNote(answer) {
    const layers = LAYERS.map((name, k) => fill(this.say.layer, { layer: name, share: this.share(answer.jointByLayer[k]) }));
    return fill(this.say.by_layer, { layers: layers.join(", ") });
  }

  /** @param {Answer} answer @param {number} i */
  partyNote(answer, i) {
    const mine = answer.parties[i], out = [], party = this.pack.parties[i];
    if (party.silent) return this.say.silent;
    if (!mine.asked) out.push(this.say.not_needed);
    if (mine.decided !== mine.own) out.push(fill(this.say.by_itself, { share: this.share(mine.own) }));
    const against = this.objection(answer, i);
    if (against) out.push(fill(this.say.against, { objection: against }));
    const unmet = mine.unmet.filter(of => !this.words.sourced || of.issues.some(j => !this.assumed().includes(j)));
    if (unmet.length && wilson(mine.own, this.pack.draws).low >= HALF) out.push(fill(this.say.asks, { demands: listed(unmet.map(of => of.label), this.say.and) }));
    if (mine.sole && mine.sole / this.pack.draws >= NOTABLE) out.push(fill(this.say.alone, { share: this.share(mine.sole) }));
    const vote = mine.ratification;
    if (vote) out.push(fill(this.say.vote, { passes: this.share(vote.passes), polls: this.share(vote.polls), mixed: this.share(vote.mixed) }));
    return out.map(capital).join(". ") + (out.length ? "." : "");
  }

  /** What a party has against the draft, in words; nothing where it has nothing. @param {Answer} answer @param {number} i */
  objection(answer, i) {
    const against = answer.parties[i].objection;
    if (!against) return "";
    if (against.line) return this.lineWords(i, against.line);
    const issue = /** @type {number} */ (against.issue), option = /** @type {number} */ (against.option);
    return `${this.pack.issues[issue].label}: ${this.documents.optionLabel(issue, option)}`;
  }

  /** What an objection over a line is called. @param {number} i @param {Line} line */
  lineWords(i, line) {
    const { id, lines } = this.desk.people[i].party;
    return this.words.lines[id][lines.indexOf(line)];
  }

  /** The way to what the refusal of the first who refuses rests on. @param {number[]} refusing @param {Answer} answer */
  showWay(refusing, answer) {
    const i = refusing.find(k => answer.parties[k].objection), against = i === undefined ? null : answer.parties[i].objection;
    const j = against?.line ? against.line.when[0][0] : against?.issue, button = at("says-so");
    button.hidden = i === undefined || typeof j !== "number";
    if (i === undefined || typeof j !== "number") return;
    button.textContent = fill(this.say.positions_on, { issue: this.pack.issues[j].label });
    button.onclick = () => this.openPositions(j, i);
  }

  /** That each accepts or all do, and on what nothing is agreed. @param {string} settled @param {string} unsettled @param {string} joint */
  accepted(settled, unsettled, joint) {
    const open = this.pack.issues.filter((_, j) => this.draft.terms[j] === OPEN).map(issue => issue.label);
    if (!open.length) return fill(this.say[settled], { joint });
    const issues = open.length < 3 ? listed(open, this.say.and) : fill(this.say.head_issues, { count: open.length });
    return fill(this.say[unsettled], { joint, issues });
  }

  /** @param {Answer} answer @param {EvidenceAnswer[] | null} evidence */
  showHeadline(answer, evidence) {
    const asked = answer.asked, spoken = (/** @type {number[]} */ of) =>
      listed(of.map(i => this.words.parties[this.pack.parties[i].id].spoken), this.say.and);
    const by = (/** @type {string} */ kind) => asked.filter(i => stance(answer.parties[i].own, this.pack.draws) === kind);
    const joint = answer.joint === null ? "" : this.share(answer.joint);
    let sentence = this.say.head_none;
    if (this.draft.terms.every(option => option === OPEN)) sentence = this.say.head_nothing;
    else if (asked.length && answer.joint !== null) {
      const refusing = by("refuses"), divided = by("divided");
      if (refusing.length) {
        const who = refusing.map(i => {
          const over = this.objection(answer, i), name = this.words.parties[this.pack.parties[i].id].spoken;
          return over && refusing.length < 3 ? fill(this.say.over, { party: name, objection: over }) : name;
        });
        sentence = fill(this.say.head_refused, { who: listed(who, this.say.and), joint });
      } else if (divided.length) sentence = fill(this.say.head_divided, { who: spoken(divided), joint });
      else if (wilson(answer.joint, this.pack.draws).low < HALF) sentence = this.accepted("head_singly", "head_singly_open", joint);
      else sentence = this.accepted("head_accepted", "head_open", joint);
    }
    if (at("headline").textContent !== sentence) at("headline").textContent = sentence;
    this.showWay(asked.length && answer.joint !== null ? by("refuses") : [], answer);
    if (!evidence) return;
    const settled = (/** @type {string} */ kind) => asked.filter(i => evidenceStance(evidence[i].own, this.pack.draws) === kind);
    const refused = settled("refuses"), unknown = settled("not settled");
    const key = !asked.length ? "" : refused.length ? "evidence_refused" : unknown.length ? "evidence_unknown" : "evidence_accepted";
    at("on-evidence").textContent = key && fill(this.say[key], { who: spoken(refused.length ? refused : unknown) });
  }

  /** What to say of a party where the evidence leaves its answer open, else nothing. @param {EvidenceAnswer["decided"]} decided */
  evidenceWord(decided) {
    const n = this.pack.draws;
    if (evidenceStance(decided, n) !== "not settled") return "";
    return decided[2] / n < HALF ? "inferred" : "unknown";
  }

  /** @param {Answer} answer @param {EvidenceAnswer[]} evidence */
  showEvidence(answer, evidence) {
    evidence.forEach(({ decided }, i) => {
      const box = document.getElementById(`bar-${i}`);
      if (!box) return;
      const [low, high] = decided, n = this.pack.draws, bracket = make("b");
      bracket.style.left = `${Math.min((100 * low) / n, 99)}%`;
      bracket.style.width = `${Math.max((100 * (high - low)) / n, 1)}%`;
      box.querySelector("b")?.remove();
      box.append(bracket);
      const note = box.nextElementSibling;
      const range = this.range(this.share(low), this.share(high));
      if (note) note.prepend(`${fill(this.say.on_evidence, { range })} `);
      const word = box.previousElementSibling?.querySelector(".share:not(.not_asked) .word"), kind = this.evidenceWord(decided);
      if (word && kind) word.textContent = this.say[kind];
      for (const part of [box.previousElementSibling?.querySelector(".share"), box.querySelector("i")])
        part?.classList.toggle("unknown", kind === "unknown" && !part.classList.contains("not_asked"));
    });
    this.showHeadline(answer, evidence);
  }

  showDraft() {
    const rows = this.changedTerms.map(j => this.changeRow(
      `${capital(this.pack.issues[j].label)}: ${this.documents.optionLabel(j, this.base[j])} → ${this.documents.optionLabel(j, this.draft.terms[j])}`,
      () => this.setTerm(j, this.base[j])));
    rows.push(...this.editRows());
    at("changes").replaceChildren(...(rows.length ? rows : [make("li", { class: "soft" }, this.say.unchanged)]));
    at("troubles").replaceChildren(...this.troubles.map(trouble => make("p", { class: "trouble" }, trouble)));
    for (const [id, off] of /** @type {[string, boolean][]} */ ([["undo", !this.past.length], ["redo", !this.future.length],
      ["reset", !this.changedAtAll()], ["save-edits", !this.changedAtAll()], ["save-scenario", !this.changedAtAll()]]))
      /** @type {HTMLButtonElement} */ (at(id)).disabled = off;
    const same = (/** @type {number[]} */ terms) => terms.every((o, j) => o === this.draft.terms[j]);
    const preset = Object.entries(this.pack.texts).find(([, text]) => same(text.terms));
    /** @type {HTMLSelectElement} */ (at("presets")).value = preset ? preset[0] : "";
    this.pack.issues.forEach((issue, j) => {
      const changed = this.draft.terms[j] !== this.base[j];
      at(`issue-${issue.id}`).classList.toggle("changed", changed);
      /** @type {HTMLInputElement} */ (at(`term-${j}-${this.draft.terms[j]}`)).checked = true;
      for (const option of [...issue.options.keys(), OPEN])
        at(`term-${j}-${option}`).closest(".row")?.classList.toggle("of-text", changed && option === this.base[j]);
    });
  }

  /** What the draft changes of what parties want. */
  editRows() { return Object.entries(this.draft.edits).map(([path, value]) => this.editRow(path, value)); }

  /** @param {string} path @param {string} value */
  editRow(path, value) { return this.changeRow(this.documents.editWords(path, value), () => this.setEdit(path, null)); }

  /** @param {string} words @param {() => void} back */
  changeRow(words, back) {
    const button = make("button", { type: "button", class: "quiet", "aria-label": fill(this.say.undo_this, { change: words }) }, "×");
    button.addEventListener("click", back);
    return make("li", {}, words, " ", button);
  }

  /** Constraints that the draft violates, at the issues concerned. @param {Answer} answer */
  showBroken(answer) {
    const rules = this.pack.rules.filter(rule => answer.violated.includes(rule.id));
    this.pack.issues.forEach((issue, j) => {
      const mine = rules.filter(rule => [...rule.when, ...rule.then].some(([k]) => k === j));
      at(`broken-${issue.id}`).replaceChildren(...mine.map(rule =>
        make("p", {}, fill(this.say.violated, { severity: rule.severity, why: rule.why }))));
    });
    this.narrow(/** @type {HTMLInputElement} */ (at("search")).value);
    const dropped = this.ofText.asked.filter(i => !answer.asked.includes(i)).map(i => this.words.parties[this.pack.parties[i].id].spoken);
    at("violated").textContent = [
      dropped.length ? fill(this.say.would_drop, { who: listed(dropped, this.say.and) }) : "",
      rules.length ? fill(this.say.violates, { rules: rules.map(r => `${r.id} (${r.severity})`).join(", ") }) : "",
    ].filter(Boolean).join(" ");
  }

  showMarks() {
    this.pack.issues.forEach((issue, j) => issue.options.forEach((option, o) => this.pack.parties.forEach((party, i) => {
      const mark = at(`mark-${j}-${o}-${i}`), { kind, basis } = this.mark(i, j, o);
      mark.className = `mark ${kind} ${basis}`;
      mark.textContent = this.say[`sign_${kind}`];
      const words = fill(this.say[`mark_${kind}`], { basis });
      mark.title = `${this.words.parties[party.id].name}: ${words}`;
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", mark.title);
    })));
  }

  /** What a party says of an option, all else as in the draft. @param {number} i @param {number} j @param {number} option */
  mark(i, j, option) {
    const { party } = this.desk.people[i], cell = party.cells[j], text = withTerm(this.draft.terms, j, option);
    const seen = this.desk.texts.seen(text, party);
    const lines = this.desk.crossed(party, text, seen).filter(line => line.when.some(([k]) => k === j));
    const [line] = lines.sort((a, b) => a.layer - b.layer);
    if (line) return { kind: line.kind === "red_line" ? "line" : "refused", basis: line.basis };
    const { basis } = cell;
    if (!cell.levels) return cell.basis === "unknown" ? { kind: "unknown", basis } : { kind: "number", basis };
    const level = cell.levels.findIndex(options => options.includes(option));
    if (level < 0) return { kind: "unknown", basis };
    if (cell.rest.includes(option) && cell.rest.length > 1) return { kind: "rest", basis };
    if (cell.levels.length === 1) return { kind: "even", basis };
    const kind = level === 0 ? "best" : level === cell.levels.length - 1 ? "worst" : "middle";
    return { kind, basis: cell.assumed.includes(option) ? "assumed" : basis };
  }

  /**
   * Beside each option the joint share with it; where that is next to nothing for all, the share of the weakest party,
   * and where that is too, how many refuse, so that a text with several blockers has a direction.
   */
  showChanges() {
    const some = (/** @type {(change: Change) => number} */ of) => this.changes.some(change => of(change) >= 0.005);
    const measure = some(c => (c.joint ?? 0) / this.pack.draws) ? "joint" : some(c => c.weakest?.share ?? 0) ? "weakest" : "refusing";
    at("figures-note").textContent = this.say[`figures_${measure}`];
    for (const head of document.querySelectorAll("#issues .head .figure"))
      head.textContent = this.say[{ joint: "together_head", weakest: "weakest_head", refusing: "refusing_head" }[measure]];
    const { asked } = this.ofText;
    for (const change of this.changes) {
      const { issue, option, weakest, violated } = change, cell = at(`figure-${issue}-${option}`);
      const dropped = asked.filter(i => !change.asked.includes(i)).map(i => this.words.parties[this.pack.parties[i].id].spoken);
      cell.textContent = [...(violated.length ? [this.say.sign_violates] : []), ...(dropped.length ? [this.say.sign_drops] : []),
        ...(option === OPEN ? [this.say.sign_leaves] : []),
        this.measured(change, measure)].join(" ");
      const who = weakest ? this.words.parties[this.pack.parties[weakest.party].id].name : "";
      cell.title = [violated.length ? fill(this.say.would_violate, { rules: violated.join(", ") }) : "",
        dropped.length ? fill(this.say.would_drop, { who: listed(dropped, this.say.and) }) : "",
        weakest ? fill(this.say.weakest, { party: who, share: percent(weakest.share, 1) }) : "",
        fill(this.say.refusing, { count: change.refusing.toFixed(1) })].filter(Boolean).join(" ");
    }
    this.showBest(measure);
  }

  /** @param {Change} change @param {"joint" | "weakest" | "refusing"} measure */
  measured(change, measure) {
    if (change.joint === null || !change.weakest) return "–";
    if (measure === "refusing") return change.refusing.toFixed(1);
    return measure === "joint" ? this.share(change.joint) : percent(change.weakest.share, 1);
  }

  /** The single changes that help most and drop no party whose consent is needed. @param {"joint" | "weakest" | "refusing"} measure */
  showBest(measure) {
    const value = (/** @type {Change} */ c) =>
      measure === "joint" ? (c.joint ?? 0) / this.pack.draws : measure === "weakest" ? c.weakest?.share ?? 0 : -c.refusing;
    const now = this.changes.find(c => c.option === this.draft.terms[c.issue]);
    if (!now) return;
    const better = this.changes.filter(c => c.option !== OPEN && !c.violated.length && now.asked.every(i => c.asked.includes(i))
      && value(c) > value(now)).sort((a, b) => value(b) - value(a)).slice(0, 3);
    at("best").replaceChildren(...better.map(c => {
      const words = fill(this.say[`best_${measure}`], {
        change: `${this.pack.issues[c.issue].label}: ${this.documents.optionLabel(c.issue, c.option)}`, share: this.measured(c, measure) });
      const button = make("button", { type: "button" }, words);
      button.addEventListener("click", () => this.setTerm(c.issue, c.option));
      return make("li", {}, button);
    }), ...(better.length ? [] : [make("li", { class: "soft" }, this.say.best_none)]));
  }

  /** @param {OpenAnswer} open @param {FillerAnswer} filler */
  showOpen(open, filler) {
    const out = [];
    if (open === "too many") out.push(this.say.open_many);
    else if (open && open.completions === 0) out.push(this.say.open_none);
    else if (open && "some" in open) out.push(fill(this.say.open_ways, { ways: open.completions, some: this.share(open.some),
      every: this.share(open.every), best: this.share(open.best), worst: this.share(open.worst) }));
    if (filler === "too many") out.push(fill(this.say.filler_many, { terms: this.assumed().length }));
    else if (filler) out.push(fill(this.say.filler, { terms: this.assumed().length, range: this.range(percent(filler.low, 1), percent(filler.high, 1)) }));
    at("open").replaceChildren(...out.map(words => make("p", { class: "soft" }, words)));
  }
}
