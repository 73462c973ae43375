// Sluice as a program under test: a `dev` process on the measured core, with the APIs of the cases deployed in it.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start, type Program } from './process.ts'
import { smallBody } from './yardsticks.ts'

export interface SluiceProgram extends Program {
  readonly port: number
  /** Where TLS is spoken; NaN without `--tls-port`. */
  readonly tlsPort: number
  /** Path-style URL of a case's API. */
  readonly url: (api: keyof typeof documents, path: string) => string
}

const integration = (type: string, uri: string, extra: object = {}): object => ({
  'x-amazon-apigateway-integration': { type, httpMethod: 'ANY', uri, payloadFormatVersion: '1.0', ...extra },
})

const info = (title: string): object => ({ openapi: '3.0.1', info: { title, version: '1' } })

/** One document a case; `BACKEND` becomes the backend's origin. */
const documents = {
  static: {
    ...info('bench-static'),
    paths: {
      '/static': {
        get: {
          responses: { 200: { description: 'OK' } },
          'x-amazon-apigateway-integration': {
            type: 'mock',
            requestTemplates: { 'application/json': '{"statusCode": 200}' },
            responses: { default: { statusCode: '200', responseTemplates: { 'application/json': smallBody } } },
          },
        },
      },
    },
  },
  rest: {
    ...info('bench-rest'),
    paths: {
      '/{proxy+}': {
        'x-amazon-apigateway-any-method': {
          parameters: [{ name: 'proxy', in: 'path', required: true, schema: { type: 'string' } }],
          responses: {},
          'x-amazon-apigateway-integration': {
            type: 'http_proxy',
            httpMethod: 'ANY',
            uri: 'BACKEND/{proxy}',
            requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
          },
        },
      },
    },
  },
  http: {
    ...info('bench-http'),
    'x-amazon-apigateway-importexport-version': '1.0',
    paths: {
      '/{proxy+}': {
        'x-amazon-apigateway-any-method': { responses: {}, ...integration('http_proxy', 'BACKEND/{proxy}') },
      },
    },
  },
  remote: {
    ...info('bench-remote'),
    'x-amazon-apigateway-importexport-version': '1.0',
    paths: {
      '/hello': {
        get: {
          responses: {},
          ...integration('aws_proxy', 'arn:aws:lambda:us-east-1:000000000000:function:elsewhere', {
            payloadFormatVersion: '2.0',
          }),
        },
      },
    },
  },
  lambda: {
    ...info('bench-lambda'),
    'x-amazon-apigateway-importexport-version': '1.0',
    'x-sluice-functions': { bench: { runtime: 'nodejs24.x', handler: 'index.handler', code: './function' } },
    paths: {
      '/hello': {
        get: {
          responses: {},
          ...integration('aws_proxy', 'arn:aws:lambda:us-east-1:000000000000:function:bench', {
            payloadFormatVersion: '2.0',
          }),
        },
      },
    },
  },
} as const

/** Starts the built product. with the documents in a temporary folder. */
export async function startSluice(
  backendPort: number,
  options: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<SluiceProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  writeFunction(join(folder, 'function'))
  const files = Object.entries(documents).map(([name, document]) => {
    const file = join(folder, `${name}.json`)
    writeFileSync(file, JSON.stringify(document).replaceAll('BACKEND', `http://127.0.0.1:${backendPort}`))
    return file
  })
  const command = [
    process.execPath,
    join(import.meta.dirname, '..', 'bin', 'sluice'),
    'dev',
    '--port',
    '0',
    '--log-level',
    'error',
    // As in production, where nobody asked for explanations; a case that does overrides it.
    '--explain',
    '0',
    // What is measured is the gateway, not its throttle.
    '--account-rate',
    '100000000',
    '--account-burst',
    '100000000',
    ...options,
    ...files,
  ]
  const program = await start({
    command,
    core: 0,
    environment,
    ready: /([\s\S]*sluice ready on http:\/\/127\.0\.0\.1:\d+)/,
  })
  const output = program.match
  const port = Number(/ready on http:\/\/[^:]+:(\d+)/.exec(output)?.[1])
  const named = new Map(
    [...output.matchAll(/^bench-(\w+)\s+(?:REST|HTTP)\s+(\S+).*?http:\/\/([a-z0-9]+)\./gm)].map(
      ([, name, stage, id]) => [name, { stage, id }],
    ),
  )
  if (named.size < Object.keys(documents).length) throw new Error(`not every case was deployed: ${output}`)
  return {
    ...program,
    port,
    tlsPort: Number(/^TLS: https:\/\/[^:]+:(\d+)$/m.exec(output)?.[1]),
    url: (api, path) => {
      const { id, stage } = named.get(api) ?? {}
      return `http://127.0.0.1:${port}/_aws/execute-api/${id}/${stage}${path}`
    },
  }
}

function writeFunction(folder: string): void {
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'index.mjs'),
    `export const handler = async () => ({ statusCode: 200, headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(smallBody)} })\n`,
  )
}
