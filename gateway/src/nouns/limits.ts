// The service's quotas that requests meet, with their units. Source: AWS's "Amazon API Gateway quotas".

/** A request's payload, and a buffered answer's. */
export const payloadBytes = 10 * 1024 * 1024
/** All header lines of a request together. */
export const headerLineBytes = 10_240
/** The request line's target. */
export const targetBytes = 10_240
/** A Lambda event, and what a function may answer (S L: 6 MB). */
export const lambdaPayloadBytes = 6_291_556
/** An integration's time-out unless it states one: REST 29 s, HTTP 30 s. */
export const restTimeoutMs = 29_000
export const httpTimeoutMs = 30_000
