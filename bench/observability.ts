// What telling of requests costs: a proxied GET that is counted only, and the same with an access log, explanations and traces.
import type { Case, Contender } from './cases.ts'
import { callControlPlane } from './control.ts'
import { metricsMicroseconds } from './micro/record.ts'
import { startSluice, type SluiceProgram } from './programs.ts'

/** Turns tracing of the REST case's stage on. */
async function trace({ port, url }: SluiceProgram): Promise<void> {
  const [, id, stage] = /\/_aws\/execute-api\/([^/]+)\/([^/]+)\//.exec(url('rest', '/small')) ?? []
  const patchOperations = [{ op: 'replace', path: '/tracingEnabled', value: 'true' }]
  const body = JSON.stringify({ patchOperations })
  await callControlPlane(`http://127.0.0.1:${port}`, 'PATCH', `/restapis/${id}/stages/${stage}`, body)
}

interface Told {
  readonly options?: readonly string[]
  readonly isTraced?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

function contender(name: string, { options = [], isTraced = false, headers = {} }: Told): Contender {
  return {
    name,
    start: async ({ backend }) => {
      const program = await startSluice(backend, options)
      if (isTraced) await trace(program)
      return { program, load: { url: program.url('rest', '/small'), headers } }
    },
  }
}

/** Its client has decided: what a trace's header costs on the wire and to read. */
const notSampled = {
  'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
}

/** The first row is what the others are compared with; metrics are on in all of them. */
export const observabilityCase: Case = {
  name: 'observability',
  contenders: [
    contender('metrics', {}),
    contender('the same again', {}),
    contender('and access log', { options: ['--access-log', '/dev/null'] }),
    contender('and explain', { options: ['--explain', '10000'] }),
    contender('and traces, 5 %', { isTraced: true }),
    contender('a trace id', { headers: notSampled }),
    contender('a trace id, and traces', { isTraced: true, headers: notSampled }),
  ],
  // Metrics cannot be switched off: what they take alone, of what the first row takes.
  remark: (costs) => {
    const [all = Number.NaN] = costs
    const own = metricsMicroseconds()
    return `metrics alone take ${own.toFixed(2)} µs of ${all.toFixed(1)} µs: ${((own / all) * 100).toFixed(1)} %`
  },
}
