// Checks HTTP and WebSocket APIs: lengths, selection expressions, and members that only one protocol has (HTTP 3.1).
import { BadRequestException, type Api } from '@sluice/aws-protocol/apigatewayv2'
import { checkCors } from './cors.ts'
import { checkLengths } from './lengths.ts'
import { refuseMembers, saysSomething } from './protocol.ts'

export const httpRouteSelection = '$request.method $request.path'
export const headerApiKeySelection = '$request.header.x-api-key'

const httpRouteSelections = [httpRouteSelection, '${request.method} ${request.path}']
const apiKeySelections = [headerApiKeySelection, '$context.authorizer.usageIdentifierKey']

/** Refuses an unknown protocol with AWS's sentence; the service model does not check it. */
export function checkProtocol(protocol: string): void {
  if (protocol === 'HTTP' || protocol === 'WEBSOCKET') return
  throw new BadRequestException('Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]')
}

/** Throws BadRequestException for the first rule that an API breaks. */
export function checkApi(api: Api): void {
  // AWS's sentences here and below are those that stacks failed with (observed).
  if (api.Name === '') throw new BadRequestException('Invalid API name specified')
  checkLengths(api, { Name: [1, 128], Description: [0, 1024], Version: [1, 64] })
  if (api.ProtocolType === 'HTTP') checkHttpApi(api)
  else checkWebSocketApi(api)
}

function checkHttpApi(api: Api): void {
  refuseMembers('HTTP', api, ['DisableSchemaValidation'])
  if (!httpRouteSelections.includes(api.RouteSelectionExpression)) {
    throw new BadRequestException(
      'Route selection expression is currently limited to "${request.method} ${request.path}"',
    )
  }
  if (api.ApiKeySelectionExpression !== headerApiKeySelection) {
    throw new BadRequestException(
      `Invalid ApiKeySelectionExpression specified. Must be "${headerApiKeySelection}" for HTTP APIs`,
    )
  }
  checkCors(api.CorsConfiguration)
}

function checkWebSocketApi(api: Api): void {
  if (saysSomething(api.CorsConfiguration)) {
    throw new BadRequestException('Cors is not supported for WEBSOCKET protocolType')
  }
  const { RouteSelectionExpression: selection, ApiKeySelectionExpression: keySelection = '' } = api
  if (selection === undefined || selection === '') {
    throw new BadRequestException('Invalid routeSelectionExpression')
  }
  checkLengths(api, { RouteSelectionExpression: [1, 128] })
  // Only the message may choose a route. `\$` is a plain dollar sign that starts no variable.
  const variables = selection.replaceAll('\\$', '').matchAll(/\$\{?([\w.]*)/g)
  for (const [, root = ''] of variables) {
    if (/^request\.body(?:\.|$)/.test(root)) continue
    throw new BadRequestException('Invalid RouteSelectionExpression specified. Variables must start with $request.body')
  }
  if (!apiKeySelections.includes(keySelection)) {
    throw new BadRequestException(
      `Invalid ApiKeySelectionExpression specified. Must be one of [${apiKeySelections.join(', ')}]`,
    )
  }
}
