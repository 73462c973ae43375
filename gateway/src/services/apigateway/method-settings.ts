// A stage's method settings: the patch paths that set one value, and the complete settings that this makes (recorded REST 14.2–14.4).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { MethodSetting, Stage } from '@sluice/aws-protocol/apigateway'
import { entryOf } from './found.ts'
import { flag, integerOr, numberOr, oneOf } from './patch.ts'

/** The settings of a method for which nothing was set; `loggingLevel` is absent until it is set. */
const defaults: MethodSetting = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
}

type Reader = (value: string | undefined) => MethodSetting

/** What each path below `/{resource}/{verb}/` sets. */
const readers: Readonly<Record<string, Reader>> = {
  'metrics/enabled': (value) => ({ metricsEnabled: flag(value) }),
  'logging/dataTrace': (value) => ({ dataTraceEnabled: flag(value) }),
  'logging/loglevel': (value) => ({ loggingLevel: oneOf('logging level', ['OFF', 'ERROR', 'INFO'])(value) ?? 'OFF' }),
  'throttling/burstLimit': (value) => ({ throttlingBurstLimit: limit('burst limit', value) }),
  'throttling/rateLimit': (value) => ({ throttlingRateLimit: limit('rate limit', value) }),
  'caching/ttlInSeconds': (value) => ({ cacheTtlInSeconds: ttlSeconds(value) }),
  'caching/enabled': (value) => ({ cachingEnabled: flag(value) }),
  'caching/dataEncrypted': (value) => ({ cacheDataEncrypted: flag(value) }),
  'caching/requireAuthorizationForCacheControl': (value) => ({ requireAuthorizationForCacheControl: flag(value) }),
  'caching/unauthorizedCacheControlHeaderStrategy': (value) => ({
    unauthorizedCacheControlHeaderStrategy: oneOf('unauthorized cache control header strategy', [
      'FAIL_WITH_403',
      'SUCCEED_WITH_RESPONSE_HEADER',
      'SUCCEED_WITHOUT_RESPONSE_HEADER',
    ])(value),
  }),
}

function limit(what: 'burst limit' | 'rate limit', value: string | undefined): number {
  const read = what === 'burst limit' ? integerOr : numberOr
  const number = read(`Invalid throttling ${what} specified`)(value)
  // AWS: -1 removes a method's own limit, so that the account's applies.
  if (number < -1) throw new BadRequestException(`Invalid throttling ${what} specified`)
  return number
}

function ttlSeconds(value: string | undefined): number {
  const sentence = 'Invalid time-to-live setting, must be an integer no greater than 3600'
  const seconds = integerOr(sentence)(value)
  if (seconds < 0 || seconds > 3600) throw new BadRequestException(sentence)
  return seconds
}

const settingPath = /^\/([^]+\/(?:\*|GET|PUT|POST|DELETE|PATCH|OPTIONS|HEAD|ANY))\/([a-z]+\/[a-zA-Z]+)$/

/**
 * The stage with one method setting changed, or undefined when the path names none. The setting's key is the path's text
 * with `~1` left as it is.
 */
export function withMethodSetting(stage: Stage, path: string, value: string | undefined): Stage | undefined {
  const [, key, name] = settingPath.exec(path) ?? []
  const read = name === undefined || !Object.hasOwn(readers, name) ? undefined : readers[name]
  if (key === undefined || read === undefined) return undefined
  // AWS: the settings of a single method start as a copy of the present ones of `*/*`.
  const before = entryOf(stage.methodSettings, key) ?? entryOf(stage.methodSettings, '*/*') ?? defaults
  return { ...stage, methodSettings: { ...stage.methodSettings, [key]: { ...before, ...read(value) } } }
}

/** The stage without the settings of one method; `path` is a slash and their key. Throws BadRequestException when there are none. */
export function withoutMethodSetting(stage: Stage, path: string): Stage {
  const key = path.slice(1)
  if (entryOf(stage.methodSettings, key) === undefined) throw nothingToRemove(path)
  const left = Object.entries(stage.methodSettings ?? {}).filter(([each]) => each !== key)
  return { ...stage, methodSettings: Object.fromEntries(left) }
}

/** AWS's refusal to remove what does not exist: without the path's leading slash, and with a blank at its end. */
export function nothingToRemove(path: string): BadRequestException {
  const because = 'because there is no method setting for this method '
  return new BadRequestException(`Cannot remove method setting ${path.slice(1)} ${because}`)
}

/** The refusal of an unknown path of a stage, with AWS's own list of paths, its missing commas included (recorded REST 14.3). */
export function invalidStagePath(path: string): BadRequestException {
  return new BadRequestException(`Invalid method setting path: ${path}. Must be one of: [${stagePaths.join(', ')}]`)
}

const stagePaths: readonly string[] = [
  '/deploymentId',
  '/description',
  '/cacheClusterEnabled',
  '/cacheClusterSize',
  '/clientCertificateId',
  '/accessLogSettings',
  '/accessLogSettings/destinationArn',
  '/accessLogSettings/format',
  ...settingPaths('/{resourcePath}/{httpMethod}', ''),
  ...settingPaths('/*/*', ' '),
  '/variables/{variable_name}',
  '/tracingEnabled',
]

/** The paths of one method's settings in AWS's list, which has only `glue` and no comma between these three. */
function settingPaths(method: string, glue: string): readonly string[] {
  const unseparated = ['throttling/burstLimit', 'throttling/rateLimit', 'caching/ttlInSeconds']
  return [
    `${method}/metrics/enabled`,
    `${method}/logging/dataTrace`,
    `${method}/logging/loglevel`,
    unseparated.map((name) => `${method}/${name}`).join(glue),
    `${method}/caching/enabled`,
    `${method}/caching/dataEncrypted`,
    `${method}/caching/requireAuthorizationForCacheControl`,
    `${method}/caching/unauthorizedCacheControlHeaderStrategy`,
  ]
}
