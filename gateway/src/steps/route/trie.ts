// A trie of path templates: literal segments before `{variable}` before `{greedy+}`, by verb, with AWS's two orders of precedence.
import type { PathParameters } from '../../nouns/exchange.ts'
import { TrieNodes } from './trie-nodes.ts'
import { decodePath, TrieSearch } from './trie-search.ts'

export interface Match {
  /** The number that the template was added with. */
  readonly target: number
  readonly pathParameters: PathParameters
}

export interface TrieOptions {
  /**
   * `branch` (REST): the first branch that leads anywhere wins, literals first, greedy ones of inner nodes before outer ones.
   * `complete` (HTTP): every complete match comes before every greedy one; among greedy ones the longer prefix wins.
   */
  readonly precedence: 'branch' | 'complete'
  /** Whether path parameters are handed on decoded (HTTP) or as sent (REST). */
  readonly decodeValues: boolean
  /** The verbs that `ANY` stands for; undefined: every verb. */
  readonly anyVerbs?: ReadonlySet<string> | undefined
}

/**
 * Inherits nothing, because `__proto__` is a name like any other. Not of `Object.create(null)`: V8 makes those hash tables, which
 * takes twice as long as all the rest of a match.
 */
const Parameters = function () {} as unknown as new () => Record<string, string>
Parameters.prototype = Object.create(null)

/** A trie whose templates lead to numbers, such as places in a list. Matching allocates little more than the parameters. */
export class PathTrie {
  private readonly nodes = new TrieNodes()
  private readonly options: TrieOptions
  /** Verbs go by their places here; `ANY` is 0. */
  private readonly verbs = ['ANY']
  /** Lists of variables' names, which go by their places: most templates have the same few. */
  private readonly names: (readonly string[])[] = []
  private readonly knownNames = new Map<string, number>()

  constructor(options: TrieOptions) {
    this.options = options
  }

  /** Adds a template such as `/pets/{petId}` or `/{proxy+}` for a verb or `ANY`. A later one replaces an equal one. */
  add(template: string, verb: string, target: number): void {
    const { nodes } = this
    const names: string[] = []
    let node = 0
    let kind: 'own' | 'greedy' = 'own'
    for (const segment of segmentsOf(template)) {
      const name = variableName(segment)
      if (name?.endsWith('+') === true) {
        names.push(name.slice(0, -1))
        kind = 'greedy'
        break
      }
      if (name !== undefined) names.push(name)
      node = name === undefined ? nodes.addLiteral(node, segment) : nodes.addVariable(node)
    }
    nodes.addEntry(node, kind, { verb: this.verbOf(verb), target, names: this.namesOf(names) })
  }

  /** The best template for a raw path (`/pets/7`, still percent-encoded) and verb. */
  match(path: string, verb: string): Match | undefined {
    const { nodes, options } = this
    const search = new TrieSearch(nodes, {
      path,
      verb: this.verbs.indexOf(verb, 1),
      takesAny: options.anyVerbs === undefined || options.anyVerbs.has(verb),
    })
    const entry = options.precedence === 'branch' ? search.branch() : search.complete() || search.longestGreedy()
    if (entry === 0) return undefined
    const names = this.names[nodes.names(entry)] ?? []
    return { target: nodes.target(entry), pathParameters: names.length === 0 ? undefined : this.read(names, search) }
  }

  private read(names: readonly string[], search: TrieSearch): PathParameters {
    const values = search.values(names.length)
    const parameters = new Parameters()
    for (const [index, name] of names.entries()) {
      const value = values[names.length - 1 - index] ?? ''
      parameters[name] = this.options.decodeValues ? decodePath(value) : value
    }
    return parameters
  }

  private verbOf(verb: string): number {
    const known = this.verbs.indexOf(verb)
    return known < 0 ? this.verbs.push(verb) - 1 : known
  }

  private namesOf(names: readonly string[]): number {
    const key = names.join('/')
    const known = this.knownNames.get(key)
    if (known !== undefined) return known
    this.knownNames.set(key, this.names.length)
    return this.names.push(names) - 1
  }
}

function segmentsOf(template: string): string[] {
  return template === '/' || template === '' ? [] : template.slice(1).split('/')
}

function variableName(segment: string): string | undefined {
  return segment.startsWith('{') && segment.endsWith('}') ? segment.slice(1, -1) : undefined
}
