/** The few things every part of the player does with the page. */

type Attributes = Record<string, string | number | boolean | null>

/** An element with attributes (`true` is an empty one, `false` and null none) and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) put(element, name, value)
  element.append(...children)
  return element
}

/** Set an attribute if it is another one: while playing most are not. */
export function put(element: Element, name: string, value: string | number | boolean | null): void {
  if (value === null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name)
    return
  }
  const text = value === true ? "" : String(value)
  if (element.getAttribute(name) !== text) element.setAttribute(name, text)
}

/** Set an element's text in place, if it is another one. */
export function write(element: Element, text: string): void {
  const node = element.firstChild
  if (!(node instanceof Text)) element.textContent = text
  else if (node.data !== text) node.data = text
}

export function show(element: HTMLElement, shown: boolean): void {
  if (element.hidden === shown) element.hidden = !shown
}

/** Listens; returns what ends that. */
export function on<K extends keyof HTMLElementEventMap>(
  element: HTMLElement,
  kind: K,
  listener: (event: HTMLElementEventMap[K]) => void,
  options: AddEventListenerOptions = {},
): () => void {
  element.addEventListener(kind, listener, options)
  return () => element.removeEventListener(kind, listener, options)
}
