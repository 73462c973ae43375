// What Sluice is measured against: nginx, and bare Node programs that do the same work and nothing else.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start, type Program } from './process.ts'

export const hasNginx = spawnSync('nginx', ['-v']).error === undefined

/** The 150 bytes that every small answer consists of. */
export const smallBody = JSON.stringify({
  id: 'pet-000042',
  name: 'Rufus',
  kind: 'dog',
  price: 249.99,
  tags: ['brown', 'large', 'friendly'],
  owner: { id: 'own-7', city: 'Hamburg' },
}).padEnd(150, ' ')

function nginxConfig(folder: string, server: string): string {
  // Run by root, nginx would otherwise drop to a user who may not read the temporary folder.
  const user = process.getuid?.() === 0 ? 'user root; ' : ''
  return `${user}daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr notice;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 100000000; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  ${server}
}`
}

async function startNginx(server: string, core: 0 | 1): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-nginx-'))
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, nginxConfig(folder, server))
  return start({ command: ['nginx', '-p', folder, '-c', file], core, ready: /start worker process / })
}

const sizes = { '64k': 65_536, '1m': 1_048_576 } as const

/** What a function gives to answer so; nginx takes a backslash in its configuration for an escape. */
const functionAnswer = JSON.stringify({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: smallBody,
}).replaceAll('\\', '\\\\')

/** The backend of every proxy, and Lambda's API for functions elsewhere: nginx on the load's core, or Node where there is no nginx. */
export async function startBackend(port: number): Promise<Program> {
  if (!hasNginx) return startNode('backend', port, 1)
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-files-'))
  for (const [name, bytes] of Object.entries(sizes)) writeFileSync(join(folder, name), 'x'.repeat(bytes))
  return startNginx(
    `server { listen 127.0.0.1:${port} backlog=4096; default_type application/json; root ${folder};
       location = /64k {} location = /1m {}
       location /2015-03-31/functions/ { return 200 '${functionAnswer}'; }
       location / { return 200 '${smallBody}'; } }`,
    1,
  )
}

/** nginx answering by itself, and nginx as a proxy with a keep-alive pool. */
export function startStaticNginx(port: number): Promise<Program> {
  return startNginx(
    `server { listen 127.0.0.1:${port} backlog=4096; default_type application/json; location / { return 200 '${smallBody}'; } }`,
    0,
  )
}

export function startProxyNginx(port: number, backendPort: number): Promise<Program> {
  return startNginx(
    `upstream backend { server 127.0.0.1:${backendPort}; keepalive 128; keepalive_requests 100000000; }
     server { listen 127.0.0.1:${port} backlog=4096; location / {
       proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";
       proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Request-Id $request_id; } }`,
    0,
  )
}

/** What nginx is told to do beside proxying, in the `policies` case. */
interface Policies {
  readonly prefixes: readonly string[]
  readonly keyValues: readonly string[]
  readonly manyPerSecond: number
}

/** What our own line of a request tells, in nginx's words. */
const loggedByNginx = [
  'request_id',
  'connection',
  'remote_addr',
  'remote_user',
  'client',
  'time_local',
  'server_name',
  'request_method',
  'request_uri',
  'uri',
  'server_protocol',
  'status',
  'body_bytes_sent',
  'request_time',
  'upstream_response_time',
]

/** nginx with a location a route, a table of keys, a limit for all and one a key, and a buffered access log in JSON. */
export function startPoliciesNginx(
  port: number,
  backendPort: number,
  { prefixes, keyValues, manyPerSecond }: Policies,
): Promise<Program> {
  const log = join(mkdtempSync(join(tmpdir(), 'sluice-bench-log-')), 'access.log')
  const line = loggedByNginx.map((field) => `"${field}":"$${field}"`).join(',')
  const limit = (zone: string): string => `limit_req zone=${zone} burst=${manyPerSecond} nodelay;`
  const locations = prefixes.map((prefix) => `location ${prefix}/ { proxy_pass http://backend; }`)
  return startNginx(
    `upstream backend { server 127.0.0.1:${backendPort}; keepalive 128; keepalive_requests 100000000; }
     map_hash_max_size 8192; map_hash_bucket_size 128;
     map $http_x_api_key $client { default ""; ${keyValues.map((value, index) => `${value} client-${index};`).join(' ')} }
     limit_req_zone $server_name zone=stage:1m rate=${manyPerSecond}r/s;
     limit_req_zone $client zone=client:10m rate=${manyPerSecond}r/s;
     log_format json escape=json '{${line}}';
     server { listen 127.0.0.1:${port} backlog=4096; access_log ${log} json buffer=64k flush=1s;
       if ($client = "") { return 403 '{"message":"Forbidden"}'; }
       ${limit('stage')} ${limit('client')}
       proxy_http_version 1.1; proxy_set_header Connection "";
       proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Request-Id $request_id;
       ${locations.join('\n')} }`,
    0,
  )
}

/** nginx answering by itself over TLS. */
export function startTlsNginx(port: number, { certificate, key }: KeyFiles): Promise<Program> {
  return startNginx(
    `server { listen 127.0.0.1:${port} ssl backlog=4096; default_type application/json; ssl_protocols TLSv1.2 TLSv1.3;
       ssl_certificate ${certificate}; ssl_certificate_key ${key}; location / { return 200 '${smallBody}'; } }`,
    0,
  )
}

/** A certificate's files. */
export interface KeyFiles {
  readonly certificate: string
  readonly key: string
}

/** A bare node:https program. */
export function startTlsNode(port: number, { certificate, key }: KeyFiles): Promise<Program> {
  const file = join(import.meta.dirname, 'bare', 'tls.mjs')
  return start({ command: [process.execPath, file, String(port), '0', certificate, key], core: 0, ready: /ready/ })
}

/** A bare Node program of bench/bare/. */
export function startNode(name: string, port: number, core: 0 | 1, backendPort = 0): Promise<Program> {
  const file = join(import.meta.dirname, 'bare', `${name}.mjs`)
  return start({ command: [process.execPath, file, String(port), String(backendPort)], core, ready: /ready/ })
}
