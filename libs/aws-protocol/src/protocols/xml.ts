// The little XML the query protocol needs: a writer that escapes, and a reader of elements and text without DTDs.
import { Unreadable } from '../fault.ts'

export interface Element {
  readonly name: string
  readonly text: string
  readonly children: readonly Element[]
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\r', '&#xD;'],
])

// oxlint-disable-next-line no-control-regex -- control characters are exactly what XML cannot hold
const unwritable = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g

/** Characters XML cannot hold at all become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(unwritable, '\uFFFD')
    .replace(/[&<>"\r]/g, (character) => escapes.get(character) ?? character)
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

function unescapeXml(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-z]+));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities.get(String(name)) ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16)
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : '\uFFFD'
  })
}

/** One token: a comment, CDATA, declaration, tag, or the text up to the next `<`. */
const token =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/\s*([^\s>]+)\s*>|<([^\s/>!?]+)((?:[^>"']|"[^"]*"|'[^']*')*)>|([^<]+)/y

interface OpenElement {
  readonly name: string
  text: string
  readonly children: Element[]
}

/** Parses a document; names lose their prefixes, attributes are dropped. Throws `Unreadable` when it is not well-formed. */
export function parseXml(source: string, depth: number): Element {
  const root: OpenElement = { name: '', text: '', children: [] }
  const open: OpenElement[] = [root]
  token.lastIndex = 0
  while (token.lastIndex < source.length) {
    const found = token.exec(source)
    if (found === null) throw broken()
    apply(found, open)
    if (open.length > depth) throw new Unreadable('The XML is nested too deeply.')
  }
  const [document, ...others] = root.children
  if (open.length !== 1 || document === undefined || others.length > 0) throw broken()
  return document
}

/** `open` are the elements not closed yet, outermost first; the root, which has no name, is never closed. */
function apply([, cdata, closing, opening, attributes, text]: RegExpExecArray, open: OpenElement[]): void {
  const top = open.at(-1)
  if (top === undefined) throw broken()
  if (cdata !== undefined) top.text += cdata
  if (text !== undefined) top.text += unescapeXml(text)
  if (closing !== undefined && (open.length === 1 || open.pop()?.name !== localName(closing))) throw broken()
  if (opening === undefined) return
  const element: OpenElement = { name: localName(opening), text: '', children: [] }
  top.children.push(element)
  if (attributes?.endsWith('/') !== true) open.push(element)
}

function broken(): Unreadable {
  return new Unreadable('The answer is not well-formed XML.')
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
