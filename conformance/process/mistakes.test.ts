// What a person at the terminal gets wrong: one clear line on standard error and exit code 2, never a stack.
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { spawnSluice, type SpawnOptions } from '../fixture/sluice.ts'
import { temporaryFolder } from '../fixture/folder.ts'

async function complaint(args: readonly string[], options?: SpawnOptions): Promise<string> {
  const sluice = spawnSluice(args, options)
  expect(await sluice.ended, `${sluice.stdout()}${sluice.stderr()}`).toEqual({ code: 2, signal: null })
  expect(sluice.stderr()).toMatch(/^[^\n]+\n$/)
  expect(sluice.stdout()).not.toContain('sluice ready')
  return sluice.stderr()
}

test.for([
  [['fly'], /There is no command "fly"/],
  [['dev', '--colour', 'red'], /--colour/],
  [['dev', '--port', 'many'], /--port takes a port from 0 to 65535, not "many"/],
  [['dev', '--port', '70000'], /--port takes a port/],
  [['dev', '--port', '-1'], /^--port needs a value\./],
  [['dev', '--host', ''], /^--host needs a value: --host HOST\./],
  [['dev', '--host', 'a b'], /^--host takes a host name or an address, not "a b"/],
  [['dev', '--data', ''], /^--data needs a value: --data DIR\./],
  [['dev', '--domain', 'a b'], /^--domain takes a host name/],
  [['dev', '--buckets', '/no/such/folder'], /^--buckets takes a folder that exists, not/],
  [['--port', '0'], /^Say what to do with these options: sluice dev, or sluice serve\./],
  [['dev', '--account', '12'], /--account takes twelve digits/],
  [['dev', '--log-level', 'loud'], /--log-level takes one of/],
  [['dev', '--account-connection-rate', '0'], /--account-connection-rate takes a number from 1 on, not "0"/],
  [['dev', '--backends', 'arn:aws:lambda:x=http://h'], /--backends takes pairs/],
  [['serve'], /--data DIR/],
  [
    ['serve', '--data', 'd', '--stage', 'x'],
    /^--stage is for files: sluice serve takes none, "sluice dev FILE" does\.$/m,
  ],
  [
    ['dev', '--host', '192.0.2.1', '--port', '0'],
    /^192\.0\.2\.1 is no address of this machine: choose another with --host\.$/m,
  ],
  [
    ['dev', '--port', '0', '--vpc-endpoints', 'vpce-0a1b2c3d@vpc-11aa22bb=192.0.2.1:0'],
    /^192\.0\.2\.1 is no address of this machine: choose another with --vpc-endpoints\.$/m,
  ],
] as const)('refuses %j', async ([args, sentence]) => {
  expect(await complaint(args)).toMatch(sentence)
})

test('names a port that is taken', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  expect(await complaint(['dev', '--port', String(port)])).toContain(`Port ${port} on 127.0.0.1 is taken`)
  expect(await complaint(['dev', '--port', '0', '--admin-port', String(port)])).toContain(
    'choose another with --admin-port',
  )
})

test('says where a value stands that is on no command line, and takes an empty variable for none', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'config.json'), '{"port":"many"}')
  expect(await complaint(['dev', '--config', 'config.json'], { cwd: folder })).toContain(
    'not "many". It stands in the config file config.json.',
  )
  // What Kubernetes sets for a service of this name.
  expect(await complaint(['dev'], { environment: { SLUICE_PORT: 'tcp://10.0.0.1:4566' } })).toContain(
    'not "tcp://10.0.0.1:4566". It stands in the variable SLUICE_PORT.',
  )
  expect(await complaint(['serve', '--port', '0'], { environment: { SLUICE_DATA: '' } })).toContain('--data DIR')
})

test('names a document that cannot be read', async () => {
  const folder = await temporaryFolder()
  expect(await complaint(['dev', '--port', '0', 'missing.yaml'], { cwd: folder })).toBe(
    'missing.yaml cannot be read: there is no such file or folder.\n',
  )
  expect(await complaint(['dev', '--port', '0', '.'], { cwd: folder })).toBe('. cannot be read: it is a folder.\n')
})

test('names a config file that is missing, broken, or knows too much', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'broken.json'), '{')
  await writeFile(join(folder, 'unknown.json'), '{"colour":"red"}')
  await writeFile(join(folder, 'nested.json'), '{"config":"other.json"}')
  expect(await complaint(['dev', '--config', 'missing.json'], { cwd: folder })).toContain('missing.json')
  expect(await complaint(['dev', '--config', 'broken.json'], { cwd: folder })).toContain('broken.json')
  expect(await complaint(['dev', '--config', 'unknown.json'], { cwd: folder })).toContain('"colour"')
  expect(await complaint(['dev', '--config', 'nested.json'], { cwd: folder })).toContain('"config"')
})

test('names a data folder that cannot be used', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'file'), '')
  expect(await complaint(['serve', '--port', '0', '--data', 'file'], { cwd: folder })).toBe(
    'The data folder file cannot be used: a file is where a folder has to be.\n',
  )
})
