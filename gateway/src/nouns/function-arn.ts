// ARNs of Lambda functions: `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`.
import type { Scope } from './records.ts'

export interface FunctionArn {
  readonly scope: Scope
  readonly name: string
  /** A version, an alias or `$LATEST`. */
  readonly qualifier: string | undefined
}

const form =
  /^arn:aws(?:-[a-z-]+)?:lambda:([a-z0-9-]+):(\d{12}):function:([A-Za-z0-9_-]+)(?::(\$LATEST|[A-Za-z0-9_-]+))?$/

/** The parts of a function's ARN, or undefined for any other text. */
export function parseFunctionArn(arn: string): FunctionArn | undefined {
  const [, region, account, name, qualifier] = form.exec(arn) ?? []
  if (region === undefined || account === undefined || name === undefined) return undefined
  return { scope: { account, region }, name, qualifier }
}

/** The ARN of a function, of a version or of an alias. */
export function functionArn({ account, region }: Scope, name: string, qualifier?: string): string {
  const unqualified = `arn:aws:lambda:${region}:${account}:function:${name}`
  return qualifier === undefined ? unqualified : `${unqualified}:${qualifier}`
}
