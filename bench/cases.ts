// The macro cases: who does which work, and what the result is compared with.
import { accessCase, cacheCase } from './access.ts'
import { jwtCase } from './jwt.ts'
import type { LoadOptions } from './load.ts'
import type { Program } from './process.ts'
import { observabilityCase } from './observability.ts'
import { policiesCase } from './policies.ts'
import { startSluice, type SluiceProgram } from './programs.ts'
import { remoteLambdaCase } from './remote-lambda.ts'
import { startRoutes } from './routes.ts'
import { tlsCase } from './tls.ts'
import { hasNginx, startNode, startProxyNginx, startStaticNginx } from './yardsticks.ts'

export type Load = Pick<LoadOptions, 'url' | 'method' | 'body' | 'headers' | 'reconnects' | 'inTurn'>

/** One program of a case: how to start it, and what to send it. */
export interface Contender {
  readonly name: string
  readonly start: (ports: Ports) => Promise<{ readonly program: Program; readonly load: Load }>
}

export interface Ports {
  readonly own: number
  readonly backend: number
}

export interface Case {
  readonly name: string
  /** Whether only the gateway's own process counts (functions are processes of their own). */
  readonly ownProcessOnly?: boolean
  /** Seconds of load before anything is measured, where the usual time is too short. */
  readonly warmUpSeconds?: number
  /** Connections, where the default would not fit. */
  readonly connections?: number
  readonly contenders: readonly Contender[]
  /** A line behind the table. `costs`: CPU-microseconds a request of each contender. */
  readonly remark?: (costs: readonly number[]) => string
}

const at = (port: number, path: string): string => `http://127.0.0.1:${port}${path}`

/** `options`: of the command line. */
function sluice(name: string, load: (program: SluiceProgram) => Load, options: readonly string[] = []): Contender {
  return {
    name,
    start: async ({ backend }) => {
      const program = await startSluice(backend, options)
      return { program, load: load(program) }
    },
  }
}

function bare(name: 'static' | 'proxy', load: Omit<Load, 'url'> & { readonly path: string }): Contender {
  return {
    name: 'bare node',
    start: async ({ own, backend }) => ({
      program: await startNode(name, own, 0, backend),
      load: { ...load, url: at(own, load.path) },
    }),
  }
}

function nginx(kind: 'static' | 'proxy', load: Omit<Load, 'url'> & { readonly path: string }): Contender[] {
  if (!hasNginx) return []
  const start: Contender['start'] = async ({ own, backend }) => ({
    program: await (kind === 'static' ? startStaticNginx(own) : startProxyNginx(own, backend)),
    load: { ...load, url: at(own, load.path) },
  })
  return [{ name: 'nginx', start }]
}

function proxyCase(name: string, path: string, more: Omit<Load, 'url'> = {}): Case {
  const load = { path, ...more }
  return {
    name,
    contenders: [
      ...nginx('proxy', load),
      bare('proxy', load),
      sluice('sluice REST', (program) => ({ ...more, url: program.url('rest', path) })),
      sluice('sluice HTTP', (program) => ({ ...more, url: program.url('http', path) })),
    ],
  }
}

const kilobyte = JSON.stringify({ text: 'x'.repeat(1010) })

export const cases: readonly Case[] = [
  {
    name: 'static',
    contenders: [
      ...nginx('static', { path: '/static' }),
      bare('static', { path: '/static' }),
      sluice('sluice MOCK', (program) => ({ url: program.url('static', '/static') })),
    ],
  },
  proxyCase('proxy', '/small'),
  proxyCase('post', '/small', { method: 'POST', body: kilobyte }),
  policiesCase,
  proxyCase('large-64k', '/64k'),
  proxyCase('large-1m', '/1m'),
  tlsCase('tls', {}),
  // A handshake and one request each.
  tlsCase('tls-handshake', { reconnects: true }),
  {
    name: 'routes',
    // Importing has used other code: what requests run is optimised anew, which takes some seconds.
    warmUpSeconds: 6,
    contenders: [
      { name: '100 routes, one called', routes: 100, called: 1 },
      { name: '100,000 routes, one called', routes: 100_000, called: 1 },
      { name: '100 routes, all in turn', routes: 100, called: 100 },
      { name: '100,000 routes, 10,000 in turn', routes: 100_000, called: 10_000 },
    ].map(({ name, routes, called }) => ({
      name: `sluice ${name}`,
      start: async ({ backend }) => {
        const { program, url, paths } = await startRoutes(routes, backend)
        const step = Math.floor(paths.length / called)
        const values = called === 1 ? [] : paths.filter((_, index) => index % step === 0)
        return { program, load: { url, inTurn: { name: ':path', values } } }
      },
    })),
  },
  {
    name: 'lambda',
    // A function takes one request at a time: each connection is a sandbox of some 57 MB.
    ownProcessOnly: true,
    connections: 8,
    contenders: [
      sluice('sluice MOCK', (program) => ({ url: program.url('static', '/static') })),
      sluice('sluice Lambda', (program) => ({ url: program.url('lambda', '/hello') })),
    ],
  },
  remoteLambdaCase,
  jwtCase,
  accessCase,
  cacheCase,
  observabilityCase,
]
