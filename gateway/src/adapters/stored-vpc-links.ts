// VPC links from the store, remembered until one of them changes.
import type { Scope } from '../nouns/records.ts'
import type { VpcLinks } from '../ports/vpc-links.ts'
import type { Store } from '../ports/store.ts'

/** Ids come from stage variables at worst: a few. Beyond this the memory starts anew. */
const mostRemembered = 1_000

interface Link {
  readonly isAvailable: boolean
  readonly targetArn: string | undefined
}

export function createStoredVpcLinks(store: Store): VpcLinks & { close(): void } {
  let known = new Map<string, Link>()
  const close = store.watch((changes) => {
    if (changes.some(({ kind }) => kind === 'VpcLink' || kind === 'V2VpcLink')) known = new Map()
  })
  const find = (scope: Scope, vpcLinkId: string): Link | Promise<Link> => {
    const question = `${scope.account} ${scope.region} ${vpcLinkId}`
    const remembered = known.get(question)
    if (remembered !== undefined) return remembered
    // A change while we read makes a new memory: what was read before it goes into the old one.
    const memory = known
    if (memory.size >= mostRemembered) memory.clear()
    return lookUp(store, scope, vpcLinkId).then((link) => {
      memory.set(question, link)
      return link
    })
  }
  return {
    isAvailable: (scope, vpcLinkId) => {
      const link = find(scope, vpcLinkId)
      return link instanceof Promise ? link.then(({ isAvailable }) => isAvailable) : link.isAvailable
    },
    targetArn: (scope, vpcLinkId) => {
      const link = find(scope, vpcLinkId)
      return link instanceof Promise ? link.then(({ targetArn }) => targetArn) : link.targetArn
    },
    close,
  }
}

async function lookUp(store: Store, scope: Scope, vpcLinkId: string): Promise<Link> {
  const read = store.read(scope)
  const link = await read.get('VpcLink', [vpcLinkId])
  if (link !== undefined) return { isAvailable: link.status === 'AVAILABLE', targetArn: link.targetArns?.[0] }
  const isAvailable = (await read.get('V2VpcLink', [vpcLinkId]))?.VpcLinkStatus === 'AVAILABLE'
  return { isAvailable, targetArn: undefined }
}
