// node agree.mjs FOLDER CASES.json [first]: answers of the page's own modules beside what the engine counted; prints a JSON
// line with what differs, of the first text that does alone if so asked. CASES holds [{pack, texts: [what tests/desk/reference.py expects]}].
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [folder, cases, first] = process.argv.slice(2);
const { deskOf } = await import(pathToFileURL(folder + "/answer.js").href);
const CLASSES = ["none", 3, 2, 1, 0];  // as the engine's strip, the lightest first
const wrong = [];
let texts = 0;

all: for (const { pack, texts: wanted } of JSON.parse(await readFile(cases, "utf8"))) {
  const desk = await deskOf(pack);
  for (const want of wanted) {
    if (first && wrong.length) break all;
    texts += 1;
    const tell = (where, got, due) => {
      if (JSON.stringify(got) !== JSON.stringify(due)) wrong.push([pack.scenario.id, want.text, where, got, due]);
    };
    const got = desk.answer(want.text), evidence = desk.evidence(want.text);
    tell("asked", got.asked.map(i => pack.parties[i].id), want.asked);
    for (const key of ["violated", "joint", "signed", "jointByLayer"]) tell(key, got[key], want[key]);
    const { bestTerms, ...open } = desk.open(want.text) ?? {};
    tell("open", desk.open(want.text) === "too many" ? "too many" : want.open === null ? desk.open(want.text) : open, want.open);
    const filler = desk.filler(want.text, want.assumed);
    tell("filler", filler && filler !== "too many" ? [filler.low, filler.median, filler.high, filler.fillings] : filler, want.filler);
    want.parties.forEach((due, i) => {
      const mine = got.parties[i], party = pack.parties[i];
      for (const key of ["because", "own", "decided", "byLayer", "ownByLayer", "sole", "agrees", "crossed", "unmet"])
        tell(`${due.id} ${key}`, mine[key], due[key]);
      tell(`${due.id} ownEvidence`, evidence[i].own, due.ownEvidence);
      tell(`${due.id} evidence`, evidence[i].decided, due.evidence);
      if (due.strip) tell(`${due.id} strip`, CLASSES.map(c => desk.withImportance(want.text, i, pack.turning, c)), due.strip);
      const o = mine.objection, issue = o && o.issue !== null ? pack.issues[o.issue] : null;
      const name = o && (o.line ? o.line.id : o.option < 0 ? null : issue.options[o.option].id);
      tell(`${due.id} objection`, o && [o.kind, issue && issue.id, name, o.draws / pack.draws], due.objection);
      const r = mine.ratification;
      tell(`${due.id} ratification`,
        r && [r.passes / pack.draws, r.polls / pack.draws, r.mixed / pack.draws, r.decided === null ? null : +r.decided, r.yes],
        due.ratification);
    });
    // Every single change, by the short way, is what the whole answer says of that text.
    if (want.changes) for (const change of desk.changes(want.text)) {
      const text = want.text.map((o, j) => (j === change.issue ? change.option : o)), whole = desk.answer(text);
      tell(`change ${change.issue} ${change.option}`, change.joint, whole.joint);
      const shares = whole.asked.map(i => whole.parties[i].own / pack.draws);
      tell(`weakest ${change.issue} ${change.option}`, change.weakest && change.weakest.share, shares.length ? Math.min(...shares) : null);
    }
  }
}
console.log(JSON.stringify({ texts, wrong: wrong.length, examples: wrong.slice(0, 12) }));
