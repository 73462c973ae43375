// Subscription filters: functions of this gateway that get the lines of a log group.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
import { ServiceFault, type Handlers } from '@sluice/aws-protocol'
import {
  InvalidParameterException,
  LimitExceededException,
  ResourceNotFoundException,
  type Operations,
} from '@sluice/aws-protocol/logs'
import { parseFunctionArn } from '../../nouns/function-arn.ts'
import { logGroupArn } from '../../nouns/log-group-arn.ts'
import type { Scope } from '../../nouns/records.ts'
import { FunctionFault, type Functions } from '../../ports/functions.ts'
import type { LogGroupFacts, Logs, LogSubscription } from '../../ports/logs.ts'
import type { Call } from '../call.ts'
import { pageByName } from '../marker-page.ts'
import { compileFilter } from './filter-pattern.ts'
import { invalidToken, noSuchGroup, type LogsParts } from './parts.ts'

type Names = 'PutSubscriptionFilter' | 'DescribeSubscriptionFilters' | 'DeleteSubscriptionFilter'
type Given = Operations['PutSubscriptionFilter']['input']

/** The most filters that a group may have. Source: CloudWatch Logs quotas. */
const mostFilters = 2

export function subscriptionFilterHandlers({ logs, functions }: LogsParts): Handlers<Operations, Names, Call> {
  return {
    PutSubscriptionFilter: async (input, { scope, nowMs }) => {
      const { logGroupName: group, filterName: name, filterPattern: pattern, destinationArn } = input
      const others = foundGroup(logs, scope, group).subscriptions.filter((each) => each.name !== name)
      checkDestination(scope, input)
      compileFilter(pattern)
      if (others.length >= mostFilters) throw new LimitExceededException('Resource limit exceeded.')
      const principal = await whoMayInvoke(functions, scope, input)
      const { distribution = 'ByLogStream' } = input
      const put: LogSubscription = { name, pattern, destinationArn, principal, distribution, createdMs: nowMs }
      const subscriptions = [...others, put].toSorted((a, b) => (a.name < b.name ? -1 : 1))
      if (!logs.changeGroup(scope, group, { subscriptions })) throw noSuchGroup()
    },
    DescribeSubscriptionFilters: ({ logGroupName, filterNamePrefix = '', nextToken, limit = 50 }, { scope }) => {
      const wanted = foundGroup(logs, scope, logGroupName).subscriptions.filter(({ name }) =>
        name.startsWith(filterNamePrefix),
      )
      const page = pageByName(wanted, ({ name }) => name, { marker: nextToken, maxItems: limit })
      if (page === undefined) throw invalidToken()
      const subscriptionFilters = page.items.map(({ name, pattern, destinationArn, distribution, createdMs }) => ({
        filterName: name,
        logGroupName,
        filterPattern: pattern,
        destinationArn,
        distribution,
        applyOnTransformedLogs: false,
        creationTime: createdMs,
      }))
      return { subscriptionFilters, nextToken: page.marker }
    },
    DeleteSubscriptionFilter: ({ logGroupName, filterName }, { scope }) => {
      const { subscriptions } = foundGroup(logs, scope, logGroupName)
      const left = subscriptions.filter(({ name }) => name !== filterName)
      if (left.length === subscriptions.length) {
        throw new ResourceNotFoundException('The specified subscription filter does not exist.')
      }
      logs.changeGroup(scope, logGroupName, { subscriptions: left })
    },
  }
}

function foundGroup(logs: Logs, scope: Scope, group: string): LogGroupFacts {
  const found = logs.groups(scope).find(({ name }) => name === group)
  if (found === undefined) throw noSuchGroup()
  return found
}

const servedByAws = new Set(['lambda', 'firehose', 'kinesis', 'logs'])
const unknownMembers = ['applyOnTransformedLogs', 'emitSystemFields', 'fieldSelectionCriteria'] as const

/** Throws for a destination that is no function of the group's region, and for unknown settings. */
function checkDestination(scope: Scope, input: Given): void {
  const { destinationArn: arn, logGroupName: group, roleArn } = input
  const vendor = /^arn:[^:]+:([^:]+):/.exec(arn)?.[1] ?? ''
  if (!servedByAws.has(vendor)) {
    throw new InvalidParameterException(
      `PutSubscriptionFilter operation cannot work with destinationArn for vendor ${vendor}`,
    )
  }
  if (vendor !== 'lambda') throw notHere(`A subscription of ${vendor}`)
  for (const member of unknownMembers) {
    if (input[member] !== undefined && input[member] !== false) throw notHere(member)
  }
  if (roleArn !== undefined) {
    throw new InvalidParameterException('destinationArn for vendor lambda cannot be used with roleArn')
  }
  const target = parseFunctionArn(arn)
  if (target === undefined || target.scope.region !== scope.region) throw cannotInvoke()
  // (?) AWS accepts this and warns of it in its guide: a function that logs would invoke itself without end.
  if (group === `/aws/lambda/${target.name}`) {
    throw new InvalidParameterException(
      `The function ${target.name} writes to ${group}: its lines would invoke it again.`,
    )
  }
}

function notHere(what: string): ServiceFault {
  return new ServiceFault(
    'NotImplementedException',
    501,
    `${what} is not available in Sluice: subscriptions lead to Lambda functions. See docs/compatibility.md.`,
  )
}

const cannotInvoke = (): InvalidParameterException =>
  new InvalidParameterException(
    'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
  )

/**
 * The service principal that may invoke the function for the group. Permissions name the service, or, following older
 * guides, the service of one region.
 */
async function whoMayInvoke(functions: Functions, scope: Scope, input: Given): Promise<string> {
  const { destinationArn: functionArn, logGroupName: group } = input
  const sourceArn = `${logGroupArn(scope, group)}:*`
  for (const principal of ['logs.amazonaws.com', `logs.${scope.region}.amazonaws.com`]) {
    try {
      await functions.invoke({ functionArn, payload: '{}', type: 'DryRun', principal, sourceArn })
      return principal
    } catch (error) {
      if (!(error instanceof FunctionFault)) throw error
    }
  }
  throw cannotInvoke()
}
