// `sluice explain REQUEST_ID`: why a request got its answer, step by step.
import { styleText } from 'node:util'
import { UsageError } from '../config.ts'
import type { Explanation } from '../server/explain.ts'
import { notKept, readAsked, readPage } from './running-gateway.ts'

export async function explainCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { positionals, endpoint } = readAsked(args, environment)
  const [id, ...more] = positionals
  if (id === undefined || more.length > 0) {
    throw new UsageError('sluice explain takes one request id: the value of x-amzn-RequestId or apigw-requestid.')
  }
  const explanation = await readPage<Explanation>(endpoint, `/_sluice/requests/${encodeURIComponent(id)}`)
  if (explanation === undefined) {
    const isKept = (await readPage(endpoint, '/_sluice/requests?after=9007199254740991')) !== undefined
    throw new UsageError(isKept ? `The gateway at ${endpoint} knows no request ${id}, or no longer.` : notKept)
  }
  process.stdout.write(explanationText(explanation))
}

/** The explanation as people read it. */
export function explanationText({ story, nearestRoutes, notes }: Explanation): string {
  const { outcome, steps, decisions, lines } = story
  const text = [
    `${styleText('bold', `${story.method} ${story.path}`)}  from ${story.sourceIp}, ${new Date(story.receivedAtMs).toISOString()}`,
    `  ${story.protocol} API ${story.apiName} (${story.apiId}), stage ${story.stage}, deployment ${story.deploymentId}`,
    outcome === undefined
      ? '  still being served'
      : `  answered ${outcome.status} after ${outcome.latencyMs} ms${outcome.route === undefined ? '' : ` by ${outcome.route}`}`,
    '',
  ]
  for (const { name, tookMs } of steps) {
    text.push(`  ${name.padEnd(20)} ${tookMs.toFixed(2).padStart(9)} ms`)
    for (const { verdict, reason } of decisions.filter(({ step }) => step === name)) {
      text.push(`    ${verdict}${reasonText(reason)}`)
    }
  }
  const told = new Set(steps.map(({ name }) => name))
  for (const { step, verdict, reason } of decisions.filter(({ step }) => !told.has(step))) {
    text.push(`  ${step}: ${verdict}${reasonText(reason)}`)
  }
  const { fault } = outcome ?? {}
  if (fault !== undefined) {
    text.push('', `  ${styleText('red', fault.type ?? 'failed')}: ${fault.message ?? ''}`)
    for (const line of new Set([fault.log, fault.cause, ...lines])) if (line !== undefined) text.push(`    ${line}`)
  }
  if (nearestRoutes.length > 0) text.push('', '  Nearest routes:', ...nearestRoutes.map((route) => `    ${route}`))
  if (notes.length > 0) text.push('', ...notes.map((note) => `  ${note}`))
  return `${text.join('\n')}\n`
}

function reasonText(reason: Readonly<Record<string, unknown>> | undefined): string {
  const parts = Object.entries(reason ?? {}).filter(([, value]) => value !== undefined && value !== null)
  if (parts.length === 0) return ''
  return `: ${parts.map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ')}`
}
