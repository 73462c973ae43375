// `{"message": …}` answers that no API's configuration can change.
import type { Answer } from '../nouns/exchange.ts'

export function plainAnswer(status: number, message: string | null): Answer {
  return { status, headers: ['Content-Type', 'application/json'], body: JSON.stringify({ message }) }
}
