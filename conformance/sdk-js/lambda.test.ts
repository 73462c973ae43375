// The Lambda service: functions in three runtimes, invocation types, settings, versions and aliases, permissions, faults.
import {
  AddPermissionCommand,
  CreateAliasCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListFunctionsCommand,
  PublishVersionCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type InvokeCommandInput,
  type LambdaClient,
} from '@aws-sdk/client-lambda'
import { expect } from 'vitest'
import { createFunction, createNodeFunction, hasPython } from '../fixture/functions.ts'
import { describeGateway } from '../fixture/test.ts'
import { zipOf } from '../fixture/zip.ts'

async function invoke(lambda: LambdaClient, input: InvokeCommandInput): Promise<unknown[]> {
  const { StatusCode, FunctionError, Payload } = await lambda.send(new InvokeCommand(input))
  return [StatusCode, FunctionError, Payload === undefined ? undefined : JSON.parse(Buffer.from(Payload).toString())]
}

const double = 'exports.handler = async (event) => ({ doubled: event.n * 2 })'

describeGateway('Lambda', (test) => {
  test('runs JavaScript, from CommonJS and from modules', async ({ lambda }) => {
    await createNodeFunction(lambda, 'commonjs', double)
    expect(await invoke(lambda, { FunctionName: 'commonjs', Payload: '{"n":21}' })).toEqual([
      200,
      undefined,
      { doubled: 42 },
    ])
    const files = { 'index.mjs': 'export const handler = async (event, context) => context.functionName' }
    await createFunction(lambda, { name: 'module', runtime: 'nodejs22.x', handler: 'index.handler', files })
    expect(await invoke(lambda, { FunctionName: 'module' })).toEqual([200, undefined, 'module'])
  })

  test.skipIf(!hasPython)('runs Python', async ({ lambda }) => {
    const files = {
      'app.py':
        'import os\ndef handler(event, context):\n    return {"n": event["n"] + 1, "color": os.environ["COLOR"]}\n',
    }
    const plan = {
      name: 'python',
      runtime: 'python3.12',
      handler: 'app.handler',
      files,
      environment: { COLOR: 'red' },
    } as const
    await createFunction(lambda, plan)
    expect(await invoke(lambda, { FunctionName: 'python', Payload: '{"n":1}' })).toEqual([
      200,
      undefined,
      { n: 2, color: 'red' },
    ])
  })

  test('runs a bootstrap through the Runtime API', async ({ lambda }) => {
    const bootstrap = `#!${process.execPath}
const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/'
const run = async () => {
  for (;;) {
    const next = await fetch(api + 'next')
    const event = await next.json()
    const id = next.headers.get('lambda-runtime-aws-request-id')
    await fetch(api + id + '/response', { method: 'POST', body: JSON.stringify({ got: event }) })
  }
}
run()
`
    await createFunction(lambda, { name: 'custom', runtime: 'provided.al2023', handler: 'any', files: { bootstrap } })
    expect(await invoke(lambda, { FunctionName: 'custom', Payload: '{"n":1}' })).toEqual([
      200,
      undefined,
      { got: { n: 1 } },
    ])
  })

  test('reports an error of the function, with the log tail when asked', async ({ lambda }) => {
    await createNodeFunction(
      lambda,
      'failing',
      `exports.handler = async () => { console.log('so far'); throw new TypeError('no') }`,
    )
    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'failing', LogType: 'Tail' }))
    expect([answer.StatusCode, answer.FunctionError, answer.ExecutedVersion]).toEqual([200, 'Unhandled', '$LATEST'])
    const error: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString())
    expect(error).toMatchObject({ errorType: 'TypeError', errorMessage: 'no' })
    expect(Buffer.from(answer.LogResult ?? '', 'base64').toString()).toContain('so far')
  })

  test('accepts an Event, checks a DryRun, runs neither before the answer', async ({ lambda }) => {
    await createNodeFunction(lambda, 'kinds', double)
    expect(await statusOf(lambda, { FunctionName: 'kinds', InvocationType: 'Event', Payload: '{"n":1}' })).toBe(202)
    expect(await statusOf(lambda, { FunctionName: 'kinds', InvocationType: 'DryRun' })).toBe(204)
  })

  test('ends a function at its timeout', async ({ lambda }) => {
    const files = { 'index.js': 'exports.handler = () => { for (;;); }' }
    await createFunction(lambda, {
      name: 'endless',
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      files,
      timeoutSeconds: 1,
    })
    const [status, error, payload] = await invoke(lambda, { FunctionName: 'endless' })
    expect([status, error]).toEqual([200, 'Unhandled'])
    expect((payload as { errorMessage: string }).errorMessage).toMatch(/Task timed out after 1\.00 seconds$/)
  })

  test('takes new code and new settings, and tells them', async ({ lambda }) => {
    await createNodeFunction(lambda, 'changing', `exports.handler = async () => 'one ' + process.env.COLOR`)
    const Environment = { Variables: { COLOR: 'blue' } }
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'changing', Environment, Timeout: 7, MemorySize: 256 }),
    )
    expect(await invoke(lambda, { FunctionName: 'changing' })).toEqual([200, undefined, 'one blue'])
    const ZipFile = zipOf({ 'index.js': `exports.handler = async () => 'two ' + process.env.COLOR` })
    const { CodeSize } = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'changing', ZipFile }))
    expect(CodeSize).toBe(ZipFile.length)
    expect(await invoke(lambda, { FunctionName: 'changing' })).toEqual([200, undefined, 'two blue'])
    const told = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'changing' }))
    expect(told).toMatchObject({
      Timeout: 7,
      MemorySize: 256,
      Environment,
      State: 'Active',
      LastUpdateStatus: 'Successful',
    })
  })

  test('keeps a published version as it was, and an alias points to it', async ({ lambda }) => {
    await createNodeFunction(lambda, 'versions', `exports.handler = async () => 'one'`)
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: 'versions' }))
    expect(Version).toBe('1')
    await lambda.send(new CreateAliasCommand({ FunctionName: 'versions', Name: 'live', FunctionVersion: '1' }))
    const ZipFile = zipOf({ 'index.js': `exports.handler = async () => 'two'` })
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'versions', ZipFile }))
    expect(await invoke(lambda, { FunctionName: 'versions' })).toEqual([200, undefined, 'two'])
    expect(await invoke(lambda, { FunctionName: 'versions', Qualifier: 'live' })).toEqual([200, undefined, 'one'])
    expect(await invoke(lambda, { FunctionName: 'versions:1' })).toEqual([200, undefined, 'one'])
  })

  test('keeps permissions as a policy', async ({ lambda }) => {
    const FunctionArn = await createNodeFunction(lambda, 'permitted', double)
    const permission = { StatementId: 'api', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' }
    await lambda.send(new AddPermissionCommand({ FunctionName: 'permitted', ...permission }))
    const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName: 'permitted' }))
    expect(JSON.parse(Policy)).toMatchObject({
      Statement: [{ Sid: 'api', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: FunctionArn }],
    })
    await lambda.send(new RemovePermissionCommand({ FunctionName: 'permitted', StatementId: 'api' }))
    await expect(lambda.send(new GetPolicyCommand({ FunctionName: 'permitted' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  test('lists functions, and knows a deleted one no more', async ({ lambda }) => {
    await createNodeFunction(lambda, 'leaving', double)
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand())
    expect(Functions.map(({ FunctionName }) => FunctionName)).toContain('leaving')
    await lambda.send(new DeleteFunctionCommand({ FunctionName: 'leaving' }))
    await expect(lambda.send(new GetFunctionCommand({ FunctionName: 'leaving' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    })
    await expect(lambda.send(new InvokeCommand({ FunctionName: 'leaving' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  test('refuses a second function of the same name', async ({ lambda }) => {
    await createNodeFunction(lambda, 'once', double)
    await expect(createNodeFunction(lambda, 'once', double)).rejects.toMatchObject({
      name: 'ResourceConflictException',
      $metadata: { httpStatusCode: 409 },
    })
  })
})

async function statusOf(lambda: LambdaClient, input: InvokeCommandInput): Promise<number | undefined> {
  return (await lambda.send(new InvokeCommand(input))).StatusCode
}
