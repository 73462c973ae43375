// Policies as steps evaluate them: compiled once for all routes, and asked with the circumstances of one request. S B.
import { parsePolicy, type CompiledPolicy, type Context, type PolicySet, type Principal } from '@sluice/iam-policy'
import { LRUCache } from 'lru-cache'
import type { CallerIdentity, Received } from '../../nouns/exchange.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { KnownPrincipal } from '../../ports/principals.ts'
import type { Signer } from './iam-signer.ts'

/** What a signer's own policies say. */
export function policiesOf({
  policies,
  permissionsBoundary,
}: KnownPrincipal): Pick<PolicySet, 'identity' | 'boundary'> {
  return {
    identity: policies.map(compiled),
    boundary: permissionsBoundary === undefined ? undefined : compiled(permissionsBoundary),
  }
}

/** A policy's text is what names it. */
const compiledPolicies = new LRUCache<string, CompiledPolicy>({
  maxSize: 4 * 1024 * 1024,
  sizeCalculation: (_, document) => document.length + 1,
})

function compiled(document: string): CompiledPolicy {
  let policy = compiledPolicies.get(document)
  if (policy === undefined) compiledPolicies.set(document, (policy = parsePolicy(document)))
  return policy
}

/** The condition keys of a request, read when a policy asks for them. S B.4. */
export function circumstances(exchange: Received, principal?: Principal): Context {
  return (lowerKey) => {
    const read = Object.hasOwn(conditionKeys, lowerKey) ? conditionKeys[lowerKey] : undefined
    return read?.(exchange, principal)
  }
}

type ConditionKey = (exchange: Received, principal: Principal | undefined) => string | undefined

const conditionKeys: Readonly<Record<string, ConditionKey>> = {
  'aws:currenttime': ({ receivedAtMs }) => new Date(receivedAtMs).toISOString(),
  'aws:epochtime': ({ receivedAtMs }) => String(Math.floor(receivedAtMs / 1000)),
  'aws:sourceip': ({ sourceIp }) => sourceIp,
  'aws:securetransport': ({ scheme }) => String(scheme === 'https'),
  'aws:useragent': ({ headers }) => lastHeader(headers, 'user-agent'),
  'aws:referer': ({ headers }) => lastHeader(headers, 'referer'),
  'aws:principalaccount': (_, principal) => principal?.account,
  // AWS: of a session it is the role's.
  'aws:principalarn': (_, principal) => principal?.roleArn ?? principal?.arn,
  'aws:principaltype': (_, principal) => principal?.type,
  'aws:userid': (_, principal) => principal?.userId,
  'aws:username': (_, principal) =>
    principal?.type === 'User' ? principal.arn.slice(principal.arn.lastIndexOf('/') + 1) : undefined,
}

/** `$context.identity.*` of a signed request. S A.8. */
export function identityOf({ known: { principal }, accessKeyId }: Signer): CallerIdentity {
  const { account: accountId, arn: userArn, userId } = principal
  return { accountId, accessKey: accessKeyId, caller: userId, user: userId, userArn }
}
