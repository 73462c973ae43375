// Warns of targets of a deployment that lead nowhere, ARNs of AWS's network that no `--backends` maps: at deployment, not at the first 503.
import { originsOf } from '../nouns/backends.ts'
import type { Call } from './call.ts'

/** Warns of each of `arns` that is an ARN and leads nowhere; `undefined` and URLs are fine. */
export function warnOfUnmapped(call: Call, apiId: string, arns: readonly (string | undefined)[]): void {
  for (const arn of new Set(arns)) {
    if (arn === undefined || !/^arn:/i.test(arn) || originsOf(call.backends, arn) !== undefined) continue
    call.warn(
      { apiId, arn },
      'a deployed integration leads nowhere and will answer 503: name its target with --backends',
    )
  }
}
