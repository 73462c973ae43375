// Shows methods. A template without text passes the body through, and AWS shows null for it (CLI reference, `get-method`).
import type { Integration, IntegrationResponse, Method } from '@sluice/aws-protocol/apigateway'

type Templates = Readonly<Record<string, string>> | undefined

/** The templates with null for empty ones. The service's model does not allow null here, but clients read it. */
function shownTemplates(templates: Templates): Templates {
  if (templates === undefined) return undefined
  const shown = Object.entries(templates).map(([contentType, text]) => [contentType, text === '' ? null : text])
  return Object.fromEntries(shown) as Templates
}

export function shownIntegrationResponse(response: IntegrationResponse): IntegrationResponse {
  return { ...response, responseTemplates: shownTemplates(response.responseTemplates) }
}

export function shownIntegration(integration: Integration): Integration {
  const { requestTemplates, integrationResponses } = integration
  const responses = Object.entries(integrationResponses ?? {}).map(
    ([statusCode, response]) => [statusCode, shownIntegrationResponse(response)] as const,
  )
  return {
    ...integration,
    requestTemplates: shownTemplates(requestTemplates),
    integrationResponses: integrationResponses && Object.fromEntries(responses),
  }
}

export function shownMethod(method: Method): Method {
  const { methodIntegration } = method
  return { ...method, methodIntegration: methodIntegration && shownIntegration(methodIntegration) }
}
