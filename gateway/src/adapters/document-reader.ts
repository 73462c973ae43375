// Reads imported documents: small ones at once, large ones on a thread, so that no request waits for them.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { DocumentFault, readText, type ReadingKind, type ReadTextOptions } from '@sluice/openapi'
import type { Descriptions, Documents } from '../ports/documents.ts'
import { joined, textOf } from './document-pieces.ts'
import type { DocumentAnswer, DocumentQuestion, NoMoreQuestions } from './document-thread.ts'

/** From this many characters on, a text is read on the thread. Below, reading takes less than 20 ms even in a process that has just started. */
const largeJsonChars = 32_768
/** YAML takes several times as long as JSON. */
const largeYamlChars = 8192

export interface DocumentBudget {
  /** How long reading one document may take. */
  readonly timeMs: number
  /** How much the thread's heap may hold: 6 MB of YAML, the most that a document may be, needs about half of it. */
  readonly memoryMb: number
}

/** The time is AWS's for a call of the control plane; the memory is ours. */
const usualBudget: DocumentBudget = { timeMs: 29_000, memoryMb: 1024 }

/** A thread that has nothing to read ends after so long: imports often follow one another. */
const idleMs = 500

/**
 * What reading makes is soon garbage: a small young generation takes hardly more time, less memory, and fewer of V8's helper
 * threads at once, behind which requests wait where there is one core.
 */
const youngMb = 2

class DocumentReader implements Documents {
  private readonly budget: DocumentBudget
  private readonly closing = new AbortController()
  private thread: Worker | undefined
  private idle: NodeJS.Timeout | undefined
  private last: Promise<unknown> = Promise.resolve()

  constructor(budget: DocumentBudget) {
    this.budget = budget
  }

  async read<Kind extends ReadingKind>(
    kind: Kind,
    document: string | Uint8Array,
    options: ReadTextOptions,
  ): Promise<Descriptions[Kind]> {
    if (!isLarge(document)) return readText(kind, textOf(document), options) as Descriptions[Kind]
    // One at a time: the thread's memory is one document's budget.
    const turn = this.last.then(() => this.ask({ kind, document, options }))
    this.last = turn.catch(() => undefined)
    const answer = await turn
    if ('fault' in answer) throw new DocumentFault(answer.fault.message, answer.fault, answer.fault.detail)
    return (await joined(answer.pieces)) as Descriptions[Kind]
  }

  /** Ends the thread. A document that is being read is given up: its import rejects. */
  async close(): Promise<void> {
    this.closing.abort()
    await this.last
    await this.retire()
  }

  private async ask(question: DocumentQuestion): Promise<DocumentAnswer> {
    this.closing.signal.throwIfAborted()
    clearTimeout(this.idle)
    const thread = (this.thread ??= this.start())
    const late = AbortSignal.timeout(this.budget.timeMs)
    thread.ref()
    try {
      thread.postMessage(question)
      const [answer] = await once(thread, 'message', { signal: AbortSignal.any([late, this.closing.signal]) })
      thread.unref()
      this.idle = setTimeout(() => void this.retire(), idleMs).unref()
      return answer as DocumentAnswer
    } catch (error) {
      await this.stop()
      throw late.aborted ? this.tooSlow() : isOutOfMemory(error) ? this.tooLarge() : error
    }
  }

  private start(): Worker {
    // Beside this file stands the thread's: as source when this runs as source, built when this is built.
    const name = import.meta.url.endsWith('.ts') ? './document-thread.ts' : './document-thread.js'
    const thread = new Worker(new URL(name, import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.budget.memoryMb, maxYoungGenerationSizeMb: youngMb },
    })
    // Whoever waits for the thread is told; without this listener, the process would end.
    thread.on('error', () => {})
    return thread.on('exit', () => {
      if (this.thread === thread) this.takeThread()
    })
  }

  /** Lets a thread that has nothing to read end by itself, as ending one from outside is where node is known to crash. */
  private async retire(): Promise<void> {
    const thread = this.takeThread()
    if (thread === undefined) return
    const ended = new Promise((resolve) => thread.once('exit', resolve))
    // A caller who waits for this may be all that the process still does.
    thread.ref()
    thread.postMessage('end' satisfies NoMoreQuestions)
    await ended
  }

  /** Ends a thread that is at work. */
  private async stop(): Promise<void> {
    await this.takeThread()?.terminate()
  }

  private takeThread(): Worker | undefined {
    const { thread } = this
    this.thread = undefined
    clearTimeout(this.idle)
    return thread
  }

  private tooSlow(): DocumentFault {
    return refused(`The document takes longer to read than ${this.budget.timeMs} ms.`)
  }

  private tooLarge(): DocumentFault {
    return refused(`The document takes more memory to read than ${this.budget.memoryMb} MB.`)
  }
}

function isLarge(document: string | Uint8Array): boolean {
  const start = textOf(document.slice(0, 64))
  return document.length >= (/^\s*[{[]/.test(start) ? largeJsonChars : largeYamlChars)
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}

function refused(message: string): DocumentFault {
  return new DocumentFault(message, { line: 1, column: 1, path: '' })
}

/** A reader whose thread starts with the first large document. */
export function createDocumentReader(budget: DocumentBudget = usualBudget): Documents & { close(): Promise<void> } {
  return new DocumentReader(budget)
}
