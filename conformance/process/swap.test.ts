// Deployments under load: each request gets one whole answer, of the version before or of the version after.
import { Agent } from 'node:http'
import { PutIntegrationResponseCommand } from '@aws-sdk/client-api-gateway'
import { UpdateIntegrationCommand } from '@aws-sdk/client-apigatewayv2'
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { addRoute, createHttpApi, proxyTo } from '../fixture/http-api.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { startUpstream, type Seen } from '../fixture/upstream.ts'

const deployments = 40
const callers = 8

/** Calls from several connections until `work` is done; resolves with every answer, as `status text`. */
async function during(
  sluice: RunningSluice,
  apiId: string,
  path: string,
  work: () => Promise<void>,
): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const answers: string[] = []
  const over = new AbortController()
  const caller = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { status, text } = await callApi(sluice.url, apiId, path, { agent })
      answers.push(`${status} ${text}`)
    }
  }
  const calling = Promise.all(Array.from({ length: callers }, caller))
  await work()
  over.abort()
  await calling
  agent.destroy()
  return answers
}

test('a REST API loses no request while it is deployed again and again', async () => {
  const sluice = await startSluice(['dev'])
  onTestFinished(async () => void (await sluice.stop()))
  const { rest } = clientsOf(sluice.url)
  const id = await createRestApi(rest, 'swapped')
  const text = (version: number): string => `{"version":${version},"padding":"${'x'.repeat(5000)}","again":${version}}`
  const address = await putMethod(rest, id, '/', {
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': text(0) } }],
  })
  await deploy(rest, id, 'prod')
  const answers = await during(sluice, id, '/prod', async () => {
    for (let version = 1; version <= deployments; version++) {
      const responseTemplates = { 'application/json': text(version) }
      await rest.send(new PutIntegrationResponseCommand({ ...address, statusCode: '200', responseTemplates }))
      await deploy(rest, id, 'prod')
    }
  })
  const allowed = new Set(Array.from({ length: deployments + 1 }, (_, version) => `200 ${text(version)}`))
  expect(answers.filter((answer) => !allowed.has(answer))).toEqual([])
  expect(new Set(answers).size).toBeGreaterThan(deployments / 4)
  expect((await callApi(sluice.url, id, '/prod')).text).toBe(text(deployments))
})

test('an HTTP API loses no request while changes deploy by themselves', async () => {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const sluice = await startSluice(['dev'])
  onTestFinished(async () => void (await sluice.stop()))
  const { http } = clientsOf(sluice.url)
  const id = await createHttpApi(http, 'swapped')
  const { IntegrationId } = await addRoute(http, id, 'GET /', proxyTo(`${upstream.url}/0`))
  const answers = await during(sluice, id, '/', async () => {
    for (let version = 1; version <= deployments; version++) {
      const IntegrationUri = `${upstream.url}/${version}`
      await http.send(new UpdateIntegrationCommand({ ApiId: id, IntegrationId, IntegrationUri }))
    }
  })
  const versions = answers.map((answer) => {
    expect(answer).toMatch(/^200 \{/)
    return Number((JSON.parse(answer.slice(4)) as Seen).url.slice(1))
  })
  expect(versions.filter((version) => !(version >= 0 && version <= deployments))).toEqual([])
  expect(new Set(versions).size).toBeGreaterThan(deployments / 4)
})
