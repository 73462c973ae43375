// What a security policy means for TLS: the lowest version and the ciphers. Security H.2.
import type { SecureContextOptions } from 'node:tls'

type Profile = Pick<SecureContextOptions, 'minVersion' | 'ciphers' | 'ecdhCurve'>

const tls13Fips = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384']
const tls13 = [...tls13Fips, 'TLS_CHACHA20_POLY1305_SHA256']

const forwardSecret = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
]
const tls12 = [...forwardSecret, 'AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA256']
const legacy = [
  ...tls12,
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'AES128-SHA',
  'AES256-SHA',
]

const postQuantumGroups = 'X25519MLKEM768:SecP256r1MLKEM768:X25519:P-256:P-384'

/** The TLS settings of a domain's policy; of `TLS_1_2` when it has none. TLS below 1.2 is not spoken, whatever `TLS_1_0` says. */
export function tlsProfile(policy = 'TLS_1_2'): Profile {
  const isFips = policy.includes('_FIPS_')
  const suites = isFips ? tls13Fips : tls13
  const groups = policy.includes('_PQ_') ? { ecdhCurve: postQuantumGroups } : {}
  if (policy.startsWith('SecurityPolicy_TLS13_1_3_')) {
    return { minVersion: 'TLSv1.3', ciphers: suites.join(':'), ...groups }
  }
  const older = policy.includes('_PFS_') ? forwardSecret : policy === 'TLS_1_0' ? legacy : tls12
  return { minVersion: 'TLSv1.2', ciphers: [...suites, ...older].join(':'), ...groups }
}
