// What authorizers tell of whom they let in and whom they refuse: what was missing, which claim, which statement, whose verdict. Never a token, never a signature.
import type { Decision } from '@sluice/iam-policy'
import type { SignatureFailure } from '@sluice/sigv4'
import type { Listener } from '../../nouns/decisions.ts'
import type { Worked } from '../../nouns/work.ts'
import type { TokenFault } from './jwt-token.ts'

/** A request, or an event of a connection. */
interface Asking extends Worked {
  readonly listener: Listener | undefined
  readonly receivedAtMs: number
}

type Reason = Readonly<Record<string, unknown>>

export function tellAuthorize({ listener, receivedAtMs }: Asking, verdict: string, reason: Reason): void {
  listener?.decided({ step: 'authorize', verdict, reason, atMs: receivedAtMs })
}

export function tellRefusal({ listener, receivedAtMs }: Asking, verdict: string, reason: Reason): void {
  listener?.decided({ step: 'authorize', verdict, reason, refuses: true, atMs: receivedAtMs })
}

/** `sources`: where the authorizer looks, as it is configured. */
export function tellMissingIdentity(asking: Asking, sources: string | readonly string[], more: Reason = {}): void {
  tellRefusal(asking, 'identity missing', { identitySource: sources, ...more })
}

/** The claim, where it was one, with what was expected of it. */
export function tellRefusedToken(asking: Asking, { message, finding }: TokenFault, about: Reason): void {
  tellRefusal(asking, 'token refused', { why: message, ...finding, ...about })
}

/** A Lambda authorizer's verdict. `sinceMs`: when one that was remembered was given. */
export function tellVerdict(asking: Asking, authorizer: string, sinceMs?: number): void {
  if (asking.work !== undefined) asking.work.authorizerHit = sinceMs !== undefined
  if (asking.listener === undefined) return
  if (sinceMs === undefined) tellAuthorize(asking, 'verdict asked for', { authorizer })
  else tellAuthorize(asking, 'verdict remembered', { authorizer, since: new Date(sinceMs).toISOString() })
}

/** What policies decided, by which statement of which policy, or for lack of which. */
export function tellPolicies(asking: Asking, { decision, statement, missing }: Decision, about: Reason): void {
  const tell = decision === 'allow' ? tellAuthorize : tellRefusal
  tell(asking, decision, { ...about, statement, missing })
}

/** Facts of a refused signature that are no secrets: neither the header nor what should have been signed. */
const tellable: ReadonlySet<string> = new Set([
  'accessKeyId',
  'algorithm',
  'date',
  'expectedService',
  'expires',
  'form',
  'header',
  'lacks',
  'limit',
  'reason',
  'scope',
  'scopeDate',
  'serverTime',
  'terminator',
  'timestamp',
  'wrong',
])

export function tellRefusedSignature(asking: Asking, failure: SignatureFailure): void {
  if (asking.listener === undefined) return
  const facts = Object.entries(failure).filter(([name]) => tellable.has(name))
  tellRefusal(asking, 'signature refused', Object.fromEntries(facts))
}
