// What stands below the desk: links that put a text into it, and documents to save.

/** Saves a file. @param {string} name @param {Blob} content */
export function saveFile(name, content) {
  const link = document.createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(content);
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A document of the page: the draw pack as it stands there, any other from gzip. @param {string} id */
async function documentOf(id) {
  const text = document.getElementById(id)?.textContent ?? "";
  if (id === "pack") return new Blob([text], { type: "application/json" });
  const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Blob([await new Response(stream).arrayBuffer()], { type: "application/json" });
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button.save"))) {
  const { of: id = "", file = "" } = button.dataset;
  button.hidden = false;
  button.addEventListener("click", async () => saveFile(file, await documentOf(id)));
}

// The desk reads the link itself; whoever followed it is to see what it makes of the text.
for (const link of document.querySelectorAll("a.try")) link.addEventListener("click", () => {
  const headline = document.getElementById("headline");
  headline?.setAttribute("tabindex", "-1");
  headline?.focus({ preventScroll: true });
  document.querySelector(".desk")?.scrollIntoView();
});
