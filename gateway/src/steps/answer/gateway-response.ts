// A fault's answer: the customised gateway response of its type, else of its class, else AWS's own. REST 7.
import type { Answer, Received } from '../../nouns/exchange.ts'
import { gatewayResponses, type GatewayFault } from '../../nouns/faults.ts'

/** Types whose default body has a space after the colon: faults of the later steps. An open choice; REST 7.1. */
const spacedTypes = new Set<string>([
  'API_CONFIGURATION_ERROR',
  'BAD_REQUEST_BODY',
  'BAD_REQUEST_PARAMETERS',
  'DEFAULT_5XX',
  'INTEGRATION_FAILURE',
  'INTEGRATION_TIMEOUT',
  'REQUEST_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
])

/** Whether the fault is one of a later step. A body that cannot be mapped is a DEFAULT_4XX of such a step; early ones have other error types. */
function isSpaced({ type, errorType }: GatewayFault): boolean {
  return spacedTypes.has(type) || (type === 'DEFAULT_4XX' && errorType === gatewayResponses.DEFAULT_4XX.errorType)
}

/** The answer when nobody customised the type. */
export function defaultGatewayResponse(fault: GatewayFault): Answer {
  const key = fault.type === 'ACCESS_DENIED' ? 'Message' : 'message'
  const space = isSpaced(fault) ? ' ' : ''
  return {
    status: fault.status,
    headers: ['Content-Type', 'application/json', 'x-amzn-ErrorType', fault.errorType],
    body: `{"${key}":${space}${JSON.stringify(fault.sentence)}}`,
  }
}

/** The two headers that every answer of a REST API carries. */
export function addRequestIds(answer: Answer, received: Received): Answer {
  answer.headers.push('x-amzn-RequestId', received.requestId, 'x-amz-apigw-id', received.extendedRequestId)
  return answer
}

/** The refusal of a host, stage or base path that stands for no API: nobody can customise it. */
export function forbidden(): Answer {
  return {
    status: 403,
    headers: ['Content-Type', 'application/json', 'x-amzn-ErrorType', gatewayResponses.INVALID_API_KEY.errorType],
    body: '{"message":"Forbidden"}',
  }
}
