// A service as the endpoint sees it: the operation table's name, the handlers, and which operations take no write lock.
import type { Call } from './call.ts'

/** An operation's handler with its types forgotten: the endpoint calls it with what the codec decoded. */
export type AnyHandler = (input: never, call: Call) => unknown

export interface Service {
  /** The models' service: `apigateway`, `apigatewayv2`, `lambda` … */
  readonly name: string
  /** Whether its records belong to an account and not to a region (IAM, STS). */
  readonly global?: boolean
  readonly handlers: Readonly<Record<string, AnyHandler>>
  /**
   * Operations that run outside a transaction because they take long (Invoke): their `call.store` reads, and refuses
   * writes. Operations whose names say that they only read (`reads` in endpoint.ts) always run so.
   */
  readonly unlocked?: ReadonlySet<string>
  /** The token issuers that a call names: they are asked before its transaction begins, because that takes long. */
  readonly issuersOf?: (
    operation: string,
    input: Readonly<Record<string, unknown>>,
    call: Pick<Call, 'scope' | 'documents'>,
  ) => Promise<readonly string[]>
}
