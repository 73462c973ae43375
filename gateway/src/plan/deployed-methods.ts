// The methods that a deployment froze and the trie that leads to them, gathered while its snapshot is read: never all of them are there unpacked.
import type { Takers } from '../nouns/lined-json.ts'
import type { RestSnapshot } from '../nouns/snapshot.ts'
import type { Reader } from '../ports/store.ts'
import { createRestTrie } from '../steps/route/rest.ts'
import { PackedList } from './packed.ts'

export type SnapshotMethod = RestSnapshot['methods'][number]
type SnapshotResource = RestSnapshot['resources'][number]

/** A method as it was deployed. */
export interface Deployed {
  readonly configuration: SnapshotMethod
  readonly resourcePath: string
}

/** Methods go by the order in which they were added. */
export class DeployedMethods {
  readonly trie = createRestTrie()
  private readonly packed = new PackedList<Deployed>()
  private readonly paths = new Map<string | undefined, string>()
  private count = 0

  get length(): number {
    return this.count
  }

  at(index: number): Deployed {
    return this.packed.at(index)
  }

  /** All resources come before the methods. */
  addResource({ id, path }: SnapshotResource): void {
    this.paths.set(id, path ?? '/')
  }

  addMethod(configuration: SnapshotMethod): void {
    const resourcePath = this.paths.get(configuration.resourceId) ?? '/'
    this.trie.add(resourcePath, configuration.httpMethod ?? 'ANY', this.count++)
    this.packed.push({ configuration, resourcePath })
  }

  /** Nothing more is added. */
  end(): this {
    this.paths.clear()
    return this
  }
}

/** What a deployment froze, as a stage is planned by it. */
export interface DeployedApi {
  readonly snapshot: Omit<RestSnapshot, 'resources' | 'methods'>
  readonly methods: DeployedMethods
}

/** Reads the snapshot of a deployment of a REST API; undefined when there is none. */
export async function readDeployedApi(read: Reader, hash: string): Promise<DeployedApi | undefined> {
  const methods = new DeployedMethods()
  const takers: Takers = {
    resources: (resource: SnapshotResource) => methods.addResource(resource),
    methods: (method: SnapshotMethod) => methods.addMethod(method),
  }
  const snapshot = (await read.getTaking('Snapshot', [hash], takers)) as RestSnapshot | undefined
  return snapshot && { snapshot, methods: methods.end() }
}

/** The same of a snapshot that is there as a whole. */
export function deployedApi(snapshot: RestSnapshot): DeployedApi {
  const methods = new DeployedMethods()
  for (const resource of snapshot.resources) methods.addResource(resource)
  for (const method of snapshot.methods) methods.addMethod(method)
  return { snapshot, methods: methods.end() }
}
