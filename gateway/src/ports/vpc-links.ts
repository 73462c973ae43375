// The VPC links port: whether an integration's link is there and ready. What a link leads to is the network's business.
import type { Scope } from '../nouns/records.ts'

export interface VpcLinks {
  /** Whether the scope has a link of this id, of either API version, that is AVAILABLE. */
  isAvailable(scope: Scope, vpcLinkId: string): boolean | Promise<boolean>
}
