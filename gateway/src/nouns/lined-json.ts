// JSON of a record with long lists, one line an entry: written and read in turns, and JSON like any other to who does not know.
import { Turns } from './turns.ts'

/** The JSON of such a record in pieces, none of which takes noticeably long to copy or to compress. */
export interface LinedText {
  readonly pieces: Iterable<string>
}

/** A piece that has this length ends with its line. */
const pieceChars = 65_536

/** The texts that make the record's JSON when they are joined: every entry of the record's lists begins with a new line. */
function* linesOf(record: object): Generator<string> {
  let separator = '{'
  for (const [name, value] of Object.entries(record)) {
    if (value === undefined) continue
    const start = `${separator}${JSON.stringify(name)}:`
    if (Array.isArray(value)) yield* listLines(start, value)
    else yield start + JSON.stringify(value)
    separator = ','
  }
  yield separator === '{' ? '{}' : '}'
}

function* listLines(start: string, entries: readonly unknown[]): Generator<string> {
  yield `${start}[`
  for (const [index, entry] of entries.entries()) yield `${index === 0 ? '' : ','}\n${JSON.stringify(entry)}`
  yield '\n]'
}

/** The record's JSON, written in turns. `told` is told each text that it is made of. */
export async function linedJson(record: object, told?: (text: string) => void): Promise<LinedText> {
  const turns = new Turns()
  const pieces: string[] = []
  let texts: string[] = []
  let chars = 0
  for (const text of linesOf(record)) {
    texts.push(text)
    told?.(text)
    chars += text.length
    if (chars >= pieceChars) {
      pieces.push(texts.join(''))
      texts = []
      chars = 0
    }
    const others = turns.next()
    if (others !== undefined) await others
  }
  return { pieces: [...pieces, texts.join('')] }
}

/** Whether the text is {@link linedJson}'s: in other JSON of ours a new line is always `\n`, a backslash and a letter. */
export function isLined(json: string): boolean {
  return json.includes('\n')
}

/** The record that {@link linedJson} wrote, read in turns. */
export async function readLined({ pieces }: LinedText): Promise<object> {
  const turns = new Turns()
  /** The record's JSON without the entries: its lists are empty. */
  let frame = ''
  const lists: unknown[][] = []
  for (const line of linesIn(pieces)) {
    if (lists.length === 0 || line.startsWith(']')) {
      frame += line
      // What follows are this list's entries; after the last line nothing follows.
      lists.push([])
    } else {
      lists.at(-1)?.push(JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line))
    }
    const others = turns.next()
    if (others !== undefined) await others
  }
  const record = JSON.parse(frame) as object
  let next = 0
  for (const value of Object.values(record)) {
    if (Array.isArray(value)) value.push(...(lists[next++] ?? []))
  }
  return record
}

/** The lines of the text that the pieces make, which end anywhere. */
function* linesIn(pieces: Iterable<string>): Generator<string> {
  let rest = ''
  for (const piece of pieces) {
    const text = rest + piece
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield text.slice(start, end)
      start = end + 1
    }
    rest = text.slice(start)
  }
  yield rest
}
