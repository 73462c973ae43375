// What `npm start`, `npm test` and their like run: installs and builds when needed, then runs the task under Node 24.
// Plain JavaScript without dependencies, because on a fresh clone nothing is installed and the machine's Node may be 20.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'node_modules', '.sluice-installed')

/** A task is a list of commands, each run with the repository's own Node; `build: true` bundles the product first when it is stale. */
const tasks = {
  start: { build: true, commands: [['bin/sluice', 'dev', 'examples/petstore.yaml']] },
  test: { build: true, commands: [['node_modules/vitest/vitest.mjs', 'run']] },
  'test:full': {
    build: true,
    commands: [['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.full.config.ts']],
  },
  check: { build: false, commands: [['tools/check.ts']] },
  build: { build: false, commands: [['tools/build.ts']] },
  generate: { build: false, commands: [['tools/generate.ts']] },
  bench: { build: true, commands: [['bench/run.ts']] },
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}

function run(command, args) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) fail(`sluice: could not run ${command}: ${error.message}`)
  if (signal) process.exit(1)
  if (status !== 0) process.exit(status ?? 1)
}

/** Runs a task's command. Signals reach it, so that whoever stops this process stops what it started. */
function runTask(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`sluice: could not run ${command}: ${error.message}`))
    child.on('exit', (code) => (code === 0 ? resolve() : process.exit(code ?? 1)))
  })
}

/** Sources of ours find each other's sources; what is built finds what is built. */
function flagsFor(script) {
  return script.endsWith('.ts') || script.includes('vitest') ? ['--conditions=source'] : []
}

function install() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  process.stderr.write('sluice: installing dependencies (once)\n')
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(stamp, lock)
}

/** The Node that came with the dependencies; the machine's own where its platform has no package, if it is new enough. */
function node24() {
  const own = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (existsSync(own)) return own
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(
    'sluice needs Node 24 or newer and no packaged one exists for this platform: install it from nodejs.org, then run this again.',
  )
}

function newestSource(folder) {
  let newest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.endsWith('.tsbuildinfo')) continue
    const path = join(folder, entry.name)
    newest = Math.max(newest, entry.isDirectory() ? newestSource(path) : statSync(path).mtimeMs)
  }
  return newest
}

function build(node) {
  const built = join(root, 'dist', '.built')
  const newest = Math.max(...['gateway', 'libs', 'models', 'tools'].map((folder) => newestSource(join(root, folder))))
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return
  process.stderr.write('sluice: building (once)\n')
  run(node, ['--conditions=source', 'tools/build.ts'])
}

const [name = '', ...rest] = process.argv.slice(2)
const task = Object.hasOwn(tasks, name)
  ? tasks[name]
  : fail(`sluice: no task "${name}"; there are: ${Object.keys(tasks).join(', ')}`)
install()
const node = node24()
if (task.build) build(node)
for (const command of task.commands) await runTask(node, [...flagsFor(command[0]), ...command, ...rest])
