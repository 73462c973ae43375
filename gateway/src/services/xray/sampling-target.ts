// Divides a sampling rule's reservoir among the programs that share the rule. Security G.5.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations, SamplingTargetDocument, UnprocessedStatistics } from '@sluice/aws-protocol/xray'
import type { Call } from '../call.ts'
import { rulesOf } from './sampling-rule.ts'

/** How often a program reports, in seconds. */
const intervalSeconds = 10
/** A program that has not reported for this long is gone, and with it its share. */
const goneSeconds = 3 * intervalSeconds
/** More programs than ever share a rule; beyond them the one that reported longest ago is dropped. */
const mostClients = 1_000

export function samplingTargetHandlers(): Handlers<Operations, 'GetSamplingTargets', Call> {
  const clients = new Clients()
  return {
    GetSamplingTargets: async ({ SamplingStatisticsDocuments: documents }, call) => {
      const nowSeconds = Math.floor(call.nowMs / 1000)
      const rules = await rulesOf(call)
      const targets: SamplingTargetDocument[] = []
      const unprocessed: UnprocessedStatistics[] = []
      for (const { RuleName, ClientID } of documents) {
        const rule = rules.find(({ rule }) => rule.RuleName === RuleName)?.rule
        if (rule === undefined) {
          unprocessed.push({ RuleName, ErrorCode: '400', Message: `There is no sampling rule ${RuleName}` })
          continue
        }
        const sharing = clients.seen(rule.RuleARN ?? '', ClientID, nowSeconds)
        targets.push({
          RuleName,
          FixedRate: rule.FixedRate,
          ReservoirQuota: Math.floor(rule.ReservoirSize / sharing),
          ReservoirQuotaTTL: nowSeconds + intervalSeconds,
          Interval: intervalSeconds,
        })
      }
      return {
        SamplingTargetDocuments: targets,
        LastRuleModification: Math.max(...rules.map(({ modifiedAt }) => modifiedAt)),
        UnprocessedStatistics: unprocessed,
      }
    },
  }
}

/** The programs that reported lately, by rule. */
class Clients {
  private readonly byRule = new Map<string, Map<string, number>>()

  /** How many programs share the rule, this one among them. */
  seen(rule: string, client: string, nowSeconds: number): number {
    let lastSeen = this.byRule.get(rule)
    if (lastSeen === undefined) this.byRule.set(rule, (lastSeen = new Map<string, number>()))
    lastSeen.delete(client)
    lastSeen.set(client, nowSeconds)
    for (const [other, seconds] of lastSeen) {
      if (seconds >= nowSeconds - goneSeconds && lastSeen.size <= mostClients) break
      lastSeen.delete(other)
    }
    return lastSeen.size
  }
}
