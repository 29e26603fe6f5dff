// The start of a served page.

import { deskOf } from "../answer.js";
import { data } from "../elements.js";
import { ServedPage } from "./page.js";

const pack = data("pack"), served = data("served"), words = data("words");
Object.assign(words.say, served.say);
const page = new ServedPage(pack, words, data("command-file"), await deskOf(pack), served);
page.start();
Object.assign(globalThis, { page });
