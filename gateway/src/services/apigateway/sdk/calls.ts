// The calls of a generated client: one for each method and verb of a deployment, with the names that AWS gives them (REST 16.1).
import type { RestSnapshot } from '../../../nouns/snapshot.ts'
import { anyVerbs } from '../../../nouns/verbs.ts'

type Method = RestSnapshot['methods'][number]

export interface ParameterOfCall {
  readonly name: string
  readonly place: 'path' | 'querystring' | 'header'
  readonly isRequired: boolean
}

export interface ClientCall {
  readonly name: string
  readonly verb: string
  /** `/pets/{petId}` */
  readonly path: string
  readonly isSigned: boolean
  readonly parameters: readonly ParameterOfCall[]
  /** The names of the method's JSON models, if it has them. */
  readonly requestModel: string | undefined
  readonly responseModel: string | undefined
}

/** A deployment's calls, ordered by path and verb. `ANY` becomes a call for each verb that has no method of its own on the resource. */
export function callsOf({ methods, resources }: RestSnapshot): readonly ClientCall[] {
  const paths = new Map(resources.map(({ id, path }) => [id, path ?? '/']))
  const own = new Set(methods.map(({ resourceId, httpMethod }) => `${resourceId} ${httpMethod}`))
  const taken = new Set<string>()
  const drafts = methods.flatMap((method) => {
    const { httpMethod = 'ANY', resourceId } = method
    const verbs = httpMethod === 'ANY' ? anyVerbs.filter((verb) => !own.has(`${resourceId} ${verb}`)) : [httpMethod]
    return verbs.map((verb) => ({ method, verb, path: paths.get(resourceId) ?? '/' }))
  })
  return drafts
    .toSorted((left, right) => compare(left.path, right.path) || compare(left.verb, right.verb))
    .map(({ method, verb, path }) => ({
      name: unique(nameOf(method, verb, path), taken),
      verb,
      path,
      isSigned: method.authorizationType === 'AWS_IAM',
      parameters: parametersOf(method, path),
      requestModel: jsonModel(method.requestModels),
      responseModel: jsonModel(Object.values(method.methodResponses ?? {}).find(isSuccess)?.responseModels),
    }))
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function nameOf({ operationName, httpMethod }: Method, verb: string, path: string): string {
  const suffix = verb.charAt(0) + verb.slice(1).toLowerCase()
  const given = identifier(operationName?.split(/\W+/) ?? [])
  if (given !== '') return httpMethod === 'ANY' ? given + suffix : given
  return (identifier(path.split(/[^A-Za-z0-9]+/)) || 'root') + suffix
}

/** An identifier of letters, digits and inner underscores, so that no name is code: `['pets', 'petId']` → `petsPetId`. */
function identifier(words: readonly string[]): string {
  const [first = '', ...more] = words.map((word) => word.replace(/^_+/, '')).filter((word) => word !== '')
  const name = first.charAt(0).toLowerCase() + first.slice(1) + more.map(capitalised).join('')
  return /^\d/.test(name) ? `n${name}` : name
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name
  for (let count = 2; taken.has(candidate); count++) candidate = `${name}${count}`
  taken.add(candidate)
  return candidate
}

const parameterKey = /^method\.request\.(path|querystring|header)\.(.+)$/s

/** A call's parameters: all of the path, and of query and headers those that the method declares. */
function parametersOf({ requestParameters }: Method, path: string): readonly ParameterOfCall[] {
  const inPath = [...path.matchAll(/\{([^{}+]+)\+?\}/g)].map(([, name = '']) => name)
  const declared = Object.entries(requestParameters ?? {}).flatMap(([key, isRequired]) => {
    const [, place, name = ''] = parameterKey.exec(key) ?? []
    return place === 'querystring' || place === 'header' ? [{ name, place, isRequired } as const] : []
  })
  return [...inPath.map((name) => ({ name, place: 'path', isRequired: true }) as const), ...declared]
}

function jsonModel(models: Readonly<Record<string, string>> | undefined): string | undefined {
  return models !== undefined && Object.hasOwn(models, 'application/json') ? models['application/json'] : undefined
}

function isSuccess({ statusCode }: { readonly statusCode?: string | undefined }): boolean {
  return statusCode?.startsWith('2') === true
}
