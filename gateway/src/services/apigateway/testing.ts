// The control plane over a real store in memory, for the tests of this folder.
import type { Operations } from '@sluice/aws-protocol/apigateway'
import type { Store } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { memoryCalls, scope } from '../testing.ts'
import { createHandlers } from './index.ts'

export { scope }
const nobody = (): never => {
  throw new Error('these tests call no backend')
}
/** Counters that count nothing: what keys used is tested with real ones, by clients, in conformance/rest-access. */
const noCounters = { admit: nobody, state: nobody, setRemaining: nobody, usage: nobody, flush: nobody, close: nobody }
const handlers = createHandlers({ testCalls: { method: nobody, authorizer: nobody }, counters: noCounters })

export const nowMs = 1_750_000_000_000

export interface ControlPlane {
  readonly store: Store
  /** Runs one operation in one transaction, as the endpoint does. */
  readonly run: <Name extends keyof Operations>(
    name: Name,
    input: Operations[Name]['input'],
  ) => Promise<Operations[Name]['output']>
}

export function createControlPlane(region = scope.region): ControlPlane {
  const { store, run: runCall } = memoryCalls(region)
  const run: ControlPlane['run'] = (name, input) =>
    runCall(nowMs, async (call) => {
      const handler = handlers[name] as (input: unknown, call: Call) => unknown
      const output = await handler(input, call)
      if (name === 'GetExport') return output as Operations[typeof name]['output']
      // As JSON on the wire drops undefined members. The bytes of an export are passed as they are.
      return (
        output === undefined ? undefined : JSON.parse(JSON.stringify(output))
      ) as Operations[typeof name]['output']
    })
  return { store, run }
}

export interface TestApi {
  readonly restApiId: string
  readonly rootId: string
}

export async function createApi({ run }: ControlPlane, name = 'test'): Promise<TestApi> {
  const { id = '', rootResourceId = '' } = await run('CreateRestApi', { name })
  return { restApiId: id, rootId: rootResourceId }
}

/** A GET method on the root resource with a MOCK integration: the smallest API that can be deployed. */
export async function addMockMethod(plane: ControlPlane, { restApiId, rootId }: TestApi): Promise<void> {
  const address = { restApiId, resourceId: rootId, httpMethod: 'GET' }
  await plane.run('PutMethod', { ...address, authorizationType: 'NONE' })
  await plane.run('PutIntegration', { ...address, type: 'MOCK' })
}

/** The fault that an operation throws, as `{code, status, message}`; `undefined` when it throws none. */
export async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
    return undefined
  } catch (error) {
    const { code, status, message } = error as { code?: string; status?: number; message: string }
    return { code, status, message }
  }
}

export const badRequest = (message: string) => ({ code: 'BadRequestException', status: 400, message })
export const notFound = (message: string) => ({ code: 'NotFoundException', status: 404, message })
export const conflict = (message: string) => ({ code: 'ConflictException', status: 409, message })
