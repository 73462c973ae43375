// AWS Signature Version 4: signing and verifying requests, in headers and in presigned queries.
export { type ChunkSigning, type DecodedChunks, decodeAwsChunked } from './chunked.ts'
export { type Component, type SignatureFailure, SignatureFault, type SignatureForm } from './fault.ts'
export type { PayloadKind } from './payload.ts'
export { parseCredentialScope, readSignature } from './presented.ts'
export type { Credentials, CredentialScope, SignableRequest } from './request.ts'
export { describeFailure, type FailureAnswer, type FailureWords } from './sentences.ts'
export { presign, type PresignOptions, sign, type SignOptions } from './sign.ts'
export { type KnownKey, type Verified, type VerifiedPayload, verify, type VerifyOptions } from './verify.ts'
