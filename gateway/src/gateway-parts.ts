// What a gateway is made of, as the process and `createGateway` say it.
import type { Credentials } from '@sluice/sigv4'
import type { Log } from './log.ts'
import type { Backends } from './nouns/backends.ts'
import type { AdjustableLimits } from './nouns/limits.ts'
import type { VpcListener } from './nouns/vpc-endpoint.ts'
import type { Clock } from './ports/clock.ts'
import type { Connections } from './ports/connections.ts'
import type { TrustedRange } from './server/client-address.ts'
import type { SocketLimits } from './sockets/limits.ts'
import type { TracingConfig } from './tracing-config.ts'

export interface GatewayParts {
  /** `dev` accepts any credentials and lets tags choose ids; `serve` verifies every call. */
  readonly mode: 'dev' | 'serve'
  /** Where everything is kept; in memory when absent. */
  readonly dataFolder: string | undefined
  readonly region: string
  readonly account: string
  /** The suffix of host names that are handed out. */
  readonly domain: string
  /** What clients call where something stands in front of the listeners. */
  readonly publicUrl?: string | undefined
  /** The folder whose folders stand for S3 buckets. */
  readonly bucketsFolder?: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** Where functions that are not here are invoked. */
  readonly lambdaEndpoint: string | undefined
  /** What those calls, and calls to other services of AWS, are signed with; unsigned when absent. */
  readonly lambdaCredentials: Credentials | undefined
  /** Where services of AWS are called instead: `SQS` → URL, as `AWS_ENDPOINT_URL_SQS` says. */
  readonly awsEndpoints: ReadonlyMap<string, string>
  /** Whether an API needs a function's permission (AddPermission) to invoke it. */
  readonly enforceLambdaPermissions: boolean
  /** Whether a JWT authorizer is made only of an issuer that answers, as on AWS; not when absent. */
  readonly checkIssuers?: boolean | undefined
  /** Where they differ from what is usual here. */
  readonly limits?: Partial<AdjustableLimits> | undefined
  /** Cognito user pool id, or `cognito-identity.amazonaws.com` → the issuer whose tokens count as its own; AWS's when absent. */
  readonly cognitoIssuers?: ReadonlyMap<string, string> | undefined
  /** Where the ARNs of listeners, load balancers and Cloud Map services lead; nowhere when absent. */
  readonly backends?: Backends | undefined
  /** Whose `X-Forwarded-*` headers are believed; nobody's when absent. */
  readonly trustedProxies?: readonly TrustedRange[] | undefined
  /** Listeners that stand for VPC endpoints; none when absent. */
  readonly vpcListeners?: readonly VpcListener[] | undefined
  /** How many requests are kept for `sluice explain`; none when absent. */
  readonly explain?: number | undefined
  /** Whether refusals tell their callers why, in `x-sluice-explain`; not when absent. */
  readonly explainHeader?: boolean | undefined
  /** A file, or `stdout`, that gets a line of JSON for each request of every API; nowhere when absent. */
  readonly accessLog?: string | undefined
  /** Where segments and metrics are sent beside; nowhere when absent. */
  readonly tracing?: TracingConfig | undefined
  /** Where gateways find each other's WebSocket connections; this gateway's own alone when absent. */
  readonly connections?: Connections | undefined
  /** Bounds of WebSocket connections other than AWS's. */
  readonly socketLimits?: Partial<SocketLimits> | undefined
}
