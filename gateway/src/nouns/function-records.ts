// Stored shapes of Lambda: functions by version, aliases, and resource policies.
import type { FunctionConfiguration } from '@sluice/aws-protocol/lambda'

/** Where a function's code is: an unpacked zip by its hash, or a folder that is used in place (our extension for local work). */
export type CodeLocation = { readonly zipSha256: string } | { readonly folder: string }

/** One version of a function: AWS's own configuration shape, its code, and what the configuration does not show. */
export interface FunctionRecord {
  readonly configuration: FunctionConfiguration
  readonly code: CodeLocation
  /** `$LATEST` alone: a function's tags are all its versions'. */
  readonly tags: Readonly<Record<string, string>>
  /** `$LATEST` alone: how many invocations of the function, whichever its version, may run at once. */
  readonly reservedConcurrency?: number | undefined
  /** `$LATEST` alone: the number of the version that was published last. Numbers are never used again. */
  readonly lastVersion?: number | undefined
}

export interface FunctionAliasRecord {
  readonly name: string
  readonly aliasArn: string
  readonly functionVersion: string
  readonly description: string
  readonly revisionId: string
  readonly additionalVersionWeights?: Readonly<Record<string, number>> | undefined
}

/** How asynchronous invocations of a version or an alias are retried; AWS's defaults where it does not say. */
export interface EventInvokeRecord {
  readonly retries?: number | undefined
  readonly maximumAgeSeconds?: number | undefined
  /** Epoch seconds. */
  readonly modifiedAt: number
}

/** A policy document's statements, in order of their adding. */
export interface FunctionPolicyRecord {
  readonly revisionId: string
  readonly statements: readonly { readonly sid: string; readonly statement: Readonly<Record<string, unknown>> }[]
}
