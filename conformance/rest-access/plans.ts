// Usage plans and API keys, made through the SDK.
import {
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  type CreateUsagePlanCommandInput,
} from '@aws-sdk/client-api-gateway'
import type { Access } from './access.ts'

export interface ApiKey {
  readonly id: string
  readonly value: string
}

export async function createKey({ rest }: Access, more: { enabled?: boolean; value?: string } = {}): Promise<ApiKey> {
  const { id = '', value = '' } = await rest.send(new CreateApiKeyCommand({ enabled: true, ...more }))
  return { id, value }
}

/** A plan for the stages `prod` of some APIs; resolves with its id. */
export async function createPlan(
  { rest }: Access,
  apiIds: readonly string[],
  more: Partial<CreateUsagePlanCommandInput> = {},
): Promise<string> {
  const apiStages = apiIds.map((apiId) => ({ apiId, stage: 'prod' }))
  const { id = '' } = await rest.send(new CreateUsagePlanCommand({ name: 'plan', apiStages, ...more }))
  return id
}

export async function joinPlan({ rest }: Access, usagePlanId: string, { id: keyId }: ApiKey): Promise<void> {
  await rest.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }))
}
