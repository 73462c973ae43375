// Step `authorize` of HTTP API routes with IAM authorization: who signed, and whether its policies let it in. HTTP 13, S A.
import { createContext, evaluate, parsePolicy, type CompiledPolicy } from '@sluice/iam-policy'
import { parseCredentialScope, SignatureFault, verify, type SignableRequest } from '@sluice/sigv4'
import { LRUCache } from 'lru-cache'
import type { Admitted } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { httpRequestArn } from '../../nouns/http-arn.ts'
import type { HttpRoute, HttpRouted } from '../../nouns/http.ts'
import { parseQuery } from '../../nouns/query.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KnownPrincipal, Principals } from '../../ports/principals.ts'
import type { Step } from '../pipeline.ts'

const service = 'execute-api'

export interface IamPorts {
  readonly principals: Principals
  readonly clock: Clock
}

/** Every refusal is the same 403; why is told to the log alone. */
export function authorizeByIam(route: HttpRoute, { principals, clock }: IamPorts): Step<HttpRouted, Admitted> {
  const { account, region } = route.stage
  return {
    name: 'authorize',
    run: async (exchange) => {
      const request = signable(exchange)
      const { known, accessKeyId } = await signerOf(request, { principals, now: clock.now(), region })
      const { principal } = known
      const resource = httpRequestArn(route, exchange)
      const decision = decide(known, { account, resource, exchange })
      exchange.listener?.decided({
        step: 'authorize',
        verdict: decision,
        reason: { principal: principal.arn, resource },
        atMs: exchange.receivedAtMs,
      })
      if (decision !== 'allow') {
        throw forbidden(
          `User: ${principal.arn} is not authorized to perform: ${service}:Invoke on resource: ${resource}`,
        )
      }
      const { arn: userArn, userId } = principal
      return {
        caller: {
          identity: { accountId: principal.account, accessKey: accessKeyId, caller: userId, user: userId, userArn },
        },
      }
    },
  }
}

function forbidden(log: string, cause?: unknown): HttpFault {
  return new HttpFault(403, 'Forbidden', { log, cause })
}

function signable({ method, sentPath, rawPath, rawQuery, headers, body }: HttpRouted): SignableRequest {
  return { method, path: sentPath ?? rawPath, query: rawQuery, rawHeaders: headers, body }
}

interface Signer {
  readonly known: KnownPrincipal
  readonly accessKeyId: string
}

interface SignerParts {
  readonly principals: Principals
  readonly now: number
  readonly region: string
}

async function signerOf(request: SignableRequest, { principals, now, region }: SignerParts): Promise<Signer> {
  const scope = readScope(request)
  if (scope === undefined) throw forbidden('Missing Authentication Token')
  const { accessKeyId } = scope
  const known = await principals.find(accessKeyId, sessionTokenOf(request))
  if (known === undefined) throw forbidden('The security token included in the request is invalid.')
  const { secretAccessKey } = known
  // `dev`: a key that nobody knows cannot be checked, and its clock is not compared either.
  if (secretAccessKey === undefined) return { known, accessKeyId }
  try {
    await verify(request, { now, service, regions: [region], secretFor: () => ({ ...known, secretAccessKey }) })
    return { known, accessKeyId }
  } catch (error) {
    throw error instanceof SignatureFault ? forbidden(error.message, error) : error
  }
}

function readScope(request: SignableRequest): ReturnType<typeof parseCredentialScope> {
  try {
    return parseCredentialScope(request)
  } catch (error) {
    throw error instanceof SignatureFault ? forbidden(error.message, error) : error
  }
}

function sessionTokenOf({ rawHeaders, query }: SignableRequest): string | undefined {
  const header = lastHeader(rawHeaders, 'x-amz-security-token')
  if (header !== undefined || !query.includes('X-Amz-Security-Token=')) return header
  return parseQuery(query).find(([name]) => name === 'X-Amz-Security-Token')?.[1]
}

interface Subject {
  readonly account: string
  readonly resource: string
  readonly exchange: HttpRouted
}

/** HTTP APIs have no resource policies: callers of other accounts are never let in. S B.7. */
function decide(known: KnownPrincipal, { account, resource, exchange }: Subject): string {
  const { principal, policies, permissionsBoundary } = known
  const userAgent = lastHeader(exchange.headers, 'user-agent')
  const context = createContext([
    ['aws:SourceIp', exchange.sourceIp],
    ['aws:UserAgent', userAgent],
    ['aws:CurrentTime', new Date(exchange.receivedAtMs).toISOString()],
    ['aws:EpochTime', String(Math.floor(exchange.receivedAtMs / 1000))],
    ['aws:SecureTransport', String(exchange.scheme === 'https')],
    ['aws:PrincipalArn', principal.arn],
    ['aws:PrincipalAccount', principal.account],
    ['aws:PrincipalType', principal.type],
    ['aws:userid', principal.userId],
  ])
  const set = {
    identity: policies.map(compiled),
    boundary: permissionsBoundary === undefined ? undefined : compiled(permissionsBoundary),
    sameAccount: principal.account === account,
  }
  return evaluate(set, { principal, action: `${service}:Invoke`, resource, context }).decision
}

/** Policies are compiled once for all routes: their text is what names them. */
const compiledPolicies = new LRUCache<string, CompiledPolicy>({
  maxSize: 4 * 1024 * 1024,
  sizeCalculation: (_, document) => document.length + 1,
})

function compiled(document: string): CompiledPolicy {
  let policy = compiledPolicies.get(document)
  if (policy === undefined) compiledPolicies.set(document, (policy = parsePolicy(document)))
  return policy
}
