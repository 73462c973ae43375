// REST APIs that answer by themselves: mapping templates, response selection, stages, redeployment, deletion.
import {
  DeleteRestApiCommand,
  GetDeploymentsCommand,
  GetRestApiCommand,
  GetStageCommand,
  PutIntegrationResponseCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { expect } from 'vitest'
import { createRestApi, deploy, putMethod, type MethodPlan } from '../fixture/rest-api.ts'
import { describeGateway } from '../fixture/test.ts'

const json = 'application/json'

/** GET that answers with `template`, status 200. */
function mock(template: string): MethodPlan {
  return {
    integration: { type: 'MOCK', requestTemplates: { [json]: '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200', responseTemplates: { [json]: template } }],
  }
}

describeGateway('REST API with MOCK', (test) => {
  test('answers from a template that sees path, query and stage', async ({ rest, gateway }) => {
    const id = await createRestApi(rest, 'templates')
    const template = `{"pet": "$input.params('petId')", "q": "$input.params('q')", "stage": "$context.stage"}`
    await putMethod(rest, id, '/pets/{petId}', mock(template))
    await deploy(rest, id, 'prod')
    const reply = await gateway.call(id, '/prod/pets/7?q=a%20b')
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toBe(json)
    expect(JSON.parse(reply.text)).toEqual({ pet: '7', q: 'a b', stage: 'prod' })
  })

  test('chooses the integration response by the status of the request template and sets mapped headers', async ({
    rest,
    gateway,
  }) => {
    const id = await createRestApi(rest, 'selection')
    await putMethod(rest, id, '/orders', {
      integration: {
        type: 'MOCK',
        requestTemplates: { [json]: `{"statusCode": #if($input.params('fail') == 'yes')409#{else}200#end}` },
      },
      responses: [
        { statusCode: '200' },
        { statusCode: '409', responseParameters: { 'method.response.header.Reason': false } },
      ],
      integrationResponses: [
        { statusCode: '200', responseTemplates: { [json]: '{"ok":true}' } },
        {
          statusCode: '409',
          selectionPattern: '409',
          responseParameters: { 'method.response.header.Reason': "'taken'" },
          responseTemplates: { [json]: '{"ok":false}' },
        },
      ],
    })
    await deploy(rest, id, 'prod')
    const good = await gateway.call(id, '/prod/orders')
    expect([good.status, good.text]).toEqual([200, '{"ok":true}'])
    const bad = await gateway.call(id, '/prod/orders?fail=yes')
    expect([bad.status, bad.text, bad.headers.get('reason')]).toEqual([409, '{"ok":false}', 'taken'])
  })

  test('serves a change only after it is deployed, and stage variables at once', async ({ rest, gateway }) => {
    const id = await createRestApi(rest, 'redeploy')
    const address = await putMethod(rest, id, '/', mock('one $stageVariables.color'))
    await deploy(rest, id, 'prod', { color: 'red' })
    expect((await gateway.call(id, '/prod')).text).toBe('one red')

    const changed = { ...address, statusCode: '200', responseTemplates: { [json]: 'two $stageVariables.color' } }
    await rest.send(new PutIntegrationResponseCommand(changed))
    expect((await gateway.call(id, '/prod')).text).toBe('one red')

    const patchOperations = [{ op: 'replace' as const, path: '/variables/color', value: 'blue' }]
    await rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations }))
    expect((await gateway.call(id, '/prod')).text).toBe('one blue')

    const deploymentId = await deploy(rest, id, 'prod')
    expect((await gateway.call(id, '/prod')).text).toBe('two blue')
    expect((await rest.send(new GetStageCommand({ restApiId: id, stageName: 'prod' }))).deploymentId).toBe(deploymentId)
    expect((await rest.send(new GetDeploymentsCommand({ restApiId: id }))).items).toHaveLength(2)
  })

  test('rolls a stage back to an older deployment', async ({ rest, gateway }) => {
    const id = await createRestApi(rest, 'rollback')
    const address = await putMethod(rest, id, '/', mock('one'))
    const first = await deploy(rest, id, 'prod')
    const changed = { ...address, statusCode: '200', responseTemplates: { [json]: 'two' } }
    await rest.send(new PutIntegrationResponseCommand(changed))
    await deploy(rest, id, 'prod')
    expect((await gateway.call(id, '/prod')).text).toBe('two')
    const patchOperations = [{ op: 'replace' as const, path: '/deploymentId', value: first }]
    await rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations }))
    expect((await gateway.call(id, '/prod')).text).toBe('one')
  })

  test('answers 403 where there is no route, no stage, no API', async ({ rest, gateway }) => {
    const id = await createRestApi(rest, 'errors')
    await putMethod(rest, id, '/here', mock('here'))
    await deploy(rest, id, 'prod')
    const noRoute = await gateway.call(id, '/prod/elsewhere')
    expect([noRoute.status, noRoute.text]).toEqual([403, '{"message":"Missing Authentication Token"}'])
    expect(noRoute.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException')
    const noStage = await gateway.call(id, '/staging/here')
    expect([noStage.status, noStage.text]).toEqual([403, '{"message":"Forbidden"}'])
    const noApi = await gateway.call('zzzzzzzzzz', '/prod/here')
    expect([noApi.status, noApi.text]).toEqual([403, '{"message":"Forbidden"}'])
  })

  test('is gone after its deletion', async ({ rest, gateway }) => {
    const id = await createRestApi(rest, 'deleted')
    await putMethod(rest, id, '/', mock('here'))
    await deploy(rest, id, 'prod')
    await rest.send(new DeleteRestApiCommand({ restApiId: id }))
    expect((await gateway.call(id, '/prod')).status).toBe(403)
    await expect(rest.send(new GetRestApiCommand({ restApiId: id }))).rejects.toMatchObject({
      name: 'NotFoundException',
      message: `Invalid API identifier specified 000000000000:${id}`,
      $metadata: { httpStatusCode: 404 },
    })
  })
})
