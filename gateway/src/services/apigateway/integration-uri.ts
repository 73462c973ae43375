// Checks the URIs of integrations, HTTP endpoints and API Gateway's service ARNs, each with AWS's refusal (recorded REST 6.2, REST 3.2).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { IntegrationType } from '@sluice/aws-protocol/apigateway'
import { parseFunctionArn } from '../../nouns/function-arn.ts'

const invalidArn = 'Invalid ARN specified in the request'
const invalidEndpoint = 'Invalid HTTP endpoint specified for URI'

const lambdaInvocation = /^path\/{1,2}\d{4}-\d{2}-\d{2}\/functions\/([^]*)\/(?:response-streaming-)?invocations$/

/** Throws BadRequestException when a URI does not fit its integration type. MOCK has none. */
export function checkUri(type: IntegrationType, uri: string | undefined): void {
  if (type === 'HTTP' || type === 'HTTP_PROXY') checkEndpoint(uri ?? '')
  else if (type !== 'MOCK') checkServiceArn(type, uri ?? '')
}

/**
 * Checks the scheme, the port (80, 443, 1024–65535) and that there are no blanks. Stage variables may stand anywhere after
 * the scheme, so the rest is no URL yet.
 */
function checkEndpoint(uri: string): void {
  const authority = /^https?:\/\/([^/?#\s]+)/i.exec(uri)?.[1]
  if (authority === undefined || /\s/.test(uri)) throw new BadRequestException(invalidEndpoint)
  const port = /:(\d+)$/.exec(authority)?.[1]
  if (port === undefined) return
  const number = Number(port)
  if (number !== 80 && number !== 443 && (number < 1024 || number > 65_535)) {
    throw new BadRequestException(invalidEndpoint)
  }
}

/** `arn:{partition}:apigateway:{region}:{[subdomain.]service}:{path|action}/…` */
function checkServiceArn(type: IntegrationType, uri: string): void {
  const [arn, , , , service, ...rest] = uri.split(':')
  const target = rest.join(':')
  if (arn !== 'arn' || service === undefined || rest.length === 0) throw new BadRequestException(invalidArn)
  if (!/^(?:path|action)\//.test(target)) {
    throw new BadRequestException('AWS ARN for integration must contain path or action')
  }
  if (type === 'AWS_PROXY') checkInvocation(service, target)
}

/**
 * Checks the function ARN of an invocation. AWS: one wrapped twice, or an empty one, has a sentence of its own, as users
 * report it. Stage variables may stand anywhere.
 */
function checkInvocation(service: string, target: string): void {
  const called = service === 'lambda' ? lambdaInvocation.exec(target)?.[1] : undefined
  if (called === undefined) {
    throw new BadRequestException(
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    )
  }
  if (called.includes('${')) return
  if (called === '' || (called.startsWith('arn:') && parseFunctionArn(called) === undefined)) {
    throw new BadRequestException('Invalid function ARN or invalid uri')
  }
}

/**
 * Accepts the ARN of a role, the marker for the caller's own credentials, or either with a stage variable in it. Throws
 * BadRequestException.
 */
export function checkCredentials(credentials: string | undefined): void {
  if (credentials === undefined || /^arn:[^:]+:iam::[^:]*:[^]+$/.test(credentials)) return
  throw new BadRequestException(invalidArn)
}

/** Whether a Lambda URI asks for a streamed answer. */
export function isStreamingUri(uri: string | undefined): boolean {
  return uri?.endsWith('/response-streaming-invocations') === true
}
