// What the transform makes: resources, names for them (`Api.Stage`), and remarks on what has no effect.
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
    const dependsOn = 'dependsOn' in at ? at.dependsOn : []
    this.drafts.push({
      logicalId,
      type,
      properties: plant(at, properties) as MapNode,
      dependsOn,
      offset: at.offset,
    })
  }

  remark(at: { readonly offset: number }, message: string): void {
    this.remarks.push({ message, offset: at.offset })
  }
}

/** The first ten hexadecimal digits of a SHA-1, as SAM puts them behind ids that have to change with their content. */
export function shortHash(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 10)
}

export function hashOf(node: Node): string {
  return shortHash(jsonText(node))
}

/** A name as a part of a logical id: SAM keeps letters and digits, and hashes what has others. */
export function idPart(name: string): string {
  return /^[A-Za-z0-9]+$/.test(name) ? name : shortHash(name)
}
