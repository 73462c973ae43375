// Calls a service from the same table of operations that serves it: encodes input, sends, decodes output or fault.
import { Unreadable } from './fault.ts'
import type { Protocol } from './model.ts'
import { readFault } from './protocols/client-fault.ts'
import * as restJson from './protocols/client-rest-json.ts'
import * as rpc from './protocols/client-rpc.ts'
import { receive } from './protocols/received.ts'
import type { Service } from './service.ts'
import type { WireAnswer, WireRequest } from './wire.ts'

/** A request with its destination: the scheme and host of `endpoint`, whose path is put before the operation's. */
export interface OutgoingRequest extends WireRequest {
  readonly scheme: 'http' | 'https'
  /** Host and port. */
  readonly host: string
}

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** The credentials and the scope that a request is signed with. */
export interface Signing {
  readonly credentials: Credentials
  readonly region: string
  /** The service's name in the credential scope. */
  readonly service: string
}

export interface ClientOptions {
  /** `http://127.0.0.1:4566`, with a path where the service lives under one (`@connections`: the stage). */
  readonly endpoint: string
  readonly region: string
  /** Sends one request; rejects when no answer came. It sets its own time limits. */
  readonly send: (request: OutgoingRequest) => Promise<WireAnswer>
  /** Returns the request with its signature added; not called without credentials. */
  readonly sign?: (request: OutgoingRequest, signing: Signing) => OutgoingRequest | Promise<OutgoingRequest>
  readonly credentials?: Credentials | (() => Promise<Credentials>)
  /** The service's first protocol when absent. */
  readonly protocol?: Protocol
}

/** The operations of any service, for callers without generated `Operations`. */
export type AnyOperations = Readonly<Record<string, { readonly input: object; readonly output: unknown }>>

export interface Client<Ops> {
  /** Rejects with `ServiceFault` when the service refuses, with `Error` when its answer cannot be read. */
  call<Name extends keyof Ops & string>(
    name: Name,
    input: Ops[Name] extends { input: infer Input } ? Input : never,
  ): Promise<Ops[Name] extends { output: infer Output } ? Output : never>
}

const codecs = {
  'rest-json': { write: restJson.writeInput, read: restJson.readOutput },
  json: { write: rpc.writeJson, read: rpc.readJson },
  query: { write: rpc.writeQuery, read: rpc.readQuery },
  'smithy-rpc-v2-cbor': { write: rpc.writeCbor, read: rpc.readCbor },
}

/** Throws a `TypeError` on a protocol the service does not speak, on an unusable endpoint, and on credentials without `sign`. */
export function createClient<Ops = AnyOperations>(service: Service, options: ClientOptions): Client<Ops> {
  const protocol = options.protocol ?? service.protocols[0]
  if (protocol === undefined || !service.protocols.includes(protocol)) {
    throw new TypeError(`${service.id} does not speak ${String(protocol)}`)
  }
  if (options.credentials !== undefined && options.sign === undefined)
    throw new TypeError('credentials need a `sign` to use them')
  const { scheme, host, basePath } = placeOf(options.endpoint)
  const codec = codecs[protocol]
  const call = async (name: string, input: object): Promise<unknown> => {
    const operation = service.operations.get(name)
    if (operation === undefined) throw new TypeError(`${service.id} has no operation "${name}"`)
    const request = codec.write(service, operation, input)
    const path = basePath + request.path
    const answer = receive(await options.send(await signed({ ...request, path, scheme, host }, service, options)))
    if (answer.status >= 300) throw await readFault(service, protocol, answer)
    try {
      const output = await codec.read(service, operation, answer)
      return operation.output === undefined ? undefined : output
    } catch (error) {
      throw error instanceof Unreadable
        ? new Error(`the answer to ${name} cannot be read: ${error.message}`, { cause: error })
        : error
    }
  }
  return { call } as Client<Ops>
}

function placeOf(endpoint: string): { scheme: 'http' | 'https'; host: string; basePath: string } {
  const { protocol, host, pathname } = new URL(endpoint)
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`not an HTTP endpoint: ${endpoint}`)
  return { scheme: protocol === 'http:' ? 'http' : 'https', host, basePath: pathname.replace(/\/+$/, '') }
}

async function signed(request: OutgoingRequest, service: Service, options: ClientOptions): Promise<OutgoingRequest> {
  const { sign, credentials, region } = options
  if (sign === undefined || credentials === undefined) return request
  const known = typeof credentials === 'function' ? await credentials() : credentials
  return sign(request, { credentials: known, region, service: service.name })
}
