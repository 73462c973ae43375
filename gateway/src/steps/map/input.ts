// `$input` of mapping templates: the body, its JSON, and the parameters of the method request. REST 6.3.
import { PathFault } from '@sluice/jsonpath'
import { HostObject, jsonText, Meter, MethodFault, type HostType, type Value } from '@sluice/vtl'
import type { RequestParameters } from '../../nouns/request-parameters.ts'
import { printed } from './host-map.ts'
import type { JsonBody } from './json-body.ts'
import { readPath } from './json-path.ts'
import type { Work } from './work.ts'

export interface InputParts {
  /** The body to map: the client's in a request template, the integration's in a response template. */
  readonly body: JsonBody
  /** Always those of the method request. */
  readonly parameters: RequestParameters
  readonly work: Work
}

const inputType: HostType<InputParts> = {
  // Recorded: an empty body reads as `{}`.
  properties: new Map([['body', ({ body }) => (body.text === '' ? '{}' : body.text)]]),
  methods: new Map([
    ['json', (input, [path]) => measured(input, printed(path), json)],
    ['path', (input, [path]) => measured(input, printed(path), read)],
    ['params', ({ parameters }, args) => (args.length === 0 ? allParameters(parameters) : parameter(parameters, args))],
  ]),
}

export function inputObject(parts: InputParts): Value {
  return new HostObject(inputType, parts)
}

/** A read takes time in proportion to the body, but for scans and filters, which look at it again and again. */
function measured({ body, work }: InputParts, path: string, run: (body: JsonBody, path: string) => Value): Value {
  return work.run(/\.\.|\(/.test(path) ? Infinity : body.text.length, () => run(body, path))
}

/** JSON text: of an empty body's root `{}`, of nothing `""`. */
function json(body: JsonBody, path: string): string {
  if (body.text === '' && path === '$') return '{}'
  const value = read(body, path)
  return value === undefined ? '""' : jsonText(value, new Meter({ steps: Infinity, timeMs: Infinity }))
}

function read(body: JsonBody, path: string): Value {
  try {
    return readPath(path, body)
  } catch (error) {
    throw error instanceof PathFault ? new MethodFault(error.message, { cause: error }) : error
  }
}

/** The first of path, query string and header that has the name; empty otherwise. */
function parameter(parameters: RequestParameters, [argument]: readonly Value[]): string {
  const name = printed(argument)
  return parameters.path(name) ?? parameters.query(name) ?? parameters.header(name) ?? ''
}

/** `$input.params()`: path, querystring, header — recorded in this order. */
function allParameters(parameters: RequestParameters): Value {
  return new Map<Value, Value>([
    ['path', new Map(parameters.paths)],
    ['querystring', new Map(parameters.queryList)],
    ['header', new Map(parameters.headerList)],
  ])
}
