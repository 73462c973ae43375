// Assembles a trace: subsegments that were sent on their own are put into the part that made them. Security G.4.
import type { SegmentDocument, SubsegmentDocument, Trace } from '../../ports/traces.ts'

type Part = SegmentDocument | SubsegmentDocument

/** All subsegments, however deep. */
export function partsOf(part: Part): readonly SubsegmentDocument[] {
  return (part.subsegments ?? []).flatMap((each) => [each, ...partsOf(each)])
}

/** The trace without independent subsegments, except those whose parent was never sent. */
export function assemble(trace: Trace): Trace {
  const loose = trace.segments.filter(isIndependent)
  if (loose.length === 0) return trace
  const known = new Set(trace.segments.flatMap((segment) => [segment.id, ...partsOf(segment).map(({ id }) => id)]))
  const hasParent = (segment: SegmentDocument): boolean =>
    isIndependent(segment) && segment.parent_id !== undefined && known.has(segment.parent_id)
  const children = new Map<string, SegmentDocument[]>()
  for (const segment of loose) {
    const { parent_id: parent = '' } = segment
    children.set(parent, [...(children.get(parent) ?? []), segment])
  }
  const graft = <Kind extends Part>(part: Kind): Kind => {
    const sent = children.get(part.id) ?? []
    // Each subsegment is placed once, because ids may name each other in a circle.
    children.delete(part.id)
    const subsegments = [...(part.subsegments ?? []), ...sent]
    return subsegments.length === 0 ? part : { ...part, subsegments: subsegments.map(graft) }
  }
  return { id: trace.id, segments: trace.segments.filter((segment) => !hasParent(segment)).map(graft) }
}

function isIndependent({ type }: SegmentDocument): boolean {
  return type === 'subsegment'
}
