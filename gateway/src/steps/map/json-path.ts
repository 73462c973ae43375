// JSONPath as mappings and templates use it: compiled once, remembered, with bounded regular expressions.
import { compileRegex } from '@sluice/java-regex'
import { compilePath, type JsonPath } from '@sluice/jsonpath'
import type { Value } from '@sluice/vtl'
import type { JsonBody } from './json-body.ts'

const maxRemembered = 1_000
const remembered = new Map<string, JsonPath>()

/** Compiles a path, or finds the one compiled before. Throws PathFault. */
export function jsonPath(text: string): JsonPath {
  const known = remembered.get(text)
  if (known !== undefined) return known
  const path = compilePath(text, { compileRegex: (pattern) => compileRegex(pattern) })
  if (remembered.size >= maxRemembered) remembered.clear()
  remembered.set(text, path)
  return path
}

/** Reads a path from a body; undefined where it leads nowhere or the body is no JSON. Throws PathFault. */
export function readPath(text: string, body: JsonBody): Value {
  const path = jsonPath(text)
  // Filters and functions calculate, so they need JavaScript's numbers; everything else keeps the digits that were sent.
  const document = text.includes('(') ? body.document : body.exactDocument
  return document === undefined ? undefined : (path.read(document) as Value)
}
