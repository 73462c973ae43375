// Clients that ask for a new answer (`Cache-Control: max-age=0`): whether they may, and what is done when they may not. REST 11.
import type { MethodSetting } from '@sluice/aws-protocol/apigateway'
import { fault } from '../../nouns/faults.ts'
import { headerValues } from '../../nouns/headers.ts'
import type { RestArn } from '../../nouns/rest-arn.ts'
import type { RestAdmitted } from '../../nouns/rest.ts'

export interface Invalidation {
  /** Whether what is cached is to be replaced. */
  readonly renews: boolean
  /** The answer's header `Warning`. */
  readonly warning: string | undefined
}

const unasked: Invalidation = { renews: false, warning: undefined }
const renewed: Invalidation = { renews: true, warning: undefined }
const ignored: Invalidation = {
  renews: false,
  warning: '199 Cache-control headers were ignored because the caller was unauthorized.',
}

const action = 'execute-api:InvalidateCache'
const asksForNew = /(?:^|,)\s*max-age\s*=\s*0+\s*(?:,|$)/i

/** Throws GatewayFault ACCESS_DENIED where the stage wants it so. */
export function compileInvalidation(
  {
    requireAuthorizationForCacheControl: isGuarded = true,
    unauthorizedCacheControlHeaderStrategy: strategy = 'SUCCEED_WITH_RESPONSE_HEADER',
  }: MethodSetting,
  arnOf: RestArn,
): (exchange: RestAdmitted) => Invalidation {
  return (exchange) => {
    if (!headerValues(exchange.headers, 'cache-control').some((value) => asksForNew.test(value))) return unasked
    // Only callers that signed have policies of their own, and only in their own account do these suffice.
    if (!isGuarded || exchange.caller?.may?.(action, arnOf(exchange)) === true) return renewed
    const refuses = strategy === 'FAIL_WITH_403'
    tellRefused(exchange, { refuses, strategy, resource: arnOf(exchange) })
    if (refuses) throw fault('ACCESS_DENIED')
    return strategy === 'SUCCEED_WITH_RESPONSE_HEADER' ? ignored : unasked
  }
}

interface Refusal {
  readonly refuses: boolean
  readonly strategy: string
  readonly resource: string
}

/** Only callers that signed have policies that could allow it. */
function tellRefused({ listener, caller, receivedAtMs }: RestAdmitted, { refuses, ...reason }: Refusal): void {
  if (listener === undefined) return
  const principal = caller?.identity?.userArn ?? 'a caller without a signature'
  const about = { principal, action, ...reason }
  listener.decided({ step: 'cache', verdict: 'invalidation refused', reason: about, refuses, atMs: receivedAtMs })
}
