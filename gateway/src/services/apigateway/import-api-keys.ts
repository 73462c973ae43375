// ImportApiKeys: makes keys from a CSV file, and updates those that already exist (Security D.3).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { warningsSentence } from '@sluice/openapi'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'
import { checkedKeyName, keyIdOf, keyValue, putNewKey } from './api-key-rules.ts'
import { parseCsv } from './csv.ts'
import { refuseSharedStages } from './usage-plan-rules.ts'

/** The fields of one line, by the lower-case names of their columns. */
type Row = ReadonlyMap<string, string>

export const importApiKeys: Handlers<Operations, 'ImportApiKeys', Call> = {
  ImportApiKeys: async ({ body, failOnWarnings }, call) => {
    const ids: string[] = []
    const warnings: string[] = []
    for (const row of rowsOf(new TextDecoder().decode(body))) {
      const id = await putKey(call, row)
      ids.push(id)
      for (const planId of listOf(row.get('usageplanids'))) {
        if (!(await joinPlan(call, planId, id))) {
          warnings.push(`Unable to add API Key ${id} to Usage Plan ${planId}: Invalid Usage Plan ID specified`)
        }
      }
    }
    if (failOnWarnings === true && warnings.length > 0) throw new BadRequestException(warningsSentence(warnings))
    return { ids, warnings }
  },
}

/** The lines of a file, whose first line names the columns. Unknown columns are ignored (documented). */
function rowsOf(csv: string): readonly Row[] {
  const [header = [], ...lines] = parseCsv(csv)
  const columns = header.map((name) => name.toLowerCase())
  for (const column of ['name', 'key']) {
    if (!columns.includes(column)) throw new BadRequestException(`The API Key file has no column ${column}`)
  }
  return lines.map((line) => new Map(columns.map((name, index) => [name, line[index] ?? ''])))
}

/** Stores a line's key: a new one, or over the existing one with the same value. Returns its id. */
async function putKey(call: Call, row: Row): Promise<string> {
  const value = keyValue(call, row.get('key'))
  const attributes = {
    name: checkedKeyName(row.get('name')),
    description: row.get('description') === '' ? undefined : row.get('description'),
    enabled: enabledOf(row.get('enabled')),
    lastUpdatedDate: nowSeconds(call),
  }
  const known = await keyIdOf(call, value)
  const before = known === undefined ? undefined : await call.store.get('ApiKey', [known])
  if (known !== undefined && before !== undefined) {
    call.store.put('ApiKey', [known], { ...before, ...attributes })
    return known
  }
  const id = call.ids.short(10)
  await putNewKey(call, { id, value, ...attributes, createdDate: nowSeconds(call), stageKeys: [] })
  return id
}

function enabledOf(value: string | undefined): boolean {
  if (value === undefined || value === '') return true
  if (/^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  throw new BadRequestException(`Invalid value for enabled: ${value}`)
}

function listOf(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
}

async function joinPlan(call: Call, planId: string, keyId: string): Promise<boolean> {
  const plan = await call.store.get('UsagePlan', [planId])
  if (plan === undefined) return false
  await refuseSharedStages(call, keyId, plan)
  const key = await call.store.get('ApiKey', [keyId])
  call.store.put('UsagePlanKey', [planId, keyId], { id: keyId, type: 'API_KEY', value: key?.value, name: key?.name })
  return true
}
