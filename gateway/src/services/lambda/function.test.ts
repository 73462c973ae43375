// Functions, versions, aliases and permissions through the real Lambda client.
import { createHash } from 'node:crypto'
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLambda, zipOf, type LambdaPlace } from './testing.ts'

const source = 'export const handler = async () => 1'
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:pets'

let place: LambdaPlace

beforeAll(async () => {
  place = openLambda()
  await place.create('pets', source, { Environment: { Variables: { TABLE: 'pets' } }, Tags: { team: 'zoo' } })
})

afterAll(() => place.close())

describe('CreateFunction', () => {
  test('answers with AWS’s defaults, active at once', async () => {
    const { Configuration, Code, Tags } = await place.client.send(new GetFunctionCommand({ FunctionName: 'pets' }))
    const zip = zipOf(source)
    expect(Configuration).toMatchObject({
      FunctionName: 'pets',
      FunctionArn: arn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/pets',
      Description: '',
      Timeout: 3,
      MemorySize: 128,
      CodeSize: zip.length,
      CodeSha256: createHash('sha256').update(zip).digest('base64'),
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      PackageType: 'Zip',
      Architectures: ['x86_64'],
      EphemeralStorage: { Size: 512 },
      TracingConfig: { Mode: 'PassThrough' },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/pets' },
      Environment: { Variables: { TABLE: 'pets' } },
    })
    expect(Configuration?.LastModified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/)
    expect(Code).toEqual({ RepositoryType: 'S3', Location: expect.stringContaining('/_sluice/functions/code/') })
    expect(Tags).toEqual({ team: 'zoo' })
  })

  test('refuses a name that is taken', async () => {
    await expect(place.create('pets', source)).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: 'Function already exist: pets',
      $metadata: { httpStatusCode: 409 },
    })
  })

  test.each([
    [{ Code: {} }, 'Please provide a source for function code.'],
    [
      { Code: { ZipFile: Buffer.from('not a zip') } },
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    ],
    [{ Code: { ImageUri: 'a/b:c' } }, 'ImageUri is not available in Sluice yet. See docs/compatibility.md.'],
    [
      { Code: { S3Bucket: 'somewhere', S3Key: 'code.zip' } },
      'Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: Sluice has no S3 (bucket somewhere): send the code as ZipFile.',
    ],
    [
      { Code: { S3Bucket: 'sluice-folder', S3Key: '/nowhere/at/all' } },
      'The code folder /nowhere/at/all does not exist.',
    ],
    [
      { Runtime: 'java21' as const },
      'The runtime java21 cannot be run here; nodejs, python3 and provided can. See docs/compatibility.md.',
    ],
    [
      { Handler: undefined },
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    ],
    [
      { Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:l:1'] },
      'Layers is not available in Sluice yet. See docs/compatibility.md.',
    ],
    [
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION',
    ],
  ])('refuses %j', async (change, message) => {
    await expect(place.create('refused', source, change)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message,
    })
  })
})

test('a time-out beyond 15 minutes is refused', async () => {
  await expect(place.create('refused', source, { Timeout: 901 })).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
  })
})

describe('changing a function', () => {
  test('keeps what is not said, and gives a new revision', async () => {
    const { client } = place
    await place.create('changing', source, { Description: 'before' })
    const before = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'changing' }))
    const after = await client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'changing', Timeout: 10, RevisionId: before.RevisionId }),
    )
    expect(after).toMatchObject({ Timeout: 10, MemorySize: 128, Description: 'before', Handler: 'index.handler' })
    expect(after.RevisionId).not.toBe(before.RevisionId)
    await expect(
      client.send(
        new UpdateFunctionCodeCommand({
          FunctionName: 'changing',
          ZipFile: zipOf(source),
          RevisionId: before.RevisionId,
        }),
      ),
    ).rejects.toMatchObject({ name: 'PreconditionFailedException', $metadata: { httpStatusCode: 412 } })
  })

  test('deletes every version and alias with the function', async () => {
    const { client } = place
    await place.create('doomed', source)
    await client.send(new PublishVersionCommand({ FunctionName: 'doomed' }))
    await client.send(new CreateAliasCommand({ FunctionName: 'doomed', Name: 'live', FunctionVersion: '1' }))
    await expect(
      client.send(new DeleteFunctionCommand({ FunctionName: 'doomed', Qualifier: '1' })),
    ).rejects.toMatchObject({ name: 'ResourceConflictException' })
    await client.send(new DeleteFunctionCommand({ FunctionName: 'doomed' }))
    for (const Qualifier of [undefined, '1', 'live']) {
      const missing = `arn:aws:lambda:us-east-1:000000000000:function:doomed${Qualifier === undefined ? '' : `:${Qualifier}`}`
      await expect(client.send(new GetFunctionCommand({ FunctionName: 'doomed', Qualifier }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: `Function not found: ${missing}`,
      })
    }
  })

  test('lists functions in pages', async () => {
    const { client } = place
    const names: (string | undefined)[] = []
    let Marker: string | undefined
    do {
      const page = await client.send(new ListFunctionsCommand({ MaxItems: 1, Marker }))
      names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName))
      Marker = page.NextMarker
    } while (Marker !== undefined)
    expect(names).toEqual(['changing', 'pets'])
  })
})

describe('versions and aliases', () => {
  test('publish once per change, with rising numbers that are never used again', async () => {
    const { client } = place
    await place.create('versioned', source)
    const publish = async (): Promise<string | undefined> =>
      (await client.send(new PublishVersionCommand({ FunctionName: 'versioned' }))).Version
    const change = (text: string): Promise<unknown> =>
      client.send(new UpdateFunctionCodeCommand({ FunctionName: 'versioned', ZipFile: zipOf(text) }))
    expect(await publish()).toBe('1')
    expect(await publish()).toBe('1')
    await change('export const handler = async () => 2')
    expect(await publish()).toBe('2')
    await client.send(new DeleteFunctionCommand({ FunctionName: 'versioned', Qualifier: '2' }))
    expect(await publish()).toBe('3')
    const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: 'versioned' }))
    expect(Versions?.map(({ Version, FunctionArn }) => [Version, FunctionArn])).toEqual([
      ['$LATEST', 'arn:aws:lambda:us-east-1:000000000000:function:versioned:$LATEST'],
      ['1', 'arn:aws:lambda:us-east-1:000000000000:function:versioned:1'],
      ['3', 'arn:aws:lambda:us-east-1:000000000000:function:versioned:3'],
    ])
    await client.send(new DeleteFunctionCommand({ FunctionName: 'versioned' }))
  })

  test('an alias is made, read, changed and listed', async () => {
    const { client } = place
    await place.create('named', source)
    await client.send(new PublishVersionCommand({ FunctionName: 'named' }))
    const aliasArn = 'arn:aws:lambda:us-east-1:000000000000:function:named:live'
    const input = { FunctionName: 'named', Name: 'live', FunctionVersion: '$LATEST' }
    expect(await client.send(new CreateAliasCommand(input))).toMatchObject({
      AliasArn: aliasArn,
      FunctionVersion: '$LATEST',
      Description: '',
    })
    await expect(client.send(new CreateAliasCommand(input))).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `Alias already exists: ${aliasArn}`,
    })
    await client.send(new UpdateAliasCommand({ FunctionName: 'named', Name: 'live', FunctionVersion: '1' }))
    expect(await client.send(new GetAliasCommand({ FunctionName: 'named', Name: 'live' }))).toMatchObject({
      FunctionVersion: '1',
    })
    const { Aliases } = await client.send(new ListAliasesCommand({ FunctionName: 'named', FunctionVersion: '1' }))
    expect(Aliases?.map(({ Name }) => Name)).toEqual(['live'])
    await expect(client.send(new GetAliasCommand({ FunctionName: 'named', Name: 'other' }))).rejects.toMatchObject({
      message: 'Cannot find alias arn: arn:aws:lambda:us-east-1:000000000000:function:named:other',
    })
  })
})

describe('permissions', () => {
  test('are statements as AWS writes them, until they are removed', async () => {
    const { client } = place
    const input = {
      FunctionName: 'pets',
      StatementId: 'api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: 'arn:aws:execute-api:us-east-1:000000000000:abc/*/GET/pets',
      SourceAccount: '000000000000',
    }
    const statement =
      `{"Sid":"api","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"${arn}",` +
      `"Condition":{"StringEquals":{"AWS:SourceAccount":"000000000000"},"ArnLike":{"AWS:SourceArn":"${input.SourceArn}"}}}`
    expect((await client.send(new AddPermissionCommand(input))).Statement).toBe(statement)
    await expect(client.send(new AddPermissionCommand(input))).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message:
        'The statement id (api) provided already exists. Please provide a new statement id, or remove the existing statement.',
    })
    const { Policy } = await client.send(new GetPolicyCommand({ FunctionName: 'pets' }))
    expect(Policy).toBe(`{"Version":"2012-10-17","Id":"default","Statement":[${statement}]}`)
    await client.send(new RemovePermissionCommand({ FunctionName: 'pets', StatementId: 'api' }))
    await expect(client.send(new GetPolicyCommand({ FunctionName: 'pets' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    })
  })

  test('name services, accounts, principals or everybody, and nobody else', async () => {
    const add = async (Principal: string, StatementId: string): Promise<unknown> => {
      const input = { FunctionName: 'pets', Action: 'lambda:InvokeFunction', StatementId, Principal }
      const { Statement = '{}' } = await place.client.send(new AddPermissionCommand(input))
      return (JSON.parse(Statement) as { Principal: unknown }).Principal
    }
    expect(await add('123456789012', 'account')).toEqual({ AWS: 'arn:aws:iam::123456789012:root' })
    expect(await add('arn:aws:iam::123456789012:user/Tom', 'user')).toEqual({
      AWS: 'arn:aws:iam::123456789012:user/Tom',
    })
    expect(await add('*', 'all')).toBe('*')
    await expect(add('nobody', 'x')).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'The provided principal was invalid. Please check the principal and try again.',
    })
  })
})

test('a function of another region is not reachable', async () => {
  await expect(
    place.client.send(new GetFunctionCommand({ FunctionName: 'arn:aws:lambda:eu-west-1:000000000000:function:pets' })),
  ).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
  })
})

test('a function called __proto__ is a function like any other', async () => {
  await place.client.send(
    new CreateFunctionCommand({
      FunctionName: '__proto__',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/pets',
      Code: { ZipFile: zipOf(source) },
      Tags: { ['__proto__']: 'tag' },
    }),
  )
  const { Configuration } = await place.client.send(new GetFunctionCommand({ FunctionName: '__proto__' }))
  expect(Configuration?.FunctionName).toBe('__proto__')
})
