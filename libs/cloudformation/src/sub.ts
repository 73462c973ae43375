// `Fn::Sub`: a text with `${…}` in it, taken apart into a join of texts, `Ref`s and `Fn::GetAtt`s.
import type { Evaluator, Intrinsic } from './evaluator.ts'
import { Problem } from './fault.ts'
import type { CallNode, Node } from './node.ts'
import { call as callOf, entriesOf, itemsOf, textOf } from './node.ts'

export const sub: Intrinsic = (call, evaluator) => {
  const [template, variables] = call.argument.kind === 'list' ? itemsOf(call.argument) : [call.argument]
  const text = textOf(template)
  if (text === undefined) throw new Problem('Fn::Sub takes a text, or a list of a text and a map', call)
  const values = new Map<string, Node>()
  for (const [name, node] of entriesOf(variables)) values.set(name, evaluator.value(node))
  const pieces = piecesOf(call, text).map((piece) =>
    typeof piece === 'string'
      ? callText(call, piece)
      : (values.get(piece.name) ?? reference(call, evaluator, piece.name)),
  )
  return evaluator.evaluate(callOf(call, 'Fn::Join', ['', pieces]))
}

interface Variable {
  readonly name: string
}

/** `a${B}c${!D}` → `a`, {B}, `c${D}`. */
function piecesOf(call: CallNode, text: string): readonly (string | Variable)[] {
  const pieces: (string | Variable)[] = []
  let from = 0
  for (const match of text.matchAll(/\$\{([^{}$]*)\}/g)) {
    const [whole, inside = ''] = match
    if (match.index > from) pieces.push(text.slice(from, match.index))
    from = match.index + whole.length
    const name = inside.trim()
    if (name.startsWith('!')) pieces.push(`\${${name.slice(1)}}`)
    else if (/^[A-Za-z0-9_.:]+$/.test(name)) pieces.push({ name })
    else throw new Problem(`Fn::Sub: "${whole}" is no name of a parameter, a resource or an attribute`, call)
  }
  if (from < text.length) pieces.push(text.slice(from))
  return pieces
}

function reference(call: CallNode, evaluator: Evaluator, name: string): Node {
  const isAttribute = name.includes('.') && !evaluator.scope.parameters.has(name)
  return callOf(call, isAttribute ? 'Fn::GetAtt' : 'Ref', name)
}

function callText(at: Node, text: string): Node {
  return { kind: 'scalar', value: text, text, offset: at.offset }
}
