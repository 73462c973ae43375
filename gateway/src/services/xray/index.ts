// The X-Ray API: the record of all its operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations, SamplingRule } from '@sluice/aws-protocol/xray'
import { defaultSampling } from '../../nouns/sampling.ts'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'
import type { XrayParts } from './parts.ts'
import { segmentHandlers } from './segment.ts'
import { serviceGraphHandlers } from './service-graph.ts'
import { traceHandlers } from './trace.ts'

/** The rule that every account has. */
function defaultRule({ account, region }: Call['scope']): SamplingRule {
  const { ruleName, fixedRate, reservoirSize, priority } = defaultSampling
  return {
    RuleName: ruleName,
    RuleARN: `arn:aws:xray:${region}:${account}:sampling-rule/${ruleName}`,
    ResourceARN: '*',
    Priority: priority,
    FixedRate: fixedRate,
    ReservoirSize: reservoirSize,
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    Version: 1,
    Attributes: {},
  }
}

export function createXrayService(parts: XrayParts): Service {
  const handlers = {
    ...segmentHandlers(parts),
    ...traceHandlers(parts),
    ...serviceGraphHandlers(parts),
    GetSamplingRules: (_input, { scope }) => ({
      SamplingRuleRecords: [{ SamplingRule: defaultRule(scope), CreatedAt: 0, ModifiedAt: 0 }],
    }),
  } satisfies Handlers<Operations, keyof Operations, Call>
  // Segments are no records: nothing here needs the store's lock.
  return { name: 'xray', handlers, unlocked: new Set(Object.keys(handlers)) }
}
