// The service graph: who called whom, how often, and how it went; every segment's service is a node. Security specification G.5.
import type { Handlers } from '@sluice/aws-protocol'
import type { Edge, EdgeStatistics, HistogramEntry, Operations, Service } from '@sluice/aws-protocol/xray'
import type { SegmentDocument, SubsegmentDocument, Trace } from '../../ports/traces.ts'
import type { Call } from '../call.ts'
import type { XrayParts } from './parts.ts'
import { partsOf } from './summary.ts'
import { checkWindow } from './trace.ts'

type Part = SegmentDocument | SubsegmentDocument

export function serviceGraphHandlers({ traces }: XrayParts): Handlers<Operations, 'GetServiceGraph', Call> {
  return {
    GetServiceGraph: ({ StartTime, EndTime }, { scope }) => {
      checkWindow(StartTime, EndTime)
      const graph = new Graph(scope.account)
      for (const trace of traces.between(scope, StartTime, EndTime)) graph.add(trace)
      return { StartTime, EndTime, Services: graph.services(), ContainsOldGroupVersions: false }
    },
  }
}

/** Counts of one node or edge. */
class Counts {
  private readonly parts: Part[] = []

  add(part: Part): void {
    this.parts.push(part)
  }

  statistics(): EdgeStatistics {
    const throttles = this.parts.filter(({ throttle }) => throttle === true).length
    const errors = this.parts.filter(({ error }) => error === true).length
    const faults = this.parts.filter(({ fault }) => fault === true).length
    return {
      OkCount: this.parts.filter(({ error, fault }) => error !== true && fault !== true).length,
      ErrorStatistics: { ThrottleCount: throttles, OtherCount: errors - throttles, TotalCount: errors },
      FaultStatistics: { OtherCount: faults, TotalCount: faults },
      TotalCount: this.parts.length,
      TotalResponseTime: this.parts.reduce((sum, part) => sum + secondsOf(part), 0),
    }
  }

  histogram(): HistogramEntry[] {
    const counts = new Map<number, number>()
    for (const part of this.parts) counts.set(secondsOf(part), (counts.get(secondsOf(part)) ?? 0) + 1)
    return [...counts].map(([Value, Count]) => ({ Value, Count }))
  }

  get start(): number {
    return Math.min(...this.parts.map(({ start_time: at }) => at))
  }

  get end(): number {
    return Math.max(...this.parts.map((part) => part.end_time ?? part.start_time))
  }
}

function secondsOf(part: Part): number {
  return Math.max(0, (part.end_time ?? part.start_time) - part.start_time)
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
    for (const segment of segments) {
      const node = this.node(segment.name, segment.origin)
      node.counts.add(segment)
      const caller = segment.parent_id === undefined ? undefined : callers.get(segment.parent_id)
      const from = caller === undefined ? this.client(segment) : this.node(caller.segment.name, caller.segment.origin)
      if (caller !== undefined) called.add(caller.part.id)
      edgeOf(from, node).add(segment)
    }
    // Who was called and sent no segment is inferred from the call.
    for (const segment of segments) {
      for (const part of partsOf(segment)) {
        if (part.namespace === undefined || called.has(part.id)) continue
        const node = this.node(part.name, part.namespace === 'remote' ? 'remote' : `AWS::${part.name}`)
        node.counts.add(part)
        edgeOf(this.node(segment.name, segment.origin), node).add(part)
      }
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

  /** Who called the first service of a trace. */
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
