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
    if (isList(value)) yield* listLines(start, value)
    else yield start + JSON.stringify(value)
    separator = ','
  }
  yield separator === '{' ? '{}' : '}'
}

function* listLines(start: string, entries: Iterable<unknown>): Generator<string> {
  yield `${start}[`
  let separator = '\n'
  for (const entry of entries) {
    yield separator + JSON.stringify(entry)
    separator = ',\n'
  }
  yield '\n]'
}

/** A list may be one whose entries are there only as they are gone through. */
function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
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

/** Who wants the entries of a record's lists one after the other, by the names of the lists. */
export type Takers = Readonly<Record<string, (entry: never) => void>>

/** The record that {@link linedJson} wrote, read in turns. A list whose entries are taken stays empty. */
export async function readLined({ pieces }: LinedText, takers: Takers = {}): Promise<object> {
  const turns = new Turns()
  /** The record's JSON without the entries: its lists are empty. */
  let frame = ''
  const lists: unknown[][] = []
  let take: (entry: never) => void = () => {}
  for (const line of linesIn(pieces)) {
    if (lists.length === 0 || line.startsWith(']')) {
      frame += line
      // What follows are this list's entries; after the last line nothing follows.
      const list: unknown[] = []
      lists.push(list)
      take = takerOf(takers, line) ?? ((entry) => list.push(entry))
    } else {
      take(JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line) as never)
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

/** Who takes the entries of the list that begins at the end of this line. */
function takerOf(takers: Takers, line: string): Takers[string] | undefined {
  const [, name = ''] = /"(\w+)":\[$/.exec(line) ?? []
  return Object.hasOwn(takers, name) ? takers[name] : undefined
}

/** Gives the entries of a whole record's lists to who takes them. */
export function takeFrom(record: object, takers: Takers): object {
  const left = Object.entries(record).map(([name, value]) => {
    if (!Object.hasOwn(takers, name) || !Array.isArray(value)) return [name, value] as const
    for (const entry of value) takers[name]?.(entry as never)
    return [name, []] as const
  })
  return Object.fromEntries(left)
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
