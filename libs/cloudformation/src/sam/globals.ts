// `Globals`: properties that every function or API of the template begins with.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
import { Problem } from '../fault.ts'
import type { MapNode, Node } from '../node.ts'
import { entriesOf, itemsOf, member } from '../node.ts'

const sections: ReadonlyMap<string, string> = new Map([
  ['Function', 'AWS::Serverless::Function'],
  ['Api', 'AWS::Serverless::Api'],
  ['HttpApi', 'AWS::Serverless::HttpApi'],
  ['WebSocketApi', 'AWS::Serverless::WebSocketApi'],
  ['SimpleTable', 'AWS::Serverless::SimpleTable'],
  ['StateMachine', 'AWS::Serverless::StateMachine'],
  ['LayerVersion', 'AWS::Serverless::LayerVersion'],
  ['CapacityProvider', 'AWS::Serverless::CapacityProvider'],
])

/** Type → the properties its resources begin with. Throws a {@link Problem} for a section that SAM does not have. */
export function readGlobals(node: Node | undefined): ReadonlyMap<string, Node> {
  const byType = new Map<string, Node>()
  for (const [name, properties] of entriesOf(node)) {
    const type = sections.get(name)
    if (type === undefined) {
      throw new Problem(`Globals has no section ${name}; there are: ${[...sections.keys()].join(', ')}`, properties)
    }
    byType.set(type, properties)
  }
  return byType
}

/** Properties with the globals below them, but for those that the resource's `IgnoreGlobals` names. */
export function withGlobals(globals: Node | undefined, properties: MapNode, declaration: Node): MapNode {
  const ignored = member(declaration, 'IgnoreGlobals')
  if (globals === undefined || (ignored?.kind === 'scalar' && ignored.value === '*')) return properties
  const names = new Set(itemsOf(ignored).map((item) => (item.kind === 'scalar' ? item.text : '')))
  const entries = new Map([...entriesOf(globals)].filter(([name]) => !names.has(name)))
  return merged({ kind: 'map', entries, offset: globals.offset }, properties) as MapNode
}

/** SAM: maps are merged, lists joined, the resource's own wins over everything else. */
function merged(global: Node, own: Node): Node {
  if (global.kind === 'list' && own.kind === 'list') return { ...own, items: [...global.items, ...own.items] }
  if (global.kind !== 'map' || own.kind !== 'map') return own
  const entries = new Map(global.entries)
  for (const [name, node] of own.entries) {
    const below = entries.get(name)
    entries.set(name, below === undefined ? node : merged(below, node))
  }
  return { ...own, entries }
}
