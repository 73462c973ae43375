// A resource on its way from the template to the ordered list: evaluated as far as it can be, perhaps made by a transform.
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

/** Something that will not have the effect it has on AWS; nothing fails because of it. */
export interface Remark {
  readonly message: string
  readonly offset: number
}
