// Resource kinds of one create, one delete and at most one update operation, which a row of a table describes completely.
import { ServiceFault } from '@sluice/aws-protocol'
import type { AwsCall } from '../client.ts'
import type { ModelName } from '../../services/models.ts'
import { isAbsence } from './found.ts'
import { attributesOf, inputOf, operationOf, textMember, type Input, type InputOptions } from './input.ts'
import { listed, type PatchOperation } from './patches.ts'
import type { Made, ResourceKind } from './resource-kind.ts'

export interface Row extends InputOptions {
  readonly service: ModelName
  readonly create: string
  readonly remove: string
  /** Members of the input that say where it belongs; update and remove repeat them. */
  readonly place: readonly string[]
  /** The id's name in the answer to `create`, and in the inputs of update and remove. */
  readonly id: { readonly output: string; readonly input: string }
  /** `whole` takes the members of create again; `patch` takes these members as patch operations. */
  readonly update?:
    | { readonly operation: string; readonly way: 'whole' }
    | { readonly operation: string; readonly way: 'patch'; readonly members: readonly string[] }
  /** The id is chosen by the template: an old one goes before the new one comes, one that is there already is taken over. */
  readonly named?: true
  /** The value of `Ref`, when it is not the id. */
  readonly ref?: (input: Input, id: string) => string
  /** Input for properties that are left out. */
  readonly defaults?: (logicalId: string) => Input
  readonly always?: true
  readonly described?: true
}

/** The kind that a row describes. */
export function rowKind(row: Row): ResourceKind {
  return {
    ...(row.always && { always: true }),
    ...(row.described && { described: true }),
    put: async (wanted, { call }) => {
      const input = { ...row.defaults?.(wanted.logicalId), ...inputOf(wanted, [row.service, row.create], row) }
      const { before } = wanted
      if (before !== undefined && (await updated(row, before, { call, input }))) return { ...before, input }
      if (before !== undefined && row.named) await quietly(before.remove(call))
      return made(row, input, await created(row, call, input))
    },
  }
}

/** Awaits a removal, and accepts that the thing is gone already. */
export async function quietly(removal: Promise<unknown>): Promise<void> {
  try {
    await removal
  } catch (error) {
    if (!isAbsence(error)) throw error
  }
}

async function created(row: Row, call: AwsCall, input: Input): Promise<Input> {
  try {
    return await call(row.service, row.create, input)
  } catch (error) {
    if (!row.named || !(error instanceof ServiceFault) || error.status !== 409) throw error
    if (row.update?.way === 'whole')
      await call(row.service, row.update.operation, fitting(row, row.update.operation, input))
    return input
  }
}

function made(row: Row, input: Input, output: Input): Made {
  const id = textMember({ ...input, ...output }, row.id.output)
  const place = placeOf(row, input)
  return {
    physicalId: [...Object.values(place), id].join('/'),
    ref: row.ref?.(input, id) ?? id,
    attributes: { ...attributesOf(output), [`${row.create.replace(/^(?:Create|Put|Generate)/, '')}Id`]: id },
    input,
    remove: async (call) => void (await call(row.service, row.remove, { ...place, [row.id.input]: id })),
  }
}

function placeOf(row: Row, input: Input): Input {
  return Object.fromEntries(row.place.map((name) => [name, input[name]]))
}

/** Updates in place, and returns whether that was possible. */
async function updated(row: Row, before: Made, { call, input }: { call: AwsCall; input: Input }): Promise<boolean> {
  const changed = changedMembers(before.input, input)
  const { update } = row
  if (changed.length === 0 && !row.always) return true
  if (update === undefined || changed.some((name) => row.place.includes(name))) return false
  const id = before.physicalId.split('/').slice(row.place.length).join('/')
  const target = { ...placeOf(row, input), [row.id.input]: id }
  if (update.way === 'patch') {
    if (!changed.every((name) => update.members.includes(name))) return false
    const patchOperations = changed.flatMap((name) => patchesOf(`/${name}`, before.input[name], input[name]))
    await call(row.service, update.operation, { ...target, patchOperations })
    return true
  }
  const members = new Set(operationOf(row.service, update.operation).input.members.map(({ name }) => name))
  // A changed member that the update does not have, or that was removed, needs a new resource.
  if (!changed.every((name) => members.has(name) && input[name] !== undefined)) return false
  await call(row.service, update.operation, { ...fitting(row, update.operation, input), ...target })
  return true
}

function fitting(row: Row, operation: string, input: Input): Input {
  const members = new Set(operationOf(row.service, operation).input.members.map(({ name }) => name))
  return Object.fromEntries(Object.entries(input).filter(([name]) => members.has(name)))
}

/** The members that differ. */
function changedMembers(before: Input, after: Input): readonly string[] {
  const members = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...members].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

function patchesOf(path: string, before: unknown, after: unknown): readonly PatchOperation[] {
  if (Array.isArray(before ?? after)) return listed(path, before, after)
  return [{ op: 'replace', path, value: patchText(after) }]
}

function patchText(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
