// VPC links from the store, remembered until one of them changes.
import type { Scope } from '../nouns/records.ts'
import type { VpcLinks } from '../ports/vpc-links.ts'
import type { Store } from '../ports/store.ts'

/** Ids come from stage variables at worst: a few. Beyond this the memory starts anew. */
const mostRemembered = 1_000

export function createStoredVpcLinks(store: Store): VpcLinks & { close(): void } {
  let known = new Map<string, boolean>()
  const close = store.watch((changes) => {
    if (changes.some(({ kind }) => kind === 'VpcLink' || kind === 'V2VpcLink')) known = new Map()
  })
  return {
    isAvailable: (scope, vpcLinkId) => {
      const question = `${scope.account} ${scope.region} ${vpcLinkId}`
      const remembered = known.get(question)
      if (remembered !== undefined) return remembered
      // A change while we read makes a new memory: what was read before it goes into the old one.
      const memory = known
      if (memory.size >= mostRemembered) memory.clear()
      return lookUp(store, scope, vpcLinkId).then((isAvailable) => {
        memory.set(question, isAvailable)
        return isAvailable
      })
    },
    close,
  }
}

async function lookUp(store: Store, scope: Scope, vpcLinkId: string): Promise<boolean> {
  const read = store.read(scope)
  const link = await read.get('VpcLink', [vpcLinkId])
  if (link !== undefined) return link.status === 'AVAILABLE'
  return (await read.get('V2VpcLink', [vpcLinkId]))?.VpcLinkStatus === 'AVAILABLE'
}
