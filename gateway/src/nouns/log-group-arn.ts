// ARNs of log groups: where the access log of a stage goes.
import type { Scope } from './records.ts'

export interface LogGroup {
  readonly scope: Scope
  readonly name: string
}

const pattern = /^arn:[^:]+:logs:([^:]+):([^:]+):log-group:([^:]+)(?::\*)?$/

/** The group of `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`, with or without `:*`; undefined for any other text. */
export function parseLogGroupArn(arn: string): LogGroup | undefined {
  const [, region, account, name] = pattern.exec(arn) ?? []
  if (region === undefined || account === undefined || name === undefined) return undefined
  return { scope: { account, region }, name }
}

/** With `:*`, as DescribeLogGroups gives `arn`. */
export function logGroupArn({ account, region }: Scope, name: string): string {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`
}
