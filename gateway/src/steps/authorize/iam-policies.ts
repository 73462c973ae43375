// Policies as steps evaluate them: compiled once for all routes, and asked with the circumstances of one request. Security B.
import {
  evaluate,
  parsePolicy,
  principalKey,
  type CompiledPolicy,
  type Context,
  type PolicySet,
  type Principal,
} from '@sluice/iam-policy'
import { LRUCache } from 'lru-cache'
import { cognitoIdentityOf } from '../../nouns/cognito-identity.ts'
import type { Caller, CallerIdentity, Received } from '../../nouns/exchange.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { KnownPrincipal } from '../../ports/principals.ts'
import type { Signer } from './iam-signer.ts'

type OwnPolicies = Pick<PolicySet, 'identity' | 'boundary' | 'session'>

/** By object, because a principal stays the same object until something about it changes. */
const knownPolicies = new WeakMap<KnownPrincipal, OwnPolicies>()

/** What a signer's own policies say. */
export function policiesOf(known: KnownPrincipal): OwnPolicies {
  let own = knownPolicies.get(known)
  if (own === undefined) knownPolicies.set(known, (own = compiledPoliciesOf(known)))
  return own
}

function compiledPoliciesOf({ policies, permissionsBoundary, sessionPolicies }: KnownPrincipal): OwnPolicies {
  return {
    identity: policies.map(compiled),
    boundary: permissionsBoundary === undefined ? undefined : compiled(permissionsBoundary),
    session: sessionPolicies?.map(compiled),
  }
}

/** Whoever signed a request, described when somebody asks: most backends never do. */
export class SignedCaller implements Caller {
  private readonly signer: Signer
  private readonly exchange: Received

  constructor(signer: Signer, exchange: Received) {
    this.signer = signer
    this.exchange = exchange
  }

  get identity(): CallerIdentity {
    return identityOf(this.signer)
  }

  /** Whether it may do something else: for integrations that call as whoever calls them. */
  may(action: string, resource: string): boolean {
    const { known } = this.signer
    const { principal } = known
    // AWS: a caller's own policies suffice in its own account only.
    const set = { ...policiesOf(known), sameAccount: principal.account === accountOf(resource) }
    const context = circumstances(this.exchange, principal)
    return evaluate(set, { principal, action, resource, context }).decision === 'allow'
  }
}

function accountOf(arn: string): string | undefined {
  return arn.split(':', 5)[4]
}

/** Compiled policies by their JSON text. */
const compiledPolicies = new LRUCache<string, CompiledPolicy>({
  maxSize: 4 * 1024 * 1024,
  sizeCalculation: (_, document) => document.length + 1,
})

function compiled(document: string): CompiledPolicy {
  let policy = compiledPolicies.get(document)
  if (policy === undefined) compiledPolicies.set(document, (policy = parsePolicy(document)))
  return policy
}

/** The parts of a request that its condition keys are read from. */
export type Circumstances = Pick<
  Received,
  'receivedAtMs' | 'sourceIp' | 'vpcEndpoint' | 'scheme' | 'headers' | 'customDomain'
>

/** The condition keys of a request, read when a policy asks for them. Security B.4. */
export function circumstances(exchange: Circumstances, principal?: Principal): Context {
  return (lowerKey) => {
    const read = Object.hasOwn(conditionKeys, lowerKey) ? conditionKeys[lowerKey] : undefined
    if (read !== undefined) return read(exchange)
    return principal === undefined ? undefined : principalKey(principal, lowerKey)
  }
}

type ConditionKey = (exchange: Circumstances) => string | undefined

const conditionKeys: Readonly<Record<string, ConditionKey>> = {
  'aws:currenttime': ({ receivedAtMs }) => new Date(receivedAtMs).toISOString(),
  'aws:epochtime': ({ receivedAtMs }) => String(Math.floor(receivedAtMs / 1000)),
  // AWS: what comes in through a VPC endpoint has no public address.
  'aws:sourceip': ({ sourceIp, vpcEndpoint }) => (vpcEndpoint === undefined ? sourceIp : undefined),
  'aws:sourcevpc': ({ vpcEndpoint }) => vpcEndpoint?.vpcId,
  'aws:sourcevpce': ({ vpcEndpoint }) => vpcEndpoint?.vpceId,
  'aws:vpcsourceip': ({ sourceIp, vpcEndpoint }) => (vpcEndpoint === undefined ? undefined : sourceIp),
  'aws:securetransport': ({ scheme }) => String(scheme === 'https'),
  'aws:useragent': ({ headers }) => lastHeader(headers, 'user-agent'),
  'aws:referer': ({ headers }) => lastHeader(headers, 'referer'),
  'aws:principalisawsservice': () => 'false',
  'aws:viaawsservice': () => 'false',
  // AWS: the private custom domain name that was called — developer guide, "VPC endpoint policies", example 4
  'execute-api:viadomainarn': ({ customDomain }) => customDomain?.privateArn,
}

/** `$context.identity.*` of a signed request. Security A.8. */
export function identityOf({ known: { principal, session }, accessKeyId }: Signer): CallerIdentity {
  const { account: accountId, arn: userArn, userId } = principal
  const cognito = cognitoIdentityOf(session)
  return { accountId, accessKey: accessKeyId, caller: userId, user: userId, userArn, cognito }
}
