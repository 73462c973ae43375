// `sluice dev FILE…`: deploys the files, says where they answer, and deploys each again when it changes.
import type { Log } from '../log.ts'
import type { Clients } from './client.ts'
import { DeployError } from './deploy-error.ts'
import { deployFile, type Deployed } from './deploy-file.ts'
import { formatTable, invokeUrls, sampleRoute } from './table.ts'
import { watchFiles } from './watch-files.ts'

export interface DeployerParts {
  readonly clients: Clients
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
  if (deployed.length > 0) parts.say(`${overview(parts, deployed)}\n`)
  return watchFiles(parts.files, async (file) => {
    const started = performance.now()
    const again = await attempt(parts, file)
    if (again !== undefined)
      parts.say(`${file}: ${again.name} deployed again in ${Math.round(performance.now() - started)} ms\n`)
  })
}

async function attempt({ clients, stageName, say, log }: DeployerParts, file: string): Promise<Deployed | undefined> {
  try {
    const deployed = await deployFile(clients, file, stageName)
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

function overview({ address }: DeployerParts, deployed: readonly Deployed[]): string {
  const rows = deployed.map((each) => [
    each.name,
    each.kind,
    each.stageName,
    String(each.routes.length),
    invokeUrls(each, address).byHost,
  ])
  const lines = [formatTable([['API', 'KIND', 'STAGE', 'ROUTES', 'URL'], ...rows])]
  for (const each of deployed) {
    const path = sampleRoute(each.routes)
    if (path === undefined) continue
    const { byHost, byPath } = invokeUrls(each, address)
    lines.push(
      '',
      `Try ${each.name}:`,
      `  curl ${byHost}${path}`,
      `  curl ${byPath}${path}    (where *.${address.domain} does not resolve)`,
    )
  }
  return lines.join('\n')
}
