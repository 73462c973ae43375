// Which requests X-Ray's sampling rules choose: the first rule that matches gives so many a second, and a share of the rest. Security G.2.
import type { SamplingRule } from '@sluice/aws-protocol/xray'
import type { Received } from './exchange.ts'
import { compileGlob } from './glob.ts'
import { lastHeader } from './headers.ts'

/** The rule that X-Ray begins with, which every account has: one request a second, and five of a hundred beyond. */
export const defaultSampling = {
  RuleName: 'Default',
  ResourceARN: '*',
  Priority: 10_000,
  FixedRate: 0.05,
  ReservoirSize: 1,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  Version: 1,
  Attributes: {},
} as const satisfies SamplingRule

/** Whose requests are sampled. */
export interface SampledService {
  /** `{api name}/{stage}` */
  readonly name: string
  /** `AWS::ApiGateway::Stage` */
  readonly type: string
  readonly arn: string
}

/** What rules match of a request: its host without the port, its path with the stage and without the query. */
export type SampledRequest = Pick<Received, 'domainName' | 'method' | 'rawPath' | 'headers'>

/** Decides for one request: the name of the rule that chose it, undefined when none did. `draw`: a random number from 0 to 1. */
export type Sampler = (request: SampledRequest, nowMs: number, draw: number) => string | undefined

/** The rules of one account and region, which all its stages share, and their reservoirs with them. */
export class Sampling {
  private readonly rules: readonly CompiledRule[]

  /** The default rule is added when it is not among them. */
  constructor(rules: readonly SamplingRule[]) {
    const hasDefault = rules.some(({ RuleName: name }) => name === defaultSampling.RuleName)
    this.rules = (hasDefault ? [...rules] : [...rules, defaultSampling])
      .sort((left, right) => left.Priority - right.Priority || (nameOf(left) < nameOf(right) ? -1 : 1))
      .map((rule) => new CompiledRule(rule))
  }

  /** Rules that can never match the service's requests are left out once, here. */
  of(service: SampledService): Sampler {
    const rules = this.rules.filter((rule) => rule.covers(service))
    return (request, nowMs, draw) => rules.find((rule) => rule.matches(request))?.sample(nowMs, draw)
  }
}

function nameOf({ RuleName: name = '' }: SamplingRule): string {
  return name
}

class CompiledRule {
  readonly covers: (service: SampledService) => boolean
  readonly matches: (request: SampledRequest) => boolean
  private readonly rule: SamplingRule
  private second = Number.NaN
  private taken = 0

  constructor(rule: SamplingRule) {
    this.rule = rule
    const [name, type, arn] = [rule.ServiceName, rule.ServiceType, rule.ResourceARN].map(compileGlob)
    this.covers = (service) => Boolean(name?.(service.name) && type?.(service.type) && arn?.(service.arn))
    this.matches = matcherOf(rule)
  }

  /** The reservoir's requests of this second first; beyond them the fixed rate. */
  sample(nowMs: number, draw: number): string | undefined {
    const second = Math.floor(nowMs / 1000)
    if (second !== this.second) {
      this.second = second
      this.taken = 0
    }
    if (this.taken < this.rule.ReservoirSize) {
      this.taken++
      return nameOf(this.rule)
    }
    return draw < this.rule.FixedRate ? nameOf(this.rule) : undefined
  }
}

function matcherOf({ Host, HTTPMethod, URLPath, Attributes = {} }: SamplingRule): (request: SampledRequest) => boolean {
  const host = compileGlob(Host)
  const method = compileGlob(HTTPMethod)
  const path = compileGlob(URLPath)
  // AWS: attributes of requests through API Gateway are the headers of the client's request.
  const headers = Object.entries(Attributes).map(([name, value]) => ({
    name: name.toLowerCase(),
    isWanted: compileGlob(value),
  }))
  return (request) =>
    host(request.domainName) &&
    method(request.method) &&
    path(request.rawPath) &&
    headers.every(({ name, isWanted }) => {
      const value = lastHeader(request.headers, name)
      return value !== undefined && isWanted(value)
    })
}
