// Which integration response answers: selection patterns are Java regular expressions over the status or error message. Recorded: REST 27.
import { compileRegex, RegexFault, type JavaRegex } from '@sluice/java-regex'
import { configurationFault } from '../../nouns/faults.ts'

interface Selectable {
  readonly statusCode?: string | undefined
  readonly selectionPattern?: string | undefined
}

/** Of several patterns that match, the lowest status wins (an open choice); without a match, the response without a pattern. */
export function compileSelection<Response extends Selectable>(
  responses: readonly Response[],
): (selector: string | undefined) => Response | undefined {
  const ordered = responses.toSorted((left, right) => Number(left.statusCode ?? 0) - Number(right.statusCode ?? 0))
  const isDefault = (response: Response): boolean => (response.selectionPattern ?? '') === ''
  const patterned = ordered.filter((response) => !isDefault(response))
  const otherwise = ordered.find(isDefault)
  if (patterned.length === 0) return () => otherwise
  const regexes = new Map<Response, JavaRegex>()
  return (selector) => {
    for (const response of patterned) {
      let regex = regexes.get(response)
      if (regex === undefined) regexes.set(response, (regex = compiled(response.selectionPattern ?? '')))
      // No error message at all is matched like an empty one: `.*` fits it, `.+` does not.
      if (matches(regex, selector ?? '')) return response
    }
    return otherwise
  }
}

function compiled(pattern: string): JavaRegex {
  try {
    return compileRegex(pattern)
  } catch (error) {
    throw configurationFault(`Invalid selection pattern: ${pattern}`, error)
  }
}

function matches(regex: JavaRegex, selector: string): boolean {
  try {
    return regex.matches(selector)
  } catch (error) {
    if (!(error instanceof RegexFault)) throw error
    throw configurationFault(`The selection pattern takes too long: ${regex.pattern}`, error)
  }
}
