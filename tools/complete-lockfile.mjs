// Adds to package-lock.json the optional platform packages that the registry at hand did not have when it was written:
// npm leaves those out, and then `npm ci` refuses the file. Run after `npm install`: node tools/complete-lockfile.mjs
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))

const systems = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
}
const processors = {
  arm: 'arm',
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
}

/** `@oxfmt/binding-linux-x64-musl` → os, cpu and libc, as such packages declare them. */
function platformOf(name) {
  const words = name.split(/[-/@]/)
  const os = words.find((word) => Object.hasOwn(systems, word))
  const cpu = words.find((word) => Object.hasOwn(processors, word))
  const libc = words.includes('musl') ? 'musl' : words.includes('gnu') && os === 'linux' ? 'glibc' : undefined
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) }
}

let added = 0
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`
    if (lock.packages[path] !== undefined || !/^\d+\.\d+\.\d+/.test(version)) continue
    lock.packages[path] = { version, ...(entry.dev && { dev: true }), optional: true, ...platformOf(name) }
    added++
  }
}
const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([left], [right]) => (left < right ? -1 : 1)))
writeFileSync(file, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`)
process.stdout.write(`added ${added} optional packages to package-lock.json\n`)
