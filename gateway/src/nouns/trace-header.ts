// X-Amzn-Trace-Id taken apart and put together: `Root=1-…;Parent=…;Sampled=1`. Security G.1.

export interface TraceHeader {
  /** `1-5759e988-bd862e3fe1be46a994272793` */
  readonly root: string | undefined
  /** 16 hexadecimal digits: the segment that called. */
  readonly parent: string | undefined
  /** `undefined`: nobody decided yet (nothing was said, or `?`). */
  readonly sampled: boolean | undefined
  /** All other fields, as they came. */
  readonly rest: readonly string[]
}

const longest = 256
const wellFormedRoot = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i
const wellFormedParent = /^[0-9a-f]{16}$/i

/** Fields that are malformed are as if they were not there. */
export function parseTraceHeader(text: string | undefined): TraceHeader {
  let root: string | undefined
  let parent: string | undefined
  let sampled: boolean | undefined
  const rest: string[] = []
  const fields = text === undefined || text.length > longest ? [] : text.split(';')
  for (const field of fields) {
    const equals = field.indexOf('=')
    const name = field.slice(0, Math.max(equals, 0)).trim().toLowerCase()
    const value = field.slice(equals + 1).trim()
    if (name === 'root') root = wellFormedRoot.test(value) ? value : undefined
    else if (name === 'parent') parent = wellFormedParent.test(value) ? value : undefined
    else if (name === 'sampled') sampled = value === '1' ? true : value === '0' ? false : undefined
    else if (field.trim() !== '') rest.push(field.trim())
  }
  return { root, parent, sampled, rest }
}

/** What goes on to the integration. */
export function formatTraceHeader({ root, parent, sampled, rest }: TraceHeader & { readonly root: string }): string {
  let text = `Root=${root}`
  if (parent !== undefined) text += `;Parent=${parent}`
  if (sampled !== undefined) text += sampled ? ';Sampled=1' : ';Sampled=0'
  for (const field of rest) text += `;${field}`
  return text
}

/** A new trace that begins now. `hex`: 24 hexadecimal digits. */
export function newTraceId(nowMs: number, hex: string): string {
  const epoch = Math.floor(nowMs / 1000)
  return `1-${epoch.toString(16).padStart(8, '0')}-${hex}`
}
