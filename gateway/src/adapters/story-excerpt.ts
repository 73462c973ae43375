// Long texts of stories, cut: stories are kept for thousands of requests, and a refusal may quote all of a body.
import type { Decision } from '../nouns/decisions.ts'

/** Enough to see why; twice what a line of an execution log has. */
const mostCharacters = 2_048

/** The beginning of a long text: a copy, because a slice would keep the whole. */
export function excerpt(text: string): string {
  return text.length <= mostCharacters ? text : `${Buffer.from(text.slice(0, mostCharacters)).toString()}…`
}

/** The same of an absent text. */
export function excerptOf<Text extends string | null | undefined>(text: Text): Text | string {
  return typeof text === 'string' ? excerpt(text) : text
}

/** A decision with the beginnings of its reason's texts; itself where none is long. */
export function excerptOfDecision(decision: Decision): Decision {
  const entries = Object.entries(decision.reason ?? {})
  if (!entries.some(([, value]) => typeof value === 'string' && value.length > mostCharacters)) return decision
  const reason = entries.map(([name, value]) => [name, typeof value === 'string' ? excerpt(value) : value] as const)
  return { ...decision, reason: Object.fromEntries(reason) }
}
