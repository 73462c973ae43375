// Checks and completes stages: name, variables, access log and route settings, with the defaults of each protocol (HTTP 3.5).
import {
  BadRequestException,
  NotFoundException,
  type AccessLogSettings,
  type ProtocolType,
  type RouteSettings,
  type Stage,
} from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { logFormatProblem } from '../log-format.ts'

type SettingsByRoute = Readonly<Record<string, RouteSettings>>

const settingsDefaults: Readonly<Record<ProtocolType, RouteSettings>> = {
  HTTP: { DetailedMetricsEnabled: false },
  WEBSOCKET: { DataTraceEnabled: false, DetailedMetricsEnabled: false, LoggingLevel: 'OFF' },
}

/** A new stage for which only the name is given. */
export function newStage(protocol: ProtocolType, StageName: string, createdSeconds: number): Stage {
  return {
    StageName,
    CreatedDate: createdSeconds,
    DefaultRouteSettings: settingsDefaults[protocol],
    LastUpdatedDate: createdSeconds,
    RouteSettings: {},
    StageVariables: {},
    Tags: {},
  }
}

/** A stage's default route settings as they are stored, completed by the service's defaults. */
export function wholeSettings(protocol: ProtocolType, given: RouteSettings): RouteSettings {
  const said = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...settingsDefaults[protocol], ...Object.fromEntries(said) }
}

export function checkStageName(protocol: ProtocolType, name: string): void {
  if (name === '$default') {
    if (protocol === 'HTTP') return
    throw new BadRequestException('The stage name $default is not supported for WebSocket APIs')
  }
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(name)) throw new BadRequestException('Stage name only allows a-zA-Z0-9_')
}

/** Throws BadRequestException for settings that the protocol does not have. */
export function checkSettings(protocol: ProtocolType, settings: RouteSettings): void {
  const { DataTraceEnabled: trace, LoggingLevel: level = 'OFF' } = settings
  if (protocol === 'HTTP' && (trace === true || level !== 'OFF')) {
    throw new BadRequestException('Execution logs are not supported on protocolType HTTP')
  }
  const { ThrottlingBurstLimit: burst = 0, ThrottlingRateLimit: rate = 0 } = settings
  if (burst < 0 || rate < 0) throw new BadRequestException('Throttling limits must not be negative')
}

/** Routes that may have settings before they exist, as Terraform's acceptance tests show for both protocols. */
const reservedKeys = ['$connect', '$disconnect', '$default']

/** Throws NotFoundException for settings of a route that the API does not have. */
export async function checkRouteSettings(call: Call, apiId: string, settings: SettingsByRoute): Promise<void> {
  if (Object.keys(settings).length === 0) return
  const routes = new Set([
    ...reservedKeys,
    ...(await call.store.list('V2Route', [apiId])).map(({ record }) => record.RouteKey),
  ])
  const unknown = Object.keys(settings).find((key) => !routes.has(key))
  if (unknown !== undefined) throw unknownRoute(unknown)
}

/**
 * The refusal to deploy a stage by hand that deploys itself. AWS: the sentence names the API, not the stage — as users of
 * AWS report it.
 */
export function deploysItself(call: Call, apiId: string): BadRequestException {
  return new BadRequestException(
    `Deployment ID cannot be set on this stage ${call.scope.account}:${apiId} because AutoDeploy is enabled.`,
  )
}

export function unknownRoute(routeKey: string): NotFoundException {
  return new NotFoundException(`Unable to find Route by key ${routeKey} within the provided RouteSettings`)
}

/** Throws BadRequestException for too many variables, and for names and values with characters that could not stand in a URL. */
export function checkStageVariables(variables: Readonly<Record<string, string>> | undefined): void {
  const entries = Object.entries(variables ?? {})
  if (entries.length > 100) throw new BadRequestException('Stage cannot have more than 100 stage variables')
  for (const [name, value] of entries) {
    if (!/^[A-Za-z0-9_]{1,64}$/.test(name)) {
      throw new BadRequestException(`Invalid stage variable name: ${name}. Please use characters a-zA-Z0-9_`)
    }
    if (!/^[A-Za-z0-9\-._~:/?#&=,]{0,512}$/.test(value)) {
      throw new BadRequestException(
        `Invalid stage variable value: ${value}. Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.`,
      )
    }
  }
}

const logGroupArn = /^arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:[\w./#-]{1,512}(?::\*)?$/
const deliveryStreamArn = /^arn:[\w-]+:firehose:[\w-]+:\d{12}:deliverystream\/amazon-apigateway-[\w.-]+$/

/**
 * Whether the settings turn the log off: they have neither destination nor format. Terraform's provider sends such settings
 * for a removed block.
 */
export function turnsLogOff({ DestinationArn = '', Format = '' }: AccessLogSettings): boolean {
  return DestinationArn === '' && Format === ''
}

/**
 * Throws BadRequestException for a destination that is no log group (or, for WebSocket APIs, no delivery stream), and for a
 * format that cannot be written.
 */
export function checkAccessLog(protocol: ProtocolType, settings: AccessLogSettings | undefined): void {
  if (settings === undefined || turnsLogOff(settings)) return
  const { DestinationArn: arn = '', Format: format = '' } = settings
  if (!logGroupArn.test(arn) && !(protocol === 'WEBSOCKET' && deliveryStreamArn.test(arn))) throw noDestination(arn)
  const problem = logFormatProblem(protocol, format)
  if (problem !== undefined) throw new BadRequestException(problem)
}

/** AWS: the resource of any other ARN is taken for a log group's name, as a stack shows it. */
function noDestination(arn: string): BadRequestException {
  const resource = /^arn:[^:]+:[^:]+:[^:]*:[^:]*:([^]+)$/.exec(arn)?.[1]
  if (resource === undefined) return new BadRequestException('Invalid ARN specified in the request')
  const characters = "a-z, A-Z, 0-9, '_', '-', '/', '.'"
  return new BadRequestException(`Access log destination must only contain characters ${characters}: '${resource}'`)
}
