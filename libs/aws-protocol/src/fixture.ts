// Models and requests for tests: the repository's own models, and requests built from a few words.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadService } from './load.ts'
import type { Overlay, ServiceModel } from './model.ts'
import type { Service } from './service.ts'
import { utf8Bytes } from './wire.ts'
import type { WireAnswer, WireRequest } from './wire.ts'

const models = fileURLToPath(new URL('../../../models/', import.meta.url))

export const modelNames: readonly string[] = readdirSync(models)
  .filter((fileName) => fileName.endsWith('.json'))
  .map((fileName) => fileName.replace(/-\d{4}-\d{2}-\d{2}\.json$/, ''))

export function readModel(name: string): ServiceModel {
  const fileName = readdirSync(models).find((candidate) => candidate.replace(/-\d{4}-\d{2}-\d{2}\.json$/, '') === name)
  if (fileName === undefined) throw new Error(`no model "${name}"`)
  return JSON.parse(readFileSync(models + fileName, 'utf8')) as ServiceModel
}

export function readOverlay(name: string): Overlay {
  if (!readdirSync(`${models}overlays`).includes(`${name}.json`)) return {}
  return JSON.parse(readFileSync(`${models}overlays/${name}.json`, 'utf8')) as Overlay
}

export function loadNamed(name: string): Service {
  return loadService(readModel(name), readOverlay(name))
}

/** `request('POST /restapis?mode=import', '{}')`; objects are sent as JSON. */
export function request(line: string, body: string | object = '', headers: Record<string, string> = {}): WireRequest {
  const [method = '', target = ''] = line.split(' ')
  const [path = '', query = ''] = target.split('?')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { method, path, query, headers, body: utf8Bytes(text) }
}

export function textOf({ body }: WireAnswer): string {
  if (typeof body === 'string') return body
  return body instanceof Uint8Array ? Buffer.from(body).toString() : 'a stream'
}
