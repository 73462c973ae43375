// The lines that a listener is told, in AWS's words and order. Source: Security F.5, F.6.
import { expect, test } from 'vitest'
import { startBackend } from './backend.ts'
import { mockMethod, stageOf } from './stage.ts'

/** Lines of the log alone: decisions are told in between. */
const logOf = (lines: readonly string[]): string[] =>
  lines.filter((line) => !/^[A-Za-z_ 0-9]+ (?:\{"|undefined$)/.test(line))

test('a mock is logged from its request to its answer', async () => {
  const reply = await stageOf({ method: mockMethod('done'), path: '/pets/{id}' })({
    path: '/pets/7',
    query: 'a=b&a=c',
    headers: ['Accept', '*/*'],
    body: 'sent',
  })
  expect(logOf(reply.lines)).toEqual([
    'Starting execution for request: 11111111-2222-4333-8444-555555555555',
    'HTTP Method: GET, Resource Path: /pets/7',
    'Method request path: {id=7}',
    'Method request query string: {a=b,c}',
    'Method request headers: {Accept=*/*}',
    'Method request body before transformations: sent',
    'Method response body after transformations: done',
    'Method response headers: {Content-Type=application/json}',
    'Successfully completed execution',
    'Method completed with status: 200',
  ])
})

test('an HTTP integration is logged with what went to the backend and came back, bodies cut at 1,024 characters', async () => {
  const backend = await startBackend()
  backend.answer({ status: 201, headers: ['X-A', '1'], body: 'x'.repeat(2_000) })
  const method = {
    methodResponses: { '200': {} },
    methodIntegration: {
      type: 'HTTP' as const,
      httpMethod: 'POST',
      uri: `${backend.url}/p`,
      requestTemplates: { 'application/json': 'out' },
      integrationResponses: { '200': { statusCode: '200' } },
    },
  }
  const reply = await stageOf({ method })({ method: 'POST' })
  await backend.close()
  const lines = logOf(reply.lines).slice(6)
  expect(lines[0]).toBe(`Endpoint request URI: ${backend.url}/p`)
  expect(lines[1]).toMatch(/^Endpoint request headers: \{Accept=application\/json, Host=/)
  expect(lines.slice(2, 4)).toEqual([
    'Endpoint request body after transformations: out',
    `Sending request to ${backend.url}/p`,
  ])
  expect(lines[4]).toMatch(/^Received response\. Status: 201, Integration latency: \d+ ms$/)
  expect(lines[6]).toBe(`Endpoint response body before transformations: ${'x'.repeat(1_024)} [TRUNCATED]`)
  expect(lines.at(-1)).toBe('Method completed with status: 200')
})

test('a failure is logged with its reason, and the listener is told what lies behind it', async () => {
  const reply = await stageOf({ method: mockMethod('#if') })()
  expect(logOf(reply.lines).slice(-2)).toEqual([
    'Execution failed due to configuration error: Unable to transform response',
    'Method completed with status: 500',
  ])
  expect(reply.lines.find((line) => line.startsWith('API_CONFIGURATION_ERROR'))).toContain('at line 1, column')
})
