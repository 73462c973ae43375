// AWS's X-Ray SDK for Python, as it comes, against the X-Ray port: in a program, and in a function.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { UpdateStageCommand } from '@aws-sdk/client-api-gateway'
import { expect, onTestFinished, test } from 'vitest'
import { toolEnvironment } from '../fixture/aws-cli.ts'
import { callApi } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { createFunction, invocationUri } from '../fixture/functions.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice } from '../fixture/sluice.ts'

const found = spawnSync('python3', ['-c', 'import aws_xray_sdk, boto3; print(aws_xray_sdk.__path__[0])'], {
  encoding: 'utf8',
})
const missing = found.status === 0 ? undefined : 'skipped: no X-Ray SDK here (pip install aws-xray-sdk boto3)'
const packages = join(found.stdout.trim(), '..')

async function start() {
  const sluice = await startSluice(['dev', '--xray-port', '0'])
  onTestFinished(async () => void (await sluice.stop()))
  const address = /^X-Ray daemon: (\S+) /m.exec(sluice.stdout())?.[1] ?? ''
  return { sluice, address }
}

test(`a program's segments, rules and targets ${missing ?? ''}`, async ({ skip }) => {
  skip(missing !== undefined, missing)
  const { sluice, address } = await start()
  const env = { ...toolEnvironment(sluice.url), AWS_XRAY_DAEMON_ADDRESS: address, PYTHONDONTWRITEBYTECODE: '1' }
  const { stdout, stderr } = spawnSync('python3', [join(import.meta.dirname, 'program.py')], { env, encoding: 'utf8' })
  expect(stdout, stderr).toMatch(/^\{/)
  expect(JSON.parse(stdout)).toMatchObject({
    documents: [
      {
        name: 'shop',
        annotations: { plan: 'gold' },
        http: { response: { status: 200 } },
        subsegments: [
          { name: 'db', namespace: 'remote', metadata: { default: { rows: [1, 2] } } },
          { name: 'broken', fault: true },
        ],
      },
    ],
    rules: [['Default', 0.05, 10_000]],
    targets: { Default: [0.05, 1, 10] },
  })
})

const handler = `
from aws_xray_sdk.core import xray_recorder

def handler(event, context):
    with xray_recorder.in_subsegment('work') as subsegment:
        subsegment.put_annotation('pet', 7)
    return {'statusCode': 200, 'body': subsegment.trace_id}
`

test(`what a function records joins the trace of its request ${missing ?? ''}`, async ({ skip }) => {
  skip(missing !== undefined, missing)
  const { sluice } = await start()
  const { rest, lambda } = clientsOf(sluice.url)
  const arn = await createFunction(lambda, {
    name: 'worker',
    runtime: 'python3.13',
    handler: 'index.handler',
    files: { 'index.py': handler },
    environment: { PYTHONPATH: packages },
  })
  const id = await createRestApi(rest, 'traced')
  const integration = { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationUri(arn) } as const
  await putMethod(rest, id, '/work', { httpMethod: 'GET', integration })
  await deploy(rest, id, 'prod')
  const patchOperations = [{ op: 'replace', path: '/tracingEnabled', value: 'true' } as const]
  await rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations }))
  const { text: traceId, status } = await callApi(sluice.url, id, '/prod/work')
  expect([status, traceId]).toEqual([200, expect.stringMatching(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/)])
  const names = async (): Promise<string[]> => {
    const response = await fetch(`${sluice.url}/Traces`, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/xray/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ TraceIds: [traceId] }),
    })
    const { Traces } = (await response.json()) as { Traces: { Segments: { Document: string }[] }[] }
    return Traces.flatMap(({ Segments }) =>
      Segments.map(({ Document }) => (JSON.parse(Document) as { name: string }).name),
    )
  }
  await expect.poll(async () => (await names()).sort()).toEqual(['traced/prod', 'work', 'worker', 'worker'])
})
