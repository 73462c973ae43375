// Header mappings of HTTP APIs, compiled: remove, overwrite, append, in that order. HTTP 9.1, 9.2, 9.4.
import type { HeaderList } from '../../nouns/headers.ts'
import type { HttpContextExchange } from '../../nouns/http-context.ts'
import { compileHttpSource, type HttpSource, type SourceMessage } from '../../nouns/http-source.ts'
import type { HttpStage } from '../../nouns/http.ts'
import { parseMappingTarget, type MappingDirection, type MappingTarget } from '../../nouns/parameter-mapping.ts'

/** One mapping: what it changes, and where the value comes from. A removal reads nothing. */
export interface CompiledMapping extends MappingTarget {
  readonly read: HttpSource
}

/** A mapping with the value that it has for one message. */
export interface EvaluatedMapping extends MappingTarget {
  readonly value: string
}

const actions = ['remove', 'overwrite', 'append']

/**
 * Compiles mappings, sorted by their action, in document order within one. The control plane has refused what is no
 * mapping; what a snapshot of another time may still hold is left out.
 */
export function compileMappings(
  mappings: Readonly<Record<string, string>>,
  direction: MappingDirection,
  stage: HttpStage,
): readonly CompiledMapping[] {
  const compiled: CompiledMapping[] = []
  for (const [key, value] of Object.entries(mappings)) {
    const target = parseMappingTarget(key, direction)
    const read = target?.action === 'remove' ? removal : compileHttpSource(value, direction, stage)
    if (target !== undefined && read !== undefined) compiled.push({ ...target, read })
  }
  return compiled.sort((a, b) => actions.indexOf(a.action) - actions.indexOf(b.action))
}

const removal: HttpSource = () => ''

/** Reads every value from the unchanged message. A mapping whose value is missing is left out. HTTP 9.3. */
export function evaluateMappings(
  mappings: readonly CompiledMapping[],
  exchange: HttpContextExchange,
  message: SourceMessage,
): readonly EvaluatedMapping[] {
  const evaluated: EvaluatedMapping[] = []
  for (const { action, location, name, read } of mappings) {
    const value = read(exchange, message)
    if (value !== undefined) evaluated.push({ action, location, name, value })
  }
  return evaluated
}

/** The header list after evaluated mappings; header names are compared without case. */
export function mapHeaders(headers: HeaderList, mappings: readonly EvaluatedMapping[]): string[] {
  let mapped = [...headers]
  for (const { action, location, name, value } of mappings) {
    if (location !== 'header') continue
    if (action !== 'append') mapped = without(mapped, name.toLowerCase())
    if (action !== 'remove') mapped.push(name, value)
  }
  return mapped
}

function without(headers: readonly string[], lowerName: string): string[] {
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (name.toLowerCase() !== lowerName) kept.push(name, headers[index + 1] ?? '')
  }
  return kept
}
