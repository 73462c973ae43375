// Domain names, base path mappings, client certificates and documentation (REST 13, 14.6; recorded REST 11).
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Op } from '@sluice/aws-protocol/apigateway'
import {
  addMockMethod,
  badRequest,
  conflict,
  createApi,
  createControlPlane,
  notFound,
  nowMs,
  refusal,
  scope,
} from './testing.ts'

describe('domain names', () => {
  test.each([
    ['us-east-1', 'Z1UJRXOUMOOFQ8'],
    ['eu-central-1', 'Z1U9ULNL0V5AJ3'],
    ['mars-east-1', 'Z1UJRXOUMOOFQ8'],
  ])('of %s are in its hosted zone', async (region, zone) => {
    const { run } = createControlPlane(region)
    const endpointConfiguration = { types: ['REGIONAL' as const] }
    expect(await run('CreateDomainName', { domainName: 'api.example.com', endpointConfiguration })).toMatchObject({
      regionalDomainName: expect.stringMatching(
        new RegExp(`^d-[a-z0-9]{10}\\.execute-api\\.${region}\\.amazonaws\\.com$`),
      ),
      regionalHostedZoneId: zone,
    })
  })

  test('get the addresses of their endpoint type, and are nobody else’s', async () => {
    const { run } = createControlPlane()
    const edge = await run('CreateDomainName', { domainName: 'API.example.com' })
    expect(edge).toMatchObject({
      domainName: 'api.example.com',
      domainNameStatus: 'AVAILABLE',
      securityPolicy: 'TLS_1_2',
      distributionHostedZoneId: 'Z2FDTNDATAQYW2',
      distributionDomainName: expect.stringMatching(/^[a-z0-9]{14}\.cloudfront\.net$/),
    })
    expect(await refusal(run('CreateDomainName', { domainName: 'api.example.com' }))).toEqual(
      conflict('The domain name you provided already exists.'),
    )
    const patchOperations = [{ op: 'replace' as const, path: '/endpointConfiguration/types/EDGE', value: 'REGIONAL' }]
    const regional = await run('UpdateDomainName', { domainName: 'api.example.com', patchOperations })
    expect(regional).not.toHaveProperty('distributionDomainName')
    expect(regional.regionalDomainName).toMatch(/^d-[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/)
    await run('DeleteDomainName', { domainName: 'api.example.com' })
    await run('CreateDomainName', { domainName: 'api.example.com' })
  })

  test('move between endpoint types with both served meanwhile, and never to or from PRIVATE', async () => {
    const { run } = createControlPlane()
    const domainName = 'moving.example.com'
    const patch = (...patchOperations: { op: Op; path: string; value?: string }[]) =>
      run('UpdateDomainName', { domainName, patchOperations })
    const arn = `arn:aws:acm:us-east-1:${scope.account}:certificate/1`
    await run('CreateDomainName', { domainName, certificateArn: arn })
    const both = await patch(
      { op: 'add', path: '/endpointConfiguration/types', value: 'REGIONAL' },
      { op: 'add', path: '/regionalCertificateArn', value: arn },
    )
    expect(both).toMatchObject({
      endpointConfiguration: { types: ['EDGE', 'REGIONAL'] },
      regionalCertificateArn: arn,
      distributionDomainName: expect.stringMatching(/\.cloudfront\.net$/),
      regionalDomainName: expect.stringMatching(/^d-/),
    })
    const moved = await patch(
      { op: 'remove', path: '/endpointConfiguration/types', value: 'EDGE' },
      { op: 'remove', path: '/certificateArn' },
    )
    expect(moved).toMatchObject({
      endpointConfiguration: { types: ['REGIONAL'] },
      regionalDomainName: both.regionalDomainName,
    })
    expect(moved).not.toHaveProperty('certificateArn')
    expect(await refusal(patch({ op: 'remove', path: '/endpointConfiguration/types', value: 'REGIONAL' }))).toEqual(
      badRequest('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.'),
    )
    expect(await refusal(patch({ op: 'replace', path: '/endpointConfiguration/types/0', value: 'PRIVATE' }))).toEqual(
      badRequest('The endpoint type of a domain name cannot be changed to or from PRIVATE'),
    )
    expect(await run('GetDomainName', { domainName })).toEqual(moved)
  })

  test('have a certificate of their own region, of us-east-1 behind a distribution, and no period at their end', async () => {
    const { run } = createControlPlane('eu-central-1')
    const arnIn = (region: string) => `arn:aws:acm:${region}:${scope.account}:certificate/1`
    const elsewhere = (region: string, wanted: string) =>
      badRequest(`Invalid certificate ARN: ${arnIn(region)}. Certificate must be in '${wanted}'.`)
    const regional = { domainName: 'r.example.com', endpointConfiguration: { types: ['REGIONAL'] as const } }
    const edge = { domainName: 'e.example.com' }
    expect(await refusal(run('CreateDomainName', { ...edge, certificateArn: arnIn('eu-central-1') }))).toEqual(
      elsewhere('eu-central-1', 'us-east-1'),
    )
    expect(await refusal(run('CreateDomainName', { ...regional, regionalCertificateArn: arnIn('us-east-1') }))).toEqual(
      elsewhere('us-east-1', 'eu-central-1'),
    )
    await run('CreateDomainName', { ...edge, certificateArn: arnIn('us-east-1') })
    await run('CreateDomainName', { ...regional, regionalCertificateArn: arnIn('eu-central-1') })
    const hidden = { domainName: 'p.example.com', endpointConfiguration: { types: ['PRIVATE'] as const } }
    await run('CreateDomainName', { ...hidden, certificateArn: arnIn('eu-central-1') })
    expect(await refusal(run('CreateDomainName', { domainName: 'api.example.com.' }))).toEqual(
      badRequest('Trailing period should be omitted from domain name'),
    )
  })

  test('are told apart by their id when private, and open to VPC endpoints by association', async () => {
    const { run } = createControlPlane()
    const input = { domainName: 'a.internal.test', endpointConfiguration: { types: ['PRIVATE'] as const } }
    const first = await run('CreateDomainName', input)
    const second = await run('CreateDomainName', input)
    expect(first.domainNameId).not.toBe(second.domainNameId)
    const domainNameArn = first.domainNameArn ?? ''
    expect(domainNameArn).toBe(
      `arn:aws:apigateway:us-east-1:${scope.account}:/domainnames/a.internal.test+${first.domainNameId}`,
    )
    const association = {
      domainNameArn,
      accessAssociationSourceType: 'VPCE' as const,
      accessAssociationSource: 'vpce-1234',
    }
    const { domainNameAccessAssociationArn = '' } = await run('CreateDomainNameAccessAssociation', association)
    const resourceArn = domainNameAccessAssociationArn
    await run('TagResource', { resourceArn, tags: { a: 'b' } })
    expect(await run('GetTags', { resourceArn })).toEqual({ tags: { a: 'b' } })
    expect((await run('GetDomainNameAccessAssociations', {})).items).toEqual([
      { ...association, domainNameAccessAssociationArn, tags: { a: 'b' } },
    ])
    await run('DeleteDomainName', { domainName: 'a.internal.test', domainNameId: first.domainNameId })
    expect(await run('GetDomainNameAccessAssociations', {})).toEqual({ items: [] })
  })

  test('show the policies of private ones as they were written', async () => {
    const { run } = createControlPlane()
    const policyOf = (Resource: string) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource }],
      })
    const domainName = 'a.internal.test'
    const { domainNameId, policy } = await run('CreateDomainName', {
      domainName,
      endpointConfiguration: { types: ['PRIVATE'] },
      policy: policyOf('*'),
    })
    expect(policy).toBe(policyOf('*'))
    const patchOperations = [{ op: 'replace' as const, path: '/policy', value: policyOf('execute-api:/*') }]
    await run('UpdateDomainName', { domainName, domainNameId, patchOperations })
    expect((await run('GetDomainName', { domainName, domainNameId })).policy).toBe(policyOf('execute-api:/*'))
  })

  test('take mutual TLS only where it works', async () => {
    const { run } = createControlPlane()
    const mutualTlsAuthentication = { truststoreUri: 's3://bucket/trust.pem' }
    const edge = run('CreateDomainName', { domainName: 'a.example.com', mutualTlsAuthentication })
    expect(await refusal(edge)).toMatchObject({ status: 400 })
    const endpointConfiguration = { types: ['REGIONAL'] as const }
    await run('CreateDomainName', { domainName: 'a.example.com', endpointConfiguration, mutualTlsAuthentication })
    const off = await run('UpdateDomainName', {
      domainName: 'a.example.com',
      patchOperations: [{ op: 'replace', path: '/mutualTlsAuthentication/truststoreUri', value: '' }],
    })
    expect(off).not.toHaveProperty('mutualTlsAuthentication')
    const patch = async (op: Op, path: string, value?: string) =>
      run('UpdateDomainName', { domainName: 'a.example.com', patchOperations: [{ op, path, value }] })
    const added = await patch('add', '/mutualTlsAuthentication/truststoreUri', 's3://bucket/trust.pem')
    expect(added).toMatchObject({ mutualTlsAuthentication })
    expect(await refusal(patch('replace', '/securityPolicy', 'TLS_1_0'))).toEqual(
      badRequest('Mutual TLS authentication is only supported with TLS 1.2.'),
    )
    expect(await patch('remove', '/mutualTlsAuthentication/truststoreUri')).not.toHaveProperty(
      'mutualTlsAuthentication',
    )
    const arn = `arn:aws:acm:us-east-1:${scope.account}:certificate/1`
    expect(await patch('add', '/ownershipVerificationCertificateArn', arn)).toMatchObject({
      ownershipVerificationCertificateArn: arn,
    })
    expect(await patch('remove', '/ownershipVerificationCertificateArn')).not.toHaveProperty(
      'ownershipVerificationCertificateArn',
    )
  })

  test.each([
    [
      { certificateArn: 'A', endpointConfiguration: { types: ['REGIONAL' as const] } },
      'Cannot import certificates for EDGE while REGIONAL is active.',
    ],
    [{ regionalCertificateArn: 'A' }, 'Cannot import certificates for REGIONAL while EDGE is active.'],
    [{ policy: 'P' }, 'Policies are only supported for private domain names'],
    [
      { endpointConfiguration: { types: ['PRIVATE' as const] }, endpointAccessMode: 'BASIC' as const },
      'endpointAccessMode is only supported for public domain names',
    ],
  ])('are refused with %j, which is for another endpoint type', async (more, sentence) => {
    const { run } = createControlPlane()
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }],
    }
    const written = JSON.stringify(more)
      .replace('"A"', `"arn:aws:acm:us-east-1:${scope.account}:certificate/1"`)
      .replace('"P"', JSON.stringify(JSON.stringify(policy)))
    const input = { domainName: 'a.example.com', ...(JSON.parse(written) as typeof more) }
    expect(await refusal(run('CreateDomainName', input))).toEqual(badRequest(sentence))
  })
})

test('base path mappings lead to APIs and stages that are there', async () => {
  const plane = createControlPlane()
  const { run } = plane
  const api = await createApi(plane)
  await addMockMethod(plane, api)
  await run('CreateDeployment', { restApiId: api.restApiId, stageName: 'dev' })
  const domainName = 'api.example.com'
  const map = (more: object) => run('CreateBasePathMapping', { domainName, restApiId: api.restApiId, ...more })
  expect(await refusal(map({}))).toEqual(notFound('Invalid domain name identifier specified'))
  await run('CreateDomainName', { domainName })
  expect(await map({ basePath: '', stage: 'dev' })).toEqual({
    basePath: '(none)',
    restApiId: api.restApiId,
    stage: 'dev',
  })
  expect(await refusal(map({}))).toEqual(conflict('Base path already exists for this domain name'))
  expect(await refusal(map({ basePath: 'a', stage: 'nope' }))).toEqual(badRequest('Invalid stage identifier specified'))
  expect(await refusal(map({ basePath: 'a', restApiId: 'nope' }))).toEqual(
    badRequest('Invalid REST API identifier specified'),
  )
  expect(await refusal(map({ basePath: 'a/b' }))).toMatchObject({ status: 400 })
  await run('UpdateBasePathMapping', {
    domainName,
    basePath: '(none)',
    patchOperations: [{ op: 'replace', path: '/basePath', value: 'pets' }],
  })
  expect((await run('GetBasePathMappings', { domainName })).items?.map(({ basePath }) => basePath)).toEqual(['pets'])
  const patch = (basePath: string, path: string, value: string) =>
    run('UpdateBasePathMapping', { domainName, basePath, patchOperations: [{ op: 'replace', path, value }] })
  expect((await patch('pets', '/basepath', 'dogs')).basePath).toBe('dogs')
  expect((await patch('dogs', '/restApiId', api.restApiId)).restApiId).toBe(api.restApiId)
  expect(await refusal(patch('dogs', '/domainName', 'x'))).toEqual(
    badRequest(
      "Invalid patch path  '/domainName' specified for op 'replace'. Must be one of: [/basePath, /restapiId, /stage]",
    ),
  )
  expect(await refusal(run('DeleteRestApi', { restApiId: api.restApiId }))).toEqual(
    badRequest(
      `Deleting RestApi ${api.restApiId} failed. Please remove all base path mappings related to the RestApi in your domains: api.example.com`,
    ),
  )
  expect(await refusal(run('DeleteStage', { restApiId: api.restApiId, stageName: 'dev' }))).toEqual(
    badRequest(
      'Deleting stage dev failed. Please remove all base path mappings related to the stage in your domains: api.example.com',
    ),
  )
  await run('DeleteDomainName', { domainName })
  await run('DeleteStage', { restApiId: api.restApiId, stageName: 'dev' })
  await run('DeleteRestApi', { restApiId: api.restApiId })
})

test('client certificates are real, self-signed, and keep their key to themselves', async () => {
  const { run, store } = createControlPlane()
  const shown = await run('GenerateClientCertificate', { description: 'd' })
  const clientCertificateId = shown.clientCertificateId ?? ''
  expect(shown).not.toHaveProperty('privateKeyPem')
  expect(shown).toMatchObject({ createdDate: nowMs / 1000, expirationDate: nowMs / 1000 + 365 * 24 * 3600 })
  const certificate = new X509Certificate(shown.pemEncodedCertificate ?? '')
  expect(certificate.subject).toBe('C=US\nST=Washington\nL=Seattle\nO=Amazon.com\nCN=ApiGateway')
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(certificate.validToDate.getTime()).toBe(nowMs + 365 * 24 * 3600 * 1000)
  const record = await store.read(scope).get('ClientCertificate', [clientCertificateId])
  expect(certificate.checkPrivateKey(createPrivateKey(record?.privateKeyPem ?? ''))).toBe(true)
  await run('DeleteClientCertificate', { clientCertificateId })
  expect(await run('GetClientCertificates', {})).toEqual({ items: [] })
})

describe('documentation', () => {
  test('has one part a place, with the location written out', async () => {
    const plane = createControlPlane()
    const { restApiId } = await createApi(plane)
    const create = (location: object, properties = '{"description":"d"}') =>
      plane.run('CreateDocumentationPart', { restApiId, location: location as { type: 'METHOD' }, properties })
    expect(await create({ type: 'METHOD' })).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{6}$/),
      location: { type: 'METHOD', path: '/', method: '*' },
      properties: '{"description":"d"}',
    })
    expect(await refusal(create({ type: 'METHOD', path: '/' }))).toEqual(
      conflict("Documentation part already exists for the specified location: type 'METHOD', path '/'."),
    )
    // The four members as Terraform's provider sends them: those that a part lacks are empty.
    expect((await create({ type: 'METHOD', path: '/pets', method: 'GET', statusCode: '', name: '' })).location).toEqual(
      {
        type: 'METHOD',
        path: '/pets',
        method: 'GET',
      },
    )
    expect(await refusal(create({ type: 'API', path: '/' }))).toEqual(
      badRequest('[Location type: API cannot have path, method, statusCode or name defined.]'),
    )
    expect(await refusal(create({ type: 'MODEL' }))).toMatchObject({ status: 400 })
    expect(await refusal(create({ type: 'API' }, 'x'))).toMatchObject({ status: 400 })
    expect(await refusal(plane.run('GetDocumentationPart', { restApiId: 'x', documentationPartId: 'y' }))).toEqual(
      notFound('Invalid Documentation part identifier specified'),
    )
  })

  test('lists the places that have no part yet', async () => {
    const plane = createControlPlane()
    const api = await createApi(plane)
    await addMockMethod(plane, api)
    const { restApiId } = api
    await plane.run('CreateDocumentationPart', { restApiId, location: { type: 'API' }, properties: '{}' })
    const { items } = await plane.run('GetDocumentationParts', { restApiId, locationStatus: 'UNDOCUMENTED' })
    expect(items?.map(({ location }) => location)).toEqual([
      { type: 'MODEL', name: 'Empty' },
      { type: 'MODEL', name: 'Error' },
      { type: 'RESOURCE', path: '/' },
      { type: 'METHOD', path: '/', method: 'GET' },
    ])
  })

  test('is frozen by versions that stages carry', async () => {
    const plane = createControlPlane()
    const api = await createApi(plane)
    await addMockMethod(plane, api)
    const { restApiId } = api
    await plane.run('CreateDeployment', { restApiId, stageName: 'dev' })
    await plane.run('CreateDocumentationPart', { restApiId, location: { type: 'API' }, properties: '{}' })
    const version = { restApiId, documentationVersion: '1' }
    expect(await plane.run('CreateDocumentationVersion', { ...version, stageName: 'dev' })).toEqual({
      version: '1',
      createdDate: nowMs / 1000,
    })
    expect((await plane.run('GetStage', { restApiId, stageName: 'dev' })).documentationVersion).toBe('1')
    expect(await refusal(plane.run('DeleteDocumentationVersion', version))).toMatchObject({ status: 400 })
    expect(await plane.store.read(scope).get('DocumentationVersion', [restApiId, '1'])).toMatchObject({
      parts: [{ location: { type: 'API' }, properties: '{}' }],
    })
  })
})

test('SDK types are listed and found', async () => {
  const { run } = createControlPlane()
  expect((await run('GetSdkTypes', {})).items?.map(({ id }) => id)).toEqual([
    'android',
    'java',
    'javascript',
    'objectivec',
    'ruby',
    'swift',
  ])
  expect(await refusal(run('GetSdkType', { id: 'cobol' }))).toMatchObject({ status: 404 })
})
