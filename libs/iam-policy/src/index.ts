// The IAM policy language: reads policies, and decides requests by them.
export { contextKeysOf, distinctKeys, type ContextKeys } from './context-keys.ts'
export { describeDenial, type DenialWords } from './denial.ts'
export { type DecidingStatement, type Decision, evaluate, type PolicySet, type PolicySource } from './evaluate.ts'
export { explain, type Explanation, type MatchedStatement } from './explain.ts'
export { PolicyFault, type PolicyFaultCode } from './fault.ts'
export {
  type CompiledPolicy,
  type CompiledStatement,
  parsePolicy,
  type ParseOptions,
  type PolicyKind,
} from './parse.ts'
export type { Naming } from './principals.ts'
export {
  anonymous,
  type Context,
  type ContextValue,
  createContext,
  type EvaluationRequest,
  type Principal,
  principalKey,
  type PrincipalType,
} from './request.ts'
export { statementPlaces, type Position, type StatementPlace } from './statement-places.ts'
