// Reads how much memory a process holds from /proc, on systems that have it.
import { readFileSync } from 'node:fs'

/**
 * Resident memory of a process in whole MB, or undefined where the system does not tell (or the process is gone).
 * Synchronous on purpose: /proc answers from memory in microseconds.
 */
export function residentMb(pid: number): number | undefined {
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    return match === null ? undefined : Math.round(Number(match[1]) / 1024)
  } catch {
    return undefined
  }
}
