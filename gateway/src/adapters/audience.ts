// Whether a call goes to AWS itself, or to what this gateway's own sessions may mean something to.
import type { Audience } from '../ports/roles.ts'

/** By the host's name. */
export function audienceOf(hostname: string): Audience {
  return /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|api\.aws)$/.test(hostname) ? 'aws' : 'gateway'
}
