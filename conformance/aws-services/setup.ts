// What calls of services act on, made through boto3, and what has come of them.
import type { Place } from './place.ts'

type Aws = Pick<Place, 'aws'>

/** Resolves with the queue's URL. */
export async function createQueue({ aws }: Aws, QueueName: string): Promise<string> {
  return String((await aws('sqs', 'create_queue', { QueueName }))['QueueUrl'])
}

export interface Message {
  readonly body: string
  readonly attributes: Readonly<Record<string, string>>
}

/** Takes up to ten messages out of a queue's sight. */
export async function messagesIn({ aws }: Aws, QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = (await aws('sqs', 'receive_message', {
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
  })) as { Messages?: { Body: string; MessageAttributes?: Record<string, { StringValue: string }> }[] }
  return Messages.map(({ Body, MessageAttributes = {} }) => ({
    body: Body,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    ),
  }))
}

async function arnOf({ aws }: Aws, QueueUrl: string): Promise<string> {
  const answer = await aws('sqs', 'get_queue_attributes', { QueueUrl, AttributeNames: ['QueueArn'] })
  return (answer['Attributes'] as { QueueArn: string }).QueueArn
}

/** A topic that a queue subscribes to; resolves with its ARN. */
export async function sendTopicTo(place: Aws, Name: string, queueUrl: string): Promise<string> {
  const TopicArn = String((await place.aws('sns', 'create_topic', { Name }))['TopicArn'])
  await place.aws('sns', 'subscribe', { TopicArn, Protocol: 'sqs', Endpoint: await arnOf(place, queueUrl) })
  return TopicArn
}

/** A rule of the default event bus that puts a source's events into a queue. */
export async function sendEventsTo(place: Aws, source: string, queueUrl: string): Promise<void> {
  await place.aws('events', 'put_rule', { Name: source, EventPattern: JSON.stringify({ source: [source] }) })
  const Targets = [{ Id: 'queue', Arn: await arnOf(place, queueUrl) }]
  await place.aws('events', 'put_targets', { Rule: source, Targets })
}

/** A stream of one shard. */
export async function createStream({ aws }: Aws, StreamName: string): Promise<void> {
  await aws('kinesis', 'create_stream', { StreamName, ShardCount: 1 })
}

/** A stream's records from the first on. */
export async function recordsIn({ aws }: Aws, StreamName: string): Promise<{ key: string; data: string }[]> {
  const from = { StreamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' }
  const { ShardIterator } = await aws('kinesis', 'get_shard_iterator', from)
  const { Records } = (await aws('kinesis', 'get_records', { ShardIterator })) as unknown as {
    Records: { PartitionKey: string; Data: number[] }[]
  }
  return Records.map(({ PartitionKey, Data }) => ({ key: PartitionKey, data: Buffer.from(Data).toString() }))
}

/** A machine that passes its input on; resolves with its ARN. */
export async function createStateMachine({ aws }: Aws, name: string): Promise<string> {
  const definition = JSON.stringify({ StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } })
  const roleArn = 'arn:aws:iam::123456789012:role/machine'
  return String((await aws('stepfunctions', 'create_state_machine', { name, definition, roleArn }))['stateMachineArn'])
}
