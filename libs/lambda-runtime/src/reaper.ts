// A small shell process that outlives us by a moment and ends every sandbox that we could not end ourselves.
import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Writable } from 'node:stream'

/** Tells the reaper which process groups are alive; it acts when its input ends, that is, when we are gone. */
export class Reaper {
  readonly #script: string
  #input: Writable | undefined

  constructor(bootstrapFolder: string) {
    this.#script = join(bootstrapFolder, 'reaper.sh')
  }

  started(pid: number): void {
    this.#input ??= startReaper(this.#script)
    this.#input.write(`+ ${pid}\n`)
  }

  ended(pid: number): void {
    this.#input?.write(`- ${pid}\n`)
  }

  close(): void {
    this.#input?.end()
  }
}

/** Starts the shell, which does not keep this process alive. */
function startReaper(script: string): Writable {
  // In a session of its own, so that Ctrl-C in a terminal does not end it before us.
  const child = spawn('/bin/sh', [script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} })
  // Without a shell the bootstraps still end by themselves; only busy sandboxes would be missed.
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  if (child.stdin instanceof Socket) child.stdin.unref()
  return child.stdin
}
