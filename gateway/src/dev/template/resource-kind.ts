// The interface of a resource type: how the deployer makes, updates and removes its resources.
import type { MapNode, Node } from '@sluice/cloudformation'
import type { AwsCall } from '../client.ts'

/** A resource with its values in place, about to be made or changed. */
export interface Wanted {
  readonly logicalId: string
  readonly type: string
  readonly properties: MapNode
  /** The result of the last deployment for the same logical id and type, while it still exists. */
  readonly before: Made | undefined
}

/** A resource that is there. */
export interface Made {
  /** Equal ids are one resource. When the id changes, the old resource is removed once everything new exists. */
  readonly physicalId: string
  /** The value of `Ref`. */
  readonly ref: string
  /** The values of `Fn::GetAtt`. */
  readonly attributes: Readonly<Record<string, string>>
  /** The input that made it, to find out what changes the next time. */
  readonly input: Readonly<Record<string, unknown>>
  readonly remove: (call: AwsCall) => Promise<void>
}

/** The facts that all resources of one deployment share. */
export interface Deployment {
  readonly call: AwsCall
  readonly stackName: string
  readonly account: string
  readonly region: string
  /** The template's folder, which its relative paths start from. */
  readonly folder: string
  /** Called when an API has lost its parts, those that a document describes or all of them, so that they are made anew. */
  readonly emptied: (apiId: string, lost: 'described' | 'all') => void
  readonly warn: (sentence: string, node?: { readonly offset: number }) => void
}

export interface ResourceKind {
  /** Creates or updates it. Throws PropertyFault and ServiceFault. */
  readonly put: (wanted: Wanted, deployment: Deployment) => Promise<Made>
  /** Whether it is put even when nothing about it has changed. */
  readonly always?: true
  /** Whether it is a part of a REST API that a document describes, and that disappears when another document is imported. */
  readonly described?: true
}

/** A property that cannot be used, with its place. */
export class PropertyFault extends Error {
  readonly node: { readonly offset: number }

  constructor(message: string, node: Node | { readonly offset: number }, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.node = node
  }
}
