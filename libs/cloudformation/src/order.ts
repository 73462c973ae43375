// Finds the resources that a tree refers to, and the order in which resources can be created.
import { Problem } from './fault.ts'
import type { CallNode, Node } from './node.ts'
import { itemsOf, textOf } from './node.ts'

/** A `Ref` or `Fn::GetAtt` of a resource. */
export interface Reference {
  readonly logicalId: string
  /** The attribute's name, for `Fn::GetAtt`. */
  readonly attribute: string | undefined
  readonly node: CallNode
}

/** Every `Ref` and `Fn::GetAtt` in a tree that is evaluated as far as it can be. Shared branches are visited once. */
export function referencesIn(root: Node): readonly Reference[] {
  const found: Reference[] = []
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    if (node.kind === 'list') node.items.forEach(visit)
    else if (node.kind === 'map') node.entries.forEach(visit)
    else if (node.kind === 'call') {
      const reference = referenceOf(node)
      if (reference === undefined) visit(node.argument)
      else found.push(reference)
    }
  }
  visit(root)
  return found
}

function referenceOf(node: CallNode): Reference | undefined {
  const [logicalId, attribute] =
    node.name === 'Ref' ? [textOf(node.argument)] : node.name === 'Fn::GetAtt' ? itemsOf(node.argument).map(textOf) : []
  return logicalId === undefined ? undefined : { logicalId, attribute, node }
}

/** The part of a resource that its order depends on. */
export interface Orderable {
  readonly logicalId: string
  readonly offset: number
  readonly dependencies: readonly string[]
}

/**
 * The resources, each after all that it depends on, otherwise in the template's order. Dependencies on other things are
 * ignored. Throws a {@link Problem} that names a circle, as AWS does.
 */
export function inOrder<Resource extends Orderable>(resources: readonly Resource[]): readonly Resource[] {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]))
  const ordered: Resource[] = []
  const state = new Map<string, 'open' | 'done'>()
  const path: string[] = []
  const visit = (resource: Resource): void => {
    const { logicalId } = resource
    if (state.get(logicalId) === 'done') return
    if (state.get(logicalId) === 'open') {
      const circle = path.slice(path.indexOf(logicalId))
      throw new Problem(`Circular dependency between resources: [${circle.join(', ')}]`, resource)
    }
    state.set(logicalId, 'open')
    path.push(logicalId)
    for (const id of resource.dependencies) {
      const dependency = byId.get(id)
      if (dependency !== undefined) visit(dependency)
    }
    path.pop()
    state.set(logicalId, 'done')
    ordered.push(resource)
  }
  for (const resource of resources) visit(resource)
  return ordered
}
