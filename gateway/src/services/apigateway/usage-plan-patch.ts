// The patchable paths of a usage plan, including the limits of single methods in its stages (recorded REST 15, Security D.4).
import { BadRequestException, NotFoundException } from '@sluice/aws-protocol/apigateway'
import type {
  ApiStage,
  PatchOperation,
  QuotaPeriodType,
  QuotaSettings,
  ThrottleSettings,
  UsagePlan,
} from '@sluice/aws-protocol/apigateway'
import {
  integerOr,
  listingPaths,
  numberOr,
  operationsOf,
  patched,
  removing,
  setting,
  text,
  unescaped,
  withMember,
} from './patch.ts'
import type { Change, Dialect, Edit, PatchRule } from './patch.ts'
import { stageName } from './usage-plan-rules.ts'

/** The plan after all operations, in order. Throws BadRequestException, or NotFoundException for a stage that the plan does not have. */
export function patchedPlan(plan: UsagePlan, operations: readonly PatchOperation[] | undefined): UsagePlan {
  let current = plan
  for (const operation of operationsOf(operations)) {
    current = patchedMethodLimit(current, operation) ?? patched(current, [operation], rules, dialect)
  }
  return current
}

const stagePath = '/apiStages/<apidId:stageName>/throttle'

/**
 * How AWS's list shows the paths of method limits. They have as many segments as the resource's path, so no rule's pattern
 * can match them.
 */
const limits = `${stagePath}/<resourcePath>/<httpMethod>`
const limitPaths: Readonly<Record<string, readonly string[]>> = {
  add: [stagePath, `${limits}/rateLimit`, `${limits}/burstLimit`],
  replace: [stagePath, `${limits}/rateLimit`, `${limits}/burstLimit`],
  remove: [limits, stagePath],
}

const dialect: Dialect = <T>(edit: Edit, all: readonly PatchRule<T>[]) => {
  const more = (limitPaths[edit.op] ?? []).map((path) => ({ path, [edit.op]: (record: T) => record }))
  return listingPaths(edit, [...all, ...more], undefined)
}

/** `/apiStages/{api:stage}/throttle/{path}/{VERB}[/rateLimit|/burstLimit]`, the path escaped or not. */
const limitPath = /^\/apiStages\/([^/]+)\/throttle(?:\/([^]*?\/[A-Z]+)(?:\/(rateLimit|burstLimit))?)?$/

function patchedMethodLimit(plan: UsagePlan, { op, path = '', value }: PatchOperation): UsagePlan | undefined {
  const match = limitPath.exec(path)
  if (match === null || (op !== 'add' && op !== 'replace' && op !== 'remove')) return undefined
  const [, name = '', method] = match
  const limit = match[3] as Limit | undefined
  const stages = plan.apiStages ?? []
  const stage = stages.find((each) => stageName(each) === unescaped(name))
  if (stage === undefined) throw noStage(plan, unescaped(name))
  const changed = withMethodLimit(stage, {
    op,
    method: method === undefined ? undefined : methodKey(method),
    limit,
    value,
  })
  if (changed === undefined) return undefined
  return { ...plan, apiStages: stages.map((each) => (each === stage ? changed : each)) }
}

type Limit = 'rateLimit' | 'burstLimit'

/** Reads a limit: a rate may have a fraction, a burst is a whole number. */
function limitOf(limit: Limit, value: string | undefined): number {
  const read = limit === 'rateLimit' ? numberOr : integerOr
  return read(`Invalid ${limit} specified`)(value)
}

interface MethodLimit {
  readonly op: string
  readonly method: string | undefined
  readonly limit: Limit | undefined
  readonly value: string | undefined
}

/** The stage with a changed method limit, or undefined when AWS has no such path for the op. */
function withMethodLimit(stage: ApiStage, { op, method, limit, value }: MethodLimit): ApiStage | undefined {
  const limits = stage.throttle ?? {}
  if (op === 'remove') {
    if (limit !== undefined) return undefined
    return withLimits(stage, method === undefined ? [] : Object.entries(limits).filter(([key]) => key !== method))
  }
  if (method === undefined) return withLimits(stage, Object.entries(limitsOf(value)))
  if (limit === undefined) return undefined
  const before = Object.hasOwn(limits, method) ? limits[method] : undefined
  const number = limitOf(limit, value)
  return { ...stage, throttle: { ...limits, [method]: { ...before, [limit]: number } } }
}

function withLimits(stage: ApiStage, limits: readonly (readonly [string, ThrottleSettings])[]): ApiStage {
  return withMember(stage, 'throttle', limits.length === 0 ? undefined : Object.fromEntries(limits))
}

/** The key of a method's limits, `/pets/GET`, whether the patch escaped its slashes or not; the root's is `//GET`. */
function methodKey(method: string): string {
  const end = method.lastIndexOf('/')
  const path = unescaped(method.slice(0, end)).replace(/^\/+/, '')
  return `/${path}${method.slice(end)}`
}

/** Reads all method limits of a stage at once from JSON: `{"/pets/GET": {"rateLimit": 1, "burstLimit": 2}}`. */
function limitsOf(value: string | undefined): Readonly<Record<string, ThrottleSettings>> {
  try {
    const limits: unknown = JSON.parse(value ?? '')
    if (typeof limits === 'object' && limits !== null && Object.values(limits).every(isThrottle)) {
      return limits as Readonly<Record<string, ThrottleSettings>>
    }
  } catch {
    // Said below.
  }
  throw new BadRequestException('Invalid throttle specified')
}

function isThrottle(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(
    ([name, limit]) =>
      (name === 'rateLimit' && typeof limit === 'number') || (name === 'burstLimit' && Number.isInteger(limit)),
  )
}

function noStage(plan: UsagePlan, name: string): NotFoundException {
  const [api = '', ...stage] = name.split(':')
  return new NotFoundException(
    `Invalid API Stage {api: ${api}, stage: ${stage.join(':')}} specified for usageplan ${plan.id}`,
  )
}

const addStage: Change<UsagePlan> = (plan, { value }) => {
  const [apiId, stage] = value?.split(':') ?? []
  if (!apiId || !stage) throw new BadRequestException('Invalid API Stage specified')
  const others = (plan.apiStages ?? []).filter((each) => stageName(each) !== value)
  return others.length < (plan.apiStages ?? []).length ? plan : { ...plan, apiStages: [...others, { apiId, stage }] }
}

const removeStage: Change<UsagePlan> = (plan, { value }) => {
  if (value === undefined || !value.includes(':')) throw new BadRequestException('Invalid API Stage specified')
  const left = (plan.apiStages ?? []).filter((each) => stageName(each) !== value)
  if (left.length === (plan.apiStages ?? []).length) throw noStage(plan, value)
  return { ...plan, apiStages: left }
}

function throttleRule(limit: Limit): PatchRule<UsagePlan> {
  const set: Change<UsagePlan> = (plan, { value }) => ({
    ...plan,
    throttle: { ...plan.throttle, [limit]: limitOf(limit, value) },
  })
  return { path: `/throttle/${limit}`, add: set, replace: set }
}

/** The patch rule of a part of the quota. Parts may come one after the other, so a missing one is refused only after all operations. */
function quotaRule(path: string, read: (edit: Edit) => QuotaSettings): PatchRule<UsagePlan> {
  const set: Change<UsagePlan> = (plan, edit) => ({ ...plan, quota: { ...plan.quota, ...read(edit) } })
  return { path, add: set, replace: set }
}

/** The period that a word names, undefined for any other word: the refusal of an absent period follows after all operations. */
function periodOf(value: string | undefined): QuotaPeriodType | undefined {
  return (['DAY', 'WEEK', 'MONTH'] as const).find((each) => each === value)
}

const rules: readonly PatchRule<UsagePlan>[] = [
  { path: '/name', replace: setting('name', (value) => value) },
  { path: '/description', replace: setting('description', text) },
  { path: '/apiStages', add: addStage, remove: removeStage },
  { path: '/quota', remove: removing('quota') },
  { path: '/throttle', remove: removing('throttle') },
  {
    path: '/productCode',
    // CreateUsagePlan takes no product code: Terraform adds it right afterwards.
    add: setting('productCode', text),
    replace: setting('productCode', text),
    remove: removing('productCode'),
  },
  throttleRule('rateLimit'),
  throttleRule('burstLimit'),
  quotaRule('/quota/limit', ({ value }) => ({ limit: integerOr('Invalid quota limit specified')(value) })),
  quotaRule('/quota/offset', ({ value }) => ({ offset: integerOr('Invalid quota offset specified')(value) })),
  quotaRule('/quota/period', ({ value }) => ({ period: periodOf(value) })),
]
