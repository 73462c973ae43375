// What is told of API keys: whose it was, or what it lacked. Never its value.
import type { Listener } from '../../nouns/decisions.ts'
import type { KeyLack } from '../../ports/api-keys.ts'

interface Asking {
  readonly listener: Listener | undefined
  readonly receivedAtMs: number
}

interface Refusal {
  /** Where the value was to come from. */
  readonly source: string
  /** `apiId:stageName` */
  readonly stage: string
  readonly lack: KeyLack | 'missing'
  readonly keyId?: string | undefined
}

export function tellKnown({ listener, receivedAtMs }: Asking, keyId: string, plan: string): void {
  listener?.decided({ step: 'requireKey', verdict: 'known', reason: { keyId, plan }, atMs: receivedAtMs })
}

/** The verdict says what the key lacks: `API key unknown`, `API key in no usage plan of the stage` … */
export function tellLack({ listener, receivedAtMs }: Asking, { lack, ...reason }: Refusal): void {
  listener?.decided({ step: 'requireKey', verdict: `API key ${lack}`, reason, refuses: true, atMs: receivedAtMs })
}
