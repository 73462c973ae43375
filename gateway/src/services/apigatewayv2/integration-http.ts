// Checks the integrations of HTTP APIs: a Lambda function, a URL, a private target, or an AWS action (HTTP 3.3, 7, 8, 9).
import { BadRequestException, type Integration } from '@sluice/aws-protocol/apigatewayv2'
import { subtypeParameters } from '../../nouns/integration-kinds.ts'
import {
  isReservedHeader,
  parseMappingTarget,
  parseMappingValue,
  type MappingDirection,
} from '../../nouns/parameter-mapping.ts'
import { checkUri } from '../apigateway/integration-uri.ts'
import type { Call } from '../call.ts'
import { found } from './found.ts'
import { checkMethod } from './integration-method.ts'
import { invalidMapping, isFunctionArn, isInvocationArn, mappingRefused } from './integration-uri.ts'
import { refuseMembers } from './protocol.ts'

const webSocketOnly = [
  'PassthroughBehavior',
  'RequestTemplates',
  'TemplateSelectionExpression',
  'ContentHandlingStrategy',
] as const

const listenerArn = /^arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:listener\/(?:app|net)\/\S+$/
const cloudMapArn = /^arn:[\w-]+:servicediscovery:[\w-]+:\d{12}:service\/srv-[^?\s]+(?:\?\S+)?$/

/** AWS's defaults for the members that are not given. */
export function httpDefaults(record: Integration): Integration {
  const lambda = record.IntegrationType === 'AWS_PROXY' && record.IntegrationSubtype === undefined
  return {
    ConnectionType: 'INTERNET',
    TimeoutInMillis: 30_000,
    ...record,
    ...(lambda && record.IntegrationMethod === undefined && { IntegrationMethod: 'POST' }),
  }
}

/** Throws BadRequestException for the first rule that an HTTP API's integration breaks, in the sentences that stacks failed with (observed). */
export async function checkHttpIntegration(call: Call, record: Integration): Promise<void> {
  const { IntegrationType: type } = record
  if (type !== 'AWS_PROXY' && type !== 'HTTP_PROXY') {
    throw new BadRequestException(
      'Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)',
    )
  }
  refuseMembers('HTTP', record, webSocketOnly)
  checkPayloadFormat(record)
  checkTimeout(record.TimeoutInMillis)
  if (type === 'HTTP_PROXY') await checkHttpProxy(call, record)
  else if (record.IntegrationSubtype === undefined) checkLambda(record)
  else checkSubtype(record)
  if (record.IntegrationSubtype === undefined) checkMappings(record.RequestParameters, 'request')
  checkResponseParameters(record)
}

function checkPayloadFormat(record: Integration): void {
  const { PayloadFormatVersion: version, IntegrationType: type } = record
  if (version === undefined)
    throw new BadRequestException('PayloadFormatVersion is a required parameter for integration')
  if (version !== '1.0' && version !== '2.0') {
    throw new BadRequestException(`Unsupported PayloadFormatVersion: ${version}`)
  }
  if (type === 'HTTP_PROXY' && version === '2.0') {
    throw new BadRequestException('PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY')
  }
}

/** Refuses a timeout out of bounds. The service model checks those of calls, but not those of documents. */
function checkTimeout(timeoutMs = 30_000): void {
  if (timeoutMs >= 50 && timeoutMs <= 30_000) return
  throw new BadRequestException('Timeout should be between 50 ms and 30000 ms')
}

function checkLambda(record: Integration): void {
  const { IntegrationUri: uri = '' } = record
  refuse(record, 'Lambda', ['TlsConfig', 'ConnectionId'])
  if (!isFunctionArn(uri) && !isInvocationArn(uri)) {
    throw new BadRequestException('Invalid ARN specified in the request')
  }
  if (record.ConnectionType === 'VPC_LINK') {
    throw new BadRequestException('ConnectionType VPC_LINK is not supported for AWS_PROXY integrations')
  }
}

async function checkHttpProxy(call: Call, record: Integration): Promise<void> {
  const { IntegrationUri: uri = '', ConnectionId: connectionId } = record
  refuse(record, 'HTTP_PROXY', ['IntegrationSubtype', 'CredentialsArn'])
  checkMethod(record)
  if (record.ConnectionType !== 'VPC_LINK') {
    refuse(record, 'public HTTP_PROXY', ['ConnectionId', 'TlsConfig'])
    return checkUri('HTTP_PROXY', uri)
  }
  if (connectionId === undefined) {
    throw new BadRequestException('ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK')
  }
  await found(call, 'V2VpcLink', [connectionId])
  // Own: without AWS's listeners a private integration may name a URL instead (HTTP 8.3).
  if (/^https?:\/\//i.test(uri)) return checkUri('HTTP_PROXY', uri)
  if (!listenerArn.test(uri) && !cloudMapArn.test(uri)) {
    const must = 'integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.'
    throw new BadRequestException(`For VpcLink VPC_LINK, ${must}`)
  }
}

function checkSubtype(record: Integration): void {
  const { IntegrationSubtype: subtype = '', RequestParameters: given = {} } = record
  const parameters = subtypeParameters(subtype)
  // Every subtype has the first version alone, and the name and the version together are the operation.
  if (parameters === undefined || record.PayloadFormatVersion !== '1.0') {
    throw new BadRequestException(`Operation: ${subtype} is not supported.`)
  }
  refuse(record, subtype, ['IntegrationUri', 'IntegrationMethod', 'ConnectionId', 'TlsConfig'])
  if (record.CredentialsArn === undefined) {
    throw new BadRequestException(
      `Role ARN must be specified for AWS integration configuration with Subtype: ${subtype}`,
    )
  }
  if (!parameters.required.every((name) => Object.hasOwn(given, name))) {
    const needs = 'requires enabling passthrough, or defining all of the following parameters in the parameter mapping'
    throw new BadRequestException(`Operation: ${subtype} ${needs}: [${parameters.required.join(', ')}]`)
  }
  const known = [...parameters.required, ...parameters.optional]
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) {
      throw new BadRequestException(
        `Invalid request parameter specified for the integration subtype ${subtype}: ${name}`,
      )
    }
    checkValue(value, 'request')
  }
}

function checkResponseParameters(record: Integration): void {
  for (const [status, mappings] of Object.entries(record.ResponseParameters ?? {})) {
    checkStatusCode(status)
    checkMappings(mappings, 'response')
  }
}

function checkStatusCode(status: string): void {
  if (/^[2-5]\d\d$/.test(status)) return
  throw mappingRefused(`Status Code ${status} is not valid.`)
}

function checkMappings(mappings: Readonly<Record<string, string>> | undefined, direction: MappingDirection): void {
  for (const [key, value] of Object.entries(mappings ?? {})) {
    const target = parseMappingTarget(key, direction)
    if (target === undefined) throw noDestination(key, direction)
    if (target.location === 'header' && isReservedHeader(target.name)) {
      throw new BadRequestException(`Operations on header ${target.name.toLowerCase()} are restricted`)
    }
    // The value of a mapped status code is known only when there is a message.
    if (target.location === 'statuscode' && !value.includes('$')) checkStatusCode(value)
    if (target.action !== 'remove') checkValue(value, direction)
    else if (value !== '' && value !== "''") throw new BadRequestException(`The value of ${key} must be empty`)
  }
}

function noDestination(key: string, direction: MappingDirection): BadRequestException {
  const side = direction === 'request' ? 'Request' : 'Response'
  return mappingRefused(`Invalid ${side} Actioned Parameter destination specified: ${key}`)
}

function checkValue(value: string, direction: MappingDirection): void {
  if (value.length < 1 || value.length > 512) {
    throw new BadRequestException('Parameter mapping values must be between 1 and 512 characters long.')
  }
  if (parseMappingValue(value, direction) === undefined) throw invalidMapping(value)
}

function refuse(record: Integration, what: string, members: readonly (keyof Integration)[]): void {
  const member = members.find((name) => record[name] !== undefined)
  if (member !== undefined) throw new BadRequestException(`${member} is not supported for ${what} integrations`)
}
