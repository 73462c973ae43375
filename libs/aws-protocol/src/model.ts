// The JSON form of a service model (metadata, operations, shapes) and of an overlay: what this library reads.

export type Protocol = 'rest-json' | 'json' | 'query' | 'smithy-rpc-v2-cbor'

export type Location = 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode'

export type TimestampFormat = 'unixTimestamp' | 'iso8601' | 'rfc822'

export interface MemberModel {
  readonly shape: string
  readonly location?: string
  readonly locationName?: string
  readonly flattened?: boolean
  readonly timestampFormat?: string
  readonly enum?: readonly string[]
  readonly eventpayload?: boolean
}

export interface ShapeModel {
  readonly type: string
  readonly members?: Readonly<Record<string, MemberModel>>
  readonly required?: readonly string[]
  readonly payload?: string
  readonly xmlOrder?: readonly string[]
  readonly member?: MemberModel
  readonly key?: MemberModel
  readonly value?: MemberModel
  readonly flattened?: boolean
  readonly enum?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly sensitive?: boolean
  readonly timestampFormat?: string
  readonly exception?: boolean
  readonly fault?: boolean
  readonly eventstream?: boolean
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number; readonly senderFault?: boolean }
}

export interface OperationModel {
  readonly name: string
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number }
  readonly input?: { readonly shape: string }
  readonly output?: { readonly shape: string; readonly resultWrapper?: string }
  readonly authtype?: string
}

export interface ServiceModel {
  readonly metadata: {
    readonly apiVersion: string
    readonly endpointPrefix: string
    readonly protocol: string
    readonly protocols?: readonly string[]
    readonly serviceId: string
    readonly signingName?: string
    readonly targetPrefix?: string
    readonly jsonVersion?: string
    readonly xmlNamespace?: string
    readonly awsQueryCompatible?: object
  }
  readonly operations: Readonly<Record<string, OperationModel>>
  readonly shapes: Readonly<Record<string, ShapeModel>>
}

/** Facts about a service that its model leaves out. A row that no longer fits the model is refused when it is loaded. */
export interface Overlay {
  /** The order in which the service prints an enum's values: shape → all of its values. */
  readonly enumOrder?: Readonly<Record<string, readonly string[]>>
  /** The order in which the service checks a structure's members: shape → the members that come first. */
  readonly memberOrder?: Readonly<Record<string, readonly string[]>>
  /** Bounds that the model leaves out: shape → bounds. */
  readonly bounds?: Readonly<
    Record<string, { readonly min?: number; readonly max?: number; readonly pattern?: string }>
  >
  /** `Shape.member` whose enum, bounds and pattern the service's own logic checks, in words of its own. */
  readonly unchecked?: readonly string[]
  /** `Shape.member` that the model requires of a client and the service does not, or asks for in words of its own. */
  readonly optional?: readonly string[]
  /** Path templates, without query, that accept more than the model's: operation → template. A client keeps to the model's. */
  readonly acceptedPaths?: Readonly<Record<string, string>>
  /** Content types of raw payloads: operation → content type. */
  readonly contentTypes?: Readonly<Record<string, string>>
  /** The fault codes of unreadable and of invalid input; the protocol's own when absent. */
  readonly faultCodes?: { readonly serialization?: string; readonly validation?: string }
  /** How violations name a body member: `operation` writes `putIntegrationInput.type`, `member` writes `type`. */
  readonly violationPaths?: 'operation' | 'member'
  /** The text before `#` in the JSON protocols' `__type`; `*` for faults not listed. */
  readonly faultNamespaces?: Readonly<Record<string, string>>
}
