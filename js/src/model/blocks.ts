/** Where blocks come from: a kernel, or a capsule in the page. The player knows no more about it than this. */

/** Unpacked columns; a missing value is NaN. */
export interface Block {
  columns: Record<string, Float64Array>
  plain: Record<string, unknown>
}

export interface Blocks {
  readonly kind: "kernel" | "capsule"
  /** At hand now. */
  get(key: string): Block | undefined
  /** Does this source have such a block at all? */
  has(key: string): boolean
  /** Ask for it; rejects with the reason, as a sentence for the user, when it cannot be had. */
  load(key: string): Promise<Block>
  /** Why it could not be had when it was asked for last. */
  failure(key: string): string | undefined
  /** Is the other end not answering? A sentence for the user, or null. */
  readonly trouble: string | null
  /** Called when a block arrived or failed, or trouble came or went. Returns what ends that. */
  onChange(listener: () => void): () => void
}

/** Bytes of a block's columns in memory. */
export function columnBytes(block: Block): number {
  return Object.values(block.columns).reduce((sum, column) => sum + column.byteLength, 0)
}
