// Stories of WebSocket events: what each connection, message and end went through, kept for `sluice explain`.
import type { Listener } from '../../nouns/decisions.ts'
import type { SocketReceived } from '../../nouns/socket.ts'
import type { SocketOutcome, StageRecorder } from '../../ports/recorder.ts'
import type { Stories, ToldStage } from '../../ports/stories.ts'

/** Stories of one stage. An event's method is its kind, and its path the stage's. */
export function recordSocketStories(
  stage: ToldStage,
  stories: Stories,
): Required<StageRecorder<SocketOutcome, SocketReceived>> {
  const rawPath = `/${stage.stage}`
  return {
    begin: (received) => {
      const { requestId, receivedAtMs, connection, eventType: method } = received
      const listened: { listener: Listener | undefined } = received
      listened.listener = stories.open(stage, {
        requestId,
        extendedRequestId: requestId,
        receivedAtMs,
        method,
        rawPath,
        resourcePathStart: rawPath.length,
        sourceIp: connection.sourceIp,
        listener: received.listener,
      })
      return received
    },
    record: ({ exchange, work, status, endedAtMs }) => {
      stories.finish({ exchange, answer: { status }, work, endedAtMs, responseBytes: 0 })
    },
  }
}
