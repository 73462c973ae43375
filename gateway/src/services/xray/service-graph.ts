// The service graph: which services called which, how often, and with what result. Each segment's service is a node. Security G.5.
import { setImmediate } from 'node:timers/promises'
import type { Handlers } from '@sluice/aws-protocol'
import type { Edge, EdgeStatistics, HistogramEntry, Operations, Service } from '@sluice/aws-protocol/xray'
import type { SegmentDocument, SubsegmentDocument, Trace } from '../../ports/traces.ts'
import type { Call } from '../call.ts'
import type { XrayParts } from './parts.ts'
import { assemble, partsOf } from './assemble.ts'
import { checkWindow } from './trace.ts'

type Part = SegmentDocument | SubsegmentDocument

const tracesPerStep = 200

export function serviceGraphHandlers({
  traces,
}: XrayParts): Handlers<Operations, 'GetServiceGraph' | 'GetTraceGraph', Call> {
  return {
    GetServiceGraph: async ({ StartTime, EndTime }, { scope }) => {
      checkWindow(StartTime, EndTime)
      const graph = new Graph(scope.account)
      const window = { scope, fromSeconds: StartTime, toSeconds: EndTime, limit: tracesPerStep }
      let found = traces.page(window)
      while (found.length > 0) {
        for (const trace of found) graph.add(assemble(trace))
        // Requests are served between the steps.
        await setImmediate()
        found = traces.page({ ...window, after: found.at(-1)?.position })
      }
      return { StartTime, EndTime, Services: graph.services(), ContainsOldGroupVersions: false }
    },
    GetTraceGraph: ({ TraceIds: ids }, { scope }) => {
      const graph = new Graph(scope.account)
      for (const id of new Set(ids)) {
        const trace = traces.find(scope, id)
        if (trace !== undefined) graph.add(assemble(trace))
      }
      return { Services: graph.services() }
    },
  }
}

/** Counts of one node or edge. */
class Counts {
  start = Number.POSITIVE_INFINITY
  end = 0
  private total = 0
  private ok = 0
  private throttles = 0
  private errors = 0
  private faults = 0
  private responseSeconds = 0
  private readonly durations = new Map<number, number>()

  add(part: Part): void {
    const seconds = secondsOf(part)
    this.start = Math.min(this.start, part.start_time)
    this.end = Math.max(this.end, part.end_time ?? part.start_time)
    this.total++
    if (part.throttle === true) this.throttles++
    if (part.error === true) this.errors++
    if (part.fault === true) this.faults++
    if (part.error !== true && part.fault !== true) this.ok++
    this.responseSeconds += seconds
    this.durations.set(seconds, (this.durations.get(seconds) ?? 0) + 1)
  }

  statistics(): EdgeStatistics {
    return {
      OkCount: this.ok,
      ErrorStatistics: {
        ThrottleCount: this.throttles,
        OtherCount: this.errors - this.throttles,
        TotalCount: this.errors,
      },
      FaultStatistics: { OtherCount: this.faults, TotalCount: this.faults },
      TotalCount: this.total,
      TotalResponseTime: this.responseSeconds,
    }
  }

  histogram(): HistogramEntry[] {
    return [...this.durations].map(([Value, Count]) => ({ Value, Count }))
  }
}

/** A part's duration in seconds, rounded to the millisecond so that a day's histogram does not get an entry for each call. */
function secondsOf(part: Part): number {
  return Math.round(Math.max(0, (part.end_time ?? part.start_time) - part.start_time) * 1000) / 1000
}

interface Node {
  readonly reference: number
  readonly name: string
  readonly type: string | undefined
  isRoot: boolean
  readonly counts: Counts
  readonly edges: Map<number, Counts>
}

class Graph {
  private readonly account: string
  private readonly nodes = new Map<string, Node>()

  constructor(account: string) {
    this.account = account
  }

  add({ segments }: Trace): void {
    const callers = new Map<string, { readonly segment: SegmentDocument; readonly part: Part }>()
    for (const segment of segments) {
      for (const part of [segment, ...partsOf(segment)]) callers.set(part.id, { segment, part })
    }
    const called = new Set<string>()
    const functions = new Set<string>()
    for (const segment of segments) {
      const node = this.node(segment.name, segment.origin)
      node.counts.add(segment)
      const caller = segment.parent_id === undefined ? undefined : callers.get(segment.parent_id)
      const from = caller === undefined ? this.client(segment) : this.node(caller.segment.name, caller.segment.origin)
      if (caller !== undefined) called.add(caller.part.id)
      if (segment.origin === 'AWS::Lambda') functions.add(`${segment.parent_id ?? ''} ${segment.name}`)
      edgeOf(from, node).add(segment)
    }
    const isCalled = (segment: SegmentDocument, part: SubsegmentDocument): boolean =>
      called.has(part.id) ||
      // A function that was traced names the whole segment as its caller.
      functions.has(`${segment.id} ${String(part.aws?.['function_name'])}`)
    for (const segment of segments) this.infer(segment, isCalled)
  }

  /** A called service that sent no segment is inferred from the call. */
  private infer(
    segment: SegmentDocument,
    isCalled: (segment: SegmentDocument, part: SubsegmentDocument) => boolean,
  ): void {
    for (const part of partsOf(segment)) {
      if (part.namespace === undefined || isCalled(segment, part)) continue
      const node = this.node(part.name, part.namespace === 'remote' ? 'remote' : `AWS::${part.name}`)
      node.counts.add(part)
      edgeOf(this.node(segment.name, segment.origin), node).add(part)
    }
  }

  services(): Service[] {
    return [...this.nodes.values()].map(({ reference, name, type, isRoot, counts, edges }) => ({
      ReferenceId: reference,
      Name: name,
      Names: [name],
      Root: isRoot,
      AccountId: this.account,
      Type: type,
      State: 'active',
      StartTime: counts.start,
      EndTime: counts.end,
      Edges: [...edges].map(([ReferenceId, edge]): Edge => ({
        ReferenceId,
        StartTime: edge.start,
        EndTime: edge.end,
        SummaryStatistics: edge.statistics(),
        ResponseTimeHistogram: edge.histogram(),
        Aliases: [],
      })),
      SummaryStatistics: counts.statistics(),
      DurationHistogram: counts.histogram(),
      ResponseTimeHistogram: counts.histogram(),
    }))
  }

  /** The node of the client that called a trace's first service. */
  private client(segment: SegmentDocument): Node {
    const node = this.node(segment.name, 'client')
    node.isRoot = true
    node.counts.add(segment)
    return node
  }

  private node(name: string, type: string | undefined): Node {
    const key = `${type ?? ''} ${name}`
    let node = this.nodes.get(key)
    if (node === undefined) {
      node = { reference: this.nodes.size, name, type, isRoot: false, counts: new Counts(), edges: new Map() }
      this.nodes.set(key, node)
    }
    return node
  }
}

function edgeOf(from: Node, to: Node): Counts {
  let edge = from.edges.get(to.reference)
  if (edge === undefined) from.edges.set(to.reference, (edge = new Counts()))
  return edge
}
