/** What page and kernel say to each other (backtestr_lab/replay/widget.py). */

export const PROTOCOL = 1

/** Milliseconds of trading time: UTC less the hours cut out of the axis. */
export type TradingMs = number & { readonly unit: "trading ms" }

/** Where a column's float64 values lie in the bytes beside a message, or its texts. */
export type Packed = { at: number; count: number } | string[]

export type Request = { kind: "bokeh" } | { kind: "view"; id: number; x: [TradingMs, TradingMs] }

export type BokehReply = { kind: "bokeh"; version: string }

export type ViewReply =
  | { kind: "view"; id: number; error: string }
  | {
      kind: "view"
      id: number
      error?: undefined
      columns: Record<string, Record<string, Packed>>
      limits: Record<string, [number, number]>
      title: string
    }

export type Reply = BokehReply | ViewReply
