// One operation of a document with everything that the rules ask about: verb, path, node and place.
import type { Node } from '../node.ts'

/** A method about to be read. `path` is the resource's, after the base path was put in front or taken off. */
export interface Operation {
  readonly node: Node
  readonly path: string
  readonly httpMethod: string
  /** Parameters of the path item, which every operation below it has as well. */
  readonly sharedParameters: readonly Node[]
}

/** `GET /pets`: how AWS's sentences name a method. */
export function titleOf({ httpMethod, path }: Operation): string {
  return `${httpMethod} ${path}`
}
