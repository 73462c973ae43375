// Every AWS service that Sluice answers for: one row each.
import { apigatewayService } from './apigateway/index.ts'
import { apigatewayv2Service } from './apigatewayv2/index.ts'
import { iamService } from './iam/index.ts'
import { createLambdaService } from './lambda/index.ts'
import type { LambdaParts } from './lambda/parts.ts'
import type { Connections } from '../ports/connections.ts'
import { createConnectionsService } from './connections/index.ts'
import type { ModelName } from './models.ts'
import type { Service } from './service.ts'
import { createStsService } from './sts/index.ts'

/** The services by model name. Those that are not here answer 501. */
export function createServices(
  parts: LambdaParts & { readonly connections: Connections },
): ReadonlyMap<ModelName, Service> {
  return new Map<ModelName, Service>([
    ['apigateway', apigatewayService],
    ['apigatewaymanagementapi', createConnectionsService(parts.connections)],
    ['apigatewayv2', apigatewayv2Service],
    ['iam', iamService],
    ['lambda', createLambdaService(parts)],
    ['sts', createStsService(parts)],
  ])
}
