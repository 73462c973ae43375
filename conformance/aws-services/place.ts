// A `sluice dev` process whose integrations call moto, and clients to build APIs with.
import type { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2'
import { clientsOf } from '../fixture/clients.ts'
import { startSluice } from '../fixture/sluice.ts'
import { startMoto, type Moto, type MotoOptions } from './moto.ts'

export interface Place {
  readonly aws: Moto['ask']
  /** moto's address. */
  readonly awsUrl: string
  readonly rest: APIGatewayClient
  readonly http: ApiGatewayV2Client
  /** A request to an API, by path: `path` begins with the stage. */
  readonly call: (apiId: string, path: string, init?: RequestInit) => Promise<Response>
  readonly close: () => Promise<void>
}

/** The role that integrations name; the gateway's own credentials sign. */
export const role = 'arn:aws:iam::123456789012:role/gateway'

/** Services by the names that AWS's SDKs give them in AWS_ENDPOINT_URL_{name}. */
const services = ['S3', 'SQS', 'SNS', 'KINESIS', 'SFN', 'EVENTBRIDGE', 'SSM']

export interface PlaceOptions extends MotoOptions {
  /** What the gateway signs with instead of moto's own. */
  readonly secretAccessKey?: string
}

/** Starts both. */
export async function startPlace(options: PlaceOptions = {}): Promise<Place> {
  const moto = await startMoto(options)
  const { accessKeyId, secretAccessKey } = { ...moto.credentials, ...options }
  const sluice = await startSluice(['dev'], {
    environment: {
      ...Object.fromEntries(services.map((name) => [`AWS_ENDPOINT_URL_${name}`, moto.url])),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  })
  const { rest, http } = clientsOf(sluice.url)
  return {
    aws: moto.ask,
    awsUrl: moto.url,
    rest,
    http,
    call: (apiId, path, init) => fetch(`${sluice.url}/_aws/execute-api/${apiId}${path}`, init),
    close: async () => {
      await sluice.stop()
      await moto.close()
    },
  }
}
