// VPC links: what they may lead to, and what keeps them from being deleted (recorded REST 16).
import { describe, expect, test } from 'vitest'
import { addMockMethod, badRequest, createApi, createControlPlane, notFound, refusal, scope } from './testing.ts'

describe('VPC links', () => {
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/x/1'

  test('are pending when made, and available when read', async () => {
    const { run } = createControlPlane()
    const link = await run('CreateVpcLink', { name: 'l', targetArns: [arn] })
    expect(link).toEqual({ id: expect.any(String), name: 'l', status: 'PENDING', targetArns: [arn] })
    expect(await run('GetVpcLink', { vpcLinkId: link.id ?? '' })).toEqual({
      ...link,
      status: 'AVAILABLE',
      statusMessage: 'Your vpc link is ready for use',
      tags: {},
    })
  })

  test('are refused as recorded', async () => {
    const { run } = createControlPlane()
    expect(await refusal(run('CreateVpcLink', { name: '', targetArns: [] }))).toEqual(
      badRequest('Name cannot be empty'),
    )
    expect(await refusal(run('CreateVpcLink', { name: 'l', targetArns: ['invalid-arn'] }))).toEqual(
      badRequest('Invalid ARN. ARN is not well formed invalid-arn'),
    )
    expect(await refusal(run('GetVpcLink', { vpcLinkId: 'x' }))).toEqual(
      notFound('Invalid Vpc Link identifier specified'),
    )
  })

  test('stay while a deployed method goes through them', async () => {
    const plane = createControlPlane()
    const { run } = plane
    const api = await createApi(plane)
    await addMockMethod(plane, api)
    const { id: connectionId = '' } = await run('CreateVpcLink', { name: 'l', targetArns: [arn] })
    const address = { restApiId: api.restApiId, resourceId: api.rootId, httpMethod: 'GET' }
    const http = { type: 'HTTP' as const, integrationHttpMethod: 'GET', uri: 'http://x' }
    await run('PutIntegration', { ...address, ...http, connectionType: 'VPC_LINK', connectionId })
    await run('CreateDeployment', { restApiId: api.restApiId, stageName: 'dev' })
    expect(await refusal(run('DeleteVpcLink', { vpcLinkId: connectionId }))).toEqual(
      badRequest(
        `Cannot delete vpc link. Vpc link '${connectionId}', is referenced in [${api.restApiId}:GET:${api.rootId}:dev] in format of [RESTApiId:Method:Resource:Stage].`,
      ),
    )
  })
  test('fail over another load balancer than a network load balancer', async () => {
    const { run } = createControlPlane()
    const { id: vpcLinkId = '' } = await run('CreateVpcLink', {
      name: 'l',
      targetArns: [arn.replace('/net/', '/app/')],
    })
    expect(await run('GetVpcLink', { vpcLinkId })).toMatchObject({
      status: 'FAILED',
      statusMessage: 'NLB ARN is malformed',
    })
  })

  test('keep their target', async () => {
    const { run } = createControlPlane()
    const { id: vpcLinkId = '' } = await run('CreateVpcLink', { name: 'l', targetArns: [arn] })
    const patchOperations = [{ op: 'add' as const, path: '/targetArns', value: arn }]
    expect(await refusal(run('UpdateVpcLink', { vpcLinkId, patchOperations }))).toEqual(
      badRequest('Target arns are not allowed to be changed/added.'),
    )
  })

  test('of the second version need the target of the integration', async () => {
    const plane = createControlPlane()
    const { run, store } = plane
    const api = await createApi(plane)
    await addMockMethod(plane, api)
    await store.transact(scope, (transaction) => {
      transaction.put('V2VpcLink', ['second'], {
        VpcLinkId: 'second',
        Name: 'second',
        SecurityGroupIds: [],
        SubnetIds: [],
      })
      return Promise.resolve()
    })
    const address = { restApiId: api.restApiId, resourceId: api.rootId, httpMethod: 'GET' }
    const http = { type: 'HTTP_PROXY' as const, integrationHttpMethod: 'GET', uri: 'http://x' }
    const link = { ...address, ...http, connectionType: 'VPC_LINK' as const, connectionId: 'second' }
    expect(await refusal(run('PutIntegration', link))).toEqual(
      badRequest('IntegrationTarget is required for VpcLinkV2'),
    )
    const integrationTarget = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/x/1/2'
    expect(await run('PutIntegration', { ...link, integrationTarget })).toMatchObject({ integrationTarget })
  })
})
