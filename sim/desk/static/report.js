// The start of a report: the desk on its own pack.

import { deskOf } from "./answer.js";
import { Page } from "./desk.js";
import { data } from "./elements.js";

const pack = data("pack");
const page = new Page(pack, data("words"), data("command-file"), await deskOf(pack));
page.start();
Object.assign(globalThis, { page });
