// The table of deployed APIs and their addresses for the terminal.
import type { DeployedApi } from './deployed.ts'

/** Rows as columns of equal width, two blanks between them. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The URLs of an API: by host name, and by path for clients that cannot set one. */
export function invokeUrls(
  { apiId, kind, stageName }: Pick<DeployedApi, 'apiId' | 'kind' | 'stageName'>,
  { domain, host, port }: { readonly domain: string; readonly host: string; readonly port: number },
): { readonly byHost: string; readonly byPath: string } {
  const stage = kind === 'HTTP' && stageName === '$default' ? '' : `/${stageName}`
  const scheme = kind === 'WEBSOCKET' ? 'ws' : 'http'
  return {
    byHost: `${scheme}://${apiId}.execute-api.${domain}:${port}${stage}`,
    byPath: `${scheme}://${host}:${port}/_aws/execute-api/${apiId}/${stageName}`,
  }
}

/** The text with AWS's addresses of these APIs, as templates build them, replaced by the local ones. */
export function localAddresses(
  text: string,
  apis: readonly Pick<DeployedApi, 'apiId'>[],
  { domain, port }: { readonly domain: string; readonly port: number },
): string {
  const ids = new Set(apis.map(({ apiId }) => apiId))
  return text.replaceAll(
    /\b(http|ws)s:\/\/([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/g,
    (whole, scheme: string, id: string) => (ids.has(id) ? `${scheme}://${id}.execute-api.${domain}:${port}` : whole),
  )
}

/** The first route that a plain GET can try. */
export function sampleRoute(routes: readonly string[]): string | undefined {
  const plain = routes.filter((route) => /^(?:GET|ANY) /.test(route) && !route.includes('{'))
  const path = plain.find((route) => !route.endsWith(' /')) ?? plain[0]
  return path?.slice(path.indexOf(' ') + 1)
}

/** A URL quoted for a shell when it needs that, as for `$default`. */
export function shellWord(text: string): string {
  return /^[\w:/.%@+=,~-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
