// Reads the base path of a document, which is dropped, put in front of every path, or split.
import { entriesOf, itemsOf, member, textOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'

/** The `basepath` parameter of an import; AWS's default is `ignore`. */
export type BasePathMode = 'ignore' | 'prepend' | 'split'

/** The text to put in front of every path: `''`, or segments such as `/base/part`. */
export function basePathPrefix(reading: Reading, mode: BasePathMode): string {
  if (mode === 'ignore') return ''
  const segments = segmentsOf(basePathOf(reading) ?? '')
  // AWS: split drops the topmost segment, the one a custom domain's mapping stands for — recorded, rest-recorded.md 17.
  return joined(mode === 'split' ? segments.slice(1) : segments)
}

/** The route's path of an HTTP API: a slash at its end is significant there (http-websocket.md 4.3). */
export function routePath(prefix: string, path: string): string {
  const written = path.startsWith('/') ? path : `/${path}`
  return prefix !== '' && written === '/' ? prefix : `${prefix}${written}`
}

/** The resource's path of a REST API: empty segments and a slash at the end say nothing. */
export function resourcePath(prefix: string, path: string): string {
  const whole = joined(segmentsOf(`${prefix}/${path}`))
  return whole === '' ? '/' : whole
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

function joined(segments: readonly string[]): string {
  return segments.map((segment) => `/${segment}`).join('')
}

function basePathOf({ root, dialect }: Reading): string | undefined {
  if (dialect.major === 2) return textOf(member(root, 'basePath'))
  const servers = itemsOf(member(root, 'servers'))
  // AWS: the first variable named basePath counts, even when no URL uses it — recorded, rest-recorded.md 17.
  for (const server of servers) {
    const value = textOf(member(member(member(server, 'variables'), 'basePath'), 'default'))
    if (value !== undefined) return value
  }
  return servers[0] && pathOfUrl(servers[0])
}

function pathOfUrl(server: Node): string | undefined {
  const variables = entriesOf(member(server, 'variables'))
  const url = textOf(member(server, 'url'))?.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    return textOf(member(variables.get(name), 'default')) ?? whole
  })
  return url?.replace(/^(?:[A-Za-z][A-Za-z\d+.-]*:)?\/\/[^/?#]*/, '').replace(/[?#].*$/s, '')
}
