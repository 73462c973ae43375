// Violations in AWS's words and order.
import { describe, expect, test } from 'vitest'
import { decode } from './decode.ts'
import { loadNamed, readModel, readOverlay, request } from './fixture.ts'
import { loadService } from './load.ts'
import type { Service } from './service.ts'
import { validate, ValidationFault } from './validate.ts'

function violationsOf(service: Service, ...parts: Parameters<typeof request>): ValidationFault | undefined {
  const wire = request(...parts)
  const match = service.match(wire)
  if (match === undefined) throw new Error(`no operation at ${parts[0]}`)
  try {
    validate(match, decode(match, wire))
    return undefined
  } catch (error) {
    if (error instanceof ValidationFault) return error
    throw error
  }
}

const v1 = loadNamed('apigateway')
const integration = 'PUT /restapis/r/resources/s/methods/GET/integration'
const opSet = '[add, remove, move, test, replace, copy]'

describe('API Gateway, as recorded', () => {
  test('a valid request passes', () => {
    expect(violationsOf(v1, integration, { type: 'MOCK' })).toBeUndefined()
  })

  test('an enum lists its values in the order AWS prints them', () => {
    const fault = violationsOf(v1, integration, { type: 'HTTPS_PROXY' })
    expect(fault).toMatchObject({ code: 'ValidationException', status: 400 })
    expect(fault?.message).toBe(
      "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]',
    )
  })

  test('several violations come at once, in the model’s order: a list of scalars as a whole, types before ipAddressType', () => {
    const body = '{"name":"n","endpointConfiguration":{"ipAddressType":"wrong","types":["wrong"]},"description":""}'
    expect(violationsOf(v1, 'POST /restapis', body)?.message).toBe(
      '2 validation errors detected: ' +
        "Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: " +
        'Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]; ' +
        "Value 'wrong' at 'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [ipv4, dualstack]',
    )
  })

  test('body members come before labels, elements count from 1, labels are named bare', () => {
    const line = 'PATCH /restapis/r/resources/s/methods/GET/responses/wrong'
    expect(violationsOf(v1, line, { patchOperations: [{ op: 'wrong' }] })?.message).toBe(
      '2 validation errors detected: ' +
        "Value 'wrong' at 'updateMethodResponseInput.patchOperations.1.member.op' failed to satisfy constraint: " +
        `Member must satisfy enum value set: ${opSet}; ` +
        "Value 'wrong' at 'statusCode' failed to satisfy constraint: " +
        String.raw`Member must satisfy regular expression pattern: [1-5]\d\d`,
    )
  })

  test('a pattern matches the whole value', () => {
    expect(violationsOf(v1, 'GET /restapis/r/resources/s/methods/GET/responses/2000')?.violations).toHaveLength(1)
    expect(violationsOf(v1, 'GET /restapis/r/resources/s/methods/GET/responses/200')).toBeUndefined()
  })

  test('a label’s enum is checked', () => {
    expect(violationsOf(v1, 'GET /restapis/r/gatewayresponses/NOPE')?.message).toMatch(
      /^1 validation error detected: Value 'NOPE' at 'responseType' failed to satisfy constraint: Member must satisfy enum value set: \[REQUEST_TOO_LARGE, .*, EXPIRED_TOKEN\]$/,
    )
  })

  test('a missing required member and a null element are named', () => {
    expect(violationsOf(v1, 'POST /restapis', {})?.violations).toEqual([
      "Value null at 'createRestApiInput.name' failed to satisfy constraint: Member must not be null",
    ])
    expect(violationsOf(v1, 'POST /restapis', { name: 'n', binaryMediaTypes: [null] })?.violations).toEqual([
      "Value null at 'createRestApiInput.binaryMediaTypes.1.member' failed to satisfy constraint: Member must not be null",
    ])
  })

  test('no more than a hundred violations are listed', () => {
    const patchOperations = Array.from({ length: 500 }, () => ({ op: 'x' }))
    expect(violationsOf(v1, 'PATCH /restapis/r', { patchOperations })?.violations).toHaveLength(100)
  })
})

describe('other services', () => {
  test('v2 says BadRequestException, names the member alone, and leaves the protocol to its own words', () => {
    const v2 = loadNamed('apigatewayv2')
    const fault = violationsOf(v2, 'POST /v2/apis/a/integrations', {
      integrationType: 'AWS_PROXY',
      timeoutInMillis: 49,
    })
    expect(fault).toMatchObject({ code: 'BadRequestException', shape: 'BadRequestException' })
    expect(fault?.violations).toEqual([
      "Value '49' at 'timeoutInMillis' failed to satisfy constraint: Member must have value greater than or equal to 50",
    ])
    expect(violationsOf(v2, 'POST /v2/apis', { name: 'a'.repeat(128), protocolType: 'FTP' })).toBeUndefined()
    expect(violationsOf(v2, 'POST /v2/apis', { name: 'a'.repeat(129), protocolType: 'HTTP' })?.violations).toEqual([
      `Value '${'a'.repeat(129)}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 128`,
    ])
  })

  test('the query protocol says ValidationError; a map and its keys are reported as a whole', () => {
    const iam = loadNamed('iam')
    const fault = violationsOf(iam, 'POST /', 'Action=GetUser&UserName=a%20b')
    expect(fault?.code).toBe('ValidationError')
    expect(fault?.message).toBe(
      "1 validation error detected: Value 'a b' at 'userName' failed to satisfy constraint: " +
        String.raw`Member must satisfy regular expression pattern: [\w+=,.@-]+`,
    )
    const logs = loadNamed('logs')
    const target = { 'x-amz-target': 'Logs_20140328.CreateLogGroup' }
    const tagged = violationsOf(logs, 'POST /', { logGroupName: 'g', tags: { 'a\u0000': 'v' } }, target)
    expect(tagged?.code).toBe('InvalidParameterException')
    expect(tagged?.violations).toEqual([
      "Value '{a\u0000=v}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: " +
        '[Member must have length less than or equal to 128, Member must have length greater than or equal to 1, ' +
        String.raw`Member must satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$]`,
    ])
  })

  test('a sensitive value is not repeated', () => {
    const sts = loadNamed('sts')
    const line = 'Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::1:role/a&RoleSessionName=ab&WebIdentityToken=a'
    expect(violationsOf(sts, 'POST /', line)?.violations).toEqual([
      "Value at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4",
    ])
  })
})

test('an overlay that does not fit its model is refused when loaded', () => {
  const model = readModel('apigateway')
  expect(() => loadService(model, { enumOrder: { Op: ['add'] } })).toThrow(
    'the overlay\'s enum "Op" does not list the values',
  )
  expect(() => loadService(model, { bounds: { Nope: { max: 1 } } })).toThrow('the overlay names "Nope"')
  expect(() => loadService(model, { unchecked: ['RestApi.nope'] })).toThrow(
    'the overlay names the member "RestApi.nope"',
  )
  expect(() => loadService(model, { optional: ['RestApi.nope'] })).toThrow(
    'the overlay names the member "RestApi.nope"',
  )
  expect(() => loadService(model, { acceptedPaths: { Nope: '/' } })).toThrow('the overlay names "Nope"')
  expect(readOverlay('apigateway').violationPaths).toBe('operation')
})
