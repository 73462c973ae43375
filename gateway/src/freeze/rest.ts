// Freezes a REST API: everything a deployment takes with it, read in key order so that an unchanged API freezes to the same hash.
import type { Key, Kind, Records } from '../nouns/records.ts'
import type { RestSnapshot } from '../nouns/snapshot.ts'
import { gathered } from '../nouns/turns.ts'
import type { Reader } from '../ports/store.ts'

/** A snapshot whose resources and methods, of which there may be tens of thousands, are read as they are gone through, once. */
export interface FreezingRestApi extends Omit<RestSnapshot, 'resources' | 'methods'> {
  readonly resources: Iterable<RestSnapshot['resources'][number]>
  readonly methods: Iterable<RestSnapshot['methods'][number]>
}

/** The API as it is now, or undefined when there is none. What is left out stays live: see README.md. */
export async function freezeRestApi(reader: Reader, restApiId: string): Promise<RestSnapshot | undefined> {
  const freezing = await freezingRestApi(reader, restApiId)
  if (freezing === undefined) return undefined
  return { ...freezing, resources: await gathered(freezing.resources), methods: await gathered(freezing.methods) }
}

/** The same, to be written rather than looked into. */
export async function freezingRestApi(reader: Reader, restApiId: string): Promise<FreezingRestApi | undefined> {
  const api = await reader.get('RestApi', [restApiId])
  if (api === undefined) return undefined
  const { tags: _tags, warnings: _warnings, ...settings } = api
  return {
    format: 1,
    protocol: 'REST',
    api: settings,
    resources: reader.each('Resource', [restApiId]).map(({ record }) => record),
    methods: reader.each('Method', [restApiId]).map(({ key, record }) => ({ ...record, resourceId: key[1] ?? '' })),
    models: await records(reader, 'Model', [restApiId]),
    requestValidators: await records(reader, 'RequestValidator', [restApiId]),
    authorizers: await records(reader, 'Authorizer', [restApiId]),
    gatewayResponses: await records(reader, 'GatewayResponse', [restApiId]),
  }
}

async function records<K extends Kind>(reader: Reader, kind: K, prefix: Key): Promise<readonly Records[K][]> {
  return (await reader.list(kind, prefix)).map(({ record }) => record)
}
