// AWS Signature Version 4: signing and verifying requests, in headers and in presigned queries.
export { type ChunkSigning, type DecodedChunks, decodeAwsChunked } from './chunked.ts'
export { type Component, type SignatureFailure, SignatureFault, type SignatureForm } from './fault.ts'
export type { PayloadKind } from './payload.ts'
export { parseCredentialScope, type PresentedSignature, readSignature } from './presented.ts'
export type { Credentials, CredentialScope, SignableRequest } from './request.ts'
export { describeFailure, type FailureAnswer, type FailureWords } from './sentences.ts'
export { presign, type PresignOptions, sign, type SignOptions } from './sign.ts'
export {
  type KeyedSignature,
  type KnownKey,
  type Verified,
  type VerifiedPayload,
  verify,
  verifyRead,
  type VerifyOptions,
  type VerifyRules,
} from './verify.ts'
