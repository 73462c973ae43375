// Everything of the REST control plane that stands beside APIs, and the APIs themselves, from creation to deletion.
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateBasePathMappingCommand,
  CreateDomainNameAccessAssociationCommand,
  CreateDomainNameCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  CreateVpcLinkCommand,
  DeleteApiKeyCommand,
  DeleteBasePathMappingCommand,
  DeleteClientCertificateCommand,
  DeleteDomainNameAccessAssociationCommand,
  DeleteDomainNameCommand,
  DeleteRestApiCommand,
  DeleteUsagePlanCommand,
  DeleteUsagePlanKeyCommand,
  DeleteVpcLinkCommand,
  GenerateClientCertificateCommand,
  GetApiKeyCommand,
  GetBasePathMappingCommand,
  GetClientCertificateCommand,
  GetDomainNameAccessAssociationsCommand,
  GetDomainNameCommand,
  GetRestApiCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeyCommand,
  GetVpcLinkCommand,
  UpdateApiKeyCommand,
  UpdateBasePathMappingCommand,
  UpdateClientCertificateCommand,
  UpdateDomainNameCommand,
  UpdateRestApiCommand,
  UpdateUsagePlanCommand,
  UpdateVpcLinkCommand,
  type PatchOperation,
} from '@aws-sdk/client-api-gateway'
import { createGateway } from 'sluice'
import { afterAll, beforeAll, expect } from 'vitest'
import { idOf, testLifecycles } from '../fixture/lifecycle.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'

const gateway = createGateway()
const rest = new APIGatewayClient({ ...gateway.clientConfig, maxAttempts: 1 })

let restApiId: string
let joined = { usagePlanId: '', keyId: '' }

beforeAll(async () => {
  restApiId = await createRestApi(rest, 'lifecycle')
  await putMethod(rest, restApiId, '/held', { integration: { type: 'MOCK' } })
  await deploy(rest, restApiId, 'held')
})

afterAll(() => gateway.close())

testLifecycles({
  RestApi: {
    create: () =>
      rest.send(
        new CreateRestApiCommand({
          name: 'a',
          description: 'd',
          minimumCompressionSize: 0,
          binaryMediaTypes: ['a/b'],
          apiKeySource: 'AUTHORIZER',
          endpointConfiguration: { types: ['REGIONAL'] },
          tags: { a: 'b' },
        }),
      ),
    read: (made) => rest.send(new GetRestApiCommand({ restApiId: idOf(made) })),
    update: (made, patchOperations) => rest.send(new UpdateRestApiCommand({ restApiId: idOf(made), patchOperations })),
    patches: [
      ['/name', 'b'],
      ['/description', 'e'],
      ['/apiKeySource', 'HEADER'],
      ['/binaryMediaTypes/a~1b', undefined, 'remove'],
      ['/binaryMediaTypes/c~1d', undefined, 'add'],
      ['/minimumCompressionSize', ''],
      ['/disableExecuteApiEndpoint', 'true'],
      ['/endpointConfiguration/types/0', 'EDGE'],
      ['/endpointConfiguration/ipAddressType', 'dualstack'],
      ['/policy', ''],
    ],
    shows: {
      name: 'b',
      description: 'e',
      apiKeySource: 'HEADER',
      binaryMediaTypes: ['c/d'],
      disableExecuteApiEndpoint: true,
      endpointConfiguration: { types: ['EDGE'], ipAddressType: 'dualstack' },
      tags: { a: 'b' },
    },
    remove: (made) => rest.send(new DeleteRestApiCommand({ restApiId: idOf(made) })),
  },
  ApiKey: {
    create: () =>
      rest.send(
        new CreateApiKeyCommand({
          name: 'k',
          description: 'd',
          customerId: 'c',
          enabled: true,
          value: 'a-value-of-twenty-characters',
          tags: { a: 'b' },
        }),
      ),
    read: (made) => rest.send(new GetApiKeyCommand({ apiKey: idOf(made), includeValue: true })),
    update: (made, patchOperations) => rest.send(new UpdateApiKeyCommand({ apiKey: idOf(made), patchOperations })),
    patches: [
      ['/name', 'l'],
      ['/description', 'e'],
      ['/customerId', ''],
      ['/enabled', 'false'],
    ],
    shows: { name: 'l', description: 'e', enabled: false, tags: { a: 'b' } },
    remove: (made) => rest.send(new DeleteApiKeyCommand({ apiKey: idOf(made) })),
  },
  UsagePlan: {
    create: () =>
      rest.send(
        new CreateUsagePlanCommand({
          name: 'p',
          description: 'd',
          apiStages: [{ apiId: restApiId, stage: 'held' }],
          throttle: { burstLimit: 1, rateLimit: 2 },
          quota: { limit: 3, offset: 0, period: 'DAY' },
          tags: { a: 'b' },
        }),
      ),
    read: (made) => rest.send(new GetUsagePlanCommand({ usagePlanId: idOf(made) })),
    update: (made, patchOperations) => {
      const value = `${restApiId}:held`
      const limit = `/apiStages/${value}/throttle//held/GET`
      const stages: PatchOperation[] = [
        { op: 'remove', path: '/apiStages', value },
        { op: 'add', path: '/apiStages', value },
        { op: 'replace', path: `${limit}/rateLimit`, value: '0.5' },
        { op: 'replace', path: `${limit}/burstLimit`, value: '7' },
      ]
      return rest.send(
        new UpdateUsagePlanCommand({ usagePlanId: idOf(made), patchOperations: [...patchOperations, ...stages] }),
      )
    },
    patches: [
      ['/productCode', 'code', 'add'],
      ['/name', 'q'],
      ['/description', ''],
      ['/throttle', undefined, 'remove'],
      ['/throttle/rateLimit', '1.5', 'add'],
      ['/throttle/burstLimit', '4', 'add'],
      ['/quota', undefined, 'remove'],
      ['/quota/limit', '9', 'add'],
      ['/quota/offset', '2', 'add'],
      ['/quota/period', 'WEEK', 'add'],
    ],
    shows: {
      name: 'q',
      productCode: 'code',
      throttle: { rateLimit: 1.5, burstLimit: 4 },
      quota: { limit: 9, offset: 2, period: 'WEEK' },
      apiStages: [{ stage: 'held', throttle: { '/held/GET': { rateLimit: 0.5, burstLimit: 7 } } }],
    },
    remove: async (made) => {
      const patchOperations = [{ op: 'remove' as const, path: '/apiStages', value: `${restApiId}:held` }]
      await rest.send(new UpdateUsagePlanCommand({ usagePlanId: idOf(made), patchOperations }))
      return rest.send(new DeleteUsagePlanCommand({ usagePlanId: idOf(made) }))
    },
  },
  UsagePlanKey: {
    create: async () => {
      const key = await rest.send(new CreateApiKeyCommand({ name: 'joins', enabled: true }))
      const plan = await rest.send(new CreateUsagePlanCommand({ name: 'joined' }))
      const usagePlanId = plan.id ?? ''
      const made = await rest.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId: key.id, keyType: 'API_KEY' }))
      joined = { usagePlanId, keyId: made.id ?? '' }
      return made
    },
    read: () => rest.send(new GetUsagePlanKeyCommand(joined)),
    remove: () => rest.send(new DeleteUsagePlanKeyCommand(joined)),
  },
  ClientCertificate: {
    create: () => rest.send(new GenerateClientCertificateCommand({ description: 'd', tags: { a: 'b' } })),
    read: ({ clientCertificateId }) =>
      rest.send(new GetClientCertificateCommand({ clientCertificateId: String(clientCertificateId) })),
    update: ({ clientCertificateId }, patchOperations) =>
      rest.send(
        new UpdateClientCertificateCommand({ clientCertificateId: String(clientCertificateId), patchOperations }),
      ),
    patches: [['/description', 'e']],
    shows: { description: 'e', tags: { a: 'b' } },
    remove: ({ clientCertificateId }) =>
      rest.send(new DeleteClientCertificateCommand({ clientCertificateId: String(clientCertificateId) })),
  },
  VpcLink: {
    create: async () => {
      const targetArns = ['arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/a/b']
      const made = await rest.send(new CreateVpcLinkCommand({ name: 'l', targetArns, tags: { a: 'b' } }))
      expect(made.status).toBe('PENDING')
      // What waits for a link reads until it is available.
      return rest.send(new GetVpcLinkCommand({ vpcLinkId: made.id }))
    },
    read: (made) => rest.send(new GetVpcLinkCommand({ vpcLinkId: idOf(made) })),
    update: (made, patchOperations) => rest.send(new UpdateVpcLinkCommand({ vpcLinkId: idOf(made), patchOperations })),
    patches: [
      ['/name', 'm'],
      ['/description', 'e'],
    ],
    shows: { name: 'm', description: 'e', status: 'AVAILABLE', tags: { a: 'b' } },
    remove: (made) => rest.send(new DeleteVpcLinkCommand({ vpcLinkId: idOf(made) })),
  },
  DomainName: {
    create: () =>
      rest.send(
        new CreateDomainNameCommand({
          domainName: 'life.example.com',
          regionalCertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/a',
          endpointConfiguration: { types: ['REGIONAL'] },
          securityPolicy: 'TLS_1_2',
          tags: { a: 'b' },
        }),
      ),
    read: () => rest.send(new GetDomainNameCommand({ domainName: 'life.example.com' })),
    update: (_made, patchOperations) =>
      rest.send(new UpdateDomainNameCommand({ domainName: 'life.example.com', patchOperations })),
    patches: [
      ['/regionalCertificateArn', 'arn:aws:acm:us-east-1:000000000000:certificate/b'],
      ['/routingMode', 'ROUTING_RULE_THEN_BASE_PATH_MAPPING'],
      ['/endpointConfiguration/ipAddressType', 'dualstack'],
      ['/mutualTlsAuthentication/truststoreUri', ''],
    ],
    shows: {
      regionalCertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/b',
      routingMode: 'ROUTING_RULE_THEN_BASE_PATH_MAPPING',
      endpointConfiguration: { types: ['REGIONAL'], ipAddressType: 'dualstack' },
      tags: { a: 'b' },
    },
    remove: () => rest.send(new DeleteDomainNameCommand({ domainName: 'life.example.com' })),
  },
  BasePathMapping: {
    create: async () => {
      await rest.send(new CreateDomainNameCommand({ domainName: 'maps.example.com' }))
      const mapping = { domainName: 'maps.example.com', basePath: 'a', restApiId, stage: 'held' }
      return rest.send(new CreateBasePathMappingCommand(mapping))
    },
    read: ({ basePath }) =>
      rest.send(new GetBasePathMappingCommand({ domainName: 'maps.example.com', basePath: basePath as string })),
    update: ({ basePath }, patchOperations) =>
      rest.send(
        new UpdateBasePathMappingCommand({
          domainName: 'maps.example.com',
          basePath: basePath as string,
          patchOperations,
        }),
      ),
    patches: [['/stage', '']],
    shows: { basePath: 'a' },
    remove: ({ basePath }) =>
      rest.send(new DeleteBasePathMappingCommand({ domainName: 'maps.example.com', basePath: basePath as string })),
  },
  DomainNameAccessAssociation: {
    create: async () => {
      const endpointConfiguration = { types: ['PRIVATE' as const] }
      const domain = await rest.send(
        new CreateDomainNameCommand({ domainName: 'hidden.example.com', endpointConfiguration }),
      )
      return rest.send(
        new CreateDomainNameAccessAssociationCommand({
          domainNameArn: domain.domainNameArn,
          accessAssociationSourceType: 'VPCE',
          accessAssociationSource: 'vpce-1',
          tags: { a: 'b' },
        }),
      )
    },
    read: async ({ domainNameAccessAssociationArn }) => {
      const { items = [] } = await rest.send(new GetDomainNameAccessAssociationsCommand({}))
      const found = items.find((each) => each.domainNameAccessAssociationArn === domainNameAccessAssociationArn)
      if (found === undefined) throw Object.assign(new Error('gone'), { name: 'NotFoundException' })
      return found
    },
    remove: ({ domainNameAccessAssociationArn }) =>
      rest.send(
        new DeleteDomainNameAccessAssociationCommand({
          domainNameAccessAssociationArn: String(domainNameAccessAssociationArn),
        }),
      ),
  },
})
