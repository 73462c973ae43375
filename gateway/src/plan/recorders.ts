// Who records the requests of a stage: metrics always; access log, execution log as the stage says. Found when the stage is planned.
import type { Received } from '../nouns/exchange.ts'
import type { HttpRoute, HttpStage } from '../nouns/http.ts'
import type { RestMethod, RestStage } from '../nouns/rest.ts'
import type { SocketReceived, SocketRoute } from '../nouns/socket.ts'
import type {
  HttpOutcome,
  RecordedHttpStage,
  RecordedRestStage,
  Recorders,
  RestOutcome,
  SocketOutcome,
  StageRecorder,
} from '../ports/recorder.ts'
import type { Stories, ToldStage } from '../ports/stories.ts'
import { recordAccessLog, sinkFormats, type AccessLogPorts } from '../steps/record/access-log.ts'
import { recordExecutionLog, type ExecutionLogPorts } from '../steps/record/execution-log.ts'
import { recordSocketExecutionLog } from '../steps/record/socket-execution-log.ts'
import { recordStories } from '../steps/record/stories.ts'
import { recordSocketStories } from '../steps/record/socket-stories.ts'
import { recordTraces, type TracePorts } from '../steps/record/trace.ts'
import { httpLogVariables, restLogVariables } from '../steps/record/log-variables.ts'
import { recordHttpMetrics, recordRestMetrics, type MetricPorts } from '../steps/record/metrics.ts'
import { socketLogVariables } from '../steps/record/socket-log-variables.ts'
import { countPushes, recordSocketMetrics } from '../steps/record/socket-metrics.ts'

export type RecorderPorts = MetricPorts &
  AccessLogPorts &
  ExecutionLogPorts & {
    /** Where the stories of requests are kept; undefined: nowhere. */
    readonly stories: Stories | undefined
    readonly traces: TracePorts
  }

/** The recorders of every stage, over ports that all stages share. */
export function createRecorders(ports: RecorderPorts): Recorders {
  const pushed = countPushes(ports)
  return {
    websocket: (recorded) => {
      const { DestinationArn: destinationArn, Format: format } = recorded.stage.AccessLogSettings ?? {}
      const variables = socketLogVariables(httpStageOf(recorded))
      return together<SocketOutcome, SocketReceived>([
        { record: recordSocketMetrics(recorded, ports) },
        recorderOf(recordAccessLog({ destinationArn, format }, sinkFormats.WEBSOCKET, variables, ports)),
        recordSocketExecutionLog(recorded, ports),
        socketStories(recorded, ports.stories),
      ])
    },
    pushed: (place) => pushed(place, ports.clock.now()),
    rest: (recorded) => {
      const { destinationArn, format } = recorded.stage.accessLogSettings ?? {}
      const variables = restLogVariables(restStageOf(recorded))
      return together<RestOutcome>([
        { record: recordRestMetrics(recorded, ports) },
        recorderOf(recordAccessLog({ destinationArn, format }, sinkFormats.REST, variables, ports)),
        recordTraces(recorded, ports.traces),
        recordExecutionLog(recorded, ports),
        restStories(recorded, ports.stories),
      ])
    },
    http: (recorded) => {
      const { DestinationArn: destinationArn, Format: format } = recorded.stage.AccessLogSettings ?? {}
      const variables = httpLogVariables(httpStageOf(recorded))
      return together<HttpOutcome>([
        { record: recordHttpMetrics(recorded, ports) },
        recorderOf(recordAccessLog({ destinationArn, format }, sinkFormats.HTTP, variables, ports)),
        httpStories(recorded, ports.stories),
      ])
    },
  }
}

function restStories(
  { scope, api, stage }: RecordedRestStage,
  stories: Stories | undefined,
): StageRecorder<RestOutcome> | undefined {
  if (stories === undefined) return undefined
  const told = {
    ...scope,
    protocol: 'REST' as const,
    apiId: api.id ?? '',
    apiName: api.name ?? '',
    stage: stage.stageName ?? '',
    deploymentId: stage.deploymentId ?? '',
    routeOf: (target: object) => `${(target as RestMethod).httpMethod} ${(target as RestMethod).resourcePath}`,
  }
  return recordStories(told, stories)
}

function httpStories(
  recorded: RecordedHttpStage,
  stories: Stories | undefined,
): StageRecorder<HttpOutcome> | undefined {
  return stories && recordStories({ ...toldV2(recorded), protocol: 'HTTP' }, stories)
}

function socketStories(
  recorded: RecordedHttpStage,
  stories: Stories | undefined,
): StageRecorder<SocketOutcome, SocketReceived> | undefined {
  return stories && recordSocketStories({ ...toldV2(recorded), protocol: 'WEBSOCKET' }, stories)
}

function toldV2({ scope, api, stage }: RecordedHttpStage): Omit<ToldStage, 'protocol'> {
  return {
    ...scope,
    apiId: api.ApiId ?? '',
    apiName: api.Name,
    stage: stage.StageName,
    deploymentId: stage.DeploymentId ?? '',
    routeOf: (target: object) => (target as HttpRoute | SocketRoute).routeKey,
  }
}

function recorderOf<Told>(
  record: ((outcome: Told) => void) | undefined,
): Pick<StageRecorder<Told>, 'record'> | undefined {
  return record && { record }
}

/** Several recorders as one. */
function together<Told, Start = Received>(
  recorders: readonly (StageRecorder<Told, Start> | undefined)[],
): StageRecorder<Told, Start> {
  const present = recorders.filter((recorder) => recorder !== undefined)
  const begins = present.flatMap(({ begin }) => (begin === undefined ? [] : [begin]))
  const records = present.map(({ record }) => record)
  return {
    begin:
      begins.length === 0 ? undefined : (received: Start) => begins.reduce((begun, begin) => begin(begun), received),
    record: (outcome) => {
      for (const record of records) record(outcome)
    },
  }
}

/** What log variables read of a stage when no method was found. */
function restStageOf({ scope, api, stage }: RecordedRestStage): RestStage {
  return {
    ...scope,
    apiId: api.id ?? '',
    stageName: stage.stageName ?? '',
    deploymentId: stage.deploymentId ?? '',
    variables: stage.variables,
    isBinary: () => false,
    canary: undefined,
    clientCertificate: undefined,
    isEdge: false,
    isTest: false,
  }
}

function httpStageOf({ scope, api, stage }: RecordedHttpStage): HttpStage {
  return {
    ...scope,
    apiId: api.ApiId ?? '',
    stageName: stage.StageName,
    deploymentId: stage.DeploymentId ?? '',
    variables: stage.StageVariables,
  }
}
