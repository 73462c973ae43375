// The condition keys that a caller brings along: its tags, and what its session knows. Security B.4.
import type { ContextValue } from '@sluice/iam-policy'
import type { Session } from './session.ts'

/**
 * Condition keys in lower case → values, for `Principal.attributes`. A session's tags stand before those of its role or user.
 * AWS: `aws:MultiFactorAuthPresent` and `aws:TokenIssueTime` are there for temporary credentials only, and here no session
 * has a second factor, so that `aws:MultiFactorAuthAge` is never there.
 */
export function callerAttributes(
  tags: Readonly<Record<string, string>>,
  session: Session | undefined,
): ReadonlyMap<string, ContextValue> {
  const attributes = new Map<string, ContextValue>()
  for (const [key, value] of [...Object.entries(tags), ...Object.entries(session?.tags ?? {})]) {
    attributes.set(`aws:principaltag/${key.toLowerCase()}`, value)
  }
  if (session === undefined) return attributes
  attributes.set('aws:multifactorauthpresent', 'false')
  const { issuedAtMs, sourceIdentity, webIdentity } = session
  if (issuedAtMs !== undefined) attributes.set('aws:tokenissuetime', new Date(issuedAtMs).toISOString())
  if (sourceIdentity !== undefined) attributes.set('aws:sourceidentity', sourceIdentity)
  if (webIdentity !== undefined) {
    attributes.set('aws:federatedprovider', webIdentity.provider)
    for (const [key, value] of Object.entries(webIdentity.keys)) attributes.set(key, value)
  }
  return attributes
}
