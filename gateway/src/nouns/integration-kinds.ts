// The AWS actions an HTTP API can call without a function between: their parameters, a row per subtype, for both planes.

/** The names in `requestParameters` that a subtype must have, and those it may have. They are case-sensitive. */
export interface SubtypeParameters {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** Source: "Integration subtype reference" of the HTTP API guide. `Region` names the target's region; every row takes it. */
export const integrationSubtypes = {
  'EventBridge-PutEvents': {
    required: ['Detail', 'DetailType', 'Source'],
    optional: ['Time', 'EventBusName', 'Resources', 'Region', 'TraceHeader'],
  },
  'SQS-SendMessage': {
    required: ['QueueUrl', 'MessageBody'],
    optional: [
      'DelaySeconds',
      'MessageAttributes',
      'MessageDeduplicationId',
      'MessageGroupId',
      'MessageSystemAttributes',
      'Region',
    ],
  },
  'SQS-ReceiveMessage': {
    required: ['QueueUrl'],
    optional: [
      'AttributeNames',
      'MaxNumberOfMessages',
      'MessageAttributeNames',
      'ReceiveRequestAttemptId',
      'VisibilityTimeout',
      'WaitTimeSeconds',
      'Region',
    ],
  },
  'SQS-DeleteMessage': { required: ['ReceiptHandle', 'QueueUrl'], optional: ['Region'] },
  'SQS-PurgeQueue': { required: ['QueueUrl'], optional: ['Region'] },
  'AppConfig-GetConfiguration': {
    required: ['Application', 'Environment', 'Configuration', 'ClientId'],
    optional: ['ClientConfigurationVersion', 'Region'],
  },
  'Kinesis-PutRecord': {
    required: ['StreamName', 'Data', 'PartitionKey'],
    optional: ['SequenceNumberForOrdering', 'ExplicitHashKey', 'Region'],
  },
  'StepFunctions-StartExecution': { required: ['StateMachineArn'], optional: ['Name', 'Input', 'Region'] },
  'StepFunctions-StartSyncExecution': {
    required: ['StateMachineArn'],
    optional: ['Name', 'Input', 'Region', 'TraceHeader'],
  },
  'StepFunctions-StopExecution': { required: ['ExecutionArn'], optional: ['Cause', 'Error', 'Region'] },
} as const satisfies Readonly<Record<string, SubtypeParameters>>

export type IntegrationSubtype = keyof typeof integrationSubtypes

/** A subtype's row; undefined for a name that is none. */
export function subtypeParameters(subtype: string): SubtypeParameters | undefined {
  return Object.hasOwn(integrationSubtypes, subtype) ? integrationSubtypes[subtype as IntegrationSubtype] : undefined
}
