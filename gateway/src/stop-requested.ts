// The signals that end the process in order: SIGTERM, SIGINT, and SIGHUP when its terminal is closed.

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
/** Ctrl-C reaches a process twice that `bin/sluice` launched; a person takes longer to lose patience. */
const oneStopMs = 500

/**
 * Resolves at the first signal. After half a second more `delayed` is told that the process still runs, and another signal ends
 * it at once, as signals do to a process that does not listen.
 */
export function stopRequested(delayed: () => void): Promise<void> {
  return new Promise((resolve) => {
    const listen = (): void => {
      resolve()
      setTimeout(() => {
        for (const signal of signals) process.off(signal, listen)
        delayed()
      }, oneStopMs).unref()
    }
    for (const signal of signals) process.on(signal, listen)
  })
}
