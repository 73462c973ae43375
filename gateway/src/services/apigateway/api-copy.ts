// Copies the parts of one API below another under new ids (CreateRestApi's `cloneFrom`).
import type { Call } from '../call.ts'
import { modelUrl, putModel } from './api-parts.ts'

/** Maps the ids of the copied API to ids of the new one. */
class Renaming {
  private readonly ids = new Map<string, string>()
  private readonly call: Call

  constructor(call: Call) {
    this.call = call
  }

  /** The new id for an old one: of the same length, made the first time it is asked for. Undefined stays undefined. */
  of(id: string): string
  of(id: string | undefined): string | undefined
  of(id: string | undefined): string | undefined {
    if (id === undefined) return undefined
    const known = this.ids.get(id) ?? this.call.ids.short(id.length)
    this.ids.set(id, known)
    return known
  }

  /** The new id if the text is an id that was already mapped, else the text itself. */
  within(text: string | undefined): string | undefined {
    return this.ids.get(text ?? '') ?? text
  }
}

/** Copies everything that a deployment would freeze. Returns the new root resource's id. */
export async function copyParts(call: Call, fromId: string, toId: string): Promise<string | undefined> {
  const renamed = new Renaming(call)
  const root = await copyResources(call, fromId, toId, renamed)
  for (const kind of ['RequestValidator', 'Authorizer'] as const) {
    for (const { record } of await call.store.list(kind, [fromId])) {
      const id = renamed.of(record.id ?? '')
      call.store.put(kind, [toId, id], { ...record, id })
    }
  }
  await copyMethods(call, fromId, toId, renamed)
  for (const { record } of await call.store.list('GatewayResponse', [fromId])) {
    call.store.put('GatewayResponse', [toId, record.responseType ?? ''], record)
  }
  for (const { record } of await call.store.list('Model', [fromId])) {
    const schema = record.schema?.replaceAll(modelUrl(fromId, ''), modelUrl(toId, ''))
    putModel(call, toId, { ...record, id: call.ids.short(6), schema })
  }
  return root
}

async function copyResources(call: Call, fromId: string, toId: string, renamed: Renaming): Promise<string | undefined> {
  let root: string | undefined
  for (const { record } of await call.store.list('Resource', [fromId])) {
    const id = renamed.of(record.id ?? '')
    if (record.parentId === undefined) root = id
    call.store.put('Resource', [toId, id], { ...record, id, parentId: renamed.of(record.parentId) })
  }
  return root
}

async function copyMethods(call: Call, fromId: string, toId: string, renamed: Renaming): Promise<void> {
  for (const { key, record } of await call.store.list('Method', [fromId])) {
    const integration = record.methodIntegration
    call.store.put('Method', [toId, renamed.of(key[1] ?? ''), record.httpMethod ?? ''], {
      ...record,
      authorizerId: renamed.of(record.authorizerId),
      requestValidatorId: renamed.of(record.requestValidatorId),
      methodIntegration: integration && {
        ...integration,
        // A default cache namespace is the resource's id and has to follow it; a chosen one is kept.
        cacheNamespace: renamed.within(integration.cacheNamespace),
      },
    })
  }
}
