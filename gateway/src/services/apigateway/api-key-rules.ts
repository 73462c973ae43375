// Checks API keys, and stores them with an index of their values, which are unique within an account and region (recorded
// REST 15, Security D.2).
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { ApiKey } from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'
import { leavePlan, plansOf } from './usage-plan-rules.ts'

const shortestValue = 20
const longestValue = 128
const longestName = 1024
/** AWS generates values of 40 letters and digits. */
const madeValueLength = 40

export function checkedKeyName(name: string | undefined): string | undefined {
  if (name !== undefined && name.length > longestName) {
    throw new BadRequestException('Invalid API Key name, can be at most 1024 characters.')
  }
  return name === '' ? undefined : name
}

/** The given value, or a generated one when none was given. Throws BadRequestException when it is too short or too long. */
export function keyValue(call: Call, value: string | undefined): string {
  if (value === undefined || value === '') return call.ids.short(madeValueLength)
  if (value.length < shortestValue) throw new BadRequestException('API Key value should be at least 20 characters')
  if (value.length > longestValue) {
    throw new BadRequestException('API Key value exceeds maximum size of 128 characters')
  }
  return value
}

function valueName({ scope }: Call, value: string): string {
  return `${scope.account}/${scope.region}/${value}`
}

/** The id of the key with this value in the call's account and region, if there is one. */
export function keyIdOf(call: Call, value: string): Promise<string | undefined> {
  return call.store.claimed('api-key-value', valueName(call, value))
}

/** Stores a new key and reserves its value. Throws ConflictException when another key has that value. */
export async function putNewKey(call: Call, key: ApiKey): Promise<void> {
  const id = key.id ?? ''
  if (!(await call.store.claim('api-key-value', valueName(call, key.value ?? ''), id))) {
    throw new ConflictException('API Key already exists')
  }
  call.store.put('ApiKey', [id], key)
}

/** Deletes a key, the reservation of its value and its memberships in usage plans. */
export async function deleteKey(call: Call, key: ApiKey): Promise<void> {
  const id = key.id ?? ''
  for (const plan of await plansOf(call, id)) await leavePlan(call, plan.id ?? '', id)
  call.store.release('api-key-value', valueName(call, key.value ?? ''))
  call.store.delete('ApiKey', [id])
}
