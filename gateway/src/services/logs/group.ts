// Log groups: creates, lists and deletes them, and sets how long they keep their events. Security F.9.
import type { Handlers } from '@sluice/aws-protocol'
import {
  InvalidParameterException,
  ResourceAlreadyExistsException,
  ValidationException,
  type LogGroup,
  type Operations,
} from '@sluice/aws-protocol/logs'
import { logGroupArn } from '../../nouns/log-group-arn.ts'
import type { Scope } from '../../nouns/records.ts'
import type { LogGroupFacts } from '../../ports/logs.ts'
import type { Call } from '../call.ts'
import { pageByName } from '../marker-page.ts'
import { invalidToken, nameOfIdentifier, noSuchGroup, type LogsParts } from './parts.ts'
import { checkedTags } from './tag.ts'

const retentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

type Names =
  | 'CreateLogGroup'
  | 'DeleteLogGroup'
  | 'DeleteRetentionPolicy'
  | 'DescribeLogGroups'
  | 'PutLogGroupDeletionProtection'
  | 'PutRetentionPolicy'

export function groupHandlers({ logs }: LogsParts): Handlers<Operations, Names, Call> {
  return {
    CreateLogGroup: (input, { scope }) => {
      const { logGroupName, logGroupClass: logClass = 'STANDARD', kmsKeyId, tags = {} } = input
      const isProtected = input.deletionProtectionEnabled ?? false
      const settings = { logClass, kmsKeyId, tags: checkedTags(tags, logGroupName), isProtected }
      if (logs.createGroup(scope, logGroupName, settings)) return
      throw new ResourceAlreadyExistsException('The specified log group already exists')
    },
    DeleteLogGroup: ({ logGroupName }, { scope }) => {
      const found = logs.groups(scope).find(({ name }) => name === logGroupName)
      if (found?.isProtected === true) {
        throw new ValidationException('The log group cannot be deleted because deletion protection is enabled.')
      }
      if (!logs.deleteGroup(scope, logGroupName)) throw noSuchGroup()
    },
    PutLogGroupDeletionProtection: ({ logGroupIdentifier, deletionProtectionEnabled: isProtected }, { scope }) => {
      if (!logs.changeGroup(scope, nameOfIdentifier(logGroupIdentifier), { isProtected })) throw noSuchGroup()
    },
    PutRetentionPolicy: ({ logGroupName, retentionInDays }, { scope }) => {
      checkRetention(retentionInDays)
      if (!logs.setRetention(scope, logGroupName, retentionInDays)) throw noSuchGroup()
    },
    DeleteRetentionPolicy: ({ logGroupName }, { scope }) => {
      if (!logs.setRetention(scope, logGroupName, undefined)) throw noSuchGroup()
    },
    DescribeLogGroups: (input, { scope }) => {
      const wanted = logs.groups(scope).filter(filterOf(input))
      const page = pageByName(wanted, ({ name }) => name, { marker: input.nextToken, maxItems: input.limit ?? 50 })
      if (page === undefined) throw invalidToken()
      return { logGroups: page.items.map((facts) => shown(scope, facts)), nextToken: page.marker }
    },
  }
}

function checkRetention(days: number): void {
  if (retentionDays.includes(days)) return
  throw new InvalidParameterException(
    `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${retentionDays.join(', ')}]`,
  )
}

/** Which groups a listing includes: by the beginning of the name, by a part of it, or by single names. */
function filterOf(input: Operations['DescribeLogGroups']['input']): (facts: LogGroupFacts) => boolean {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: part, logGroupIdentifiers: identifiers } = input
  if (prefix !== undefined && part !== undefined) {
    throw new InvalidParameterException(
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    )
  }
  const names = identifiers && new Set(identifiers.map(nameOfIdentifier))
  // AWS: without a class, groups of all classes are listed.
  const wanted = input.logGroupClass
  return ({ name, logClass }) =>
    (wanted === undefined || wanted === logClass) &&
    name.startsWith(prefix ?? '') &&
    name.includes(part ?? '') &&
    (names === undefined || names.has(name))
}

function shown(scope: Scope, facts: LogGroupFacts): LogGroup {
  const { name, createdMs, retentionDays, storedBytes, logClass, kmsKeyId, isProtected } = facts
  const arn = logGroupArn(scope, name)
  return {
    logGroupName: name,
    creationTime: createdMs,
    retentionInDays: retentionDays,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes,
    kmsKeyId,
    logGroupClass: logClass,
    logGroupArn: arn,
    ...(isProtected && { deletionProtectionEnabled: true }),
  }
}
