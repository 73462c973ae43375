// `sluice tail`: requests as they are answered, one line each.
import { styleText } from 'node:util'
import { UsageError } from '../config.ts'
import type { Story } from '../ports/stories.ts'
import { notKept, readAsked, readPage } from './running-gateway.ts'

const pollMs = 500

/** Runs until it is interrupted. Throws UsageError when there is no gateway, or it keeps no requests. */
export async function tailCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { positionals, endpoint } = readAsked(args, environment)
  if (positionals.length > 0) throw new UsageError(`sluice tail takes no "${positionals[0] ?? ''}".`)
  let shown = await lastOf(endpoint)
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pollMs))
    const stories = (await readPage<readonly Story[]>(endpoint, `/_sluice/requests?after=${shown}`)) ?? []
    for (const story of stories) process.stdout.write(`${storyLine(story)}\n`)
    shown = stories.at(-1)?.answeredAs ?? shown
  }
}

async function lastOf(endpoint: string): Promise<number> {
  const stories = await readPage<readonly Story[]>(endpoint, '/_sluice/requests')
  if (stories === undefined) throw new UsageError(notKept)
  return stories.at(-1)?.answeredAs ?? 0
}

/** `08:00:00.123 200   12 ms GET /prod/pets/7  pets  0a1b…` */
export function storyLine({
  receivedAtMs,
  method,
  path,
  apiName,
  requestId,
  extendedRequestId,
  protocol,
  outcome,
}: Story): string {
  const time = new Date(receivedAtMs).toISOString().slice(11, 23)
  const status = outcome?.status ?? 0
  const took = `${outcome?.latencyMs ?? 0} ms`.padStart(8)
  const reason = outcome?.fault === undefined ? '' : `  ${outcome.fault.type ?? outcome.fault.message ?? ''}`
  const id = protocol === 'REST' ? requestId : extendedRequestId
  return `${time} ${styleText(colourOf(status), String(status))} ${took}  ${method} ${plain(path)}  ${plain(apiName)}  ${styleText('gray', id)}${reason}`
}

function colourOf(status: number): 'green' | 'yellow' | 'red' {
  if (status >= 500) return 'red'
  return status >= 400 ? 'yellow' : 'green'
}

/** The text without control characters: a client's path must not command the terminal. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
}
