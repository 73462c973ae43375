// The REST control plane (v1): every operation of AWS's model and who serves it. An operation left out does not compile.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'
import { account } from './account.ts'
import { apiKey } from './api-key.ts'
import { authorizer } from './authorizer.ts'
import { basePathMapping } from './base-path-mapping.ts'
import { clientCertificate } from './client-certificate.ts'
import { deployment } from './deployment.ts'
import { documentationPart } from './documentation-part.ts'
import { documentationVersion } from './documentation-version.ts'
import { domainAccess } from './domain-access.ts'
import { domainName } from './domain-name.ts'
import { exporting } from './export.ts'
import { gatewayResponse } from './gateway-response.ts'
import { importApiKeys } from './import-api-keys.ts'
import { importing } from './import.ts'
import { integrationResponse } from './integration-response.ts'
import { integration } from './integration.ts'
import { methodResponse } from './method-response.ts'
import { method } from './method.ts'
import { model } from './model.ts'
import type { ApigatewayParts } from './parts.ts'
import { requestValidator } from './request-validator.ts'
import { resource } from './resource.ts'
import { restApi } from './rest-api.ts'
import { sdkType } from './sdk-type.ts'
import { sdk } from './sdk.ts'
import { stage } from './stage.ts'
import { tag } from './tag.ts'
import { testInvoke } from './test-invoke.ts'
import { usagePlanKey } from './usage-plan-key.ts'
import { usagePlan } from './usage-plan.ts'
import { usage } from './usage.ts'
import { vpcLink } from './vpc-link.ts'

export function createHandlers(parts: ApigatewayParts) {
  return {
    ...account,
    ...apiKey,
    ...authorizer,
    ...basePathMapping,
    ...clientCertificate,
    ...deployment,
    ...documentationPart,
    ...documentationVersion,
    ...domainAccess,
    ...domainName,
    ...exporting,
    ...gatewayResponse,
    ...importApiKeys,
    ...importing,
    ...integration,
    ...integrationResponse,
    ...method,
    ...methodResponse,
    ...model,
    ...requestValidator,
    ...resource,
    ...restApi,
    ...sdk,
    ...sdkType,
    ...stage,
    ...tag,
    ...testInvoke(parts),
    ...usagePlan,
    ...usagePlanKey,
    ...vpcLink,
    ...usage(parts),
  } satisfies Handlers<Operations, keyof Operations, Call>
}

/** These operations read, or call backends that take their time, so no transaction is held while they run. */
const unlocked: ReadonlySet<string> = new Set(['TestInvokeMethod', 'TestInvokeAuthorizer', 'UpdateUsage'])

export function createApigatewayService(parts: ApigatewayParts): Service {
  return { name: 'apigateway', handlers: createHandlers(parts), unlocked }
}
