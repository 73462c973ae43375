// Imports the parts of a document that are not resources: models, validators, authorizers, gateway responses (REST 14.2, 14.3).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { AuthorizerType } from '@sluice/aws-protocol/apigateway'
import { restApiIdPlaceholder, modelReference } from '@sluice/openapi'
import type { Kind, Records } from '../../nouns/records.ts'
import type { RestDescription } from '../../ports/documents.ts'
import type { Call } from '../call.ts'
import { modelUrl, putModel } from './api-parts.ts'
import { putAuthorizer } from './authorizer-rules.ts'
import { checkGatewayResponse, customised, isGatewayResponseType } from './gateway-response-table.ts'
import type { ImportProblems } from './import-problems.ts'
import { checkModelName, checkSchema } from './model-rules.ts'

/** The ids of the imported parts that methods refer to, by their names in the document. */
export interface NamedIds {
  readonly validators: ReadonlyMap<string, string>
  readonly authorizers: ReadonlyMap<string, string>
}

/** Stores the parts over those of the same names. Refusals are collected in `problems`. */
export async function putNamedParts(
  call: Call,
  restApiId: string,
  description: RestDescription,
  problems: ImportProblems,
): Promise<NamedIds> {
  await putModels(call, restApiId, description, problems)
  await putGatewayResponses(call, restApiId, description, problems)
  return {
    validators: await putValidators(call, restApiId, description),
    authorizers: await putAuthorizers(call, restApiId, description, problems),
  }
}

/** Deletes the parts that the document does not name (`mode=overwrite`). */
export async function dropUnnamedParts(call: Call, restApiId: string, description: RestDescription): Promise<void> {
  const named = (list: readonly { readonly name: string }[]) =>
    new Set<string | undefined>(list.map(({ name }) => name))
  const drop = async <K extends Kind>(kind: K, keep: (record: Records[K]) => boolean) => {
    for (const { key, record } of await call.store.list(kind, [restApiId])) {
      if (!keep(record)) call.store.delete(kind, key)
    }
  }
  const models = named(description.models)
  const validators = named(description.requestValidators)
  const authorizers = named(description.authorizers)
  const responses = new Set<string | undefined>(description.gatewayResponses.map(({ responseType }) => responseType))
  await drop('Model', ({ name }) => models.has(name))
  await drop('RequestValidator', ({ name }) => validators.has(name))
  await drop('Authorizer', ({ name }) => authorizers.has(name))
  await drop('GatewayResponse', ({ responseType }) => responses.has(responseType))
}

/** Stores the models, all before any is checked, because they may refer to each other in circles. */
async function putModels(
  call: Call,
  restApiId: string,
  { models }: RestDescription,
  problems: ImportProblems,
): Promise<void> {
  const records = []
  for (const model of models) {
    const id = (await call.store.get('Model', [restApiId, model.name]))?.id ?? call.ids.short(6)
    const schema = model.schema.replaceAll(modelReference(restApiIdPlaceholder, ''), modelUrl(restApiId, ''))
    const record = { id, ...model, schema }
    putModel(call, restApiId, record)
    records.push(record)
  }
  const found = new Set<string>()
  for (const record of records) {
    await problems.attempt(`Unable to create model for '${record.name}'`, async () => {
      checkModelName(record.name)
      await checkSchema(call, restApiId, record, found)
    })
  }
}

async function putValidators(
  call: Call,
  restApiId: string,
  { requestValidators }: RestDescription,
): Promise<ReadonlyMap<string, string>> {
  const ids = await idsByName(call, restApiId, 'RequestValidator')
  for (const validator of requestValidators) {
    const id = ids.get(validator.name) ?? call.ids.short(6)
    ids.set(validator.name, id)
    call.store.put('RequestValidator', [restApiId, id], { id, ...validator })
  }
  return ids
}

async function putAuthorizers(
  call: Call,
  restApiId: string,
  { authorizers }: RestDescription,
  problems: ImportProblems,
): Promise<ReadonlyMap<string, string>> {
  const ids = await idsByName(call, restApiId, 'Authorizer')
  for (const authorizer of authorizers) {
    const id = ids.get(authorizer.name) ?? call.ids.short(6)
    ids.set(authorizer.name, id)
    await problems.attempt(`Unable to create authorizer '${authorizer.name}'`, () =>
      putAuthorizer(call, restApiId, { id, ...authorizer, type: authorizer.type as AuthorizerType }),
    )
  }
  return ids
}

async function putGatewayResponses(
  call: Call,
  restApiId: string,
  { gatewayResponses }: RestDescription,
  problems: ImportProblems,
): Promise<void> {
  for (const { responseType, ...given } of gatewayResponses) {
    await problems.attempt(`Unable to put gateway response '${responseType}'`, () => {
      if (!isGatewayResponseType(responseType)) throw new BadRequestException('Invalid response type specified')
      const record = customised(responseType, given)
      checkGatewayResponse(record)
      call.store.put('GatewayResponse', [restApiId, responseType], record)
    })
  }
}

async function idsByName(
  call: Call,
  restApiId: string,
  kind: 'RequestValidator' | 'Authorizer',
): Promise<Map<string, string>> {
  const entries = await call.store.list(kind, [restApiId])
  return new Map(entries.map(({ record }) => [record.name ?? '', record.id ?? '']))
}
