// Elements of the page.

/** The element of an id. @param {string} id @returns {HTMLElement} */
export const at = id => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element ${id}`);
  return element;
};

/**
 * A new element. Text is text: nothing of a pack is ever read as HTML.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, string>} [attributes] @param {...(Node | string)} inner
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...inner) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inner);
  return element;
}

/** A button. @param {string} words @param {() => void} act @param {Record<string, string>} [attributes] */
export function button(words, act, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, words);
  element.addEventListener("click", act);
  return element;
}

/** What a script of the page holds as JSON. @param {string} id */
export const data = id => JSON.parse(at(id).textContent ?? "");
