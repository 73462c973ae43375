// Limits of HTTP APIs and of accounts, AWS's answers when they are reached, and how they are set. HTTP 21.
import { APIGatewayClient, CreateRestApiCommand } from '@aws-sdk/client-api-gateway'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateRouteCommand,
  CreateStageCommand,
  CreateVpcLinkCommand,
  GetRoutesCommand,
  ReimportApiCommand,
} from '@aws-sdk/client-apigatewayv2'
import { createGateway } from 'sluice'
import { afterAll, expect, test } from 'vitest'

const gateway = createGateway({ limits: { routesPerApi: 2, stagesPerApi: 1, apisPerRegion: 3, vpcLinksPerRegion: 1 } })
const v2 = new ApiGatewayV2Client({ ...gateway.clientConfig, maxAttempts: 1 })
const rest = new APIGatewayClient({ ...gateway.clientConfig, maxAttempts: 1 })

afterAll(async () => {
  v2.destroy()
  rest.destroy()
  await gateway.close()
})

const api = () => v2.send(new CreateApiCommand({ Name: 'pets', ProtocolType: 'HTTP' }))
const reached = (noun: string) => ({
  name: 'TooManyRequestsException',
  $metadata: expect.objectContaining({ httpStatusCode: 429 }) as unknown,
  message: `Maximum number of ${noun} for this API has been reached.  Please contact AWS if you need additional ${noun}.`,
})

test('an API has no more routes and stages than it may, and imports no more', async () => {
  const { ApiId } = await api()
  for (const path of ['a', 'b']) await v2.send(new CreateRouteCommand({ ApiId, RouteKey: `GET /${path}` }))
  await expect(v2.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /c' }))).rejects.toMatchObject(reached('Routes'))
  await v2.send(new CreateStageCommand({ ApiId, StageName: 'one' }))
  await expect(v2.send(new CreateStageCommand({ ApiId, StageName: 'two' }))).rejects.toMatchObject(reached('Stages'))
  const paths = Object.fromEntries(['/x', '/y', '/z'].map((path) => [path, { get: { responses: {} } }]))
  const Body = JSON.stringify({ openapi: '3.0.1', info: { title: 'many', version: '1' }, paths })
  await expect(v2.send(new ReimportApiCommand({ ApiId, Body }))).rejects.toMatchObject(reached('Routes'))
  const { Items = [] } = await v2.send(new GetRoutesCommand({ ApiId }))
  expect(Items.map(({ RouteKey }) => RouteKey).sort()).toEqual(['GET /a', 'GET /b'])
})

test('an account has no more VPC links and APIs in a region than it may, of whatever kind', async () => {
  const link = () => v2.send(new CreateVpcLinkCommand({ Name: 'link', SubnetIds: ['subnet-1'] }))
  await link()
  await expect(link()).rejects.toMatchObject({
    name: 'BadRequestException',
    message: 'There are too many Vpc Links defined for this account. Limit is 1.',
  })
  await rest.send(new CreateRestApiCommand({ name: 'second' }))
  await api()
  const message =
    'Maximum number of APIs for this account has been reached.  Please contact AWS if you need additional APIs.'
  await expect(api()).rejects.toMatchObject({ name: 'TooManyRequestsException', message })
  await expect(rest.send(new CreateRestApiCommand({ name: 'fourth' }))).rejects.toMatchObject({
    name: 'LimitExceededException',
    message,
  })
})
