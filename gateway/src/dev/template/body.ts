// Reads the document of an API, from the template or from a file beside it, and checks it before anything is changed.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { jsonText, member, textOf } from '@sluice/cloudformation'
import type { Node } from '@sluice/cloudformation'
import { DocumentFault, parseDocument, readHttpApi, readRestApi } from '@sluice/openapi'
import { fileProblem } from '../../nouns/file-problem.ts'
import { packagedFile } from './packaged-file.ts'
import { PropertyFault, type Deployment, type Wanted } from './resource-kind.ts'

/** `Body`, or the file that `BodyS3Location` names by its path or as `cdk synth` left it, as text. Throws PropertyFault for anything wrong with it. */
export async function bodyText(
  { properties, type }: Wanted,
  { folder }: Deployment,
  kind: 'REST' | 'HTTP',
): Promise<string | undefined> {
  const [body, location] = [member(properties, 'Body'), member(properties, 'BodyS3Location')]
  if (body === undefined && location === undefined) return undefined
  const key = textOf(member(location, 'Key'))
  const path = textOf(location) ?? (key === undefined ? undefined : await packagedFile(key, folder))
  if (body === undefined && path === undefined) {
    throw new PropertyFault(
      `${type}: there is no S3; BodyS3Location is the path of a file here`,
      location ?? properties,
    )
  }
  const text = body === undefined ? await readText(resolve(folder, path ?? ''), location ?? properties) : jsonText(body)
  check(text, kind, (pointer) => (body === undefined ? (location ?? properties) : nodeAt(body, pointer)))
  return text
}

function check(text: string, kind: 'REST' | 'HTTP', nodeOf: (pointer: string) => { readonly offset: number }): void {
  try {
    const document = parseDocument(text)
    if (kind === 'REST') readRestApi(document)
    else readHttpApi(document)
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error
    throw new PropertyFault(error.detail, nodeOf(error.path), error)
  }
}

/** The node that a JSON pointer leads to, or the last one on the way. */
function nodeAt(root: Node, pointer: string): Node {
  let node = root
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    const next =
      node.kind === 'list' ? node.items[Number(name)] : node.kind === 'map' ? node.entries.get(name) : undefined
    if (next === undefined) return node
    node = next
  }
  return node
}

async function readText(file: string, node: { readonly offset: number }): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new PropertyFault(`cannot be read: ${fileProblem(cause)}`, node, cause)
  }
}
