// The 21 gateway responses as the control plane shows them while nobody has customised them (recorded REST 12).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { GatewayResponse, GatewayResponseType } from '@sluice/aws-protocol/apigateway'
import { checkContentTypes, checkGatewayMappings } from './mapping-rules.ts'

/** AWS's default status of each type; the two DEFAULT types have none. */
const statuses: Readonly<Record<GatewayResponseType, string | undefined>> = {
  ACCESS_DENIED: '403',
  API_CONFIGURATION_ERROR: '500',
  AUTHORIZER_CONFIGURATION_ERROR: '500',
  AUTHORIZER_FAILURE: '500',
  BAD_REQUEST_BODY: '400',
  BAD_REQUEST_PARAMETERS: '400',
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
  EXPIRED_TOKEN: '403',
  INTEGRATION_FAILURE: '504',
  INTEGRATION_TIMEOUT: '504',
  INVALID_API_KEY: '403',
  INVALID_SIGNATURE: '403',
  MISSING_AUTHENTICATION_TOKEN: '403',
  QUOTA_EXCEEDED: '429',
  REQUEST_TOO_LARGE: '413',
  RESOURCE_NOT_FOUND: '404',
  THROTTLED: '429',
  UNAUTHORIZED: '401',
  UNSUPPORTED_MEDIA_TYPE: '415',
  WAF_FILTERED: '403',
}

export const gatewayResponseTypes = Object.keys(statuses) as GatewayResponseType[]

export function isGatewayResponseType(type: string): type is GatewayResponseType {
  return Object.hasOwn(statuses, type)
}

const defaultTemplates: Readonly<Record<string, string>> = {
  'application/json': '{"message":$context.error.messageString}',
}

/** The DEFAULT type from which a type that is not customised takes its response. */
export function parentType(type: GatewayResponseType): GatewayResponseType | undefined {
  const status = statuses[type]
  if (status === undefined) return undefined
  return status.startsWith('4') ? 'DEFAULT_4XX' : 'DEFAULT_5XX'
}

/** A type that is not customised: its DEFAULT type's status, parameters and templates where those were customised, else AWS's own. */
export function uncustomised(type: GatewayResponseType, parent: GatewayResponse | undefined): GatewayResponse {
  return {
    responseType: type,
    statusCode: parent?.statusCode ?? statuses[type],
    responseParameters: parent?.responseParameters ?? {},
    responseTemplates: parent?.responseTemplates ?? defaultTemplates,
    defaultResponse: true,
  }
}

/** A customised type: what was given, completed by the type's own defaults and never by a DEFAULT type (REST 7.3). */
export function customised(type: GatewayResponseType, given: GatewayResponse): GatewayResponse {
  return {
    responseType: type,
    statusCode: given.statusCode ?? statuses[type],
    responseParameters: given.responseParameters ?? {},
    responseTemplates: given.responseTemplates ?? defaultTemplates,
    defaultResponse: false,
  }
}

/** Throws BadRequestException for a malformed status, mapping or content type. */
export function checkGatewayResponse({ statusCode, responseParameters, responseTemplates }: GatewayResponse): void {
  if (statusCode !== undefined && !/^[1-5]\d\d$/.test(statusCode)) {
    throw new BadRequestException(`Invalid status code specified: ${statusCode}`)
  }
  checkGatewayMappings(responseParameters)
  checkContentTypes(responseTemplates)
}
