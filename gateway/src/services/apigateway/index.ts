// The REST control plane (v1): every operation of AWS's model and who serves it. An operation left out does not compile.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'
import { notYet } from '../not-yet.ts'
import type { Service } from '../service.ts'
import { account } from './account.ts'
import { apiKey } from './api-key.ts'
import { authorizer } from './authorizer.ts'
import { deployment } from './deployment.ts'
import { gatewayResponse } from './gateway-response.ts'
import { importApiKeys } from './import-api-keys.ts'
import { importing } from './import.ts'
import { integrationResponse } from './integration-response.ts'
import { integration } from './integration.ts'
import { methodResponse } from './method-response.ts'
import { method } from './method.ts'
import { model } from './model.ts'
import { requestValidator } from './request-validator.ts'
import { resource } from './resource.ts'
import { restApi } from './rest-api.ts'
import { stage } from './stage.ts'
import { tag } from './tag.ts'
import { usagePlanKey } from './usage-plan-key.ts'
import { usagePlan } from './usage-plan.ts'

export const handlers = {
  ...account,
  ...apiKey,
  ...authorizer,
  ...deployment,
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
  ...stage,
  ...tag,
  ...usagePlan,
  ...usagePlanKey,
  ...notYet([
    'CreateBasePathMapping',
    'CreateDocumentationPart',
    'CreateDocumentationVersion',
    'CreateDomainName',
    'CreateDomainNameAccessAssociation',
    'CreateVpcLink',
    'DeleteBasePathMapping',
    'DeleteClientCertificate',
    'DeleteDocumentationPart',
    'DeleteDocumentationVersion',
    'DeleteDomainName',
    'DeleteDomainNameAccessAssociation',
    'DeleteVpcLink',
    'GenerateClientCertificate',
    'GetBasePathMapping',
    'GetBasePathMappings',
    'GetClientCertificate',
    'GetClientCertificates',
    'GetDocumentationPart',
    'GetDocumentationParts',
    'GetDocumentationVersion',
    'GetDocumentationVersions',
    'GetDomainName',
    'GetDomainNameAccessAssociations',
    'GetDomainNames',
    'GetExport',
    'GetSdk',
    'GetSdkType',
    'GetSdkTypes',
    'GetUsage',
    'GetVpcLink',
    'GetVpcLinks',
    'RejectDomainNameAccessAssociation',
    'TestInvokeAuthorizer',
    'TestInvokeMethod',
    'UpdateBasePathMapping',
    'UpdateClientCertificate',
    'UpdateDocumentationPart',
    'UpdateDocumentationVersion',
    'UpdateDomainName',
    'UpdateUsage',
    'UpdateVpcLink',
  ]),
} satisfies Handlers<Operations, keyof Operations, Call>

export const apigatewayService: Service = { name: 'apigateway', handlers }
