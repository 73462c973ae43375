// Reads the events of type Api and HttpApi, which put functions behind paths.
import type { Draft } from '../draft.ts'
import { Problem } from '../fault.ts'
import type { Node } from '../node.ts'
import { entriesOf, member, refOf, textOf } from '../node.ts'
import type { Output } from './output.ts'

export type ApiType = 'AWS::Serverless::Api' | 'AWS::Serverless::HttpApi'

/** An event that puts a function behind a path of an API. */
export interface ApiEvent {
  readonly functionId: string
  readonly name: string
  readonly type: ApiType
  /** The logical id of the API; undefined where the event names one outside of the template. */
  readonly apiId: string
  /** `/pets/{id}`; undefined for the `$default` route of an HTTP API. */
  readonly path: string | undefined
  /** In lower case; `any` for all. */
  readonly method: string
  readonly properties: Node | undefined
  readonly node: Node
}

const kinds = {
  Api: { type: 'AWS::Serverless::Api', apiProperty: 'RestApiId', implicitId: 'ServerlessRestApi' },
  HttpApi: { type: 'AWS::Serverless::HttpApi', apiProperty: 'ApiId', implicitId: 'ServerlessHttpApi' },
} as const

export const implicitIds: Readonly<Record<ApiType, string>> = {
  'AWS::Serverless::Api': kinds.Api.implicitId,
  'AWS::Serverless::HttpApi': kinds.HttpApi.implicitId,
}

/** The API events of a function; a remark for every other. Throws a {@link Problem} for one that lacks something. */
export function readEvents(draft: Draft, output: Output): readonly ApiEvent[] {
  const events: ApiEvent[] = []
  for (const [name, node] of entriesOf(member(draft.properties, 'Events'))) {
    const type = textOf(member(node, 'Type'))
    if (type === 'Api' || type === 'HttpApi') events.push(readEvent(draft, name, { type, node }))
    else
      output.remark(node, `The event ${name} of ${draft.logicalId} has type ${type ?? '(none)'}: nothing here sends it`)
  }
  return events
}

function readEvent(draft: Draft, name: string, event: { type: keyof typeof kinds; node: Node }): ApiEvent {
  const { type, apiProperty, implicitId } = kinds[event.type]
  const properties = member(event.node, 'Properties')
  const [path, method] = [textOf(member(properties, 'Path')), textOf(member(properties, 'Method'))]
  const where = `The event ${name} of ${draft.logicalId}`
  const isDefault = event.type === 'HttpApi' && path === undefined && method === undefined
  if (!isDefault && (path === undefined || method === undefined)) {
    throw new Problem(`${where} needs Path and Method`, event.node)
  }
  if (path !== undefined && !path.startsWith('/')) throw new Problem(`${where}: a Path begins with /`, event.node)
  const api = member(properties, apiProperty)
  const apiId = api === undefined ? implicitId : refOf(api)
  if (apiId === undefined) {
    throw new Problem(`${where}: ${apiProperty} is a Ref to an API of this template`, api ?? event.node)
  }
  const verb = (method ?? 'any').toLowerCase()
  return {
    functionId: draft.logicalId,
    name,
    type,
    apiId,
    path,
    method: verb === '*' || verb === 'x-amazon-apigateway-any-method' ? 'any' : verb,
    properties,
    node: event.node,
  }
}
