// The thread that reads large documents: a text comes in, its description or what is wrong with it goes out.
import { parentPort } from 'node:worker_threads'
import { DocumentFault, readText, type ReadingKind, type ReadTextOptions } from '@sluice/openapi'
import { piecesOf } from './document-pieces.ts'

/** What the thread is asked. */
export interface DocumentQuestion {
  readonly kind: ReadingKind
  readonly text: string
  readonly options: ReadTextOptions
}

/** What it answers. An error loses its class and its own members between threads: a fault goes as its parts. */
export type DocumentAnswer =
  | { readonly pieces: readonly Uint8Array[] }
  | { readonly fault: Pick<DocumentFault, 'message' | 'line' | 'column' | 'path' | 'detail'> }

function answerTo({ kind, text, options }: DocumentQuestion): DocumentAnswer {
  try {
    return { pieces: piecesOf(readText(kind, text, options)) }
  } catch (error) {
    // Any other error is a bug: it ends the thread, and the import is told.
    if (!(error instanceof DocumentFault)) throw error
    const { message, line, column, path, detail } = error
    return { fault: { message, line, column, path, detail } }
  }
}

parentPort?.on('message', (question: DocumentQuestion) => {
  const answer = answerTo(question)
  const transferred = 'pieces' in answer ? answer.pieces.map(({ buffer }) => buffer as ArrayBuffer) : []
  parentPort?.postMessage(answer, transferred)
})
