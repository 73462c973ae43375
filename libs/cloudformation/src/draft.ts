// A resource between the template and the ordered list: evaluated as far as possible, perhaps made by a transform.
import type { MapNode } from './node.ts'

export interface Draft {
  readonly logicalId: string
  readonly type: string
  readonly properties: MapNode
  readonly dependsOn: readonly string[]
  /** `DeletionPolicy: Retain`: it stays when it leaves the template. */
  readonly retained: boolean
  readonly offset: number
}

/** A note about something that does not have the effect it has on AWS, although nothing fails. */
export interface Remark {
  readonly message: string
  readonly offset: number
}
