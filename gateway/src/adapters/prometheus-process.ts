// What Prometheus is told of the process itself: memory, CPU, the event loop, connections, sandboxes, and lines that were lost.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { family, labelText, single, valueLine } from './prometheus-family.ts'

export interface ProcessGauges {
  /** Clients that are connected to a listener. */
  readonly clients: () => number
  /** Open connections of WebSocket APIs. */
  readonly webSockets: () => number
  /** Processes of functions. */
  readonly sandboxes: () => number
  /** Log lines that could not be kept so far, by where they were to go. */
  readonly dropped: () => Readonly<Record<string, number>>
}

type Delays = ReturnType<typeof monitorEventLoopDelay>

const resolutionMs = 20
const nanosecond = 1e-9

/** The event loop is watched from the first reading on: who never reads pays nothing. */
export function createProcessMetrics(gauges: ProcessGauges): () => string {
  let delays: Delays | undefined
  return () => {
    if (delays === undefined) {
      delays = monitorEventLoopDelay({ resolution: resolutionMs })
      delays.enable()
    }
    const delay = delays
    const text = [memoryText(), cpuText(), loopText(delay), gaugesText(gauges)].join('')
    delay.reset()
    return text
  }
}

function memoryText(): string {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage()
  return [
    single('process_resident_memory_bytes', 'gauge', 'Resident memory.', rss),
    single('nodejs_heap_size_used_bytes', 'gauge', 'Used memory of the JavaScript heap.', heapUsed),
    single('nodejs_heap_size_total_bytes', 'gauge', 'Memory of the JavaScript heap.', heapTotal),
    single(
      'nodejs_external_memory_bytes',
      'gauge',
      'Memory of buffers and other objects outside of the heap.',
      external,
    ),
  ].join('')
}

function cpuText(): string {
  const { user, system } = process.cpuUsage()
  return [
    single('process_cpu_user_seconds_total', 'counter', 'CPU time of our own.', user / 1e6),
    single('process_cpu_system_seconds_total', 'counter', 'CPU time of the kernel for us.', system / 1e6),
    single('process_start_time_seconds', 'gauge', 'When the process started.', performance.timeOrigin / 1_000),
  ].join('')
}

function loopText(delay: Delays): string {
  const name = 'nodejs_eventloop_lag_seconds'
  // The histogram measures from one timer to the next: what exceeds the timer's own interval is how late the loop was.
  const seconds = (nanoseconds: number): number => Math.max(0, nanoseconds * nanosecond - resolutionMs / 1_000)
  const of = (quantile: string, percentile: number): string =>
    valueLine(name, labelText({ quantile }), delay.count === 0 ? 0 : seconds(delay.percentile(percentile)))
  return [
    family(name, 'gauge', 'How late the event loop was since the last reading.', [
      of('0.5', 50),
      of('0.99', 99),
      of('1', 100),
    ]),
    single(
      'nodejs_eventloop_busy_seconds_total',
      'counter',
      'How long the event loop did something.',
      performance.eventLoopUtilization().active / 1_000,
    ),
  ].join('')
}

function gaugesText({ clients, webSockets, sandboxes, dropped }: ProcessGauges): string {
  const lost = Object.entries(dropped())
  const all = lost.reduce((sum, [, lines]) => sum + lines, 0)
  const byPlace = 'sluice_log_lines_dropped_by_destination_total'
  return [
    single('apigw_ws_connections', 'gauge', 'Open WebSocket connections.', webSockets()),
    single('sluice_open_connections', 'gauge', 'Clients that are connected.', clients()),
    single('sluice_function_sandboxes', 'gauge', 'Processes of functions, busy and idle.', sandboxes()),
    single('sluice_log_lines_dropped_total', 'counter', 'Log lines that could not be kept.', all),
    family(
      byPlace,
      'counter',
      'Log lines that could not be kept, by where they were to go.',
      lost.map(([destination, lines]) => valueLine(byPlace, labelText({ destination }), lines)),
    ),
  ].join('')
}
