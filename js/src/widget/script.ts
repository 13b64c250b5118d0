/** Code that comes from the kernel as gzipped text. */

/** The text of gzipped bytes. */
export function unzip(bytes: DataView): Promise<string> {
  const packed = new Blob([bytes as DataView<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"))
  return new Response(packed).text()
}

/** What a module's text exports; the page keeps it for good. */
export async function importScript<T>(text: string): Promise<T> {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }))
  try {
    return await import(url)
  } finally {
    URL.revokeObjectURL(url)
  }
}
