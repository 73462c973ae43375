// ARNs of Amazon Data Firehose delivery streams: the other place where the access log of a stage can go.

export interface DeliveryStream {
  readonly region: string
  readonly account: string
  /** `amazon-apigateway-pets` */
  readonly name: string
}

const pattern = /^arn:[^:]+:firehose:([^:]+):([^:]+):deliverystream\/(amazon-apigateway-[\w.-]+)$/

/** The stream of `arn:aws:firehose:REGION:ACCOUNT:deliverystream/amazon-apigateway-NAME`; undefined for any other text. */
export function parseDeliveryStreamArn(arn: string): DeliveryStream | undefined {
  const [, region, account, name] = pattern.exec(arn) ?? []
  if (region === undefined || account === undefined || name === undefined) return undefined
  return { region, account, name }
}
