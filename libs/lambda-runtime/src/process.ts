// One operating-system process in a process group of its own: started, listened to, and ended for good.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Duplex, Readable } from 'node:stream'
import { RuntimeFault } from './faults.ts'
import type { SandboxEnd } from './faults.ts'
import type { Launch } from './launch.ts'

/** How long after a process's exit its last output may still be read. */
const lastWordsMs = 200

/** The events of a process. */
export interface ProcessListener {
  output(source: 'stdout' | 'stderr', chunk: Buffer): void
  /** Once, when the process has gone and what it wrote has been read. */
  exited(end: SandboxEnd): void
}

/** A process and everything it started: all end together. */
export class SandboxProcess {
  readonly #child: ChildProcess
  readonly #outputs: Readable[] = []

  /** Starts the program. Failures to start arrive as `exited`; what `spawn` throws is thrown. */
  constructor(launch: Launch, folder: string, environment: Record<string, string>, listener: ProcessListener) {
    const child = spawn(launch.command, launch.commandArguments, {
      cwd: folder,
      env: environment,
      // Its own session and group: one kill reaches whatever it started, and a terminal's Ctrl-C does not.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', launch.transport === 'frames' ? 'pipe' : 'ignore'],
    })
    this.#child = child
    child.once('error', (cause) => {
      const message = `The sandbox could not be started: ${cause.message}`
      listener.exited({ kind: 'refused', fault: new RuntimeFault('SandboxStartFailed', message) })
    })
    if (child.pid === undefined) return
    for (const source of ['stdout', 'stderr'] as const) {
      const output = child[source]
      if (output === null) continue
      output.on('data', (chunk: Buffer) => listener.output(source, chunk))
      output.on('error', () => {})
      this.#outputs.push(output)
    }
    child.once('exit', (exitCode, signal) => {
      this.kill()
      this.resumeOutput()
      this.#whenRead(() =>
        listener.exited(signal === null ? { kind: 'exited', exitCode: exitCode ?? 0 } : { kind: 'signalled', signal }),
      )
    })
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Our end of its file descriptor 3. */
  get socket(): Duplex {
    return this.#child.stdio[3] as unknown as Duplex
  }

  pauseOutput(): void {
    for (const output of this.#outputs) output.pause()
  }

  resumeOutput(): void {
    for (const output of this.#outputs) output.resume()
  }

  /** Ends the process and its descendants at once; harmless when they are gone. */
  kill(): void {
    if (this.#child.pid === undefined) return
    try {
      process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // Nobody of the group is left.
    }
  }

  /** Waits for the end of what it wrote, but not for a descendant that left the group and keeps the pipes open. */
  #whenRead(callback: () => void): void {
    const finish = (): void => {
      clearTimeout(timer)
      this.#child.off('close', finish)
      for (const output of this.#outputs) output.destroy()
      callback()
    }
    const timer = setTimeout(finish, lastWordsMs)
    this.#child.once('close', finish)
  }
}
