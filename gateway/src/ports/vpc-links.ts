// The VPC links port: whether an integration's link is there and ready, and what it is for.
import type { Scope } from '../nouns/records.ts'

export interface VpcLinks {
  /** Whether the scope has a link of this id, of either API version, that is AVAILABLE. */
  isAvailable(scope: Scope, vpcLinkId: string): boolean | Promise<boolean>
  /** The load balancer that a link of a REST or WebSocket API leads to; undefined for links of HTTP APIs, which name none. */
  targetArn(scope: Scope, vpcLinkId: string): string | undefined | Promise<string | undefined>
}
