// What goes to an integration and what comes back, between the mapping steps and the integration.
import type { Value } from '@sluice/vtl'
import type { HeaderList } from './headers.ts'

/** Parameters that mappings made for the integration request, and template overrides applied over them. */
export interface MappedParameters {
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Repeated names are repeated query keys. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Values for `{name}` in the integration's URI, inserted as they are. */
  readonly path: ReadonlyMap<string, string>
}

/** Told before a proxy integration is called, when it maps parameters. */
export interface ProxyMapped {
  readonly mapped: MappedParameters
}

/** Told before a non-proxy integration is called. */
export interface Mapped {
  readonly mapped: MappedParameters
  /** The template's output, or the client's body passed through. */
  readonly outgoingBody: Uint8Array | string
  /** As the request template left them: the response template reads them again. */
  readonly overrides: Overrides
}

/** What templates set: `$context.requestOverride` and `$context.responseOverride`. Undefined until a template uses one. */
export interface Overrides {
  requestOverride: OverrideMap | undefined
  responseOverride: OverrideMap | undefined
}

/** `header`, `path` and `querystring` are maps of their own; other names hold whatever a template put there. */
export type OverrideMap = Map<Value, Value>

/** Told by a non-proxy integration. */
export interface Returned {
  readonly returned: {
    readonly status: number
    readonly headers: HeaderList
    readonly body: Uint8Array
    /** What selection patterns are matched against: the status, or a failed function's `errorMessage` (absent: none). */
    readonly selector: string | undefined
    /** Whether the client's answer carries `X-Amzn-Trace-Id`, and its value. */
    readonly traceId: string | undefined
  }
}
