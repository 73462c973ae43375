// Variables of the environment that were probably meant to be options, and are none.
import { nearestWord } from './nouns/nearest-word.ts'
import { options, variableOf, type OptionName } from './options.ts'

/** What the program reads beside its options: `sluice explain` and `tail`, and whoever runs it from its source. */
const otherVariables = ['SLUICE_ENDPOINT', 'SLUICE_FROM_SOURCE']

/**
 * One sentence each, for the log. Others that begin with SLUICE_ are left alone: Kubernetes sets some for a service of this name.
 */
export function unreadVariables(environment: NodeJS.ProcessEnv): string[] {
  const known = [...(Object.keys(options) as OptionName[]).map(variableOf), ...otherVariables]
  return Object.keys(environment)
    .filter((name) => name.startsWith('SLUICE_') && !known.includes(name))
    .flatMap((name) => {
      const meant = nearestWord(
        name.slice('SLUICE_'.length),
        known.map((word) => word.slice('SLUICE_'.length)),
      )
      return meant === undefined ? [] : [`nobody reads the variable ${name}: did you mean SLUICE_${meant}?`]
    })
}
