// Parts of REST APIs, and what stands beside them, that a row describes.
import type { ResourceKind } from './resource-kind.ts'
import { rowKind, type Row } from './row-kind.ts'

const rest = { service: 'apigateway', place: ['restApiId'], described: true } as const
const beside = { service: 'apigateway', place: [] } as const

const authorizerMembers: readonly string[] = [
  'name',
  'type',
  'authType',
  'authorizerUri',
  'authorizerCredentials',
  'identitySource',
  'identityValidationExpression',
  'providerARNs',
  'authorizerResultTtlInSeconds',
]

const rows: Readonly<Record<string, Row>> = {
  'AWS::ApiGateway::Resource': {
    ...rest,
    create: 'CreateResource',
    remove: 'DeleteResource',
    id: { output: 'id', input: 'resourceId' },
  },
  'AWS::ApiGateway::Model': {
    ...rest,
    create: 'CreateModel',
    remove: 'DeleteModel',
    id: { output: 'name', input: 'modelName' },
    update: { operation: 'UpdateModel', way: 'patch', members: ['schema', 'description'] },
    defaults: (logicalId) => ({ name: logicalId, contentType: 'application/json', schema: '{}' }),
  },
  'AWS::ApiGateway::RequestValidator': {
    ...rest,
    create: 'CreateRequestValidator',
    remove: 'DeleteRequestValidator',
    id: { output: 'id', input: 'requestValidatorId' },
    update: {
      operation: 'UpdateRequestValidator',
      way: 'patch',
      members: ['name', 'validateRequestBody', 'validateRequestParameters'],
    },
    defaults: (logicalId) => ({ name: logicalId }),
  },
  'AWS::ApiGateway::Authorizer': {
    ...rest,
    create: 'CreateAuthorizer',
    remove: 'DeleteAuthorizer',
    id: { output: 'id', input: 'authorizerId' },
    update: { operation: 'UpdateAuthorizer', way: 'patch', members: authorizerMembers },
  },
  'AWS::ApiGateway::GatewayResponse': {
    ...rest,
    create: 'PutGatewayResponse',
    remove: 'DeleteGatewayResponse',
    id: { output: 'responseType', input: 'responseType' },
    update: { operation: 'PutGatewayResponse', way: 'whole' },
    named: true,
  },
  'AWS::ApiGateway::DocumentationPart': {
    ...rest,
    create: 'CreateDocumentationPart',
    remove: 'DeleteDocumentationPart',
    id: { output: 'id', input: 'documentationPartId' },
    update: { operation: 'UpdateDocumentationPart', way: 'patch', members: ['properties'] },
  },
  'AWS::ApiGateway::DocumentationVersion': {
    service: 'apigateway',
    place: ['restApiId'],
    create: 'CreateDocumentationVersion',
    remove: 'DeleteDocumentationVersion',
    id: { output: 'version', input: 'documentationVersion' },
    update: { operation: 'UpdateDocumentationVersion', way: 'patch', members: ['description'] },
  },
  'AWS::ApiGateway::VpcLink': {
    ...beside,
    create: 'CreateVpcLink',
    remove: 'DeleteVpcLink',
    id: { output: 'id', input: 'vpcLinkId' },
    update: { operation: 'UpdateVpcLink', way: 'patch', members: ['name', 'description'] },
  },
  'AWS::ApiGateway::ClientCertificate': {
    ...beside,
    create: 'GenerateClientCertificate',
    remove: 'DeleteClientCertificate',
    id: { output: 'clientCertificateId', input: 'clientCertificateId' },
    update: { operation: 'UpdateClientCertificate', way: 'patch', members: ['description'] },
  },
  'AWS::ApiGateway::UsagePlanKey': {
    service: 'apigateway',
    place: ['usagePlanId'],
    create: 'CreateUsagePlanKey',
    remove: 'DeleteUsagePlanKey',
    id: { output: 'keyId', input: 'keyId' },
    named: true,
    ref: (input, id) => `${id}:${String(input['usagePlanId'])}`,
  },
  'AWS::ApiGateway::DomainName': {
    ...beside,
    create: 'CreateDomainName',
    remove: 'DeleteDomainName',
    id: { output: 'domainName', input: 'domainName' },
    named: true,
  },
  'AWS::ApiGateway::BasePathMapping': {
    service: 'apigateway',
    place: ['domainName'],
    create: 'CreateBasePathMapping',
    remove: 'DeleteBasePathMapping',
    id: { output: 'basePath', input: 'basePath' },
    named: true,
    defaults: () => ({ basePath: '(none)' }),
    ref: (input, id) => `${String(input['domainName'])}|${id}`,
  },
}

export const restParts: readonly (readonly [string, ResourceKind])[] = Object.entries(rows).map(([type, row]) => [
  type,
  rowKind(row),
])
