// Publishes versions: copies of `$LATEST` under the next number, unless nothing has changed since the last one.
import type { PublishVersionRequest } from '@sluice/aws-protocol/lambda'
import type { FunctionRecord } from '../../nouns/function-records.ts'
import type { Call } from '../call.ts'
import { useCode } from './code.ts'
import { checkRevision, invalidParameter } from './faults.ts'
import { foundFunction } from './found.ts'
import type { Named } from './name.ts'
import { lastModified } from './timestamp.ts'

/** The version that was published, or the last one when nothing has changed since. */
export async function publish(
  call: Call,
  named: Named,
  { CodeSha256, Description, RevisionId }: Omit<PublishVersionRequest, 'FunctionName'>,
): Promise<FunctionRecord> {
  const latest = await foundFunction(call, named)
  const { configuration, lastVersion = 0 } = latest
  checkRevision(RevisionId, configuration.RevisionId)
  if (CodeSha256 !== undefined && CodeSha256 !== configuration.CodeSha256) {
    throw invalidParameter(
      `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${configuration.CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    )
  }
  const last = await call.store.get('Function', [named.name, String(lastVersion)])
  if (last !== undefined && says(last) === says(latest)) return last
  const version = String(lastVersion + 1)
  const published: FunctionRecord = {
    configuration: {
      ...configuration,
      FunctionArn: `${named.unqualifiedArn}:${version}`,
      Version: version,
      Description: Description ?? configuration.Description,
      RevisionId: call.ids.uuid(),
      LastModified: lastModified(call.nowMs),
    },
    code: latest.code,
    tags: {},
  }
  call.store.put('Function', [named.name, version], published)
  call.store.put('Function', [named.name, '$LATEST'], { ...latest, lastVersion: lastVersion + 1 })
  await useCode(call, latest.code)
  return published
}

/** The text by which two versions are compared: everything but their names, dates and descriptions. */
function says({ configuration, code }: FunctionRecord): string {
  const { FunctionArn: _arn, Version: _version, RevisionId: _revision, LastModified: _date, ...rest } = configuration
  return JSON.stringify({ ...rest, Description: undefined, code })
}
