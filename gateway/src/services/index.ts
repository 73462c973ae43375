// Every AWS service that Sluice answers for: one row each.
import { acmService } from './acm/index.ts'
import { createApigatewayService } from './apigateway/index.ts'
import type { ApigatewayParts } from './apigateway/parts.ts'
import { apigatewayv2Service } from './apigatewayv2/index.ts'
import { iamService } from './iam/index.ts'
import { createLambdaService } from './lambda/index.ts'
import type { LambdaParts } from './lambda/parts.ts'
import { createCloudWatchService } from './cloudwatch/index.ts'
import type { CloudWatchParts } from './cloudwatch/parts.ts'
import { createCognitoIdentityService } from './cognito-identity/index.ts'
import type { CognitoIdentityParts } from './cognito-identity/parts.ts'
import { createConnectionsService, type ConnectionsParts } from './connections/index.ts'
import { createLogsService } from './logs/index.ts'
import type { LogsParts } from './logs/parts.ts'
import type { ModelName } from './models.ts'
import type { Service } from './service.ts'
import { createStsService } from './sts/index.ts'
import { createXrayService } from './xray/index.ts'
import type { XrayParts } from './xray/parts.ts'

/** The services by model name. Those that are not here answer 501. */
export function createServices(
  parts: LambdaParts &
    ApigatewayParts &
    CloudWatchParts &
    LogsParts &
    CognitoIdentityParts &
    XrayParts &
    ConnectionsParts,
): ReadonlyMap<ModelName, Service> {
  return new Map<ModelName, Service>([
    ['acm', acmService],
    ['apigateway', createApigatewayService(parts)],
    ['apigatewaymanagementapi', createConnectionsService(parts)],
    ['apigatewayv2', apigatewayv2Service],
    ['cloudwatch', createCloudWatchService(parts)],
    ['cognito-identity', createCognitoIdentityService(parts)],
    ['iam', iamService],
    ['lambda', createLambdaService(parts)],
    ['logs', createLogsService(parts)],
    ['sts', createStsService(parts)],
    ['xray', createXrayService(parts)],
  ])
}
