// Log groups, streams and lines of other programs through CloudWatch Logs: made, tagged, written to, deleted, and what is refused.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openPlace, startSeconds } from './place.ts'

const place = openPlace()
const { logs } = place
const startMs = startSeconds * 1000
const hourMs = 3_600_000
const arnOf = (group: string) => `arn:aws:logs:us-east-1:000000000000:log-group:${group}`
const fault = (code: string, message: string) => expect.objectContaining({ code, message })

let group: string
let made = 0

beforeEach(async () => {
  group = `group-${++made}`
  await logs.call('CreateLogGroup', { logGroupName: group })
})

afterAll(() => place.gateway.close())

const put = (...logEvents: readonly (readonly [timestamp: number, message: string])[]) =>
  logs.call('PutLogEvents', {
    logGroupName: group,
    logStreamName: 'own',
    logEvents: logEvents.map(([timestamp, message]) => ({ timestamp, message })),
  })

const messages = async () =>
  (await logs.call('FilterLogEvents', { logGroupName: group })).events?.map(({ message }) => message)

describe('groups', () => {
  test('keep their class, key, tags and protection', async () => {
    const logGroupName = `${group}-told`
    await logs.call('CreateLogGroup', {
      logGroupName,
      logGroupClass: 'INFREQUENT_ACCESS',
      kmsKeyId: 'arn:aws:kms:us-east-1:000000000000:key/k',
      tags: { team: 'pets' },
      deletionProtectionEnabled: true,
    })
    const described = async (input: object) =>
      (await logs.call('DescribeLogGroups', { logGroupNamePrefix: group, ...input })).logGroups
    expect(await described({ logGroupClass: 'INFREQUENT_ACCESS' })).toEqual([
      expect.objectContaining({
        logGroupName,
        logGroupClass: 'INFREQUENT_ACCESS',
        kmsKeyId: 'arn:aws:kms:us-east-1:000000000000:key/k',
        deletionProtectionEnabled: true,
      }),
    ])
    expect(await described({})).toHaveLength(2)
    expect(await logs.call('ListTagsForResource', { resourceArn: arnOf(logGroupName) })).toEqual({
      tags: { team: 'pets' },
    })
    await expect(logs.call('DeleteLogGroup', { logGroupName })).rejects.toMatchObject({ code: 'ValidationException' })
    await logs.call('PutLogGroupDeletionProtection', {
      logGroupIdentifier: arnOf(logGroupName),
      deletionProtectionEnabled: false,
    })
    await logs.call('DeleteLogGroup', { logGroupName })
    expect(await described({})).toHaveLength(1)
  })

  test('are tagged by ARN and by name', async () => {
    const resourceArn = arnOf(group)
    await logs.call('TagResource', { resourceArn, tags: { a: '1', __proto__x: '2' } })
    await logs.call('TagLogGroup', { logGroupName: group, tags: { a: '3' } })
    expect(await logs.call('ListTagsLogGroup', { logGroupName: group })).toEqual({ tags: { a: '3', __proto__x: '2' } })
    await logs.call('UntagResource', { resourceArn, tagKeys: ['a'] })
    await logs.call('UntagLogGroup', { logGroupName: group, tags: ['nobody'] })
    expect(await logs.call('ListTagsForResource', { resourceArn })).toEqual({ tags: { __proto__x: '2' } })
    const noGroup = fault('ResourceNotFoundException', 'The specified log group does not exist.')
    await expect(logs.call('ListTagsForResource', { resourceArn: arnOf('nobody') })).rejects.toEqual(noGroup)
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, '']))
    await expect(logs.call('TagResource', { resourceArn, tags: many })).rejects.toMatchObject({
      code: 'TooManyTagsException',
    })
    await expect(logs.call('TagResource', { resourceArn, tags: { 'aws:x': '' } })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
    await expect(logs.call('TagResource', { resourceArn: 'arn:aws:s3:::pets', tags: {} })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })
})

describe('streams', () => {
  test('are made once, and deleted with their lines', async () => {
    const names = { logGroupName: group, logStreamName: 'own' }
    await logs.call('CreateLogStream', names)
    await expect(logs.call('CreateLogStream', names)).rejects.toEqual(
      fault('ResourceAlreadyExistsException', 'The specified log stream already exists'),
    )
    await put([startMs, 'gone'])
    await logs.call('CreateLogStream', { ...names, logStreamName: 'other' })
    await logs.call('DeleteLogStream', names)
    expect(await messages()).toEqual([])
    const { logStreams } = await logs.call('DescribeLogStreams', { logGroupName: group })
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(['other'])
    await expect(logs.call('DeleteLogStream', names)).rejects.toEqual(
      fault('ResourceNotFoundException', 'The specified log stream does not exist.'),
    )
    await expect(logs.call('CreateLogStream', { ...names, logGroupName: 'nobody' })).rejects.toEqual(
      fault('ResourceNotFoundException', 'The specified log group does not exist.'),
    )
    await expect(logs.call('CreateLogStream', { ...names, logStreamName: 'a:b' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })
})

describe('PutLogEvents', () => {
  beforeEach(() => logs.call('CreateLogStream', { logGroupName: group, logStreamName: 'own' }))

  test('keeps lines, which are there at once', async () => {
    expect(await put([startMs - 1, 'first'], [startMs, 'second\nline'])).toEqual({
      nextSequenceToken: expect.stringMatching(/^\d{56}$/),
    })
    expect(await messages()).toEqual(['first', 'second\nline'])
  })

  test('leaves out what is too old, expired or too new, and says which', async () => {
    expect(
      (await put([startMs - 15 * 24 * hourMs, 'old'], [startMs, 'kept'], [startMs + 3 * hourMs, 'new']))
        .rejectedLogEventsInfo,
    ).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 })
    await logs.call('PutRetentionPolicy', { logGroupName: group, retentionInDays: 1 })
    expect((await put([startMs - 25 * hourMs, 'expired'])).rejectedLogEventsInfo).toEqual({
      expiredLogEventEndIndex: 1,
    })
    expect(await messages()).toEqual(['kept'])
  })

  test.each<[string, readonly (readonly [number, string])[], string]>([
    [
      'disorder',
      [
        [startMs, 'b'],
        [startMs - 1, 'a'],
      ],
      'Log events in a single PutLogEvents request must be in chronological order.',
    ],
    [
      'a long span',
      [
        [startMs - 25 * hourMs, 'a'],
        [startMs, 'b'],
      ],
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    ],
    [
      'a large event',
      [[startMs, 'x'.repeat(1_048_576)]],
      'Log event too large: 1048602 bytes exceeds limit of 1048576',
    ],
    [
      'a large batch',
      [
        [startMs, 'é'.repeat(262_144)],
        [startMs, 'é'.repeat(262_144)],
      ],
      'Upload too large: 1048628 bytes exceeds limit of 1048576',
    ],
  ])('refuses %s', async (_, events, message) => {
    await expect(put(...events)).rejects.toEqual(fault('InvalidParameterException', message))
    expect(await messages()).toEqual([])
  })

  test('refuses groups and streams that are not there', async () => {
    await logs.call('DeleteLogStream', { logGroupName: group, logStreamName: 'own' })
    await expect(put([startMs, 'x'])).rejects.toEqual(
      fault('ResourceNotFoundException', 'The specified log stream does not exist.'),
    )
    await logs.call('DeleteLogGroup', { logGroupName: group })
    await expect(put([startMs, 'x'])).rejects.toEqual(
      fault('ResourceNotFoundException', 'The specified log group does not exist.'),
    )
  })
})
