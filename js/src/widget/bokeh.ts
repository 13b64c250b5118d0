/** BokehJS of the version the kernel has: fetched once per page, whatever number of results it shows. */

import type { DocumentJson } from "../model/figure"
import { importScript, unzip } from "./script"

// The little of BokehJS that is used here; its own types are not part of the script the kernel sends.
export interface Property {
  attr: string
  get_value(): unknown
  change: { connect(slot: () => void): void; disconnect(slot: () => void): void }
}
export interface Model extends Iterable<Property> {
  name: string | null
  properties: Record<string, Property>
  setv(values: Record<string, unknown>): void
}
export interface BokehDocument {
  all_models: Iterable<Model>
  get_model_by_name(name: string): Model | null
  is_idle: boolean
  idle: { connect(slot: () => void): void }
  /** Of Bokeh's own views of this document; no public interface. */
  views_manager?: { clear(): void } | null
  clear(): void
}
export interface Bokeh {
  version: string
  documents: BokehDocument[]
  index: Record<string, { model: { document: BokehDocument } } | undefined>
  embed: { embed_item(item: object, element: HTMLElement): Promise<unknown> }
  /** A part of BokehJS by its path; no public interface. Throws when there is none. */
  require?(path: string): unknown
}

const SHELF = Symbol.for("backtestr_lab.bokeh")
type Shelf = { [SHELF]?: Map<string, Promise<Bokeh>> }

/** `fetch` brings the script, gzipped; it is called when the page has none of this version yet. */
export function loadBokeh(version: string, fetch: () => Promise<DataView>): Promise<Bokeh> {
  const page = window as Shelf
  page[SHELF] ??= new Map()
  const shelf = page[SHELF]
  let loading = shelf.get(version)
  if (!loading) {
    loading = fetch().then(start)
    // A failed try must not be what every later result gets.
    loading.catch(() => shelf.delete(version))
    shelf.set(version, loading)
  }
  return loading
}

/** Draw a figure's JSON in an element. */
export async function embed(bokeh: Bokeh, doc: DocumentJson, element: HTMLElement): Promise<BokehDocument> {
  const root = doc.roots[0]?.id ?? ""
  await bokeh.embed.embed_item({ doc, root_id: root, version: doc.version, target_id: null }, element)
  const view = bokeh.index[root]
  if (!view) throw new Error("Bokeh drew nothing")
  soften(element)
  return view.model.document
}

/** Bokeh rings a chart with dots once it is clicked; only the keyboard's focus needs showing. */
function soften(element: Element): void {
  for (const inside of element.children) soften(inside)
  if (!element.shadowRoot) return
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(".bk-events:focus:not(:focus-visible) { outline: none }")
  element.shadowRoot.adoptedStyleSheets.push(sheet)
  for (const inside of element.shadowRoot.children) soften(inside)
}

/** Take a drawing off the page and out of Bokeh's list of documents. */
export function remove(bokeh: Bokeh, drawing: BokehDocument): void {
  // Bokeh gives each document a view of its notifications, which `clear` leaves in its index with all it hangs on.
  drawing.views_manager?.clear()
  drawing.clear()
  const place = bokeh.documents.indexOf(drawing)
  if (place >= 0) bokeh.documents.splice(place, 1)
}

async function start(bytes: DataView): Promise<Bokeh> {
  const script = await unzip(bytes)
  // Its own `this`, so that no Bokeh the page may have already is touched, nor this one by it.
  // And no `visualViewport`: each figure would listen to it for good, and be kept by it with all it hangs on.
  const module = `const root = {};(function(visualViewport){${script}\n}).call(root, null);export default root.Bokeh`
  const { default: bokeh } = await importScript<{ default: Bokeh }>(module)
  leaveStyles(bokeh)
  return bokeh
}

/**
 * Bokeh looks up every colour and width of every glyph in the page's styles before it takes the model's own, so that
 * the browser works out the styles of all that changed in the midst of painting. No figure here is styled like that.
 */
function leaveStyles(bokeh: Bokeh): void {
  try {
    const visual = bokeh.require?.("core/visuals/visual") as { VisualProperties: { prototype: object } } | undefined
    const prototype = visual?.VisualProperties.prototype
    if (prototype && "_get_css_value" in prototype) prototype._get_css_value = () => ""
  } catch {
    // Another version of Bokeh: it paints as it likes, only slower.
  }
}
