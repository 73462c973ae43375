// Loading the function, version or alias that an operation is about, with AWS's "not found" sentences.
import type { FunctionAliasRecord, FunctionRecord } from '../../nouns/function-records.ts'
import type { Call } from '../call.ts'
import { functionNotFound } from './faults.ts'
import type { Named } from './name.ts'

/** The version that the name stands for: by number, by alias, or `$LATEST`. Throws ResourceNotFoundException. */
export async function foundVersion(call: Call, { name, qualifier, arn }: Named): Promise<FunctionRecord> {
  let version = qualifier ?? '$LATEST'
  if (isAlias(version)) {
    const alias = await call.store.get('FunctionAlias', [name, version])
    if (alias === undefined) throw functionNotFound(arn)
    version = alias.functionVersion
  }
  const record = await call.store.get('Function', [name, version])
  if (record === undefined) throw functionNotFound(arn)
  return record
}

/** The function's `$LATEST`, whatever the qualifier. Throws ResourceNotFoundException. */
export async function foundFunction(call: Call, { name, unqualifiedArn }: Named): Promise<FunctionRecord> {
  const record = await call.store.get('Function', [name, '$LATEST'])
  if (record === undefined) throw functionNotFound(unqualifiedArn)
  return record
}

/** Every alias of a function, in order of their names. */
export async function aliasesOf(call: Call, name: string): Promise<readonly FunctionAliasRecord[]> {
  return (await call.store.list('FunctionAlias', [name])).map(({ record }) => record)
}

/** Whether a qualifier names an alias: it is neither a version nor `$LATEST`. */
export function isAlias(qualifier: string): boolean {
  return qualifier !== '$LATEST' && !/^\d+$/.test(qualifier)
}
