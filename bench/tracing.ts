// Tracing: a proxied GET of a stage that does not trace, and of one that records one request a second and five of a hundred beyond.
import type { Case } from './cases.ts'
import { callControlPlane } from './control.ts'
import { startSluice, type SluiceProgram } from './programs.ts'

/** Turns tracing of the REST case's stage on. */
async function trace({ port, url }: SluiceProgram): Promise<void> {
  const [, id, stage] = /\/_aws\/execute-api\/([^/]+)\/([^/]+)\//.exec(url('rest', '/small')) ?? []
  const patchOperations = [{ op: 'replace', path: '/tracingEnabled', value: 'true' }]
  const body = JSON.stringify({ patchOperations })
  await callControlPlane(`http://127.0.0.1:${port}`, 'PATCH', `/restapis/${id}/stages/${stage}`, body)
}

/** The first row is what the other is compared with; metrics are on in both. */
export const tracingCase: Case = {
  name: 'tracing',
  contenders: [false, true].map((isTraced) => ({
    name: isTraced ? 'traced, 5 %' : 'not traced',
    start: async ({ backend }) => {
      const program = await startSluice(backend)
      if (isTraced) await trace(program)
      return { program, load: { url: program.url('rest', '/small') } }
    },
  })),
}
