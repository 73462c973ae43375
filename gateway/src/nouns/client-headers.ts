// Which headers of a client's request a REST API's integration may ever see, and as which names.
import { byHeaderName } from './header-names.ts'
import type { HeaderList } from './headers.ts'

/** Removed while reading a request, for every integration, mapping and template. Recorded: REST 22. */
const removed = new Set([
  'connection',
  'content-length',
  'content-md5',
  'expect',
  'keep-alive',
  'max-forwards',
  'proxy-authenticate',
  'proxy-connection',
  'server',
  'te',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'www-authenticate',
])

/** AWS: these come out capitalised, whatever the client wrote; every other name keeps its case — recorded REST 32.1 */
const capitalised = new Map([
  ['authorization', 'Authorization'],
  ['user-agent', 'User-Agent'],
  ['host', 'Host'],
])

/** The name that integrations see, or undefined where they never do. */
const visibleName = byHeaderName((name, lower) => (removed.has(lower) ? undefined : (capitalised.get(lower) ?? name)))

/** The client's headers as integrations see them, in order, repeats kept. */
export function visibleHeaders(headers: HeaderList): string[] {
  const visible: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = visibleName(headers[index] ?? '')
    if (name !== undefined) visible.push(name, headers[index + 1] ?? '')
  }
  return visible
}
