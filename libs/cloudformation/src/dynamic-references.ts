// Finds `{{resolve:ssm:…}}` and other dynamic references, which nothing here resolves, and remarks on them.
import type { Draft, Remark } from './draft.ts'
import type { Node } from './node.ts'

/** A remark for every text with a dynamic reference. Shared branches are visited once. */
export function dynamicReferences(drafts: readonly Draft[]): readonly Remark[] {
  const remarks: Remark[] = []
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    if (node.kind === 'list') node.items.forEach(visit)
    else if (node.kind === 'map') node.entries.forEach(visit)
    else if (node.kind === 'call') visit(node.argument)
    else if (node.text.includes('{{resolve:')) {
      remarks.push({
        message: `${node.text.slice(0, 200)} is left as it is: nothing here resolves it`,
        offset: node.offset,
      })
    }
  }
  for (const { properties } of drafts) visit(properties)
  return remarks
}
