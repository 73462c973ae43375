// Access key ids, secrets and unique ids as IAM makes them.
import { randomBytes } from 'node:crypto'

/** Base 32 without look-alikes: what follows the four letters that tell the kind. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** `AIDA` user, `AROA` role, `AGPA` group, `ANPA` managed policy, `AIPA` instance profile (IAM user guide, "Unique identifiers"). */
export type UniqueIdPrefix = 'AIDA' | 'AROA' | 'AGPA' | 'ANPA' | 'AIPA'

/** 21 characters: `AROAJQABLZS4A3QDU576Q`. */
export function uniqueId(prefix: UniqueIdPrefix): string {
  return prefix + base32(17)
}

/** 20 characters; `ASIA` for temporary keys. */
export function newAccessKeyId(prefix: 'AKIA' | 'ASIA' = 'AKIA'): string {
  return prefix + base32(16)
}

/** 40 characters of base 64. */
export function newSecretAccessKey(): string {
  return randomBytes(30).toString('base64')
}

function base32(length: number): string {
  let text = ''
  // 256 is eight times 32: every letter is as likely as the others.
  for (const byte of randomBytes(length)) text += alphabet.charAt(byte % 32)
  return text
}
