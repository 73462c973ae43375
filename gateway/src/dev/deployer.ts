// `sluice dev FILE…`: deploys the files, prints where they answer, and deploys each again when it changes.
import type { Log } from '../log.ts'
import { DeployError } from './deploy-error.ts'
import type { DeployFile } from './deploy-file.ts'
import type { Deployed } from './deployed.ts'
import { formatTable, invokeUrls, localAddresses, sampleRoute, shellWord } from './table.ts'
import { watchFiles } from './watch-files.ts'

export interface DeployerParts {
  readonly deploy: DeployFile
  readonly files: readonly string[]
  readonly stageName: string
  readonly address: { readonly domain: string; readonly host: string; readonly port: number }
  readonly log: Log
  /** Writes for the person at the terminal. */
  readonly say: (text: string) => void
}

/** Deploys everything once. Resolves with the function that ends the watching. */
export async function startDeploying(parts: DeployerParts): Promise<() => void> {
  const deployed: Deployed[] = []
  for (const file of parts.files) {
    const result = await attempt(parts, file)
    if (result !== undefined) deployed.push(result)
  }
  for (const { file, apis } of deployed)
    if (apis.length === 0) parts.say(`${file}: made, but it has no API with a stage to be called at\n`)
  const shown = overview(parts, deployed)
  if (shown !== '') parts.say(`${shown}\n`)
  const owners = new Map(deployed.flatMap(({ file, includedFiles }) => includedFiles.map((each) => [each, file])))
  return watchFiles([...parts.files, ...owners.keys()], async (changed) => {
    const file = owners.get(changed) ?? changed
    const started = performance.now()
    const again = await attempt(parts, file)
    if (again !== undefined)
      parts.say(`${file}: ${namesOf(again)} deployed again in ${Math.round(performance.now() - started)} ms\n`)
  })
}

async function attempt({ deploy, stageName, say, log }: DeployerParts, file: string): Promise<Deployed | undefined> {
  try {
    const deployed = await deploy(file, stageName)
    for (const warning of deployed.warnings) say(`${file}: warning: ${warning}\n`)
    return deployed
  } catch (error) {
    if (error instanceof DeployError) {
      const place = error.place === undefined ? '' : `:${error.place.line}:${error.place.column}`
      say(`${file}${place}: not deployed: ${error.message}\n`)
    } else {
      log.error({ error, file }, 'a file could not be deployed')
    }
    return undefined
  }
}

function namesOf({ apis }: Deployed): string {
  return apis.length === 0 ? 'no API' : [...new Set(apis.map(({ name }) => name))].join(', ')
}

function overview({ address }: DeployerParts, deployed: readonly Deployed[]): string {
  const apis = deployed.flatMap((each) => each.apis)
  const rows = apis.map((api) => [
    api.name,
    api.kind,
    api.stageName,
    String(api.routes.length),
    invokeUrls(api, address).byHost,
  ])
  const lines = apis.length === 0 ? [] : [formatTable([['API', 'KIND', 'STAGE', 'ROUTES', 'URL'], ...rows])]
  for (const api of apis) {
    const path = sampleRoute(api.routes)
    if (path === undefined || api.kind === 'WEBSOCKET') continue
    const { byHost, byPath } = invokeUrls(api, address)
    lines.push(
      '',
      `Try ${api.name}:`,
      `  curl ${shellWord(byHost + path)}`,
      `  curl ${shellWord(byPath + path)}    (where *.${address.domain} does not resolve)`,
    )
  }
  for (const { file, outputs } of deployed) {
    const pairs = Object.entries(outputs).map(([name, value]) => [`  ${name}`, localAddresses(value, apis, address)])
    if (pairs.length > 0) lines.push('', `Outputs of ${file}:`, formatTable(pairs))
  }
  return lines.join('\n')
}
