// A JavaScript client for one stage: an ES module that runs in browsers and in Node, with TypeScript types.
import type { RestSnapshot } from '../../../nouns/snapshot.ts'
import { callsOf, type ClientCall } from './calls.ts'
import { sendSource, signSource } from './client-source.ts'
import { modelTypeName, schemaType } from './schema-types.ts'

export interface ClientPlace {
  /** The stage's URL: `http://a1b2c3d4e5.execute-api.localhost:4566/prod` */
  readonly invokeUrl: string
  readonly region: string
}

/** AWS's archives hold this one folder; tools that unpack one look for it. */
const folder = 'apiGateway-js-sdk'

/** The client's files by path. */
export function javascriptClient(snapshot: RestSnapshot, place: ClientPlace): Readonly<Record<string, string>> {
  const calls = callsOf(snapshot)
  const name = snapshot.api.name ?? 'api'
  return {
    [`${folder}/apigClient.js`]: clientSource(calls, place),
    [`${folder}/apigClient.d.ts`]: clientTypes(calls, snapshot),
    [`${folder}/lib/send.js`]: sendSource,
    [`${folder}/lib/sigv4.js`]: signSource,
    [`${folder}/package.json`]: `${JSON.stringify({ name: 'apig-client', version: '1.0.0', type: 'module', exports: './apigClient.js', types: './apigClient.d.ts' }, null, 2)}\n`,
    [`${folder}/README.md`]: readme(name, calls),
  }
}

function clientSource(calls: readonly ClientCall[], { invokeUrl, region }: ClientPlace): string {
  const methods = calls.map((call) => {
    const facts = {
      name: call.name,
      verb: call.verb,
      path: call.path,
      signed: call.isSigned,
      parameters: call.parameters.map(({ name, place, isRequired }) => [name, place, isRequired]),
    }
    return `      ${JSON.stringify(call.name)}: (params, body, additional) => send(config, ${JSON.stringify(facts)}, params, body, additional),`
  })
  return `// The client of one stage: a function for each method.
import { ApiError, send } from './lib/send.js'

export { ApiError }

const defaults = {
  invokeUrl: ${JSON.stringify(invokeUrl)},
  region: ${JSON.stringify(region)},
  accessKey: '',
  secretKey: '',
  sessionToken: '',
  apiKey: '',
  defaultContentType: 'application/json',
  defaultAcceptType: 'application/json',
}

export const apigClientFactory = {
  newClient(given = {}) {
    const config = { ...defaults, ...given }
    return {
${methods.join('\n')}
    }
  },
}
`
}

function clientTypes(calls: readonly ClientCall[], { models }: RestSnapshot): string {
  const names = new Set(models.map(({ name = '' }) => name))
  const types = models.map(
    ({ name = '', schema = '{}' }) => `  export type ${modelTypeName(name)} = ${schemaType(schema, names)}`,
  )
  const modelType = (name: string | undefined): string =>
    name !== undefined && names.has(name) ? `Models.${modelTypeName(name)}` : 'unknown'
  const methods = calls.map(({ name, parameters, requestModel, responseModel }) => {
    const members = parameters.map((each) => `${JSON.stringify(each.name)}${each.isRequired ? '' : '?'}: Parameter`)
    const optional = parameters.some(({ isRequired }) => isRequired) ? '' : '?'
    const params = members.length === 0 ? '{}' : `{ ${members.join('; ')} }`
    return `  ${JSON.stringify(name)}(params${optional}: ${params}, body?: ${modelType(requestModel)}, additional?: AdditionalParams): Promise<ApiResponse<${modelType(responseModel)}>>`
  })
  return `// The types of the client, and of the API's models.
export interface ClientConfig {
  invokeUrl?: string
  region?: string
  /** With these, methods with IAM authorization are signed. */
  accessKey?: string
  secretKey?: string
  sessionToken?: string
  /** Sent as x-api-key. */
  apiKey?: string
  defaultContentType?: string
  defaultAcceptType?: string
}

export type Parameter = string | number | boolean | ReadonlyArray<string | number | boolean>

/** What the method does not declare. */
export interface AdditionalParams {
  headers?: Record<string, string>
  queryParams?: Record<string, string | number | boolean>
}

export interface ApiResponse<Data> {
  status: number
  statusText: string
  headers: Record<string, string>
  data: Data
}

/** What a call rejects with when the status is not 2xx. */
export declare class ApiError extends Error {
  readonly response: ApiResponse<unknown>
}

export declare namespace Models {
${types.join('\n')}
}

export interface ApiClient {
${methods.join('\n')}
}

export declare const apigClientFactory: {
  newClient(config?: ClientConfig): ApiClient
}
`
}

function readme(name: string, calls: readonly ClientCall[]): string {
  const rows = calls.map((call) => `| \`${call.name}\` | \`${call.verb} ${call.path}\` |`)
  return `# Client of the API ${name.replace(/\s+/g, ' ')}

\`\`\`js
import { apigClientFactory } from './apigClient.js'

const client = apigClientFactory.newClient({ apiKey: '…' })
const { status, data } = await client.${calls[0]?.name ?? 'rootGet'}({ /* parameters */ }, { /* body */ })
\`\`\`

Methods with IAM authorization need \`accessKey\` and \`secretKey\` (and \`sessionToken\` of temporary credentials).
An API that is reached at another address than the one in \`apigClient.js\` is named by \`invokeUrl\`, with the stage and without a slash at the end.

| function | method |
| --- | --- |
${rows.join('\n')}
`
}
