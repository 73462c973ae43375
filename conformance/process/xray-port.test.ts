// The X-Ray port of a gateway that runs: functions find it, and what they send joins the trace of the request.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createClient } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/xray'
import { UpdateStageCommand } from '@aws-sdk/client-api-gateway'
import { expect, onTestFinished, test } from 'vitest'
import { modelOf } from '../../gateway/src/services/models.ts'
import { callApi } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { spawnSluice, startSluice, type RunningSluice } from '../fixture/sluice.ts'

/** A function that sends a subsegment as an X-Ray SDK does in Lambda, and answers what it was given. */
const traced = `
const { createSocket } = require('node:dgram')
exports.handler = async () => {
  const { AWS_XRAY_DAEMON_ADDRESS: address = '', _X_AMZN_TRACE_ID: trace = '' } = process.env
  const { Root, Parent } = Object.fromEntries(trace.split(';').map((field) => field.split('=')))
  const now = Date.now() / 1000
  const subsegment = { id: 'aaaaaaaaaaaaaaaa', name: 'work', type: 'subsegment', trace_id: Root, parent_id: Parent, start_time: now, end_time: now }
  const [host, port] = address.split(':')
  const socket = createSocket('udp4')
  await new Promise((resolve) => socket.send('{"format":"json","version":1}\\n' + JSON.stringify(subsegment), Number(port), host, resolve))
  socket.close()
  return { statusCode: 200, body: JSON.stringify({ address, trace }) }
}`

function xrayOf(sluice: RunningSluice) {
  return createClient<Operations>(modelOf('xray'), {
    endpoint: sluice.url,
    region: 'us-east-1',
    send: async ({ method, path, body }) => {
      const headers = {
        'content-type': 'application/json',
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/xray/aws4_request, SignedHeaders=host, Signature=0',
      }
      const response = await fetch(`${sluice.url}${path}`, { method, headers, body: Buffer.from(body) })
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      }
    },
  })
}

async function tracedApi(sluice: RunningSluice): Promise<string> {
  const { rest, lambda } = clientsOf(sluice.url)
  const id = await createRestApi(rest, 'traced')
  const uri = invocationUri(await createNodeFunction(lambda, 'worker', traced))
  await putMethod(rest, id, '/work', {
    httpMethod: 'GET',
    integration: { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri },
  })
  await deploy(rest, id, 'prod')
  const patchOperations = [{ op: 'replace', path: '/tracingEnabled', value: 'true' } as const]
  await rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations }))
  return id
}

interface Document {
  id: string
  parent_id?: string
  name: string
  origin?: string
}

test('a trace goes from the stage through the function to what the function sends', async () => {
  const sluice = await startSluice(['dev', '--xray-port', '0'])
  onTestFinished(async () => void (await sluice.stop()))
  const address = /^X-Ray daemon: (\S+) {2}\(AWS_XRAY_DAEMON_ADDRESS\)$/m.exec(sluice.stdout())?.[1]
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/)
  const id = await tracedApi(sluice)
  const { text } = await callApi(sluice.url, id, '/prod/work')
  const given = JSON.parse(text) as { address: string; trace: string }
  expect(given.address).toBe(address)
  const [, root = '', parent] = /^Root=([^;]+);Parent=([^;]+);Sampled=1$/.exec(given.trace) ?? []
  const xray = xrayOf(sluice)
  const documents = async (): Promise<Document[]> => {
    const { Traces = [] } = await xray.call('BatchGetTraces', { TraceIds: [root] })
    return Traces.flatMap(({ Segments = [] }) => Segments.map(({ Document = '' }) => JSON.parse(Document) as Document))
  }
  await expect.poll(documents).toHaveLength(4)
  const byName = Object.groupBy(await documents(), ({ origin, name }) => origin ?? name)
  const [stage, service, own, work] = ['AWS::ApiGateway::Stage', 'AWS::Lambda', 'AWS::Lambda::Function', 'work'].map(
    (name) => byName[name]?.[0],
  )
  expect([service?.parent_id, own?.parent_id, work?.parent_id]).toEqual([stage?.id, service?.id, own?.id])
  expect(own?.id).toBe(parent)
  const { Services = [] } = await xray.call('GetTraceGraph', { TraceIds: [root] })
  expect(Services.map(({ Name, Type }) => `${Name} ${Type}`).sort()).toEqual([
    'traced/prod AWS::ApiGateway::Stage',
    'traced/prod client',
    'worker AWS::Lambda',
    'worker AWS::Lambda::Function',
  ])
})

test('segments are sent to another daemon beside, and functions are told of it', async () => {
  const daemon = createSocket('udp4')
  const received: string[] = []
  daemon.on('message', (datagram) => received.push(datagram.toString()))
  daemon.bind(0, '127.0.0.1')
  await once(daemon, 'listening')
  onTestFinished(() => void daemon.close())
  const address = `127.0.0.1:${daemon.address().port}`
  const sluice = await startSluice(['dev'], { environment: { AWS_XRAY_DAEMON_ADDRESS: address } })
  onTestFinished(async () => void (await sluice.stop()))
  const id = await tracedApi(sluice)
  const { text } = await callApi(sluice.url, id, '/prod/work')
  expect(JSON.parse(text)).toMatchObject({ address })
  await expect.poll(() => received).toHaveLength(4)
  const origins = received.map((datagram) => (JSON.parse(datagram.split('\n')[1] ?? '') as Document).origin)
  expect(origins.sort()).toEqual(['AWS::ApiGateway::Stage', 'AWS::Lambda', 'AWS::Lambda::Function', undefined])
})

test('a port that is taken is one clear line', async () => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  const { port } = socket.address()
  const { ended, stderr } = spawnSluice(['dev', '--port', '0', '--xray-port', String(port)])
  expect((await ended).code).toBe(2)
  expect(stderr()).toBe(`Port ${port} on 127.0.0.1 is taken: choose another with --xray-port, or 0 for any free one.\n`)
})
