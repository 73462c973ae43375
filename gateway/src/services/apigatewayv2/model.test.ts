// Models of WebSocket APIs.
import { describe, expect, test } from 'vitest'
import { badRequest, conflict, testService, type TestService } from './testing.ts'

async function webSocketApi(service: TestService): Promise<string> {
  const input = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' } as const
  return (await service.call('CreateApi', input)).ApiId ?? ''
}

const Schema = '{"type":"object","properties":{"text":{"type":"string"}}}'

describe('a model of a WebSocket API', () => {
  test('is kept, changed, sketched and deleted', async () => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    const { ModelId = '', ...rest } = await service.call('CreateModel', { ApiId, Name: 'Message', Schema })
    expect(rest).toEqual({ ContentType: 'application/json', Name: 'Message', Schema })
    expect(await service.call('GetModelTemplate', { ApiId, ModelId })).toEqual({
      Value: `#set($inputRoot = $input.path('$'))\n{\n  "text" : "foo"\n}`,
    })
    const { RouteId = '' } = await service.call('CreateRoute', {
      ApiId,
      RouteKey: 'say',
      RequestModels: { $default: 'Message' },
    })
    await expect(service.call('DeleteModel', { ApiId, ModelId })).rejects.toMatchObject(
      conflict(`Cannot delete Model because it is referenced by the following Routes with Ids: [${RouteId}]`),
    )
    await service.call('UpdateRoute', { ApiId, RouteId, RequestModels: {} })
    await service.call('DeleteModel', { ApiId, ModelId })
    expect(await service.call('GetModels', { ApiId })).toEqual({ Items: [] })
  })

  test.each([
    [{ Name: 'My-Model', Schema }, 'Model name must be alphanumeric: My-Model'],
    [{ Name: 'M', Schema: '[' }, 'Invalid model schema specified'],
    [{ Name: 'M', Schema: '[]' }, 'Invalid model schema specified'],
  ])('%j is refused', async (input, message) => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    await expect(service.call('CreateModel', { ApiId, ...input })).rejects.toMatchObject(badRequest(message))
  })

  test('has a name of its own', async () => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    await service.call('CreateModel', { ApiId, Name: 'M', Schema })
    await expect(service.call('CreateModel', { ApiId, Name: 'M', Schema })).rejects.toMatchObject(
      conflict('Model with name M already exists for this API'),
    )
  })
})

test('an HTTP API has no models', async () => {
  const service = testService()
  const { ApiId = '' } = await service.call('CreateApi', { Name: 'p', ProtocolType: 'HTTP' })
  await expect(service.call('CreateModel', { ApiId, Name: 'M', Schema })).rejects.toMatchObject(
    badRequest('Currently, Models are not permitted for APIs with a protocol type of HTTP'),
  )
})
