// What a resource type of a template is to the deployer: how it is made, brought up to date, and removed.
import type { MapNode, Node } from '@sluice/cloudformation'
import type { AwsCall } from '../client.ts'

/** A resource with its values in place, about to be made or changed. */
export interface Wanted {
  readonly logicalId: string
  readonly type: string
  readonly properties: MapNode
  /** What the last deployment made of the same logical id and type, as long as it is still there. */
  readonly before: Made | undefined
}

/** A resource that is there. */
export interface Made {
  /** Two that are equal are one resource; when it changes, the old one is removed once everything new is there. */
  readonly physicalId: string
  /** What `Ref` gives. */
  readonly ref: string
  /** What `Fn::GetAtt` gives. */
  readonly attributes: Readonly<Record<string, string>>
  /** What was asked for, to see what changes the next time. */
  readonly input: Readonly<Record<string, unknown>>
  readonly remove: (call: AwsCall) => Promise<void>
}

/** What all resources of one deployment share. */
export interface Deployment {
  readonly call: AwsCall
  readonly stackName: string
  readonly account: string
  readonly region: string
  /** The template's folder, which its relative paths start from. */
  readonly folder: string
  /** Told of an API that lost its parts: those that a document describes, or all that belongs to it. They are made anew. */
  readonly emptied: (apiId: string, lost: 'described' | 'all') => void
  readonly warn: (sentence: string, node?: { readonly offset: number }) => void
}

export interface ResourceKind {
  /** Makes it, or brings it up to date. Throws PropertyFault and ServiceFault. */
  readonly put: (wanted: Wanted, deployment: Deployment) => Promise<Made>
  /** Put also when nothing about it has changed. */
  readonly always?: true
  /** It is a part of a REST API that a document describes, and that goes when another document is imported. */
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
