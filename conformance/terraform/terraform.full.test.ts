// Terraform, or OpenTofu, with the AWS provider, as they come: makes, changes in place, changes back and destroys every kind of resource,
// with an empty plan after each step.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { openShell } from '../fixture/aws-cli.ts'
import { callApi } from '../fixture/call.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { startSluice } from '../fixture/sluice.ts'
import { zipOf } from '../fixture/zip.ts'

const command = ['terraform', 'tofu'].find((name) => spawnSync(name, ['version'], { cwd: tmpdir() }).status === 0)
const missing =
  command === undefined
    ? 'skipped: no `terraform` or `tofu` command here'
    : hasProvider(command)
      ? undefined
      : `skipped: \`${command} init\` finds no provider here`

/** Whether the provider is to be had: from the registry, or from where the configuration file of the tool says. */
function hasProvider(tool: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-terraform-'))
  copyFileSync(join(import.meta.dirname, 'provider.tf'), join(folder, 'provider.tf'))
  const { status } = spawnSync(tool, ['init', '-no-color', '-input=false'], { cwd: folder, timeout: 120_000 })
  rmSync(folder, { recursive: true })
  return status === 0
}

const code = `
exports.handler = async (event) => ({ statusCode: 200, body: event.stageVariables.a })
exports.authorize = async (event) => ({
  principalId: 'me',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }],
  },
})
`

/** A gateway and a folder with the configuration of that name, initialised. */
async function begin(name: string) {
  const folder = await temporaryFolder()
  for (const file of ['provider.tf', 'around.tf', `${name}.tf`]) {
    await copyFile(join(import.meta.dirname, file), join(folder, file))
  }
  await writeFile(join(folder, 'function.zip'), zipOf({ 'index.js': code }))
  const sluice = await startSluice(['dev'])
  onTestFinished(async () => void (await sluice.stop()))
  const { run } = openShell(sluice.url, folder)
  await run(`${command} init -no-color -input=false`)
  const client = {
    endpoint: sluice.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
  return {
    /** Applies, and plans again: an exit code of 2 would say that something is still to be done. */
    apply: async (changed: boolean) => {
      await run(`${command} apply -auto-approve -no-color -input=false -var changed=${changed}`)
      await run(`${command} plan -detailed-exitcode -no-color -input=false -var changed=${changed}`)
    },
    destroy: () => run(`${command} destroy -auto-approve -no-color -input=false`),
    call: async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const { status, text } = await callApi(sluice.url, await run(`${command} output -raw api_id`), path, { headers })
      return `${status} ${text}`
    },
    say: async (path: string, text: string) => {
      const id = await run(`${command} output -raw api_id`)
      const socket = new WebSocket(`ws://127.0.0.1:${sluice.port}/_aws/execute-api/${id}${path}`)
      await once(socket, 'open')
      socket.send(text)
      const [answer] = (await once(socket, 'message')) as [Buffer]
      socket.close()
      return answer.toString()
    },
    restApis: async () => (await new APIGatewayClient(client).send(new GetRestApisCommand({}))).items,
    apis: async () => (await new ApiGatewayV2Client(client).send(new GetApisCommand({}))).Items,
  }
}

test(`REST APIs ${missing ?? ''}`, async ({ skip }) => {
  skip(missing !== undefined, missing)
  const { apply, call, destroy, restApis } = await begin('rest')
  await apply(false)
  expect(await call('/prod/pets/1', { authorization: 'Bearer x' })).toBe('200 1')
  await apply(true)
  expect(await call('/prod/animals', { 'x-new': '1' })).toBe('403 {"message":"Forbidden"}')
  await apply(false)
  expect(await call('/prod/pets/1')).toBe('401 {"message":"Unauthorized"}')
  await destroy()
  expect(await restApis()).toEqual([])
})

test(`HTTP APIs ${missing ?? ''}`, async ({ skip }) => {
  skip(missing !== undefined, missing)
  const { apply, call, destroy, apis } = await begin('http')
  await apply(false)
  expect(await call('/hello')).toBe('200 1')
  await apply(true)
  expect(await call('/hello2')).toBe('200 2')
  await apply(false)
  await destroy()
  expect(await apis()).toEqual([])
})

test(`WebSocket APIs ${missing ?? ''}`, async ({ skip }) => {
  skip(missing !== undefined, missing)
  const { apply, say, destroy, apis } = await begin('websocket')
  await apply(false)
  expect(await say('/prod?auth=me', '{"action":"anything"}')).toBe('1')
  await apply(true)
  await apply(false)
  await destroy()
  expect(await apis()).toEqual([])
})
