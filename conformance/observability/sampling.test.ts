// X-Ray's sampling rules: made and changed through its API, and followed by the requests of REST APIs. Security G.2, G.5.
import type { SamplingRule } from '@sluice/aws-protocol/xray'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createPets, openPlace, startSeconds, type Place } from './place.ts'

let place: Place
beforeEach(() => {
  place = openPlace()
})
afterEach(() => place.gateway.close())

const traced = [{ op: 'replace', path: '/tracingEnabled', value: 'true' } as const]
const everything: SamplingRule = {
  RuleName: 'mine',
  ResourceARN: '*',
  Priority: 1,
  FixedRate: 1,
  ReservoirSize: 0,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  Version: 1,
}
const arn = (name: string): string => `arn:aws:xray:us-east-1:000000000000:sampling-rule/${name}`
const create = (changes: Partial<SamplingRule> = {}) =>
  place.xray.call('CreateSamplingRule', { SamplingRule: { ...everything, ...changes } })
const names = async () =>
  ((await place.xray.call('GetSamplingRules', {})).SamplingRuleRecords ?? []).map((each) => each.SamplingRule?.RuleName)
/** The rules that chose what was traced since the start. */
async function chosen(): Promise<(string | undefined)[]> {
  const window = { StartTime: startSeconds - 60, EndTime: startSeconds + 60 }
  const { TraceSummaries = [] } = await place.xray.call('GetTraceSummaries', window)
  const { Traces = [] } = await place.xray.call('BatchGetTraces', { TraceIds: TraceSummaries.map(({ Id = '' }) => Id) })
  return Traces.flatMap(({ Segments = [] }) => Segments).map(({ Document = '' }) => {
    const { aws } = JSON.parse(Document) as { aws?: { xray?: { sampling_rule_name?: string } } }
    return aws?.xray?.sampling_rule_name
  })
}

describe('requests', () => {
  test('are chosen by the first rule that matches host, method, path, service or headers', async () => {
    await create({ URLPath: '/prod/pets/1*', ServiceName: 'sampled/*', Attributes: { 'x-plan': 'gold' } })
    await create({ RuleName: 'rest', Priority: 2, FixedRate: 0 })
    const id = await createPets(place, { name: 'sampled', patches: traced })
    await place.get(id, '/prod/pets/10', { 'X-Plan': 'gold' })
    await place.get(id, '/prod/pets/1', { 'X-Plan': 'GOLD' })
    await place.get(id, '/prod/pets/2', { 'X-Plan': 'gold' })
    await place.get(id, '/prod/pets/1')
    expect(await chosen()).toEqual(['mine', 'mine'])
  })

  test('follow a rule that is changed or deleted, without a new deployment', async () => {
    const id = await createPets(place, { name: 'followed', patches: traced })
    await create({ FixedRate: 0 })
    await place.get(id, '/prod/pets/1')
    expect(await chosen()).toEqual([])
    await place.xray.call('UpdateSamplingRule', { SamplingRuleUpdate: { RuleName: 'mine', FixedRate: 1 } })
    await place.get(id, '/prod/pets/1')
    expect(await chosen()).toEqual(['mine'])
    await place.xray.call('DeleteSamplingRule', { RuleARN: arn('mine') })
    await place.xray.call('UpdateSamplingRule', { SamplingRuleUpdate: { RuleName: 'Default', ReservoirSize: 2 } })
    await place.get(id, '/prod/pets/1')
    expect(await chosen()).toEqual(['mine', 'Default'])
  })

  test('of a stage that does not trace ask no rule', async () => {
    await create()
    const id = await createPets(place, { name: 'passive' })
    await place.get(id, '/prod/pets/1')
    expect(await chosen()).toEqual([])
  })
})

describe('rules', () => {
  test('are shown as they were made, with the default one', async () => {
    const { SamplingRuleRecord } = await create({ Attributes: { plan: 'gold' } })
    const shown = { ...everything, RuleARN: arn('mine'), Attributes: { plan: 'gold' } }
    expect(SamplingRuleRecord).toEqual({ SamplingRule: shown, CreatedAt: startSeconds, ModifiedAt: startSeconds })
    expect(await names()).toEqual(['Default', 'mine'])
    place.gateway.clock.advance(5_000)
    const update = { RuleARN: arn('mine'), Host: 'example.com', Priority: 7 }
    const { SamplingRuleRecord: changed } = await place.xray.call('UpdateSamplingRule', { SamplingRuleUpdate: update })
    expect(changed).toEqual({
      SamplingRule: { ...shown, Host: 'example.com', Priority: 7 },
      CreatedAt: startSeconds,
      ModifiedAt: startSeconds + 5,
    })
    await place.xray.call('DeleteSamplingRule', { RuleName: 'mine' })
    expect(await names()).toEqual(['Default'])
  })

  test.each<[string, Partial<SamplingRule>, string]>([
    ['without a name', { RuleName: undefined }, 'A rule name is required'],
    ['of another version', { Version: 2 }, 'Version must be 1'],
    ['of a name that is taken', { RuleName: 'Default' }, 'A sampling rule with the name Default already exists'],
  ])('%s are refused', async (_, changes, message) => {
    await expect(create(changes)).rejects.toMatchObject({ code: 'InvalidRequestException', message })
  })

  test('that break the model are refused', async () => {
    for (const changes of [
      { Priority: 10_000 },
      { FixedRate: 1.1 },
      { ReservoirSize: -1 },
      { RuleName: 'x'.repeat(33) },
    ]) {
      await expect(create(changes)).rejects.toMatchObject({ code: 'InvalidRequestException' })
    }
    await create()
    for (const changes of [{ Priority: 0 }, { FixedRate: -0.1 }, { ReservoirSize: -1 }]) {
      const update = { SamplingRuleUpdate: { RuleName: 'mine', ...changes } }
      await expect(place.xray.call('UpdateSamplingRule', update)).rejects.toMatchObject({
        code: 'InvalidRequestException',
      })
    }
  })

  test('are named by name or ARN, not by both, and have to be there', async () => {
    await create()
    for (const named of [{}, { RuleName: 'mine', RuleARN: arn('mine') }, { RuleName: 'none' }, { RuleARN: 'mine' }]) {
      await expect(place.xray.call('DeleteSamplingRule', named)).rejects.toMatchObject({
        code: 'InvalidRequestException',
      })
    }
  })

  test('the default one keeps its place: only its numbers change, and it stays', async () => {
    await expect(place.xray.call('DeleteSamplingRule', { RuleName: 'Default' })).rejects.toMatchObject({
      message: 'The default rule cannot be deleted',
    })
    const update = { SamplingRuleUpdate: { RuleName: 'Default', Host: 'example.com' } }
    await expect(place.xray.call('UpdateSamplingRule', update)).rejects.toMatchObject({
      message: 'Only FixedRate and ReservoirSize of the default rule can be changed',
    })
  })

  test('are 25 at most', async () => {
    for (let each = 0; each < 25; each++) await create({ RuleName: `rule-${each}` })
    await expect(create()).rejects.toMatchObject({ code: 'RuleLimitExceededException' })
  })

  test('have tags', async () => {
    await place.xray.call('CreateSamplingRule', { SamplingRule: everything, Tags: [{ Key: 'team', Value: 'a' }] })
    const tags = async () => (await place.xray.call('ListTagsForResource', { ResourceARN: arn('mine') })).Tags
    await place.xray.call('TagResource', { ResourceARN: arn('mine'), Tags: [{ Key: '__proto__', Value: 'b' }] })
    expect(await tags()).toEqual([
      { Key: 'team', Value: 'a' },
      { Key: '__proto__', Value: 'b' },
    ])
    await place.xray.call('UntagResource', { ResourceARN: arn('mine'), TagKeys: ['team'] })
    expect(await tags()).toEqual([{ Key: '__proto__', Value: 'b' }])
    await expect(place.xray.call('ListTagsForResource', { ResourceARN: arn('none') })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
  })
})

test('two programs that share a rule share its reservoir', async () => {
  await create({ ReservoirSize: 10 })
  const report = async (client: string) => {
    const statistics = { RuleName: 'mine', ClientID: client.repeat(24), Timestamp: startSeconds }
    const { SamplingTargetDocuments, LastRuleModification } = await place.xray.call('GetSamplingTargets', {
      SamplingStatisticsDocuments: [{ ...statistics, RequestCount: 1, SampledCount: 1 }],
    })
    return [SamplingTargetDocuments?.[0]?.ReservoirQuota, LastRuleModification]
  }
  expect(await report('a')).toEqual([10, startSeconds])
  expect(await report('b')).toEqual([5, startSeconds])
  place.gateway.clock.advance(31_000)
  expect(await report('b')).toEqual([10, startSeconds])
})
