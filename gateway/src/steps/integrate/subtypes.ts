// How the parameters of each first-class service integration become a call of that service. HTTP 7.2, 7.3.
import type { IntegrationSubtype } from '../../nouns/integration-kinds.ts'
import type { AwsRequest } from '../../ports/aws.ts'

/** The parameters' values for one request; those without a value are absent. */
export type SubtypeValues = ReadonlyMap<string, string>

export type ServiceCall = Omit<AwsRequest, 'region' | 'timeoutMs'>

/** Makes the call. Throws SubtypeFault for a value that the service's protocol cannot carry. */
export type SubtypeCall = (values: SubtypeValues) => ServiceCall

/** A parameter's value has not the form it needs: the client's fault, because values come from requests. */
export class SubtypeFault extends Error {}

/** How one parameter is written into a JSON body. */
type Field = (value: string) => unknown

const text: Field = (value) => value
/** `Resources`: a JSON list. */
const list: Field = (value) => jsonOf(value, Array.isArray, 'a JSON list')
/** Kinesis data is plain text here, and base64 on the wire. */
const blob: Field = (value) => Buffer.from(value, 'utf8').toString('base64')
/** EventBridge takes times as epoch seconds; an ISO date is the usual way to write one. */
const time: Field = (value) => {
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Date.parse(value) / 1000
  if (Number.isNaN(seconds)) throw new SubtypeFault(`${JSON.stringify(value)} is no time`)
  return seconds
}

interface JsonService {
  readonly service: string
  readonly endpointPrefix?: string
  readonly version: '1.0' | '1.1'
  readonly operation: string
}

/** An action of a service that speaks JSON: member → (parameter, form). */
function jsonCall(
  { service, endpointPrefix, version, operation }: JsonService,
  fields: Readonly<Record<string, readonly [parameter: string, field: Field]>>,
  wrap: (body: Readonly<Record<string, unknown>>) => unknown = (body) => body,
): SubtypeCall {
  const headers = ['content-type', `application/x-amz-json-${version}`, 'x-amz-target', operation]
  return (values) => {
    const body: Record<string, unknown> = {}
    for (const [member, [parameter, field]] of Object.entries(fields)) {
      const value = values.get(parameter)
      if (value !== undefined) body[member] = field(value)
    }
    return { service, endpointPrefix, method: 'POST', target: '/', headers, body: JSON.stringify(wrap(body)) }
  }
}

const stepFunctions = (action: string): JsonService => ({
  service: 'states',
  version: '1.0',
  operation: `AWSStepFunctions.${action}`,
})

/** How one parameter is written into a form body. */
type FormField = (form: URLSearchParams, name: string, value: string) => void

const plain: FormField = (form, name, value) => form.append(name, value)
const numbered =
  (member: string): FormField =>
  (form, _, value) => {
    const items = jsonOf(value, Array.isArray, 'a JSON list')
    for (const [index, item] of items.entries()) form.append(`${member}.${index + 1}`, String(item))
  }
/** `{"k":{"DataType":"String","StringValue":"v"}}` → `MessageAttribute.1.Name=k&MessageAttribute.1.Value.DataType=String…` */
const attributes =
  (member: string): FormField =>
  (form, _, value) => {
    const map = jsonOf(value, isObject, 'a JSON map')
    for (const [index, [name, attribute]] of Object.entries(map).entries()) {
      if (!isObject(attribute)) throw new SubtypeFault(`${JSON.stringify(name)} is no attribute`)
      form.append(`${member}.${index + 1}.Name`, name)
      for (const [part, item] of Object.entries(attribute))
        form.append(`${member}.${index + 1}.Value.${part}`, String(item))
    }
  }

/** An action of SQS, in its query protocol: the answers are XML, as API Gateway's are. */
function sqsCall(action: string, fields: Readonly<Record<string, FormField>>): SubtypeCall {
  return (values) => {
    const form = new URLSearchParams({ Action: action, Version: '2012-11-05' })
    for (const [name, field] of Object.entries(fields)) {
      const value = values.get(name)
      if (value !== undefined) field(form, name, value)
    }
    const queue = values.get('QueueUrl') ?? ''
    return {
      service: 'sqs',
      method: 'POST',
      target: URL.canParse(queue) ? new URL(queue).pathname : '/',
      headers: ['content-type', 'application/x-www-form-urlencoded'],
      body: form.toString(),
    }
  }
}

const getConfiguration: SubtypeCall = (values) => {
  const part = (name: string): string => encodeURIComponent((values.get(name) ?? '').toWellFormed())
  const version = values.has('ClientConfigurationVersion')
    ? `&client_configuration_version=${part('ClientConfigurationVersion')}`
    : ''
  const path = `/applications/${part('Application')}/environments/${part('Environment')}/configurations/${part('Configuration')}`
  return {
    service: 'appconfig',
    method: 'GET',
    target: `${path}?client_id=${part('ClientId')}${version}`,
    headers: [],
    body: undefined,
  }
}

export const subtypeCalls: Readonly<Record<IntegrationSubtype, SubtypeCall>> = {
  'EventBridge-PutEvents': jsonCall(
    { service: 'events', version: '1.1', operation: 'AWSEvents.PutEvents' },
    {
      Detail: ['Detail', text],
      DetailType: ['DetailType', text],
      Source: ['Source', text],
      Time: ['Time', time],
      EventBusName: ['EventBusName', text],
      Resources: ['Resources', list],
      TraceHeader: ['TraceHeader', text],
    },
    (entry) => ({ Entries: [entry] }),
  ),
  'SQS-SendMessage': sqsCall('SendMessage', {
    QueueUrl: plain,
    MessageBody: plain,
    DelaySeconds: plain,
    MessageAttributes: attributes('MessageAttribute'),
    MessageDeduplicationId: plain,
    MessageGroupId: plain,
    MessageSystemAttributes: attributes('MessageSystemAttribute'),
  }),
  'SQS-ReceiveMessage': sqsCall('ReceiveMessage', {
    QueueUrl: plain,
    AttributeNames: numbered('AttributeName'),
    MaxNumberOfMessages: plain,
    MessageAttributeNames: numbered('MessageAttributeName'),
    ReceiveRequestAttemptId: plain,
    VisibilityTimeout: plain,
    WaitTimeSeconds: plain,
  }),
  'SQS-DeleteMessage': sqsCall('DeleteMessage', { QueueUrl: plain, ReceiptHandle: plain }),
  'SQS-PurgeQueue': sqsCall('PurgeQueue', { QueueUrl: plain }),
  'AppConfig-GetConfiguration': getConfiguration,
  'Kinesis-PutRecord': jsonCall(
    { service: 'kinesis', version: '1.1', operation: 'Kinesis_20131202.PutRecord' },
    {
      StreamName: ['StreamName', text],
      Data: ['Data', blob],
      PartitionKey: ['PartitionKey', text],
      SequenceNumberForOrdering: ['SequenceNumberForOrdering', text],
      ExplicitHashKey: ['ExplicitHashKey', text],
    },
  ),
  'StepFunctions-StartExecution': jsonCall(stepFunctions('StartExecution'), {
    stateMachineArn: ['StateMachineArn', text],
    name: ['Name', text],
    input: ['Input', text],
  }),
  'StepFunctions-StartSyncExecution': jsonCall(
    { ...stepFunctions('StartSyncExecution'), endpointPrefix: 'sync-states' },
    {
      stateMachineArn: ['StateMachineArn', text],
      name: ['Name', text],
      input: ['Input', text],
      traceHeader: ['TraceHeader', text],
    },
  ),
  'StepFunctions-StopExecution': jsonCall(stepFunctions('StopExecution'), {
    executionArn: ['ExecutionArn', text],
    cause: ['Cause', text],
    error: ['Error', text],
  }),
}

function jsonOf<Shape>(value: string, is: (value: unknown) => value is Shape, what: string): Shape {
  let parsed: unknown
  try {
    parsed = JSON.parse(value)
  } catch (cause) {
    throw new SubtypeFault(`${JSON.stringify(value.slice(0, 128))} is not ${what}`, { cause })
  }
  if (!is(parsed)) throw new SubtypeFault(`${JSON.stringify(value.slice(0, 128))} is not ${what}`)
  return parsed
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
