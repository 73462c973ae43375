// Which methods count as configured alike.
import { expect, test } from 'vitest'
import { configurationOf, PerConfiguration } from './method-configuration.ts'

const method = {
  resourceId: 'r1',
  httpMethod: 'GET',
  authorizationType: 'NONE',
  methodIntegration: { type: 'MOCK' as const, requestTemplates: { 'application/json': '{"statusCode": 200}' } },
}
const cached = { cachingEnabled: true }

/** Whether two methods get the same of what is made for each configuration. */
function alike(...[one, other]: [ReturnType<typeof configurationOf>, ReturnType<typeof configurationOf>]): boolean {
  const made = new PerConfiguration(() => ({}))
  return made.of(one) === made.of(other)
}

const plain = configurationOf(method, undefined, '/cats')

test('methods that differ in their names alone are alike', () => {
  const { methodIntegration } = method
  const named = { ...method, resourceId: 'r2', operationName: 'listDogs' }
  expect(alike(plain, configurationOf(named, undefined, '/dogs'))).toBe(true)
  const [one, other] = ['r1', 'r2'].map((resourceId) =>
    configurationOf(
      { ...method, resourceId, methodIntegration: { ...methodIntegration, cacheNamespace: resourceId } },
      undefined,
      '/',
    ),
  )
  expect(one).toEqual(plain)
  expect(other).toEqual(plain)
})

test('methods that differ in anything else are not', () => {
  const { methodIntegration } = method
  const differing = [
    { ...method, httpMethod: 'POST' },
    { ...method, apiKeyRequired: true },
    { ...method, methodIntegration: { ...methodIntegration, cacheNamespace: 'ours' } },
    { ...method, methodIntegration: { ...methodIntegration, requestTemplates: { 'text/plain': '' } } },
  ]
  for (const other of differing) expect(alike(plain, configurationOf(other, undefined, '/cats'))).toBe(false)
})

test('settings of the stage count by what they say, and those of all methods cache GET alone', () => {
  const own = configurationOf(method, { 'cats/GET': cached }, '/cats')
  expect(own).toMatchObject({ setting: cached, isCached: true })
  expect(alike(own, configurationOf(method, { 'dogs/GET': cached }, '/dogs'))).toBe(true)
  expect(alike(own, plain)).toBe(false)
  const stageWide = configurationOf(method, { '*/*': cached }, '/cats')
  expect(stageWide).toMatchObject({ setting: cached, isCached: true })
  expect(alike(own, stageWide)).toBe(true)
})

test('an ANY method has the settings of each verb, else those of ANY, else those of all methods', () => {
  const any = { ...method, httpMethod: 'ANY' }
  const [one, two] = [{ throttlingRateLimit: 1 }, { throttlingRateLimit: 2 }]
  const settings = { '~1cats/POST': one, '~1cats/ANY': two, '*/*': cached }
  const of = (path: string, verb: string): object => {
    const { setting, isCached } = configurationOf(any, settings, path, verb)
    return { setting, isCached }
  }
  expect(of('/cats', 'POST')).toEqual({ setting: one, isCached: false })
  expect(of('/cats', 'GET')).toEqual({ setting: two, isCached: false })
  expect(of('/dogs', 'GET')).toEqual({ setting: cached, isCached: true })
  expect(of('/dogs', 'POST')).toEqual({ setting: cached, isCached: false })
})
