// The thread that reads large documents: a text comes in, its description or what is wrong with it goes out.
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import {
  DocumentFault,
  parseDocument,
  readRestApiKeeping,
  readText,
  type ReadingKind,
  type ReadTextOptions,
} from '@sluice/openapi'
import { piecesOf, textOf, type Piece } from './document-pieces.ts'

/** What the thread is asked. */
export interface DocumentQuestion {
  readonly kind: ReadingKind
  readonly document: string | Uint8Array
  readonly options: ReadTextOptions
}

/** What it is told at its end. */
export type NoMoreQuestions = 'end'

/** What it answers. An error loses its class and its own members between threads: a fault goes as its parts. */
export type DocumentAnswer =
  | { readonly pieces: readonly Piece[] }
  | { readonly fault: Pick<DocumentFault, 'message' | 'line' | 'column' | 'path' | 'detail'> }

/** The description; of methods their texts, which take a tenth of them. */
function descriptionOf({ kind, document, options }: DocumentQuestion): object {
  const text = textOf(document)
  if (kind !== 'RestApi') return readText(kind, text, options)
  return readRestApiKeeping(parseDocument(text, options), options, (method) => JSON.stringify(method))
}

function answerTo(question: DocumentQuestion): DocumentAnswer {
  try {
    return { pieces: piecesOf(descriptionOf(question)) }
  } catch (error) {
    // Any other error is a bug: it ends the thread, and the import is told.
    if (!(error instanceof DocumentFault)) throw error
    const { message, line, column, path, detail } = error
    return { fault: { message, line, column, path, detail } }
  }
}

/** Niceness: where threads share a core, requests go first, and reading still has a quarter of it. */
const behindRequests = 5
// Elsewhere this would be the whole process's.
if (process.platform === 'linux') setPriority(behindRequests)

parentPort?.on('message', (question: DocumentQuestion | NoMoreQuestions) => {
  if (question === 'end') {
    parentPort?.close()
    return
  }
  const answer = answerTo(question)
  const transferred = 'pieces' in answer ? answer.pieces.map(({ bytes }) => bytes.buffer) : []
  parentPort?.postMessage(answer, transferred)
})
