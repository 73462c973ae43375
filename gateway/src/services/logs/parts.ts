// The parts of the gateway that the Logs API is given, and the forms in which its calls name a group.
import { InvalidParameterException, ResourceNotFoundException } from '@sluice/aws-protocol/logs'
import { parseLogGroupArn } from '../../nouns/log-group-arn.ts'
import type { Functions } from '../../ports/functions.ts'
import type { Logs } from '../../ports/logs.ts'

export interface LogsParts {
  readonly logs: Logs
  /** The functions that get the events of subscribed groups. */
  readonly functions: Functions
}

interface GroupInput {
  readonly logGroupName?: string | undefined
  readonly logGroupIdentifier?: string | undefined
}

/** The group's name, which calls give as it is or, as the identifier, by ARN. Throws InvalidParameterException. */
export function groupNameOf({ logGroupName, logGroupIdentifier }: GroupInput): string {
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw new InvalidParameterException('Exactly one of logGroupName and logGroupIdentifier must be given')
  }
  return logGroupName ?? nameOfIdentifier(logGroupIdentifier ?? '')
}

/** The name in an identifier, which is a name or an ARN. */
export function nameOfIdentifier(identifier: string): string {
  return parseLogGroupArn(identifier)?.name ?? identifier
}

export const noSuchGroup = (): ResourceNotFoundException =>
  new ResourceNotFoundException('The specified log group does not exist.')

export const noSuchStream = (): ResourceNotFoundException =>
  new ResourceNotFoundException('The specified log stream does not exist.')

export const invalidToken = (): InvalidParameterException =>
  new InvalidParameterException('The specified nextToken is invalid.')

/** AWS still returns a token, but no longer asks for it. */
export const uploadToken = '49000000000000000000000000000000000000000000000000000000'
