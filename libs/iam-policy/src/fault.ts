// The one error that reading a policy throws.

/** IAM's error codes for policies. */
export type PolicyFaultCode = 'MalformedPolicyDocument' | 'LimitExceeded'

/** A policy that cannot be used. The message is IAM's sentence; `path` names the place in the document. */
export class PolicyFault extends Error {
  override readonly name: string = 'PolicyFault'
  readonly code: PolicyFaultCode
  readonly path: string

  constructor(message: string, path: string, options?: ErrorOptions & { readonly code?: PolicyFaultCode }) {
    super(message, options)
    this.code = options?.code ?? 'MalformedPolicyDocument'
    this.path = path
  }
}

/** IAM's sentence for everything that has no sentence of its own. */
export const syntaxErrors = 'Syntax errors in policy.'
