// The help of each command: what it does, its options, examples. `sluice help COMMAND`, and `--help` behind the command.
import { optionLines, optionsOfFiles, usage } from './options.ts'

interface Help {
  readonly usage: string
  readonly about: string
  readonly options: string
  readonly examples: readonly string[]
}

/** How commands that ask a running gateway find it. */
const askingOptions = `  --endpoint URL             the gateway to ask (SLUICE_ENDPOINT, else http://127.0.0.1:4566)
  --port PORT                the same, on this machine
  --help                     this text`

const runningOptions = '(also as SLUICE_NAME in the environment, or by name in the JSON file --config)\n'

export const commandHelp = {
  dev: {
    usage: 'sluice dev [FILE...] [OPTIONS]',
    about: `Local use: one port for everything, any AWS credentials accepted, state in memory unless --data.
Each FILE, an OpenAPI document or a CloudFormation or SAM template, is deployed now and whenever it changes.`,
    options: runningOptions + optionLines(),
    examples: [
      'sluice dev openapi.yaml',
      'sluice dev template.yaml --parameters Stage=test --stage test',
      'sluice dev --port 0 --data ./state --access-log stdout',
    ],
  },
  serve: {
    usage: 'sluice serve --data DIR [OPTIONS]',
    about: `Production: state on disk, every AWS call signed by a known key. The root key is made at first start, in
DIR/root-credentials.json. Stops on SIGTERM, after the requests in flight.`,
    options: runningOptions + optionLines(optionsOfFiles),
    examples: [
      'sluice serve --data /var/lib/sluice --port 80 --admin-port 4566 --domain api.example.com',
      'sluice serve --data /var/lib/sluice --tls-port 443 --tls-cert chain.pem --tls-key key.pem',
    ],
  },
  explain: {
    usage: 'sluice explain REQUEST_ID [--endpoint URL | --port PORT]',
    about: `Why a running gateway gave a request its answer: each step, what it decided and why, and how long it took; for an
unknown route the nearest ones. REQUEST_ID is the answer's x-amzn-requestid, x-amz-apigw-id or apigw-requestid.
The gateway keeps the last requests when it was started with --explain COUNT (10000 in dev, 0 in serve).`,
    options: askingOptions,
    examples: [
      'sluice explain 6f1e6f86-6fb6-4b1c-9a2e-3c5d8f0a1b2c',
      'sluice explain JKJaXmPLvHcESHA= --port 8080',
      'sluice explain JKJaXmPLvHcESHA= --endpoint http://localhost:8080',
    ],
  },
  tail: {
    usage: 'sluice tail [--endpoint URL | --port PORT]',
    about: `The requests of a running gateway, one line each, as they are answered; until it is interrupted.
The gateway has them when it was started with --explain COUNT (10000 in dev, 0 in serve).`,
    options: askingOptions,
    examples: ['sluice tail', 'sluice tail --port 8080 | grep " 50"'],
  },
} as const satisfies Record<string, Help>

export type CommandName = keyof typeof commandHelp

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commandHelp, name)
}

/** Undefined: of the whole program. */
export function helpText(command: CommandName | undefined): string {
  if (command === undefined) return usage
  const { usage: line, about, options, examples }: Help = commandHelp[command]
  const shown = examples.map((example) => `  ${example}`).join('\n')
  const separator = options.startsWith('(') ? ' ' : '\n'
  return `${line}\n\n${about}\n\nOptions:${separator}${options}\n\nExamples:\n${shown}\n`
}
