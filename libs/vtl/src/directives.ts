// The directives by name: the arguments that each takes, and the node that it makes.
import type { TemplateFault } from './faults.ts'
import type { Expression, Node } from './syntax.ts'

export const directives: ReadonlySet<string> = new Set([
  'foreach',
  'macro',
  'define',
  'literal',
  'evaluate',
  'break',
  'stop',
  'include',
  'parse',
])
/** Directives with a body, closed by `#end`. */
export const blockDirectives: ReadonlySet<string> = new Set(['foreach', 'macro', 'define', 'literal'])

/** An argument of a directive: a value, or a bare word such as the `in` of `#foreach`. */
export type Argument = Expression | { readonly kind: 'word'; readonly name: string }

/** A directive in a template, with the fault to throw about it. */
export interface Site {
  readonly name: string
  readonly at: number
  readonly fault: (message: string) => TemplateFault
}

/** Refuses bare words among arguments, which are allowed only as a macro's name, and as the `in` of a loop. */
export function refuseWords(site: Site, args: readonly Argument[]): void {
  const allowed = site.name === 'macro' ? 0 : site.name === 'foreach' ? 1 : -1
  if (args.some((argument, index) => argument.kind === 'word' && index !== allowed)) {
    throw site.fault(`#${site.name} takes no bare words`)
  }
}

/** The name that a `#macro` defines. */
export function macroName(site: Site, args: readonly Argument[]): string {
  const first = args[0]
  if (first?.kind !== 'word') throw site.fault('#macro needs a name, a bare word')
  return first.name
}

/** The node of a directive without a body. */
export function lineNode(site: Site, args: readonly Argument[]): Node {
  const first = args[0]
  if (site.name === 'stop') return { kind: 'stop' }
  if (site.name === 'break') return { kind: 'break', scope: isValue(first) ? first : null, at: site.at }
  if (args.length !== 1 || !isValue(first) || !isTextOrReference(first)) {
    throw site.fault(`#${site.name} takes one string or reference`)
  }
  return { kind: 'evaluate', source: first, at: site.at }
}

/** The node of a directive with a body. */
export function blockNode(site: Site, args: readonly Argument[], body: readonly Node[]): Node {
  if (site.name === 'macro') {
    return { kind: 'macro', name: macroName(site, args), parameters: args.slice(1).map(parameterName), body }
  }
  return site.name === 'define' ? defineNode(site, args, body) : foreachNode(site, args, body)
}

function defineNode(site: Site, args: readonly Argument[], body: readonly Node[]): Node {
  const first = args[0]
  if (first?.kind !== 'reference' || args.length !== 1) throw site.fault('#define needs one reference')
  return { kind: 'define', name: first.root, body }
}

function foreachNode(site: Site, args: readonly Argument[], body: readonly Node[]): Node {
  const [variable, , list] = args
  if (variable?.kind !== 'reference' || args.length < 2) {
    throw site.fault('#foreach is written #foreach($item in $list)')
  }
  // Velocity takes the third argument for the list, whatever the second is; without one there is nothing to walk over.
  if (!isValue(list)) return { kind: 'text', text: '' }
  return { kind: 'foreach', variable: variable.root, list, body, at: site.at }
}

export function isValue(argument: Argument | undefined): argument is Expression {
  return argument !== undefined && argument.kind !== 'word'
}

function isTextOrReference(value: Expression): boolean {
  return (
    value.kind === 'string' ||
    value.kind === 'reference' ||
    (value.kind === 'literal' && typeof value.value === 'string')
  )
}

function parameterName(argument: Argument): string {
  if (argument.kind === 'word') return argument.name
  return argument.kind === 'reference' ? argument.root : argument.source
}
