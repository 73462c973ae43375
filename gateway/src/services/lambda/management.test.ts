// What deployment tools ask of a function beside its code: tags, reservations, retries, code to download. The real client.
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  GetAccountSettingsCommand,
  GetFunctionCodeSigningConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  GetRuntimeManagementConfigCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListTagsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openLambda, payload, valueOf, zipOf, type LambdaPlace } from './testing.ts'

/** Counts its calls. One with a `gate`, a folder, writes `running` there and ends when `open` is there too. */
const source = `import { existsSync, writeFileSync } from 'node:fs'
let calls = 0
export const handler = async ({ gate }) => {
  if (gate) writeFileSync(gate + '/running', '')
  while (gate && !existsSync(gate + '/open')) await new Promise((resolve) => setTimeout(resolve, 5))
  return ++calls
}`
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:pets'
const FunctionName = 'pets'

let place: LambdaPlace
beforeAll(async () => {
  place = openLambda()
  await place.create('pets', source, { Tags: { team: 'zoo' } })
  await place.client.send(new PublishVersionCommand({ FunctionName }))
  await place.client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }))
})
afterAll(() => place.close())

const invalid = (message: string) => ({ name: 'InvalidParameterValueException', message })

describe('tags', () => {
  test('are laid over, taken away, and shown by GetFunction of any version', async () => {
    await place.client.send(new TagResourceCommand({ Resource: arn, Tags: { team: 'farm', __proto__x: '1' } }))
    expect((await place.client.send(new ListTagsCommand({ Resource: arn }))).Tags).toEqual({
      team: 'farm',
      __proto__x: '1',
    })
    await place.client.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['__proto__x', 'none'] }))
    const { Tags } = await place.client.send(new GetFunctionCommand({ FunctionName, Qualifier: '1' }))
    expect(Tags).toEqual({ team: 'farm' })
  })

  test('are the whole function’s, and refused where they break AWS’s rules', async () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, '']))
    const tag = (Tags: Record<string, string>, Resource = arn) =>
      place.client.send(new TagResourceCommand({ Resource, Tags }))
    await expect(tag({ a: '1' }, `${arn}:live`)).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
    await expect(tag({ 'aws:a': '1' })).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
    await expect(tag(many)).rejects.toMatchObject(invalid('Number of user tags exceeds the limit of 50.'))
    await expect(tag({ a: '1' }, `${arn}x`)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn}x`,
    })
    const Code = { ZipFile: zipOf(source) }
    const create = { FunctionName: 'many', Runtime: 'nodejs24.x', Handler: 'index.handler', Code, Tags: many } as const
    await expect(
      place.client.send(new CreateFunctionCommand({ ...create, Role: 'arn:aws:iam::000000000000:role/pets' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
  })
})

describe('reserved concurrency', () => {
  const put = (ReservedConcurrentExecutions: number, name = FunctionName) =>
    place.client.send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions }))
  const invoke = (event: { readonly gate?: string } = {}, Qualifier?: string) =>
    place.client.send(new InvokeCommand({ FunctionName, Qualifier, Payload: payload(event) }))
  const throttled = { name: 'TooManyRequestsException', Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }

  test('lets no more run at once, over all versions, and gives places back', async () => {
    expect(await place.client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).not.toHaveProperty(
      'ReservedConcurrentExecutions',
    )
    await put(1)
    const gate = await mkdtemp(join(tmpdir(), 'sluice-gate-'))
    onTestFinished(() => rm(gate, { recursive: true }))
    const running = invoke({ gate })
    await vi.waitFor(() => access(join(gate, 'running')), 20_000)
    await expect(invoke({}, 'live')).rejects.toMatchObject({ ...throttled, $metadata: { httpStatusCode: 429 } })
    const stream = new InvokeWithResponseStreamCommand({ FunctionName, Payload: payload({}) })
    await expect(place.client.send(stream)).rejects.toMatchObject(throttled)
    await writeFile(join(gate, 'open'), '')
    await running
    expect((await invoke({}, 'live')).StatusCode).toBe(200)
  })

  test('of 0 lets nothing run; a change starts no new process; none lets all run', async () => {
    const before = valueOf((await invoke()).Payload) as number
    await put(0)
    await expect(invoke()).rejects.toMatchObject(throttled)
    const { Concurrency } = await place.client.send(new GetFunctionCommand({ FunctionName }))
    expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 0 })
    await place.client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
    expect(valueOf((await invoke()).Payload)).toBe(before + 1)
  })

  test('leaves a hundred of the account’s thousand to the others', async () => {
    await put(900)
    const { AccountLimit, AccountUsage } = await place.client.send(new GetAccountSettingsCommand({}))
    expect([AccountLimit?.ConcurrentExecutions, AccountLimit?.UnreservedConcurrentExecutions]).toEqual([1000, 100])
    expect(AccountUsage?.FunctionCount).toBe(1)
    await expect(put(901)).rejects.toMatchObject(
      invalid(
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      ),
    )
    await expect(put(1, `${arn}:live`)).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
    await place.client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
  })
})

describe('the settings of asynchronous invocations', () => {
  test('are kept by version and alias, merged by Update, replaced by Put, listed', async () => {
    const put = await place.client.send(
      new PutFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: 'live', MaximumRetryAttempts: 1 }),
    )
    expect(put).toMatchObject({ FunctionArn: `${arn}:live`, MaximumRetryAttempts: 1 })
    expect(put.LastModified).toBeInstanceOf(Date)
    const updated = await place.client.send(
      new UpdateFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: 'live', MaximumEventAgeInSeconds: 60 }),
    )
    expect(updated).toMatchObject({ MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 })
    await place.client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 0 }))
    const { FunctionEventInvokeConfigs = [] } = await place.client.send(
      new ListFunctionEventInvokeConfigsCommand({ FunctionName }),
    )
    expect(FunctionEventInvokeConfigs.map((config) => config.FunctionArn)).toEqual([`${arn}:$LATEST`, `${arn}:live`])
    await place.client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }))
    await expect(place.client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `The function ${arn}:$LATEST doesn't have an EventInvokeConfig`,
    })
  })

  test('say something, and name no destination', async () => {
    const put = (more: object) => place.client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, ...more }))
    await expect(put({})).rejects.toMatchObject(
      invalid('You must specify at least one error handling or destination setting.'),
    )
    await expect(put({ MaximumRetryAttempts: 3 })).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } })
    const Destination = 'arn:aws:sqs:us-east-1:000000000000:failed'
    await expect(put({ DestinationConfig: { OnFailure: { Destination } } })).rejects.toMatchObject(
      invalid('DestinationConfig is not available in Sluice yet. See docs/compatibility.md.'),
    )
  })
})

describe('the code of a function', () => {
  test('is behind the link that GetFunction gives, for ten minutes, and behind no other', async () => {
    const { Code } = await place.client.send(new GetFunctionCommand({ FunctionName, Qualifier: 'live' }))
    expect(Code?.RepositoryType).toBe('S3')
    const link = new URL(Code?.Location ?? '')
    const answer = await place.gateway.invoke(link)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip'])
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from(zipOf(source)))
    for (const [name, value] of [
      ['expires', '9999999999999'],
      ['signature', '00'.repeat(32)],
      ['signature', ''],
    ] as const) {
      const forged = new URL(link)
      forged.searchParams.set(name, value)
      expect((await place.gateway.invoke(forged)).status).toBe(404)
    }
    place.gateway.clock.advance(600_000)
    expect((await place.gateway.invoke(link)).status).toBe(404)
  })
})

test('an operation of Lambda that is not served says so', async () => {
  await expect(place.client.send(new ListEventSourceMappingsCommand({}))).rejects.toMatchObject({
    name: 'NotImplementedException',
    message: 'Sluice does not serve this operation of Lambda. See docs/compatibility.md.',
    $metadata: { httpStatusCode: 501 },
  })
})

test('a function has no signed code and no runtime version of its own', async () => {
  expect(await place.client.send(new GetFunctionCodeSigningConfigCommand({ FunctionName }))).toMatchObject({
    FunctionName,
    CodeSigningConfigArn: '',
  })
  expect(await place.client.send(new GetRuntimeManagementConfigCommand({ FunctionName }))).toMatchObject({
    UpdateRuntimeOn: 'Auto',
    FunctionArn: `${arn}:$LATEST`,
  })
})
