// ARNs of what a request of a REST API calls: resource policies, authorizers and IAM policies are decided by them. Security B.5.
import type { Received } from './exchange.ts'
import { fault } from './faults.ts'
import { decodePath } from './http-arn.ts'
import { resourcePath, type RestStage } from './rest.ts'

/** AWS: a longer ARN is a 414. Security A.5. */
const longestArnBytes = 1600

export type RestArn = (exchange: Received) => string

/**
 * `arn:aws:execute-api:R:ACCOUNT:API/STAGE/GET/pets/7`: the path that was requested, decoded; root ends in a slash.
 * Throws GatewayFault for an ARN that is too long.
 */
export function compileRestArn({ region, account, apiId, stageName }: RestStage): RestArn {
  const prefix = `arn:aws:execute-api:${region}:${account}:${apiId}/${stageName}/`
  return (exchange) => {
    const arn = `${prefix}${exchange.method}${decodePath(resourcePath(exchange))}`
    // A UTF-16 unit takes three bytes of UTF-8 at most.
    if (arn.length * 3 > longestArnBytes && Buffer.byteLength(arn) > longestArnBytes) {
      throw fault('DEFAULT_4XX', {
        status: 414,
        message: 'Request URI too long',
        errorType: 'RequestURITooLongException',
      })
    }
    return arn
  }
}

/** The ARN as refusals show it: with the last four digits of the account alone. Security A.5. */
export function maskedArn(arn: string): string {
  return arn.replace(/:\d{8}(\d{4}):/, ':********$1:')
}
