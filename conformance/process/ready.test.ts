// The process says once that it is ready, answers for its health, and tells what it is and can do.
import { expect, onTestFinished, test } from 'vitest'
import { spawnSluice, startSluice } from '../fixture/sluice.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { until } from '../fixture/wait.ts'

test('prints one ready line when it accepts traffic, from any folder, and answers health', async () => {
  const sluice = await startSluice(['dev'], { cwd: await temporaryFolder() })
  onTestFinished(async () => void (await sluice.stop()))
  const health = await fetch(`${sluice.url}/_sluice/health`)
  expect(health.status).toBe(200)
  expect(await health.json()).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  await sluice.stop()
  expect(sluice.stdout().match(/^sluice ready on .*$/gm)).toEqual([`sluice ready on http://127.0.0.1:${sluice.port}`])
})

test('an administration port takes the AWS calls and leaves APIs alone on the other', async () => {
  const probe = await startSluice(['dev'])
  await probe.stop()
  const sluice = await startSluice(['dev', '--admin-port', String(probe.port)])
  onTestFinished(async () => void (await sluice.stop()))
  const admin = `http://127.0.0.1:${probe.port}`
  expect((await fetch(`${admin}/_sluice/health`)).status).toBe(200)
  expect((await fetch(`${admin}/restapis`)).status).toBe(200)
  expect((await fetch(`${sluice.url}/_sluice/health`)).status).toBe(403)
  expect((await fetch(`${sluice.url}/restapis`)).status).toBe(403)
})

test('--help lists the options and --version tells the version, both with exit code 0', async () => {
  const help = spawnSluice(['--help'])
  expect(await help.ended).toEqual({ code: 0, signal: null })
  for (const option of ['port', 'host', 'admin-port', 'data', 'domain', 'region', 'account', 'log-level']) {
    expect(help.stdout()).toMatch(new RegExp(`^ +--${option} `, 'm'))
  }
  const version = spawnSluice(['--version'])
  expect(await version.ended).toEqual({ code: 0, signal: null })
  expect(version.stdout()).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
})

test('options also come from SLUICE_ variables', async () => {
  const sluice = spawnSluice(['dev'], { environment: { SLUICE_PORT: '0', SLUICE_REGION: 'eu-west-1' } })
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  const url = await until('the ready line', () => /^sluice ready on (\S+)$/m.exec(sluice.stdout())?.[1])
  expect((await fetch(`${url}/_sluice/health`)).status).toBe(200)
})

test('a variable that was probably meant to be an option is told of in the log, and no other', async () => {
  const environment = { SLUICE_REGOIN: 'eu-west-1', SLUICE_SERVICE_HOST: '10.0.0.1' }
  const sluice = await startSluice(['dev'], { environment })
  await sluice.stop()
  const warnings = sluice
    .stderr()
    .split('\n')
    .filter((line) => line.includes('SLUICE_'))
  expect(warnings.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
    'nobody reads the variable SLUICE_REGOIN: did you mean SLUICE_REGION?',
  ])
})
