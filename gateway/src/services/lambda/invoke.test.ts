// Invoking through the real Lambda client: real zips, real processes.
import {
  CreateAliasCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLambda, payload, valueOf, zipOf, type LambdaPlace } from './testing.ts'

const echo = `export const handler = async (event, context) => {
  console.log('saw', event.name)
  return { event, arn: context.invokedFunctionArn, version: context.functionVersion, key: process.env.AWS_ACCESS_KEY_ID }
}`

let place: LambdaPlace

beforeAll(async () => {
  place = openLambda()
  await place.create('echo', echo)
})

afterAll(() => place.close())

describe('Invoke', () => {
  test('runs the function and gives its answer, the version and the log tail', async () => {
    const answer = await place.client.send(
      new InvokeCommand({ FunctionName: 'echo', Payload: payload({ name: 'Tom' }), LogType: 'Tail' }),
    )
    expect(answer.StatusCode).toBe(200)
    expect(answer.ExecutedVersion).toBe('$LATEST')
    expect(answer.FunctionError).toBeUndefined()
    expect(valueOf(answer.Payload)).toEqual({
      event: { name: 'Tom' },
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:echo',
      version: '$LATEST',
      key: '000000000000',
    })
    const log = Buffer.from(answer.LogResult ?? '', 'base64').toString()
    expect(log).toMatch(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST\n[^]*INFO\tsaw Tom\nEND RequestId: /)
  })

  test('knows the function by every form of its name', async () => {
    for (const name of [
      'echo',
      '000000000000:function:echo',
      'arn:aws:lambda:us-east-1:000000000000:function:echo',
      'echo:$LATEST',
    ]) {
      const answer = await place.client.send(new InvokeCommand({ FunctionName: name }))
      expect(valueOf(answer.Payload)).toMatchObject({ event: {}, version: '$LATEST' })
    }
  })

  test('answers 404 with the ARN for a function that is not there', async () => {
    await expect(
      place.client.send(new InvokeCommand({ FunctionName: 'nobody', Qualifier: 'live' })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:live',
      Type: 'User',
      $metadata: { httpStatusCode: 404 },
    })
  })

  test('gives the error object of a function that throws, with status 200', async () => {
    await place.create('thrower', 'export const handler = async () => { throw new TypeError("no pets") }')
    const answer = await place.client.send(new InvokeCommand({ FunctionName: 'thrower' }))
    expect(answer.StatusCode).toBe(200)
    expect(answer.FunctionError).toBe('Unhandled')
    expect(valueOf(answer.Payload)).toMatchObject({ errorType: 'TypeError', errorMessage: 'no pets' })
  })

  test('refuses a payload that is not JSON', async () => {
    await expect(
      place.client.send(new InvokeCommand({ FunctionName: 'echo', Payload: Buffer.from('{') })),
    ).rejects.toMatchObject({ name: 'InvalidRequestContentException', $metadata: { httpStatusCode: 400 } })
  })

  test('refuses a name and a qualifier that disagree', async () => {
    await expect(
      place.client.send(new InvokeCommand({ FunctionName: 'echo:1', Qualifier: '2' })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'The derived qualifier from the function name does not match the specified qualifier.',
    })
  })

  test('answers 204 to a dry run', async () => {
    const answer = await place.client.send(new InvokeCommand({ FunctionName: 'echo', InvocationType: 'DryRun' }))
    expect(answer.StatusCode).toBe(204)
  })
})

describe('changes', () => {
  test('reach the next invocation: new code, a deleted function', async () => {
    const invoke = async (): Promise<unknown> =>
      valueOf((await place.client.send(new InvokeCommand({ FunctionName: 'changing' }))).Payload)
    await place.create('changing', 'export const handler = async () => 1')
    expect(await invoke()).toBe(1)
    await place.client.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'changing',
        ZipFile: zipOf('export const handler = async () => 2'),
      }),
    )
    expect(await invoke()).toBe(2)
    await place.client.send(new DeleteFunctionCommand({ FunctionName: 'changing' }))
    await expect(invoke()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test('leave published versions as they were, and an alias shares calls between two', async () => {
    const { client } = place
    await place.create('shared', 'export const handler = async () => "one"')
    await client.send(new PublishVersionCommand({ FunctionName: 'shared' }))
    await client.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'shared',
        ZipFile: zipOf('export const handler = async () => "two"'),
        Publish: true,
      }),
    )
    const routing = { AdditionalVersionWeights: { '2': 0.5 } }
    await client.send(
      new CreateAliasCommand({ FunctionName: 'shared', Name: 'live', FunctionVersion: '1', RoutingConfig: routing }),
    )
    const seen = new Set<unknown>()
    for (let attempt = 0; attempt < 60 && seen.size < 2; attempt++) {
      const { Payload, ExecutedVersion } = await client.send(
        new InvokeCommand({ FunctionName: 'shared', Qualifier: 'live' }),
      )
      seen.add(`${ExecutedVersion} ${String(valueOf(Payload))}`)
    }
    expect(seen).toEqual(new Set(['1 one', '2 two']))
  })
})

describe('InvokeWithResponseStream', () => {
  test('gives the chunks as they come, and how it ended', async () => {
    await place.create(
      'streamer',
      `export const handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write('one,')
        if (event.fail) throw new Error('broke')
        stream.write('two')
        stream.end()
      })`,
    )
    const read = async (event: object): Promise<{ text: string; end: object | undefined }> => {
      const { EventStream } = await place.client.send(
        new InvokeWithResponseStreamCommand({ FunctionName: 'streamer', Payload: payload(event) }),
      )
      let text = ''
      let end: object | undefined
      for await (const { PayloadChunk, InvokeComplete } of EventStream ?? []) {
        text += Buffer.from(PayloadChunk?.Payload ?? []).toString()
        end = InvokeComplete ?? end
      }
      return { text, end }
    }
    expect(await read({})).toEqual({ text: 'one,two', end: {} })
    expect(await read({ fail: true })).toMatchObject({ text: 'one,', end: { ErrorCode: 'Unhandled' } })
  })
})
