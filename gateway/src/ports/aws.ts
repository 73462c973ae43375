// The AWS port: calls to services of AWS, or to what stands in for them, signed as they expect it.
import type { HeaderList } from '../nouns/headers.ts'
import type { NamedRole } from './roles.ts'
import type { UpstreamAnswer } from './upstream.ts'

export interface AwsRequest {
  /** The name that signatures are scoped to: `sqs`, `events`, `states`, `kinesis`, `appconfig` … */
  readonly service: string
  /** The endpoint's first label where it is not the service's name: `sync-states`. */
  readonly endpointPrefix?: string | undefined
  readonly region: string
  readonly method: string
  /** Path and query, percent-encoded. */
  readonly target: string
  /** Without `host` and without those that a signature adds. */
  readonly headers: HeaderList
  readonly body: Uint8Array | string | undefined
  readonly timeoutMs: number
  /** Whose credentials sign the call; those of the process when absent. */
  readonly role?: NamedRole | undefined
}

export interface Aws {
  /** The service's own answer, whatever its status. Throws UpstreamFault, and RoleFault when the role cannot be taken on. */
  call(request: AwsRequest): Promise<UpstreamAnswer>
}
