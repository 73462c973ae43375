// Selection expressions of WebSocket APIs: `$request.body.action`, `${request.body.a}/${request.body.b}`, text. WebSocket 24.3.

/** What an expression may look at; a root that is absent reads as nothing. */
export interface SelectionSources {
  /** The message as JSON; undefined when it is none. */
  readonly body: unknown
  readonly header?: ((name: string) => string | undefined) | undefined
  readonly context?: ((name: string) => string | undefined) | undefined
  readonly stageVariables?: Readonly<Record<string, string>> | undefined
  readonly response?: SelectionResponse | undefined
}

/** What a backend answered. */
export interface SelectionResponse {
  readonly status: number
  /** All values of a header. */
  readonly header: (name: string) => readonly string[]
}

export interface SelectionExpression {
  /** The value where it is always the same: there is nothing to read. */
  readonly constant: string | undefined
  readonly evaluate: (sources: SelectionSources) => string
}

type Part = string | ((sources: SelectionSources) => unknown)

/** `\$`, `${name}`, `$name`: a name without braces ends where no path can go on. */
const piece = /\\\$|\$\{([^{}]*)\}|\$((?:request|context|integration|stageVariables)[\w.\-[\]'"]*)/g

/** Compiles an expression. Whatever does not read as a variable is text. */
export function compileSelection(text: string): SelectionExpression {
  const parts: Part[] = []
  let end = 0
  for (const match of text.matchAll(piece)) {
    if (match.index > end) parts.push(text.slice(end, match.index))
    const name = match[1] ?? match[2]
    parts.push(name === undefined ? '$' : reader(name))
    end = match.index + match[0].length
  }
  if (end < text.length) parts.push(text.slice(end))
  const [only] = parts
  if (parts.length === 1 && typeof only === 'function') {
    return { constant: undefined, evaluate: (sources) => textOf(only(sources)) }
  }
  if (parts.every((part) => typeof part === 'string')) {
    const constant = parts.join('')
    return { constant, evaluate: () => constant }
  }
  const evaluate = (sources: SelectionSources): string =>
    parts.map((part) => (typeof part === 'string' ? part : textOf(part(sources)))).join('')
  return { constant: undefined, evaluate }
}

function reader(name: string): (sources: SelectionSources) => unknown {
  const inside = (root: string): string | undefined => (name.startsWith(root) ? name.slice(root.length) : undefined)
  const path = inside('request.body')
  if (path !== undefined) return bodyReader(path)
  const header = inside('request.header.')
  if (header !== undefined) return ({ header: read }) => read?.(header.toLowerCase())
  const variable = inside('context.')
  if (variable !== undefined) return ({ context }) => context?.(variable)
  const stageVariable = inside('stageVariables.')
  if (stageVariable !== undefined) {
    return ({ stageVariables }) =>
      stageVariables !== undefined && Object.hasOwn(stageVariables, stageVariable)
        ? stageVariables[stageVariable]
        : undefined
  }
  return responseReader(inside('integration.response.') ?? '')
}

function responseReader(name: string): (sources: SelectionSources) => unknown {
  if (name === 'statuscode') return ({ response }) => response?.status
  const header = /^(multivalue)?header\.(.+)$/s.exec(name)
  if (header === null) return () => undefined
  const wanted = (header[2] ?? '').toLowerCase()
  // Of several values the last one counts, as everywhere in API Gateway; the multi-value form has all of them.
  return header[1] === undefined
    ? ({ response }) => response?.header(wanted).at(-1)
    : ({ response }) => response?.header(wanted)
}

/** Names behind dots or in brackets and quotes, indices in brackets. */
const step = /\.([^.[\]]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/y

/** A path that does not read leads nowhere. */
function bodyReader(path: string): (sources: SelectionSources) => unknown {
  const steps: string[] = []
  let end = 0
  while (end < path.length) {
    step.lastIndex = end
    const match = step.exec(path)
    if (match === null) return () => undefined
    steps.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '')
    end = step.lastIndex
  }
  return ({ body }) => {
    let value = body
    for (const name of steps) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
      value = (value as Readonly<Record<string, unknown>>)[name]
    }
    return value
  }
}

/** Numbers and booleans as JSON, lists as `[item1, item2]`, nothing as the empty text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return `[${value.map(itemText).join(', ')}]`
  return jsonText(value)
}

function itemText(value: unknown): string {
  return typeof value === 'string' ? value : jsonText(value)
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    // Nested deeper than the stack: no route has such a name.
    if (error instanceof RangeError) return ''
    throw error
  }
}
