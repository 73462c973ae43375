// Creates or updates the functions that a document has under `x-sluice-functions`, before the API that calls them.
import { resolve } from 'node:path'
import { ServiceFault, type Client } from '@sluice/aws-protocol'
import type { Operations, Runtime } from '@sluice/aws-protocol/lambda'
import type { ParsedDocument } from '@sluice/openapi'
import { DeployError } from './deploy-error.ts'

type Node = ParsedDocument['root']

/** One function of the document: our extension, with Lambda's own member names. */
interface FunctionEntry {
  readonly name: string
  readonly runtime: string
  readonly handler: string
  /** An absolute folder. */
  readonly folder: string
  readonly timeout: number | undefined
  readonly memorySize: number | undefined
  readonly environment: Readonly<Record<string, string>>
}

const members = new Set(['runtime', 'handler', 'code', 'timeout', 'memorySize', 'environment'])

/** Creates or updates each function; `folder` is what relative code folders are relative to. Returns their names. */
export async function deployFunctions(
  lambda: Client<Operations>,
  document: ParsedDocument,
  folder: string,
): Promise<readonly string[]> {
  const entries = readFunctions(document, folder)
  for (const entry of entries) await deployFunction(lambda, entry)
  return entries.map(({ name }) => name)
}

async function deployFunction(lambda: Client<Operations>, entry: FunctionEntry): Promise<void> {
  const configuration = {
    FunctionName: entry.name,
    Runtime: entry.runtime as Runtime,
    Handler: entry.handler,
    Role: 'arn:aws:iam::000000000000:role/sluice-dev',
    Timeout: entry.timeout,
    MemorySize: entry.memorySize,
    Environment: { Variables: entry.environment },
  }
  const location = { S3Bucket: 'sluice-folder', S3Key: entry.folder }
  try {
    await lambda.call('GetFunction', { FunctionName: entry.name })
  } catch (error) {
    if (!(error instanceof ServiceFault) || error.status !== 404) throw error
    await lambda.call('CreateFunction', { ...configuration, Code: location })
    return
  }
  await lambda.call('UpdateFunctionConfiguration', configuration)
  await lambda.call('UpdateFunctionCode', { FunctionName: entry.name, ...location })
}

function readFunctions(document: ParsedDocument, folder: string): FunctionEntry[] {
  const { root } = document
  const functions = root.kind === 'map' ? root.entries.get('x-sluice-functions') : undefined
  if (functions === undefined) return []
  if (functions.kind !== 'map') throw problem(document, functions, 'x-sluice-functions is a map of function names')
  return [...functions.entries].map(([name, node]) => readFunction(document, name, node, folder))
}

function readFunction(document: ParsedDocument, name: string, node: Node, folder: string): FunctionEntry {
  if (node.kind !== 'map') throw problem(document, node, `function ${name} needs runtime, handler and code`)
  for (const [member, value] of node.entries) {
    if (!members.has(member)) {
      throw problem(
        document,
        value,
        `function ${name} has an unknown member "${member}"; there are: ${[...members].join(', ')}`,
      )
    }
  }
  const text = (member: string): string => {
    const value = node.entries.get(member)
    if (value?.kind !== 'scalar') throw problem(document, value ?? node, `function ${name} needs a ${member}`)
    return value.text
  }
  const number = (member: string): number | undefined => {
    const value = node.entries.get(member)
    if (value === undefined) return undefined
    if (value.kind !== 'scalar' || typeof value.value !== 'number')
      throw problem(document, value, `${member} is a number`)
    return value.value
  }
  return {
    name,
    runtime: text('runtime'),
    handler: text('handler'),
    folder: resolve(folder, text('code')),
    timeout: number('timeout'),
    memorySize: number('memorySize'),
    environment: readEnvironment(document, node.entries.get('environment')),
  }
}

function readEnvironment(document: ParsedDocument, node: Node | undefined): Readonly<Record<string, string>> {
  if (node === undefined) return {}
  if (node.kind !== 'map') throw problem(document, node, 'environment is a map of names and values')
  const pairs = [...node.entries].map(([name, value]): [string, string] => {
    if (value.kind !== 'scalar') throw problem(document, value, `the environment variable ${name} is a text`)
    return [name, value.text]
  })
  return Object.fromEntries(pairs)
}

function problem(document: ParsedDocument, node: Node, sentence: string): DeployError {
  const { line, column } = document.placeOf(node)
  return new DeployError(sentence, { line, column })
}
