// Whole gateways for tests that `createGateway` is too small for: with a core to look into, on a real socket, and in `serve`.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from './adapters/clocks.ts'
import type { GatewayParts } from './gateway-parts.ts'
import { createCore, type Core } from './gateway.ts'
import { createLog } from './log.ts'
import { BodyRoom } from './server/body-room.ts'
import { listen } from './server/listener.ts'
import { ensureRootKey } from './services/iam/root-key.ts'

/** A gateway without a socket: `dev` in memory, on the machine's clock and silent, unless `parts` say otherwise. */
export function openCore(parts: Partial<GatewayParts> = {}): Core {
  return createCore({
    mode: 'dev',
    dataFolder: undefined,
    region: 'us-east-1',
    account: '000000000000',
    domain: 'localhost',
    clock: systemClock,
    log: createLog('silent'),
    lambdaEndpoint: undefined,
    lambdaCredentials: undefined,
    awsEndpoints: new Map(),
    enforceLambdaPermissions: parts.mode === 'serve',
    ...parts,
  })
}

export interface Listening {
  readonly core: Core
  readonly port: number
  readonly url: string
  /** Rejects when the listener came across a bug of ours. */
  readonly close: () => Promise<void>
}

/** The same on a free port of 127.0.0.1. */
export async function openListening(parts: Partial<GatewayParts> = {}): Promise<Listening> {
  const core = openCore(parts)
  const bugs: unknown[] = []
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    front: core.front,
    bodyRoom: new BodyRoom(2 ** 30),
    bug: (error) => bugs.push(error),
  })
  const { port } = listener.address
  const url = `http://127.0.0.1:${port}`
  core.setPort(port, url)
  return {
    core,
    port,
    url,
    close: async () => {
      await core.sockets.stop(2_000)
      await listener.close(0)
      await core.close()
      if (bugs.length > 0) throw new AggregateError(bugs, 'the listener told of bugs')
    },
  }
}

/** The access key of a user, or of a session. */
export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** What an SDK's client is configured with. */
export interface ClientSettings {
  readonly region: string
  readonly endpoint: string
  readonly credentials: Keys
  readonly maxAttempts: number
}

export interface Serving extends Listening {
  readonly dataFolder: string
  /** The key of the account's root, as `root-credentials.json` has it. */
  readonly root: Keys
  readonly settings: (keys: Keys) => ClientSettings
}

/** A gateway in `serve`, or in `dev` where `parts` say so, that keeps everything in a folder of its own until it is closed. */
export async function openServing(parts: Partial<GatewayParts> & { readonly account: string }): Promise<Serving> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-serving-'))
  const listening = await openListening({ mode: 'serve', dataFolder, enforceLambdaPermissions: true, ...parts })
  const file = join(dataFolder, 'root-credentials.json')
  await ensureRootKey(listening.core.store, parts.account, file)
  return {
    ...listening,
    dataFolder,
    root: JSON.parse(await readFile(file, 'utf8')) as Keys,
    settings: (credentials) => ({
      region: parts.region ?? 'us-east-1',
      endpoint: listening.url,
      credentials,
      maxAttempts: 1,
    }),
    close: async () => {
      await listening.close()
      await rm(dataFolder, { recursive: true })
    },
  }
}
