// Collects what the transform makes: resources, names for them (`Api.Stage`), and remarks on settings without effect.
import { createHash } from 'node:crypto'
import type { Draft, Remark } from '../draft.ts'
import { jsonText } from '../json.ts'
import type { MapNode, Node, PlainMap } from '../node.ts'
import { plant } from '../node.ts'

export class Output {
  readonly drafts: Draft[] = []
  /** `Api.Stage` → the logical id it means in `Ref` and `Fn::GetAtt`. */
  readonly aliases: Map<string, string> = new Map()
  readonly remarks: Remark[] = []

  /** Adds a resource that stands where `at` stands. */
  add(at: Node | Draft, logicalId: string, type: string, properties: PlainMap): void {
    const { dependsOn, retained } = 'dependsOn' in at ? at : { dependsOn: [], retained: false }
    this.drafts.push({
      logicalId,
      type,
      properties: plant(at, properties) as MapNode,
      dependsOn,
      retained,
      offset: at.offset,
    })
  }

  remark(at: { readonly offset: number }, message: string): void {
    this.remarks.push({ message, offset: at.offset })
  }
}

/** The SHA-1 of a tree; SAM puts its first ten digits behind ids that have to change with their content. */
export function hashOf(node: Node): string {
  return createHash('sha1').update(jsonText(node)).digest('hex')
}

export const shortHashLength = 10

/** A name as a part of a logical id: SAM keeps letters and digits, and hashes what has others. */
export function idPart(name: string): string {
  return /^[A-Za-z0-9]+$/.test(name) ? name : createHash('sha1').update(name).digest('hex').slice(0, shortHashLength)
}
