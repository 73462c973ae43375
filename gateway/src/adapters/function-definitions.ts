// Functions made ready in the Lambda runtime: at their first invocation, and again when their record or their folder changed.
import type { FunctionCode, LambdaRuntime } from '@sluice/lambda-runtime'
import type { Scope } from '../nouns/records.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Clock } from '../ports/clock.ts'
import { FunctionFault } from '../ports/functions.ts'
import type { FunctionTarget } from './function-lookup.ts'
import { WatchedFolder } from './watched-folder.ts'

interface Defined {
  readonly target: FunctionTarget
  /** Until it is ready. */
  ready: Promise<void> | undefined
  readonly watched: WatchedFolder | undefined
  /** When its credentials want renewing. */
  renewAtMs: number
}

/** Credentials of a function's process, and when it needs a new process with new ones. */
export interface IssuedCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly renewAtMs: number
}

/** `role`: the ARN of the execution role. */
export interface CredentialSubject {
  readonly scope: Scope
  readonly name: string
  readonly role: string | undefined
}

export interface DefinitionParts {
  readonly runtime: () => Promise<LambdaRuntime>
  readonly blobs: Blobs
  readonly clock: Clock
  /** What the function's own AWS calls are signed with. */
  readonly credentials: (subject: CredentialSubject) => Promise<IssuedCredentials | undefined>
}

export class FunctionDefinitions {
  private readonly parts: DefinitionParts
  private readonly defined = new Map<string, Defined>()

  constructor(parts: DefinitionParts) {
    this.parts = parts
  }

  /** Makes a version ready as its record and code are now. Nothing to wait for (undefined) when it is; rejects with faults. */
  prepare(target: FunctionTarget): Promise<void> | undefined {
    const known = this.defined.get(target.key)
    if (known !== undefined && known.target === target && !this.isStale(known)) return known.ready
    return this.define(target, known)
  }

  /** Forgets a version that was deleted. */
  async remove(key: string): Promise<void> {
    const known = this.defined.get(key)
    if (known === undefined) return
    this.defined.delete(key)
    known.watched?.close()
    await known.ready?.catch(() => {})
    await (await this.parts.runtime()).remove(key)
  }

  close(): void {
    for (const { watched } of this.defined.values()) watched?.close()
    this.defined.clear()
  }

  private isStale({ watched, renewAtMs }: Defined): boolean {
    return watched?.isChanged === true || this.parts.clock.now() >= renewAtMs
  }

  private define(target: FunctionTarget, previous: Defined | undefined): Promise<void> {
    const watched = watchedOf(target, previous?.watched)
    if (previous?.watched !== watched) previous?.watched?.close()
    const defined: Defined = { target, ready: undefined, watched, renewAtMs: Number.POSITIVE_INFINITY }
    this.defined.set(target.key, defined)
    defined.ready = this.finish(defined, previous?.watched === watched)
    return defined.ready
  }

  private async finish(defined: Defined, isWatched: boolean): Promise<void> {
    const { target, watched } = defined
    try {
      defined.renewAtMs = await this.load(target, watched, isWatched)
      defined.ready = undefined
    } catch (error) {
      // The next invocation tries anew: a blob may be back, a folder may be there.
      if (this.defined.get(target.key) === defined) {
        this.defined.delete(target.key)
        watched?.close()
      }
      throw error
    }
  }

  private async load(target: FunctionTarget, watched: WatchedFolder | undefined, isWatched: boolean): Promise<number> {
    if (!isWatched) await watched?.start()
    const runtime = await this.parts.runtime()
    const { configuration } = target.record
    const { scope, name } = target
    const credentials = await this.parts.credentials({ scope, name, role: configuration.Role })
    const logGroup = configuration.LoggingConfig?.LogGroup
    await runtime.define({
      key: target.key,
      name: target.name,
      version: target.version,
      arn: target.key,
      runtime: configuration.Runtime ?? '',
      handler: configuration.Handler ?? '',
      code: await this.code(target),
      environment: configuration.Environment?.Variables ?? {},
      timeoutMs: (configuration.Timeout ?? 3) * 1000,
      memoryMb: configuration.MemorySize ?? 128,
      region: target.scope.region,
      ...(logGroup !== undefined && { logGroupName: logGroup }),
      ...(credentials !== undefined && { credentials }),
    })
    return credentials?.renewAtMs ?? Number.POSITIVE_INFINITY
  }

  private async code({ key, record }: FunctionTarget): Promise<FunctionCode> {
    if ('folder' in record.code) return record.code
    const zip = await this.parts.blobs.get(record.code.zipSha256)
    if (zip !== undefined) return { zip }
    throw new FunctionFault('unavailable', {
      status: 500,
      code: 'ServiceException',
      message: `The code of ${key} is missing from the data folder.`,
    })
  }
}

/** The watch on the folder of a function's code; the one from before when it is the same folder. */
function watchedOf({ record }: FunctionTarget, previous: WatchedFolder | undefined): WatchedFolder | undefined {
  if (!('folder' in record.code)) return undefined
  const watched = previous?.folder === record.code.folder ? previous : new WatchedFolder(record.code.folder)
  // Before the code is read: what changes from here on is a change.
  watched.isChanged = false
  return watched
}
