// The case of functions elsewhere: Lambda's own API behind an HTTP API, next to a proxied GET of the same backend.
import type { Case } from './cases.ts'
import { startSluice } from './programs.ts'

/** Any will do: the backend does not look at signatures, but making them is part of the cost. */
const credentials = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/EXAMPLEKEY',
}

export const remoteLambdaCase: Case = {
  name: 'remote-lambda',
  contenders: [
    {
      name: 'sluice HTTP',
      start: async ({ backend }) => {
        const program = await startSluice(backend)
        return { program, load: { url: program.url('http', '/small') } }
      },
    },
    {
      name: 'sluice Lambda elsewhere',
      start: async ({ backend }) => {
        const options = ['--lambda-endpoint', `http://127.0.0.1:${backend}`]
        const program = await startSluice(backend, options, credentials)
        return { program, load: { url: program.url('remote', '/hello') } }
      },
    },
  ],
}
