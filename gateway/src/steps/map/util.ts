// `$util` of mapping templates. Recorded: REST 26.3; REST 6.4.
import { HostObject, MethodFault, type HostMethod, type HostType, type Value } from '@sluice/vtl'
import { base64 } from '../../nouns/bytes.ts'
import { decodeForm } from '../../nouns/query.ts'
import { printed } from './host-map.ts'
import { parseExact } from './json-body.ts'
import type { Work } from './work.ts'

/** A text in, a value out; null stays null. */
const ofText =
  (convert: (text: string) => Value): HostMethod<Work> =>
  (work, [value]) => {
    if (value === null || value === undefined) return null
    const text = printed(value)
    return work.run(text.length, () => convert(text))
  }

const methods = new Map<string, HostMethod<Work>>([
  ['escapeJavaScript', (work, [value]) => escaped(work, value)],
  ['parseJson', ofText(parseJson)],
  ['urlEncode', ofText(urlEncode)],
  ['urlDecode', ofText(decodeForm)],
  ['base64Encode', ofText((text) => base64(Buffer.from(text, 'utf8')))],
  ['base64Decode', ofText((text) => Buffer.from(text, 'base64').toString('utf8'))],
])

const utilType: HostType<Work> = { methods }

export function utilObject(work: Work): Value {
  return new HostObject(utilType, work)
}

function parseJson(text: string): Value {
  const value = parseExact(text)
  if (value === undefined) throw new MethodFault('The text is no JSON')
  return value
}

/** Numbers and booleans stay what they are; null becomes the text `null`. */
function escaped(work: Work, value: Value): Value {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number' || typeof value === 'boolean') return value
  const text = printed(value)
  return work.run(text.length, () => escapeJavaScript(text))
}

const namedEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** The rules of Apache Commons: quotes, backslash, slash (?), control characters and everything beyond ASCII (?). */
export function escapeJavaScript(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what has to be escaped
  return text.replace(/["'\\/\u0000-\u001F\u007F-\uFFFF]/g, (character) => {
    const named = namedEscapes[character]
    if (named !== undefined || character === '\u007F') return named ?? character
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  })
}

/** `application/x-www-form-urlencoded`, as java.net.URLEncoder writes it. */
export function urlEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
