// Deployments and stages against the cases of recorded REST 13, 14 and 36.
import { describe, expect, test } from 'vitest'
import type { Op } from '@sluice/aws-protocol/apigateway'
import { addMockMethod, badRequest, createApi, createControlPlane, notFound, nowMs, refusal, scope } from './testing.ts'

async function deployed() {
  const plane = createControlPlane()
  const api = await createApi(plane)
  await addMockMethod(plane, api)
  const { restApiId } = api
  const deploy = async (more: object = {}) => (await plane.run('CreateDeployment', { restApiId, ...more })).id ?? ''
  const deploymentId = await deploy()
  const patch = (op: Op, path: string, value?: string, from?: string) =>
    plane.run('UpdateStage', { restApiId, stageName: 's1', patchOperations: [{ op, path, value, from }] })
  const createStage = (more: object = {}) =>
    plane.run('CreateStage', { restApiId, stageName: 's1', deploymentId, ...more })
  return { ...plane, ...api, deploy, deploymentId, patch, createStage }
}

describe('CreateDeployment', () => {
  test('refuses an API without methods, or with a method without integration', async () => {
    const plane = createControlPlane()
    const { restApiId, rootId } = await createApi(plane)
    expect(await refusal(plane.run('CreateDeployment', { restApiId }))).toEqual(
      badRequest("The REST API doesn't contain any methods"),
    )
    await plane.run('PutMethod', { restApiId, resourceId: rootId, httpMethod: 'GET', authorizationType: 'NONE' })
    expect(await refusal(plane.run('CreateDeployment', { restApiId }))).toEqual(
      badRequest('No integration defined for method'),
    )
  })

  test('freezes the API: deployments of an unchanged one share a snapshot, and later changes do not reach it', async () => {
    const { run, store, restApiId, rootId, deploymentId, deploy } = await deployed()
    const again = await deploy()
    await run('TagResource', { resourceArn: `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`, tags: { a: 'b' } })
    const tagged = await deploy()
    await run('DeleteIntegration', { restApiId, resourceId: rootId, httpMethod: 'GET' })
    const reader = store.read(scope)
    const hashOf = async (id: string) => (await reader.get('Deployment', [restApiId, id]))?.snapshotHash ?? ''
    const hash = await hashOf(deploymentId)
    expect([await hashOf(again), await hashOf(tagged)]).toEqual([hash, hash])
    const snapshot = await reader.get('Snapshot', [hash])
    expect(snapshot).toMatchObject({
      format: 1,
      protocol: 'REST',
      resources: [{ id: rootId, path: '/' }],
      methods: [{ httpMethod: 'GET', resourceId: rootId, methodIntegration: { type: 'MOCK' } }],
      authorizers: [],
    })
    await run('DeleteDeployment', { restApiId, deploymentId })
    expect(await reader.get('Snapshot', [hash])).toEqual(snapshot)
    await run('DeleteDeployment', { restApiId, deploymentId: again })
    await run('DeleteDeployment', { restApiId, deploymentId: tagged })
    expect(await reader.get('Snapshot', [hash])).toBe(undefined)
  })

  test('makes the stage, and moves it when it is there', async () => {
    const { run, restApiId, deploy } = await deployed()
    const first = await deploy({ stageName: 'dev', stageDescription: 'd', variables: { a: 'b' } })
    expect(await run('GetStage', { restApiId, stageName: 'dev' })).toMatchObject({
      deploymentId: first,
      description: 'd',
      variables: { a: 'b' },
    })
    const second = await deploy({ stageName: 'dev' })
    expect(await run('GetStage', { restApiId, stageName: 'dev' })).toMatchObject({
      deploymentId: second,
      variables: { a: 'b' },
    })
    expect(await refusal(run('DeleteDeployment', { restApiId, deploymentId: second }))).toEqual(
      badRequest('Active stages pointing to this deployment must be moved or deleted'),
    )
    await run('DeleteStage', { restApiId, stageName: 'dev' })
    await run('DeleteDeployment', { restApiId, deploymentId: second })
  })

  test('with canary settings gives the stage a canary and leaves its deployment', async () => {
    const { run, restApiId, deploymentId, deploy, createStage } = await deployed()
    const canarySettings = { percentTraffic: 50, stageVariableOverrides: { a: 'canary' } }
    const start = 'Invalid deployment content specified.'
    const must = `${start}Non null and non empty stageName must be provided for canary deployment. Provided value is `
    expect(await refusal(deploy({ canarySettings }))).toEqual(badRequest(`${must}null`))
    expect(await refusal(deploy({ canarySettings, stageName: '' }))).toEqual(badRequest(must))
    expect(await refusal(deploy({ canarySettings, stageName: 's1' }))).toEqual(
      badRequest(`${start}Stage s1 must already be created before making a canary release deployment`),
    )
    await createStage()
    const canary = await deploy({ canarySettings, stageName: 's1' })
    expect(await run('GetStage', { restApiId, stageName: 's1' })).toMatchObject({
      deploymentId,
      canarySettings: { ...canarySettings, deploymentId: canary, useStageCache: false },
    })
  })

  test('embeds a summary on demand', async () => {
    const { run, restApiId, deploymentId } = await deployed()
    expect(await run('GetDeployment', { restApiId, deploymentId, embed: ['apisummary'] })).toEqual({
      id: deploymentId,
      createdDate: nowMs / 1000,
      apiSummary: { '/': { GET: { authorizationType: 'NONE', apiKeyRequired: false } } },
    })
  })
})

describe('stages', () => {
  test('have the recorded shape', async () => {
    const { createStage, deploymentId, run, restApiId } = await deployed()
    const stage = await createStage()
    expect(stage).toEqual({
      stageName: 's1',
      deploymentId,
      cacheClusterEnabled: false,
      cacheClusterStatus: 'NOT_AVAILABLE',
      methodSettings: {},
      tracingEnabled: false,
      createdDate: nowMs / 1000,
      lastUpdatedDate: nowMs / 1000,
    })
    expect(await run('GetStages', { restApiId })).toEqual({ item: [stage] })
    expect(await run('GetStages', { restApiId, deploymentId: 'other' })).toEqual({ item: [] })
  })

  test('refuse unknown deployments, taken names and bad names', async () => {
    const { createStage, run, restApiId } = await deployed()
    expect(await refusal(createStage({ deploymentId: 'nope' }))).toEqual(badRequest('Deployment id does not exist'))
    expect(await refusal(createStage({ canarySettings: { deploymentId: 'nope' } }))).toEqual(
      badRequest('Deployment id does not exist'),
    )
    expect(await refusal(createStage({ stageName: '$default' }))).toEqual(
      badRequest('Stage name only allows a-zA-Z0-9_'),
    )
    await createStage()
    expect(await refusal(createStage())).toMatchObject({ status: 409, message: 'Stage already exists' })
    expect(await refusal(run('GetStage', { restApiId, stageName: 'x' }))).toEqual(
      notFound('Invalid stage identifier specified'),
    )
  })

  test('setting one method setting makes the full object, a copy of */* where there is one', async () => {
    const { createStage, patch } = await deployed()
    await createStage()
    const all = {
      metricsEnabled: false,
      dataTraceEnabled: false,
      throttlingBurstLimit: 5000,
      throttlingRateLimit: 10000,
      cachingEnabled: true,
      cacheTtlInSeconds: 300,
      cacheDataEncrypted: false,
      requireAuthorizationForCacheControl: true,
      unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
    }
    expect((await patch('replace', '/*/*/caching/enabled', 'true')).methodSettings).toEqual({ '*/*': all })
    await patch('replace', '/test/GET/throttling/burstLimit', '1')
    expect((await patch('replace', '/*/*/caching/enabled', 'false')).methodSettings).toEqual({
      '*/*': { ...all, cachingEnabled: false },
      'test/GET': { ...all, throttlingBurstLimit: 1 },
    })
    expect((await patch('remove', '/test/GET')).methodSettings).not.toHaveProperty('test/GET')
    expect(await refusal(patch('remove', '/test/GET'))).toEqual(
      badRequest('Cannot remove method setting test/GET because there is no method setting for this method '),
    )
  })

  test('need the account log role before logging is turned on', async () => {
    const { createStage, patch, run } = await deployed()
    await createStage()
    expect(await refusal(patch('replace', '/*/*/logging/loglevel', 'INFO'))).toEqual(
      badRequest('CloudWatch Logs role ARN must be set in account settings to enable logging'),
    )
    const value = 'arn:aws:iam::000000000000:role/logs'
    await run('UpdateAccount', { patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value }] })
    const stage = await patch('replace', '/*/*/logging/loglevel', 'INFO')
    expect(stage.methodSettings?.['*/*']?.loggingLevel).toBe('INFO')
  })

  test.each(['/documentation_version', '/tags/tag1', '/canarySettings'])(
    'refuse to replace %s in the long words',
    async (path) => {
      const { createStage, patch } = await deployed()
      await createStage()
      const paths =
        '/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled'
      expect(await refusal(patch('replace', path, 'x'))).toEqual(
        badRequest(`Invalid method setting path: ${path}. Must be one of: [${paths}]`),
      )
    },
  )

  test('patch access log settings as recorded', async () => {
    const { createStage, patch } = await deployed()
    await createStage()
    const arn = 'arn:aws:logs:us-east-1:000000000000:log-group:x'
    expect((await patch('add', '/accessLogSettings/destinationArn', arn)).accessLogSettings).toEqual({
      destinationArn: arn,
    })
    expect((await patch('add', '/accessLogSettings/format', '$context.requestId')).accessLogSettings).toEqual({
      destinationArn: arn,
      format: '$context.requestId',
    })
    expect(await refusal(patch('add', '/accessLogSettings/randomValue', 'x'))).toEqual(
      badRequest(
        'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
      ),
    )
    expect(await refusal(patch('replace', '/accessLogSettings/format', ''))).toEqual(
      badRequest('Access Log value must not be empty'),
    )
    expect(await refusal(patch('remove', '/accessLogSettings/destinationArn'))).toEqual(
      badRequest(
        'Cannot remove method setting accessLogSettings/destinationArn because there is no method setting for this method ',
      ),
    )
    expect(await patch('remove', '/accessLogSettings')).not.toHaveProperty('accessLogSettings')
  })

  test.each([
    [
      'replace',
      '/accessLogSettings/destinationArn',
      'arn:aws:firehose:us-east-1:000000000000:deliverystream/logs',
      "Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-': 'deliverystream/logs'",
    ],
    [
      'replace',
      '/accessLogSettings/destinationArn',
      'arn:aws:sns:us-east-1:000000000000:topic',
      'Invalid ARN specified in the request. The ARN must be a valid CloudWatch Logs log group or Kinesis Data Firehose delivery stream ARN.',
    ],
    ['replace', '/variables/a-b', 'x', 'Invalid stage variable name: a-b. Please use names with only word characters.'],
    [
      'replace',
      '/variables/a',
      '{}',
      "Invalid stage variable value of key a.  Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.",
    ],
    ['replace', '/variables', '[]', 'Invalid stage variables specified'],
    [
      'replace',
      '/*/*/caching/ttlInSeconds',
      '3601',
      'Invalid time-to-live setting, must be an integer no greater than 3600',
    ],
    [
      'remove',
      '/clientCertificateId',
      undefined,
      'Cannot remove method setting clientCertificateId because there is no method setting for this method ',
    ],
  ] as const)('refuse %s %s', async (op, path, value, sentence) => {
    const { createStage, patch } = await deployed()
    await createStage()
    expect(await refusal(patch(op, path, value))).toEqual(badRequest(sentence))
  })

  test.each(['/pets/FETCH/metrics/enabled', '/webAclArn'])('know no setting %s', async (path) => {
    const { createStage, patch } = await deployed()
    await createStage()
    expect(await refusal(patch('replace', path, 'true'))).toMatchObject({
      status: 400,
      message: expect.stringContaining(`Invalid method setting path: ${path}. Must be one of: [/deploymentId, `),
    })
  })

  test('take all variables at once, with blanks in them, and lose them at once', async () => {
    const { createStage, patch } = await deployed()
    await createStage({ variables: { old: '1' } })
    const variables = { a: 'b c', d: '~#' }
    expect((await patch('replace', '/variables', JSON.stringify(variables))).variables).toEqual(variables)
    expect(await patch('remove', '/variables')).not.toHaveProperty('variables')
  })

  test('promote a canary by copying, and lose it by removing', async () => {
    const { createStage, patch, deploy, deploymentId } = await deployed()
    await createStage({ variables: { kept: '1', changed: 'old' } })
    expect(await refusal(patch('copy', '/deploymentId', undefined, '/canarySettings/deploymentId'))).toEqual(
      badRequest('Promotion not available. Canary does not exist.'),
    )
    expect(await refusal(patch('add', '/canarySettings/deploymentId', 'x'))).toEqual(
      badRequest('Invalid add operation with path: /canarySettings/deploymentId'),
    )
    expect(await refusal(patch('replace', '/canarySettings/deploymentId', 'nope'))).toEqual(
      badRequest('Deployment id does not exist'),
    )
    expect((await patch('replace', '/canarySettings/stageVariableOverrides/changed', 'new')).canarySettings).toEqual({
      percentTraffic: 0,
      deploymentId,
      useStageCache: false,
      stageVariableOverrides: { changed: 'new' },
    })
    const next = await deploy({ stageName: 's1' })
    await patch('copy', '/variables', undefined, '/canarySettings/stageVariableOverrides')
    expect(await patch('copy', '/deploymentId', undefined, '/canarySettings/deploymentId')).toMatchObject({
      deploymentId: next,
      variables: { kept: '1', changed: 'new' },
    })
    expect(await refusal(patch('copy', '/description', undefined, '/x'))).toMatchObject({
      message:
        'Invalid copy operation with path: /description and from /x. Valid copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]',
    })
    expect(await patch('remove', '/canarySettings')).not.toHaveProperty('canarySettings')
  })

  test('a variable whose name looks like a verb is still a variable', async () => {
    const { createStage, patch } = await deployed()
    await createStage({ variables: { GET: 'x' } })
    expect(await patch('remove', '/variables/GET')).not.toHaveProperty('variables')
  })

  test('point back to an older deployment: a rollback', async () => {
    const { createStage, patch, deploy, deploymentId } = await deployed()
    const next = await deploy()
    await createStage({ deploymentId: next })
    expect((await patch('replace', '/deploymentId', deploymentId)).deploymentId).toBe(deploymentId)
  })
})
