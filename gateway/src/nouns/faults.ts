// Faults of the data plane: AWS's 21 gateway response types for REST APIs, and the plain statuses of HTTP APIs.

interface GatewayResponseRow {
  /** The status when nobody customised one; undefined for the two defaults. */
  readonly status: number
  readonly message: string | null
  /** `x-amzn-ErrorType` */
  readonly errorType: string
}

/** Type → status, message and error type. Source: REST 7.1. */
export const gatewayResponses = {
  ACCESS_DENIED: {
    status: 403,
    message: 'User is not authorized to access this resource',
    errorType: 'AccessDeniedException',
  },
  API_CONFIGURATION_ERROR: { status: 500, message: 'Internal server error', errorType: 'InternalServerErrorException' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, message: null, errorType: 'AuthorizerConfigurationException' },
  AUTHORIZER_FAILURE: { status: 500, message: null, errorType: 'AuthorizerConfigurationException' },
  BAD_REQUEST_BODY: { status: 400, message: 'Invalid request body', errorType: 'BadRequestException' },
  BAD_REQUEST_PARAMETERS: {
    status: 400,
    message: 'Missing required request parameters',
    errorType: 'BadRequestException',
  },
  DEFAULT_4XX: { status: 400, message: null, errorType: 'BadRequestException' },
  DEFAULT_5XX: { status: 500, message: 'Internal server error', errorType: 'InternalServerErrorException' },
  EXPIRED_TOKEN: {
    status: 403,
    message: 'The security token included in the request is expired',
    errorType: 'ExpiredTokenException',
  },
  INTEGRATION_FAILURE: {
    status: 504,
    message: 'Network error communicating with endpoint',
    errorType: 'InternalServerErrorException',
  },
  INTEGRATION_TIMEOUT: {
    status: 504,
    message: 'Endpoint request timed out',
    errorType: 'InternalServerErrorException',
  },
  INVALID_API_KEY: { status: 403, message: 'Forbidden', errorType: 'ForbiddenException' },
  INVALID_SIGNATURE: {
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    errorType: 'InvalidSignatureException',
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    message: 'Missing Authentication Token',
    errorType: 'MissingAuthenticationTokenException',
  },
  QUOTA_EXCEEDED: { status: 429, message: 'Limit Exceeded', errorType: 'LimitExceededException' },
  REQUEST_TOO_LARGE: {
    status: 413,
    message: 'HTTP content length exceeded 10485760 bytes.',
    errorType: 'RequestTooLargeException',
  },
  RESOURCE_NOT_FOUND: { status: 404, message: 'Not Found', errorType: 'ResourceNotFoundException' },
  THROTTLED: { status: 429, message: 'Too Many Requests', errorType: 'TooManyRequestsException' },
  UNAUTHORIZED: { status: 401, message: 'Unauthorized', errorType: 'UnauthorizedException' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'Unsupported Media Type', errorType: 'BadRequestException' },
  WAF_FILTERED: { status: 403, message: 'Forbidden', errorType: 'ForbiddenException' },
} as const satisfies Record<string, GatewayResponseRow>

export type GatewayResponseType = keyof typeof gatewayResponses

export interface FaultDetail {
  /** The status where it differs from the type's own (a malformed Lambda answer is DEFAULT_5XX with 502). */
  readonly status?: number | undefined
  readonly message?: string | null | undefined
  readonly errorType?: string | undefined
  /** `$context.error.validationErrorString` */
  readonly validationError?: string | undefined
  /** The execution log's line, in AWS's words. */
  readonly log?: string | undefined
  /** What the failing step had found out, as it would have told it: gateway responses and logs may tell of it. */
  readonly told?: object | undefined
  readonly cause?: unknown
}

/** A REST API's request ends here, with a gateway response. Thrown by steps, caught by the plan. */
export class GatewayFault extends Error {
  readonly type: GatewayResponseType
  readonly status: number
  /** What the client reads; null where AWS says null. */
  readonly sentence: string | null
  readonly errorType: string
  readonly validationError: string | undefined
  readonly log: string | undefined
  readonly told: object | undefined

  constructor(type: GatewayResponseType, detail: FaultDetail = {}) {
    const row: GatewayResponseRow = gatewayResponses[type]
    const sentence = detail.message === undefined ? row.message : detail.message
    super(detail.log ?? sentence ?? type, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'GatewayFault'
    this.type = type
    this.status = detail.status ?? row.status
    this.sentence = sentence
    this.errorType = detail.errorType ?? row.errorType
    this.validationError = detail.validationError
    this.log = detail.log
    this.told = detail.told
  }
}

export function fault(type: GatewayResponseType, detail?: FaultDetail): GatewayFault {
  return new GatewayFault(type, detail)
}

/** A request that fails because of how the API is configured: AWS's 500, with the reason in the execution log only. */
export function configurationFault(log: string, cause?: unknown): GatewayFault {
  return new GatewayFault('API_CONFIGURATION_ERROR', {
    log: `Execution failed due to configuration error: ${log}`,
    cause,
  })
}

/** An HTTP API's request ends here: a status and `{"message": …}`, which nobody can customise. */
export class HttpFault extends Error {
  readonly status: number
  readonly headers: readonly string[]
  /** The execution log's and `$context.integration.error`'s reason. */
  readonly log: string | undefined

  constructor(
    status: number,
    message: string,
    detail: { headers?: readonly string[]; log?: string; cause?: unknown } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'HttpFault'
    this.status = status
    this.headers = detail.headers ?? []
    this.log = detail.log
  }
}
