// The HTTP method by which an integration calls its backend: one rule for both protocols.
import { BadRequestException, type Integration } from '@sluice/aws-protocol/apigatewayv2'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY']

/** Refuses an integration without a method, in the sentence that a stack failed with, and one whose method is none. */
export function checkMethod({ IntegrationMethod: method, IntegrationType: type = 'AWS_PROXY' }: Integration): void {
  if (method === undefined) {
    const integrationType = type.replace('_', '')
    throw new BadRequestException(
      `HttpMethod parameter method must be specified for integrationType ${integrationType}`,
    )
  }
  if (!methods.includes(method)) throw new BadRequestException(`Invalid HTTP method specified: ${method}`)
}
