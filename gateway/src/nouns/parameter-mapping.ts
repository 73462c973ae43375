// The language of an HTTP API's parameter mapping, read once: the control plane refuses by it, the data plane compiles it.

/** Which message a mapping changes: the request to the integration, or the response to the client. */
export type MappingDirection = 'request' | 'response'

/** What a mapping changes: `append:header.Name`, `overwrite:path`, `remove:querystring.Name`, `overwrite:statuscode` … */
export interface MappingTarget {
  readonly action: 'append' | 'overwrite' | 'remove'
  readonly location: 'header' | 'querystring' | 'path' | 'statuscode'
  /** The header's or query parameter's name; empty for the path and the status code. */
  readonly name: string
}

/** One piece of a mapping's value; a value is its pieces, joined. `name` is a name, a JSON path, or the static text. */
export interface MappingPiece {
  readonly from: 'text' | 'header' | 'querystring' | 'body' | 'path' | 'pathVariable' | 'context' | 'stageVariable'
  readonly name: string
}

const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const requestTarget = /^(?:(append|overwrite|remove):(header|querystring)\.(.+)|(overwrite):(path))$/s
const responseTarget = /^(?:(append|overwrite|remove):(header)\.(.+)|(overwrite):(statuscode))$/s

/** Reads a mapping's key; undefined when it is none. Source: HTTP API guide, "Transform API requests and responses". */
export function parseMappingTarget(key: string, direction: MappingDirection): MappingTarget | undefined {
  const match = (direction === 'request' ? requestTarget : responseTarget).exec(key)
  if (match === null || (match[2] === 'header' && !headerName.test(match[3] ?? ''))) return undefined
  return {
    action: (match[1] ?? match[4]) as MappingTarget['action'],
    location: (match[2] ?? match[5]) as MappingTarget['location'],
    name: match[3] ?? '',
  }
}

/** Names that no mapping may change (the same guide, "Reserved headers"), lower case; a trailing `-` is a prefix. */
const reservedHeaders = [
  'access-control-',
  'apigw-',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-location',
  'forwarded',
  'keep-alive',
  'origin',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'x-amz-',
  'x-amzn-',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'via',
]

/** Whether a header's name is kept for the gateway itself. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return reservedHeaders.some((reserved) => (reserved.endsWith('-') ? lower.startsWith(reserved) : lower === reserved))
}

/**
 * Reads a mapping's value: one bare `$source`, or text with any number of `${source}` in it. Undefined when a source is
 * unknown, is not to be had in this direction, or has a path with recursive descent or a filter.
 */
export function parseMappingValue(value: string, direction: MappingDirection): readonly MappingPiece[] | undefined {
  if (value.startsWith('$') && !value.startsWith('${')) {
    const piece = parseSource(value.slice(1), direction)
    return piece === undefined ? undefined : [piece]
  }
  const pieces: MappingPiece[] = []
  let from = 0
  for (let open = value.indexOf('${'); open !== -1; open = value.indexOf('${', from)) {
    const close = value.indexOf('}', open)
    const piece = close === -1 ? undefined : parseSource(value.slice(open + 2, close), direction)
    if (piece === undefined) return undefined
    if (open > from) pieces.push({ from: 'text', name: value.slice(from, open) })
    pieces.push(piece)
    from = close + 1
  }
  if (from < value.length || pieces.length === 0) pieces.push({ from: 'text', name: value.slice(from) })
  return pieces
}

function parseSource(source: string, direction: MappingDirection): MappingPiece | undefined {
  if (source.startsWith('context.')) return named('context', source.slice('context.'.length), /^[A-Za-z0-9._]+$/)
  if (source.startsWith('stageVariables.')) {
    return named('stageVariable', source.slice('stageVariables.'.length), /^[A-Za-z0-9_]+$/)
  }
  if (!source.startsWith(`${direction}.`)) return undefined
  const inside = source.slice(direction.length + 1)
  if (inside === 'body') return { from: 'body', name: '' }
  if (inside.startsWith('body.')) return jsonPath(inside.slice('body.'.length))
  if (inside.startsWith('header.')) return named('header', inside.slice('header.'.length), headerName)
  if (direction === 'response') return undefined
  if (inside === 'path') return { from: 'path', name: '' }
  if (inside.startsWith('path.')) return named('pathVariable', inside.slice('path.'.length), /^[^/{}]+$/)
  if (inside.startsWith('querystring.')) return named('querystring', inside.slice('querystring.'.length), /^[^{}]+$/)
  return undefined
}

function named(from: MappingPiece['from'], name: string, grammar: RegExp): MappingPiece | undefined {
  return grammar.test(name) ? { from, name } : undefined
}

function jsonPath(path: string): MappingPiece | undefined {
  if (path === '' || path.startsWith('.') || path.includes('..') || path.includes('?(')) return undefined
  return { from: 'body', name: path }
}
