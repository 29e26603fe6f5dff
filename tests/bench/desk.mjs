// node desk.mjs STATIC PACK.json: processor time of the page's engine, in milliseconds, medians of one of each a round.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const { deskOf } = await import(pathToFileURL(folder + "/answer.js").href);
const pack = JSON.parse(await readFile(file, "utf8"));
const spent = {};

async function clocked(name, act) {
  const start = process.cpuUsage();
  const out = await act();
  const { user, system } = process.cpuUsage(start);
  (spent[name] ??= []).push((user + system) / 1000);
  return out;
}

function loop() {
  let sum = 0;
  for (let k = 0; k < 5e6; k++) sum += Math.sqrt(k);
  return sum;
}

const desk = await clocked("first", async () => {
  const one = await deskOf(pack);
  one.answer(pack.text.terms);
  return one;
});
// Switches one after the other, the same in every run.
let text = pack.text.terms;
for (let k = 0; k < 200; k++) {
  const j = (7 * k) % pack.issues.length, options = pack.issues[j].options.length;
  text = text.map((o, i) => (i === j ? (o + 1 + (k % (options - 1))) % options : o));
  await clocked("loop", loop);
  await clocked("answer", () => desk.answer(text));
  await clocked("evidence", () => desk.evidence(text));
  await clocked("changes", () => desk.changes(text));
}
const median = of => of.sort((a, b) => a - b)[of.length >> 1];
console.log(JSON.stringify(Object.fromEntries(Object.entries(spent).map(([name, of]) => [name, median(of)]))));
