// Loading what an operation is addressed to, in AWS's order and with its "not found" sentences (recorded REST 1.5).
import { NotFoundException } from '@sluice/aws-protocol/apigateway'
import type { Integration, Method, RestApi, Stage, UsagePlan } from '@sluice/aws-protocol/apigateway'
import type { ResourceRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'

/** The record, or NotFoundException with the sentence. */
export function found<T>(record: T | undefined, sentence: string): T {
  if (record === undefined) throw new NotFoundException(sentence)
  return record
}

/** How an unknown API is named by operations that load the API itself. */
export function unknownApi(call: Call, restApiId: string): string {
  return `Invalid API identifier specified ${call.scope.account}:${restApiId}`
}

export async function foundApi(call: Call, restApiId: string): Promise<RestApi> {
  return found(await call.store.get('RestApi', [restApiId]), unknownApi(call, restApiId))
}

/** Operations addressed through a resource never mention the API. */
export async function foundResource(call: Call, restApiId: string, resourceId: string): Promise<ResourceRecord> {
  return found(await call.store.get('Resource', [restApiId, resourceId]), 'Invalid Resource identifier specified')
}

export interface MethodAddress {
  readonly restApiId: string
  readonly resourceId: string
  readonly httpMethod: string
}

export async function foundMethod(call: Call, address: MethodAddress): Promise<Method> {
  await foundResource(call, address.restApiId, address.resourceId)
  return found(await call.store.get('Method', methodKey(address)), 'Invalid Method identifier specified')
}

export function methodKey({ restApiId, resourceId, httpMethod }: MethodAddress): readonly string[] {
  return [restApiId, resourceId, httpMethod]
}

/** A method that has an integration, and that integration. */
export async function foundIntegration(
  call: Call,
  address: MethodAddress,
): Promise<{ method: Method; integration: Integration }> {
  const method = await foundMethod(call, address)
  return { method, integration: found(method.methodIntegration, 'Invalid Integration identifier specified') }
}

export async function foundStage(call: Call, restApiId: string, stageName: string): Promise<Stage> {
  return found(await call.store.get('Stage', [restApiId, stageName]), 'Invalid stage identifier specified')
}

export async function foundPlan(call: Call, usagePlanId: string): Promise<UsagePlan> {
  return found(await call.store.get('UsagePlan', [usagePlanId]), 'Invalid Usage Plan ID specified')
}

/** An entry of a map that may be absent, by its own name only: `__proto__` finds nothing that was not put there. */
export function entryOf<V>(map: Readonly<Record<string, V>> | undefined, name: string): V | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined
}
