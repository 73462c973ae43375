// Routing rules of custom domain names: by header, by base path, by priority; and what the routing mode makes of them. HTTP 35.
import {
  CreateApiMappingCommand,
  CreateRoutingRuleCommand,
  DeleteRoutingRuleCommand,
  UpdateDomainNameCommand,
  type RoutingMode,
  type RoutingRuleCondition,
} from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDomain, echoingHttpApi, echoingRestApi, eventOf, openPlaces, told, type Places } from './places.ts'

const DomainName = 'rules.example.com'
const forbidden = [403, '{"message":"Forbidden"}']

let places: Places
let ruled: string
let mapped: string
beforeAll(async () => {
  places = await openPlaces()
  ruled = await echoingRestApi(places, 'ruled', ['prod', 'test'])
  mapped = await echoingRestApi(places, 'mapped', ['prod'])
  await createDomain(places, DomainName)
  await places.http.send(
    new CreateApiMappingCommand({ DomainName, ApiMappingKey: 'pets', ApiId: mapped, Stage: 'prod' }),
  )
})
afterAll(() => places.close())

const get = (path: string, headers: Record<string, string> = {}) =>
  places.gateway.invoke(`http://${DomainName}${path}`, { headers })
const mode = (RoutingMode: RoutingMode) => places.http.send(new UpdateDomainNameCommand({ DomainName, RoutingMode }))
const header = (Header: string, ValueGlob: string): RoutingRuleCondition => ({
  MatchHeaders: { AnyOf: [{ Header, ValueGlob }] },
})
const basePath = (path: string): RoutingRuleCondition => ({ MatchBasePaths: { AnyOf: [path] } })

/** Adds a rule for the running test's question only. */
async function withRules(
  rules: readonly { priority: number; conditions: RoutingRuleCondition[]; stage?: string; strip?: boolean }[],
  ask: () => Promise<void>,
): Promise<void> {
  const ids: string[] = []
  for (const { priority, conditions, stage = 'prod', strip = false } of rules) {
    const Actions = [{ InvokeApi: { ApiId: ruled, Stage: stage, StripBasePath: strip } }]
    const rule = new CreateRoutingRuleCommand({ DomainName, Actions, Conditions: conditions, Priority: priority })
    ids.push((await places.http.send(rule)).RoutingRuleId ?? '')
  }
  await ask()
  for (const RoutingRuleId of ids) await places.http.send(new DeleteRoutingRuleCommand({ DomainName, RoutingRuleId }))
}

const reached = async (path: string, headers?: Record<string, string>): Promise<string> => {
  const { requestContext } = await eventOf(get(path, headers))
  return `${requestContext.apiId === ruled ? 'ruled' : 'mapped'} ${requestContext.stage}`
}

test('the mode decides whether rules, mappings or both count', async () => {
  await withRules([{ priority: 1, conditions: [header('X-Version', 'beta')] }], async () => {
    const beta = { 'x-version': 'beta' }
    await mode('API_MAPPING_ONLY')
    expect(await reached('/pets', beta)).toBe('mapped prod')
    await mode('ROUTING_RULE_THEN_API_MAPPING')
    expect(await reached('/pets', beta)).toBe('ruled prod')
    expect(await reached('/pets')).toBe('mapped prod')
    await mode('ROUTING_RULE_ONLY')
    expect(await reached('/pets', beta)).toBe('ruled prod')
    expect(await told(get('/pets'))).toEqual(forbidden)
  })
})

test('the lowest priority whose conditions all hold wins', async () => {
  await mode('ROUTING_RULE_THEN_API_MAPPING')
  const rules = [
    { priority: 20, conditions: [], stage: 'prod' },
    { priority: 10, conditions: [header('x-a', '1'), basePath('pets')], stage: 'test' },
  ]
  await withRules(rules, async () => {
    expect(await reached('/pets/7', { 'x-a': '1' })).toBe('ruled test')
    expect(await reached('/pets/7', { 'x-a': '2' })).toBe('ruled prod')
    expect(await reached('/petsx', { 'x-a': '1' })).toBe('ruled prod')
  })
})

test.each([
  ['v2*', 'v2.1', true],
  ['v2*', 'V2.1', false],
  ['*-beta', 'v2-beta', true],
  ['*-beta', 'v2-beta1', false],
  ['*eta*', 'v2-beta1', true],
  ['*', 'anything', true],
  ['v2', 'v2', true],
  ['v2', 'v20', false],
])('the glob %s against %s: %j', async (glob, value, matches) => {
  await mode('ROUTING_RULE_ONLY')
  await withRules([{ priority: 1, conditions: [header('X-Version', glob)] }], async () => {
    expect((await get('/a', { 'x-version': value })).status).toBe(matches ? 200 : 403)
  })
})

test.each([
  ['PetStoreShopper/dogs', true, null],
  ['PetStoreShopper/dogs', false, 'PetStoreShopper/dogs'],
  ['PetStoreShopper', true, 'dogs'],
])('the base path %s, stripped: %j', async (path, strip, proxy) => {
  await mode('ROUTING_RULE_ONLY')
  await withRules([{ priority: 1, conditions: [basePath(path)], strip }], async () => {
    const { pathParameters } = await eventOf(get('/PetStoreShopper/dogs'))
    expect(pathParameters?.proxy ?? null).toBe(proxy)
    expect(await told(get('/petstoreshopper/dogs'))).toEqual(forbidden)
  })
})

test('no rules stand beside mappings of HTTP APIs', async () => {
  const http = await echoingHttpApi(places, 'http', 'dev')
  await createDomain(places, 'http.example.com')
  const mapping = { DomainName: 'http.example.com', ApiId: http, Stage: 'dev' }
  await places.http.send(new CreateApiMappingCommand(mapping))
  const Actions = [{ InvokeApi: { ApiId: ruled, Stage: 'prod' } }]
  const rule = { DomainName: 'http.example.com', Actions, Conditions: [], Priority: 1 }
  await expect(places.http.send(new CreateRoutingRuleCommand(rule))).rejects.toMatchObject({
    name: 'BadRequestException',
  })
})
