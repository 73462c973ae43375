// Which of a v2 stage's route settings a route has: its own, which stand for all of them, else the stage's.
import type { RouteSettings, Stage } from '@sluice/aws-protocol/apigatewayv2'

const none: RouteSettings = {}

/** They are live: a stage's settings act without a deployment. HTTP 17, WebSocket 32. */
export function routeSettings(
  { RouteSettings: own, DefaultRouteSettings: setting = none }: Pick<Stage, 'RouteSettings' | 'DefaultRouteSettings'>,
  routeKey: string,
): RouteSettings {
  return own !== undefined && Object.hasOwn(own, routeKey) ? (own[routeKey] ?? setting) : setting
}
