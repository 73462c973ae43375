// The right-hand side of an HTTP API's mappings, and its identity sources: where a value comes from, compiled at planning.
import { compilePath, PathFault, type JsonPath } from '@sluice/jsonpath'
import { utf8 } from './bytes.ts'
import type { Answer, Received } from './exchange.ts'
import { headerValues } from './headers.ts'
import { httpContextReader, type HttpContextExchange } from './http-context.ts'
import { httpRoutePath, type HttpStage } from './http.ts'
import { parseMappingValue, type MappingDirection, type MappingPiece } from './parameter-mapping.ts'
import { parseQuery } from './query.ts'

/** The message that a value is read from: a request, or an integration's answer. */
export interface SourceMessage {
  /** All values of a header (name in lower case), joined by `,`. */
  readonly header: (lowerName: string) => string | undefined
  /** All values of a query parameter, decoded, joined by `,`. */
  readonly query: (name: string) => string | undefined
  /** The path without the stage, as sent. */
  readonly path: () => string
  /** The body's text; undefined when it is empty. */
  readonly text: () => string | undefined
  /** The body as JSON, of its first 100 KB; undefined when that is none. */
  readonly json: () => unknown
}

/** Undefined: the source has no value now. */
export type HttpSource = (exchange: HttpContextExchange, message: SourceMessage) => string | undefined

/** A JSON path sees this much of a body. HTTP 7.1, 9.3. */
const jsonBodyBytes = 102_400

/**
 * Compiles a mapping's value for a direction. Undefined when the text is none. A value made of several pieces reads as
 * nothing only when none of its pieces has a value and no text stands between them. HTTP 9.3.
 */
export function compileHttpSource(
  value: string,
  direction: MappingDirection,
  stage: HttpStage,
): HttpSource | undefined {
  const pieces = parseMappingValue(value, direction)
  if (pieces === undefined) return undefined
  const [only, ...others] = pieces
  if (only !== undefined && others.length === 0) return compilePiece(only, stage)
  const readers = pieces.map((piece) => compilePiece(piece, stage))
  return (exchange, message) => {
    let joined = ''
    let found = false
    for (const read of readers) {
      const part = read(exchange, message)
      if (part === undefined) continue
      found = true
      joined += part
    }
    return found ? joined : undefined
  }
}

function compilePiece({ from, name }: MappingPiece, stage: HttpStage): HttpSource {
  switch (from) {
    case 'text':
      return () => name
    case 'header': {
      const lower = name.toLowerCase()
      return (_, message) => message.header(lower)
    }
    case 'querystring':
      return (_, message) => message.query(name)
    case 'path':
      return (_, message) => message.path()
    case 'pathVariable':
      return ({ pathParameters }) => pathParameters?.[name]
    case 'body':
      return name === '' ? (_, message) => message.text() : compileJson(name)
    case 'context': {
      const read = httpContextReader(name)
      return (exchange) => read(exchange, stage)
    }
    case 'stageVariable': {
      const { variables } = stage
      const value = variables !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined
      return () => value
    }
  }
}

function compileJson(name: string): HttpSource {
  const path = jsonPath(name)
  if (path === undefined) return () => undefined
  return (_, message) => {
    const document = message.json()
    const value = document === undefined ? undefined : readPath(path, document)
    return value === undefined || typeof value === 'string' ? value : JSON.stringify(value)
  }
}

/** The control plane takes names that no JSON path is: such a one finds nothing. */
function jsonPath(name: string): JsonPath | undefined {
  try {
    return compilePath(`$.${name}`)
  } catch (error) {
    if (error instanceof PathFault) return undefined
    throw error
  }
}

function readPath(path: JsonPath, document: unknown): unknown {
  try {
    return path.read(document)
  } catch (error) {
    if (error instanceof PathFault) return undefined
    throw error
  }
}

/** A request to read values from. */
export function requestMessage(received: Received): SourceMessage {
  return new RequestMessage(received)
}

/** What has to be parsed is parsed once, when it is asked for. */
class RequestMessage implements SourceMessage {
  private readonly received: Received
  private pairs: readonly (readonly [string, string])[] | undefined
  private document: { readonly value: unknown } | undefined

  constructor(received: Received) {
    this.received = received
    this.pairs = undefined
    this.document = undefined
  }

  header(lowerName: string): string | undefined {
    return joined(headerValues(this.received.headers, lowerName))
  }

  query(name: string): string | undefined {
    this.pairs ??= parseQuery(this.received.rawQuery)
    return joined(this.pairs.filter(([candidate]) => candidate === name).map(([, value]) => value))
  }

  path(): string {
    return httpRoutePath(this.received)
  }

  text(): string | undefined {
    const { body } = this.received
    return body.length === 0 ? undefined : utf8(body)
  }

  json(): unknown {
    this.document ??= { value: parseJson(this.received.body) }
    return this.document.value
  }
}

/** An integration's answer to read values from. A body that is still arriving cannot be read. */
export function answerMessage({ headers, body }: Answer): SourceMessage {
  const bytes = once(() => bytesOf(body))
  return {
    header: (lowerName) => joined(headerValues(headers, lowerName)),
    query: () => undefined,
    path: () => '',
    text: () => {
      const all = bytes()
      return all === undefined || all.length === 0 ? undefined : utf8(all)
    },
    json: once(() => parseJson(bytes())),
  }
}

function joined(values: readonly string[]): string | undefined {
  return values.length <= 1 ? values[0] : values.join(',')
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return undefined
  try {
    return JSON.parse(utf8(bytes.subarray(0, jsonBodyBytes))) as unknown
  } catch {
    return undefined
  }
}

function bytesOf(body: Answer['body']): Uint8Array | undefined {
  if (typeof body === 'string') return Buffer.from(body, 'utf8')
  if (body instanceof Uint8Array) return body
  return Array.isArray(body) ? Buffer.concat(body as readonly Uint8Array[]) : undefined
}

function once<Value>(work: () => Value): () => Value {
  let done = false
  let value: Value
  return () => {
    if (!done) {
      value = work()
      done = true
    }
    return value
  }
}
