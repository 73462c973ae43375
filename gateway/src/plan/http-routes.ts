// The routes of an HTTP API's stage: packed until they are called, as the methods of REST APIs are.
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import type { Admitted, Answered } from '../nouns/exchange.ts'
import type { HttpRoute, HttpRouted, HttpStage } from '../nouns/http.ts'
import type { V2Snapshot } from '../nouns/snapshot.ts'
import { Turns } from '../nouns/turns.ts'
import type { Pipeline } from '../steps/pipeline.ts'
import { HttpRoutes } from '../steps/route/http.ts'
import { PackedList } from './packed.ts'

export interface RouteSteps {
  /** Who may pass: preflights of routes with an authorizer run it alone. */
  readonly admit: Pipeline<HttpRouted, Admitted>
  readonly whole: Pipeline<HttpRouted, Answered>
}

/** A route as it was deployed. */
interface DeployedRoute {
  readonly route: apigatewayv2.Route
  readonly integration: apigatewayv2.Integration | undefined
}

/** Makes a route's lists. */
export type PlanRoute = (deployed: DeployedRoute, facts: HttpRoute) => RouteSteps

/** A route that was called: what its steps know of it, and its lists. */
export class PlannedRoute implements HttpRoute {
  // First what every request reads: beside thousands of other routes, nothing of this one is in a processor's cache.
  private made: RouteSteps | undefined = undefined
  total = -1
  readonly stage: HttpStage
  readonly routeId: string
  readonly routeKey: string
  readonly path: string
  readonly isOpen: boolean
  private readonly index: number
  private readonly routes: PlannedRoutes

  constructor(route: apigatewayv2.Route, stage: HttpStage, index: number, routes: PlannedRoutes) {
    const { RouteId = '', RouteKey: routeKey, AuthorizationType = 'NONE' } = route
    const space = routeKey.indexOf(' ')
    this.stage = stage
    this.routeId = RouteId
    this.routeKey = routeKey
    this.path = space < 0 ? routeKey : routeKey.slice(space + 1)
    this.isOpen = AuthorizationType === 'NONE'
    this.index = index
    this.routes = routes
  }

  steps(): RouteSteps {
    return (this.made ??= this.routes.stepsOf(this.index, this))
  }
}

/** All of a stage's routes, which go by the order in which they were deployed. */
export class PlannedRoutes {
  private readonly stage: HttpStage
  private readonly plan: PlanRoute
  private readonly packed = new PackedList<DeployedRoute>()
  private readonly called: (PlannedRoute | undefined)[] = []

  constructor(stage: HttpStage, plan: PlanRoute) {
    this.stage = stage
    this.plan = plan
  }

  /** Adds what was deployed, and gives the table that leads to it. */
  async add({ routes, integrations }: Pick<V2Snapshot, 'routes' | 'integrations'>): Promise<HttpRoutes<PlannedRoute>> {
    const byId = new Map(integrations.map((integration) => [integration.IntegrationId, integration]))
    const table = new HttpRoutes((index) => this.at(index))
    const turns = new Turns()
    for (const route of routes) {
      this.packed.push({ route, integration: byId.get(route.Target?.replace(/^integrations\//, '')) })
      table.add(route.RouteKey, this.called.push(undefined) - 1)
      const others = turns.next()
      if (others !== undefined) await others
    }
    return table
  }

  at(index: number): PlannedRoute {
    return (this.called[index] ??= new PlannedRoute(this.packed.at(index).route, this.stage, index, this))
  }

  stepsOf(index: number, facts: HttpRoute): RouteSteps {
    return this.plan(this.packed.at(index), facts)
  }

  /** Every route, called or not. */
  all(): readonly PlannedRoute[] {
    return this.called.map((_, index) => this.at(index))
  }
}
