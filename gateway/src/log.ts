// The application log: one line an event, JSON or plain text, to standard error; never the product's access or execution logs.

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

type Fields = Readonly<Record<string, unknown>>

/** An object, then a short lower-case sentence. */
export interface Log {
  readonly debug: (fields: Fields, sentence: string) => void
  readonly info: (fields: Fields, sentence: string) => void
  readonly warn: (fields: Fields, sentence: string) => void
  readonly error: (fields: Fields, sentence: string) => void
}

/** Where nobody reads the standard error, this much waits for it; lines beyond are dropped. */
const mostWaitingBytes = 16 * 1024 * 1024

function toStandardError(line: string): void {
  if (process.stderr.writableLength < mostWaitingBytes) process.stderr.write(line)
}

export function createLog(level: LogLevel, write: (line: string) => void = toStandardError): Log {
  const threshold = logLevels.indexOf(level)
  const at = (name: LogLevel): ((fields: Fields, sentence: string) => void) => {
    if (logLevels.indexOf(name) < threshold) return () => {}
    return (fields, sentence) => {
      const line = { time: new Date().toISOString(), level: name, message: sentence, ...fields }
      write(`${JSON.stringify(line, plainErrors)}\n`)
    }
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** Errors have no enumerable members: without this they would be logged as `{}`. */
function plainErrors(_key: string, value: unknown): unknown {
  return value instanceof Error
    ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
    : value
}
