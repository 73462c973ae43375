// The TLS cases: a small answer over TLS, on kept connections and with a handshake each.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { issue } from '../conformance/fixture/certificates.ts'
import type { Case, Contender, Load } from './cases.ts'
import { startSluice } from './programs.ts'
import { hasNginx, startTlsNginx, startTlsNode, type KeyFiles } from './yardsticks.ts'

/** ECDSA P-256, as most servers have today. */
function keyFiles(): KeyFiles {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-tls-'))
  const { certificatePem, privateKeyPem } = issue({ name: 'localhost', names: ['localhost'] })
  const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') }
  writeFileSync(files.certificate, certificatePem)
  writeFileSync(files.key, privateKeyPem, { mode: 0o600 })
  return files
}

/** nginx, a bare Node program and a MOCK method, each over TLS. */
export function tlsCase(name: string, more: Omit<Load, 'url'>): Case {
  const yardstick = (label: string, startOne: typeof startTlsNginx): Contender => ({
    name: label,
    start: async ({ own }) => ({
      program: await startOne(own, keyFiles()),
      load: { ...more, url: `https://127.0.0.1:${own}/static` },
    }),
  })
  const sluice: Contender = {
    name: 'sluice MOCK',
    start: async ({ backend }) => {
      const { certificate, key } = keyFiles()
      const options = ['--tls-port', '0', '--tls-cert', certificate, '--tls-key', key]
      const program = await startSluice(backend, options)
      const plain = program.url('static', '/static')
      const url = plain.replace(`http://127.0.0.1:${program.port}`, `https://127.0.0.1:${program.tlsPort}`)
      return { program, load: { ...more, url } }
    },
  }
  return {
    name,
    contenders: [
      ...(hasNginx ? [yardstick('nginx', startTlsNginx)] : []),
      yardstick('bare node', startTlsNode),
      sluice,
    ],
  }
}
