// Methods of one stage that are configured alike share their steps: what names a method is still its own.
import { expect, test } from 'vitest'
import type { FunctionCall } from '../../gateway/src/ports/functions.ts'
import { mockMethod, stageOf } from './stage.ts'

const paths = { path: '/cats', otherPaths: ['/dogs', '/dogs/{name}'] }
const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:pets'
const uri = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`

test('templates see the resource that was called', async () => {
  const template = '$context.resourceId $context.resourcePath $input.params("name")'
  const call = stageOf({ ...paths, method: mockMethod(template) })
  expect((await call({ path: '/cats' })).text).toBe('r1 /cats ')
  expect((await call({ path: '/dogs' })).text).toBe('r2 /dogs ')
  expect((await call({ path: '/dogs/rex' })).text).toBe('r3 /dogs/{name} rex')
  expect((await call({ path: '/cats' })).text).toBe('r1 /cats ')
})

test.each(['AWS_PROXY', 'AWS'] as const)(
  'a function behind %s is invoked for the resource that was called',
  async (type) => {
    const calls: FunctionCall[] = []
    const call = stageOf({
      ...paths,
      method: { methodIntegration: { type, httpMethod: 'POST', uri } },
      invoke: async (made) => {
        calls.push(made)
        return { status: 200, payload: Buffer.from('{}'), executedVersion: '1', requestId: 'r', logTail: '' }
      },
    })
    for (const path of ['/cats', '/dogs', '/dogs/rex']) await call({ path })
    const api = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET'
    expect(calls.map(({ sourceArn }) => sourceArn)).toEqual([`${api}/cats`, `${api}/dogs`, `${api}/dogs/{name}`])
    if (type === 'AWS') return
    const events = calls.map(({ payload }) => JSON.parse(payload.toString()) as Record<string, unknown>)
    expect(events.map(({ resource, path, requestContext }) => ({ resource, path, requestContext }))).toMatchObject([
      { resource: '/cats', path: '/cats', requestContext: { resourceId: 'r1', resourcePath: '/cats' } },
      { resource: '/dogs', path: '/dogs', requestContext: { resourceId: 'r2', resourcePath: '/dogs' } },
      {
        resource: '/dogs/{name}',
        path: '/dogs/rex',
        requestContext: { resourceId: 'r3', resourcePath: '/dogs/{name}' },
      },
    ])
  },
)
