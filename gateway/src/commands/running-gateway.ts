// Finds a running gateway for the commands that ask one, and reads its pages.
import { parseArgs } from 'node:util'
import { UsageError, wrongOption } from '../config.ts'

/** The gateway to ask, and the other arguments of the command line. */
export interface Asked {
  readonly positionals: readonly string[]
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string
}

/** The form of the request id that REST APIs send as x-amz-apigw-id and HTTP APIs as apigw-requestid: it may begin with dashes. */
const extendedRequestId = /^[\w-]{15}=$/

const defaultEndpoint = 'http://127.0.0.1:4566'

/** `--endpoint URL` or `--port PORT`; SLUICE_ENDPOINT; else the port that `sluice dev` listens on. Throws UsageError. */
export function readAsked(args: readonly string[], environment: NodeJS.ProcessEnv): Asked {
  let parsed: { values: { endpoint?: string; port?: string }; positionals: string[] }
  try {
    parsed = parseArgs({
      args: args.filter((arg) => !extendedRequestId.test(arg)),
      allowPositionals: true,
      options: { endpoint: { type: 'string' }, port: { type: 'string' } },
    })
  } catch (error) {
    throw wrongOption(error, ['endpoint', 'port', 'help'], 'This command takes --endpoint and --port.')
  }
  const { endpoint, port } = parsed.values
  const url = endpoint ?? (port === undefined ? environment['SLUICE_ENDPOINT'] : `http://127.0.0.1:${port}`)
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError(`"${url}" is no address of a gateway: give one such as ${defaultEndpoint}.`)
  }
  const positionals = [...parsed.positionals, ...args.filter((arg) => extendedRequestId.test(arg))]
  return { positionals, endpoint: (url ?? defaultEndpoint).replace(/\/$/, '') }
}

/** A page's JSON; undefined for a 404. Throws UsageError when there is no gateway, or it will not tell. */
export async function readPage<Shape>(endpoint: string, path: string): Promise<Shape | undefined> {
  let response: Response
  try {
    response = await fetch(`${endpoint}${path}`)
  } catch (error) {
    throw new UsageError(`No gateway answers at ${endpoint}: name another with --endpoint or --port.`, { cause: error })
  }
  if (response.status === 404) return undefined
  if (!response.ok) throw new UsageError(`${endpoint}${path} answers ${response.status}: ${await response.text()}`)
  return (await response.json()) as Shape
}

export const notKept = 'This gateway keeps no requests: start it with --explain 10000, or as many as it shall keep.'
