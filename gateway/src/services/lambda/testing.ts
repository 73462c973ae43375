// A whole gateway with the real Lambda client, and deployment packages made on the fly, for the tests of this folder.
import { LambdaClient, CreateFunctionCommand, type CreateFunctionCommandInput } from '@aws-sdk/client-lambda'
import { strToU8, zipSync } from 'fflate'
import { createGateway, type EmbeddedGateway } from '../../index.ts'

export interface LambdaPlace {
  readonly gateway: EmbeddedGateway
  readonly client: LambdaClient
  /** Makes a Node function of one file, `index.mjs`. */
  readonly create: (name: string, source: string, more?: Partial<CreateFunctionCommandInput>) => Promise<void>
  readonly close: () => Promise<void>
}

export function openLambda(): LambdaPlace {
  const gateway = createGateway({ logLevel: 'silent' })
  const client = new LambdaClient({ ...gateway.clientConfig, maxAttempts: 1 })
  return {
    gateway,
    client,
    create: async (name, source, more = {}) => {
      await client.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Role: 'arn:aws:iam::000000000000:role/pets',
          Code: { ZipFile: zipOf(source) },
          ...more,
        }),
      )
    },
    close: async () => {
      client.destroy()
      await gateway.close()
    },
  }
}

/** A zip file with `index.mjs`, the same bytes each time. */
export function zipOf(source: string): Uint8Array {
  return zipSync({ 'index.mjs': strToU8(source) }, { mtime: '2026-01-01' })
}

/** JSON as an invocation's payload. */
export function payload(value: unknown): Uint8Array {
  return strToU8(JSON.stringify(value))
}

/** The JSON value of an invocation's payload. */
export function valueOf(bytes: Uint8Array | undefined): unknown {
  return JSON.parse(Buffer.from(bytes ?? []).toString())
}
