// Freezes a REST API: everything a deployment takes with it, read in key order so that an unchanged API freezes to the same hash.
import type { Key, Kind, Records } from '../nouns/records.ts'
import type { RestSnapshot } from '../nouns/snapshot.ts'
import type { Reader } from '../ports/store.ts'

/** The API as it is now, or undefined when there is none. What is left out stays live: see README.md. */
export async function freezeRestApi(reader: Reader, restApiId: string): Promise<RestSnapshot | undefined> {
  const api = await reader.get('RestApi', [restApiId])
  if (api === undefined) return undefined
  const { tags: _tags, warnings: _warnings, ...settings } = api
  const methods = await reader.list('Method', [restApiId])
  return {
    format: 1,
    protocol: 'REST',
    api: settings,
    resources: await records(reader, 'Resource', [restApiId]),
    methods: methods.map(({ key, record }) => ({ ...record, resourceId: key[1] ?? '' })),
    models: await records(reader, 'Model', [restApiId]),
    requestValidators: await records(reader, 'RequestValidator', [restApiId]),
    authorizers: await records(reader, 'Authorizer', [restApiId]),
    gatewayResponses: await records(reader, 'GatewayResponse', [restApiId]),
  }
}

async function records<K extends Kind>(reader: Reader, kind: K, prefix: Key): Promise<readonly Records[K][]> {
  return (await reader.list(kind, prefix)).map(({ record }) => record)
}
