// Sampling rules: creates, changes, deletes and lists them. Security G.2, G.5; X-Ray API reference.
import type { Handlers } from '@sluice/aws-protocol'
import {
  InvalidRequestException,
  RuleLimitExceededException,
  type Operations,
  type SamplingRule,
  type SamplingRuleRecord as ShownRule,
  type SamplingRuleUpdate,
} from '@sluice/aws-protocol/xray'
import type { SamplingRuleRecord } from '../../nouns/records.ts'
import { defaultSampling } from '../../nouns/sampling.ts'
import { type Call, nowSeconds } from '../call.ts'
import { pageByName } from '../marker-page.ts'
import { mergedRuleTags } from './tag.ts'

/** AWS's quota of an account and region, beside the default rule. */
const mostRules = 25
const rulesPerPage = 100
const highestPriority = 9_999

type Names = 'CreateSamplingRule' | 'DeleteSamplingRule' | 'GetSamplingRules' | 'UpdateSamplingRule'

export const samplingRule: Handlers<Operations, Names, Call> = {
  CreateSamplingRule: async ({ SamplingRule: asked, Tags = [] }, call) => {
    const name = asked.RuleName
    if (name === undefined) throw new InvalidRequestException('A rule name is required')
    if (asked.RuleARN !== undefined) throw new InvalidRequestException('A new rule is named by its name, not by an ARN')
    if (asked.Version !== 1) throw new InvalidRequestException('Version must be 1')
    const isTaken = name === defaultSampling.RuleName || (await call.store.get('SamplingRule', [name])) !== undefined
    if (isTaken) throw new InvalidRequestException(`A sampling rule with the name ${name} already exists`)
    const others = await call.store.list('SamplingRule', [])
    if (others.filter(({ key: [other] }) => other !== defaultSampling.RuleName).length >= mostRules) {
      throw new RuleLimitExceededException(`An account may have ${mostRules} sampling rules in a region`)
    }
    const now = nowSeconds(call)
    const rule = { ...asked, RuleARN: arnOf(call, name), Attributes: asked.Attributes ?? {} }
    const record = { rule, createdAt: now, modifiedAt: now, tags: mergedRuleTags(rule.RuleARN, {}, Tags) }
    call.store.put('SamplingRule', [name], record)
    return { SamplingRuleRecord: shown(record) }
  },
  UpdateSamplingRule: async ({ SamplingRuleUpdate: update }, call) => {
    const record = await foundRule(call, update)
    checkUpdate(record.rule, update)
    const { RuleName: _name, RuleARN: _arn, ...members } = update
    const given = Object.entries(members).filter(([, value]) => value !== undefined)
    const rule: SamplingRule = { ...record.rule, ...Object.fromEntries(given) }
    const changed = { ...record, rule, modifiedAt: nowSeconds(call) }
    call.store.put('SamplingRule', [rule.RuleName ?? ''], changed)
    return { SamplingRuleRecord: shown(changed) }
  },
  DeleteSamplingRule: async (named, call) => {
    const record = await foundRule(call, named)
    const { RuleName: name = '' } = record.rule
    if (name === defaultSampling.RuleName) throw new InvalidRequestException('The default rule cannot be deleted')
    call.store.delete('SamplingRule', [name])
    return { SamplingRuleRecord: shown(record) }
  },
  GetSamplingRules: async ({ NextToken }, call) => {
    const page = pageByName(await rulesOf(call), ({ rule }) => rule.RuleName ?? '', {
      marker: NextToken,
      maxItems: rulesPerPage,
    })
    if (page === undefined) throw new InvalidRequestException('Invalid NextToken')
    return { SamplingRuleRecords: page.items.map(shown), NextToken: page.marker }
  },
}

/** All rules of an account and region, the default rule among them. */
export async function rulesOf(call: Call): Promise<readonly SamplingRuleRecord[]> {
  const kept = (await call.store.list('SamplingRule', [])).map(({ record }) => record)
  const hasDefault = kept.some(({ rule }) => rule.RuleName === defaultSampling.RuleName)
  return hasDefault ? kept : [...kept, unchangedDefault(call)]
}

/** The rule that a name or an ARN names. Throws InvalidRequestException when both do, or neither, or there is no such rule. */
async function foundRule(
  call: Call,
  { RuleName: name, RuleARN: arn }: { readonly RuleName?: string | undefined; readonly RuleARN?: string | undefined },
): Promise<SamplingRuleRecord> {
  if ((name === undefined) === (arn === undefined)) {
    throw new InvalidRequestException('Name a rule by RuleName or by RuleARN, and not by both')
  }
  const wanted = name ?? (arn ?? '').slice((arn ?? '').indexOf('/') + 1)
  const kept =
    (await call.store.get('SamplingRule', [wanted])) ??
    (wanted === defaultSampling.RuleName ? unchangedDefault(call) : undefined)
  if (kept !== undefined && (arn === undefined || kept.rule.RuleARN === arn)) return kept
  throw new InvalidRequestException(`There is no sampling rule ${name ?? arn ?? ''}`)
}

function checkUpdate({ RuleName: name }: SamplingRule, update: SamplingRuleUpdate): void {
  const { FixedRate: rate, ReservoirSize: reservoir, Priority: priority } = update
  if (rate !== undefined && !(rate >= 0 && rate <= 1)) {
    throw new InvalidRequestException('FixedRate must be between 0 and 1')
  }
  if (reservoir !== undefined && reservoir < 0) throw new InvalidRequestException('ReservoirSize must not be negative')
  if (priority !== undefined && !(priority >= 1 && priority <= highestPriority)) {
    throw new InvalidRequestException(`Priority must be between 1 and ${highestPriority}`)
  }
  const free = new Set(['RuleName', 'RuleARN', 'FixedRate', 'ReservoirSize'])
  const others = Object.entries(update).some(([member, value]) => value !== undefined && !free.has(member))
  // AWS: of the default rule only its two numbers can be changed — X-Ray developer guide, "Configuring sampling rules"
  if (name === defaultSampling.RuleName && others) {
    throw new InvalidRequestException('Only FixedRate and ReservoirSize of the default rule can be changed')
  }
}

function unchangedDefault(call: Call): SamplingRuleRecord {
  const rule = { ...defaultSampling, RuleARN: arnOf(call, defaultSampling.RuleName) }
  return { rule, createdAt: 0, modifiedAt: 0 }
}

function arnOf({ scope: { account, region } }: Call, name: string): string {
  return `arn:aws:xray:${region}:${account}:sampling-rule/${name}`
}

function shown({ rule, createdAt, modifiedAt }: SamplingRuleRecord): ShownRule {
  return { SamplingRule: rule, CreatedAt: createdAt, ModifiedAt: modifiedAt }
}
