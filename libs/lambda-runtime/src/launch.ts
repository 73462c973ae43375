// Finds the program that runs a function, by its `runtime`.
import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FunctionDefinition } from './definition.ts'
import { RuntimeFault } from './faults.ts'

/** A command line, and the transport of the program that it starts. */
export interface Launch {
  readonly command: string
  readonly commandArguments: readonly string[]
  readonly transport: 'frames' | 'runtimeApi'
}

/** A sentence for `Runtime.InvalidEntrypoint`: the code has nothing to run. */
export interface NoEntrypoint {
  readonly invalidEntrypoint: string
}

const run = promisify(execFile)

/** Real paths of Python interpreters by the name asked for; a shim that finds them anew costs tens of milliseconds. */
const interpreters = new Map<string, Promise<string | undefined>>()

function findInterpreter(name: string): Promise<string | undefined> {
  let found = interpreters.get(name)
  if (found === undefined) {
    found = run(name, ['-c', 'import sys; print(sys.executable)']).then(
      ({ stdout }) => stdout.trim() || undefined,
      () => undefined,
    )
    interpreters.set(name, found)
  }
  return found
}

async function launchPython(runtime: string, bootstrapFolder: string): Promise<Launch> {
  const command = (await findInterpreter(runtime)) ?? (await findInterpreter('python3'))
  if (command === undefined) {
    // It may be installed while we run, so a miss is not remembered.
    interpreters.clear()
    throw new RuntimeFault(
      'InvalidRuntime',
      `The runtime ${runtime} needs python3 on this machine's PATH, and there is none`,
    )
  }
  return { command, commandArguments: [join(bootstrapFolder, 'python.py')], transport: 'frames' }
}

function launchNode(definition: FunctionDefinition, bootstrapFolder: string): Launch {
  const heapMb = Math.floor(definition.memoryMb * 0.9)
  return {
    command: process.execPath,
    commandArguments: [
      `--max-old-space-size=${heapMb}`,
      '--disable-warning=ExperimentalWarning',
      join(bootstrapFolder, 'node', 'index.cjs'),
    ],
    transport: 'frames',
  }
}

async function launchProvided(codeFolder: string): Promise<Launch | NoEntrypoint> {
  const command = join(codeFolder, 'bootstrap')
  const isFile = await stat(command).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!isFile) return { invalidEntrypoint: `Couldn't find valid bootstrap(s): [${command}]` }
  try {
    await access(command, constants.X_OK)
  } catch {
    return { invalidEntrypoint: `fork/exec ${command}: permission denied` }
  }
  return { command, commandArguments: [], transport: 'runtimeApi' }
}

/** The program for a function whose code is in `codeFolder`. Throws `InvalidRuntime` when this machine cannot run it. */
export async function findLaunch(
  definition: FunctionDefinition,
  codeFolder: string,
  bootstrapFolder: string,
): Promise<Launch | NoEntrypoint> {
  const { runtime } = definition
  if (runtime.startsWith('nodejs')) return launchNode(definition, bootstrapFolder)
  if (/^python3(\.\d+)?$/.test(runtime)) return launchPython(runtime, bootstrapFolder)
  if (runtime.startsWith('provided')) return launchProvided(codeFolder)
  throw new RuntimeFault(
    'InvalidRuntime',
    `The runtime ${runtime} cannot be run here; nodejs, python3 and provided can`,
  )
}
