// AWS services over HTTPS, each at its endpoint of the region or at the one that the environment names instead.
import { sign, type Credentials } from '@sluice/sigv4'
import type { Aws, AwsRequest } from '../ports/aws.ts'
import type { Clock } from '../ports/clock.ts'
import type { Roles } from '../ports/roles.ts'
import type { Upstream } from '../ports/upstream.ts'
import { audienceOf } from './audience.ts'

export interface SignedAwsParts {
  readonly upstream: Upstream
  readonly clock: Clock
  /** What calls without a role are signed with; unsigned when absent. */
  readonly credentials: Credentials | undefined
  /** Takes on the roles that calls name; absent: nobody's are asked for. */
  readonly roles?: Roles | undefined
  /** `SQS` → `http://127.0.0.1:9324`: `AWS_ENDPOINT_URL_SQS` and the like, by what follows the prefix. */
  readonly endpoints: ReadonlyMap<string, string>
}

/** Where AWS's SDKs name a service otherwise than its signatures do (SDK reference guide, "Service-specific endpoints"). */
const endpointNames: ReadonlyMap<string, string> = new Map([
  ['events', 'EVENTBRIDGE'],
  ['states', 'SFN'],
  ['logs', 'CLOUDWATCH_LOGS'],
  ['monitoring', 'CLOUDWATCH'],
])

export function createSignedAws({ upstream, clock, credentials, endpoints, roles }: SignedAwsParts): Aws {
  return {
    call: async (request) => {
      const { origin, host, hostname, pathname } = new URL(endpointOf(request, endpoints))
      const assumed = request.role && roles?.assume(request.role, audienceOf(hostname))
      const session = assumed instanceof Promise ? await assumed : assumed
      const signer = session?.credentials ?? credentials
      const target = pathname === '/' ? request.target : pathname.replace(/\/$/, '') + request.target
      const headers = ['host', host, ...request.headers]
      if (signer !== undefined) {
        headers.push(...signed({ ...request, target, headers }, signer, clock.now()))
      }
      const { method, body, timeoutMs } = request
      return upstream.to(origin).request({ method, target, headers, body, timeoutMs })
    },
  }
}

function endpointOf({ service, endpointPrefix, region }: AwsRequest, endpoints: ReadonlyMap<string, string>): string {
  const name = endpointNames.get(service) ?? service.toUpperCase().replaceAll('-', '_')
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return endpoints.get(name) ?? `https://${endpointPrefix ?? service}.${region}.${suffix}`
}

function signed(request: AwsRequest, credentials: Credentials, date: number): readonly string[] {
  const { method, target, headers, body = '', region, service } = request
  const question = target.indexOf('?')
  const path = question < 0 ? target : target.slice(0, question)
  const query = question < 0 ? '' : target.slice(question + 1)
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return sign({ method, path, query, rawHeaders: headers, body: bytes }, credentials, { region, service, date })
}
