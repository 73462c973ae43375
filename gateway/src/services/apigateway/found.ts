// Loads the records that a call names, in AWS's order and with its "not found" sentences (recorded REST 1.5).
import { NotFoundException } from '@sluice/aws-protocol/apigateway'
import type { Integration, Method, RestApi, Stage, UsagePlan } from '@sluice/aws-protocol/apigateway'
import type { ResourceRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'

/** Returns the record. Throws NotFoundException with the sentence when it is undefined. */
export function found<T>(record: T | undefined, sentence: string): T {
  if (record === undefined) throw new NotFoundException(sentence)
  return record
}

/** The sentence for an unknown API, in operations that load the API itself. */
export function unknownApi(call: Call, restApiId: string): string {
  return `Invalid API identifier specified ${call.scope.account}:${restApiId}`
}

export async function foundApi(call: Call, restApiId: string): Promise<RestApi> {
  return found(await call.store.get('RestApi', [restApiId]), unknownApi(call, restApiId))
}

/** The resource. Its sentence never mentions the API, not even when that is what is missing. */
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

/** The method with its integration. Throws NotFoundException when either is missing. */
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

/** An own entry of a map that may be absent: `__proto__` finds only what was stored under that name. */
export function entryOf<V>(map: Readonly<Record<string, V>> | undefined, name: string): V | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined
}
