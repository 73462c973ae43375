// Versions: published copies of `$LATEST`.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/lambda'
import type { Call } from '../call.ts'
import { pageByName } from '../marker-page.ts'
import { invalidParameter, unavailable } from './faults.ts'
import { foundFunction } from './found.ts'
import { nameOf } from './name.ts'
import { publish } from './publish.ts'

const largestPage = 50

export const version: Handlers<Operations, 'PublishVersion' | 'ListVersionsByFunction', Call> = {
  PublishVersion: async (input, call) => {
    if (input.PublishTo !== undefined) throw unavailable('PublishTo')
    return (await publish(call, nameOf(call, 'PublishVersion', input.FunctionName), input)).configuration
  },
  ListVersionsByFunction: async (input, call) => {
    const named = nameOf(call, 'ListVersionsByFunction', input.FunctionName)
    await foundFunction(call, named)
    const entries = await call.store.list('Function', [named.name])
    const page = pageByName(entries, ({ key }) => orderOf(key[1] ?? ''), {
      marker: input.Marker,
      maxItems: Math.min(input.MaxItems ?? largestPage, largestPage),
    })
    if (page === undefined) throw invalidParameter('Invalid marker')
    const versions = page.items.map(({ record: { configuration } }) => configuration)
    return {
      // AWS shows `$LATEST` with its qualifier here.
      Versions: versions.map((shown) =>
        shown.Version === '$LATEST' ? { ...shown, FunctionArn: `${named.unqualifiedArn}:$LATEST` } : shown,
      ),
      NextMarker: page.marker,
    }
  },
}

/** `$LATEST` first, then by number: `$` comes before digits. */
function orderOf(version: string): string {
  return version.padStart(12, version === '$LATEST' ? '$' : '0')
}
