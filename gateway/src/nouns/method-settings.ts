// Which of a stage's method settings a method has: its own, else those of `*/*`.
import type { MethodSetting } from '@sluice/aws-protocol/apigateway'

type Settings = Readonly<Record<string, MethodSetting>> | undefined

const none: MethodSetting = {}

/** `resourcePath`: `/pets/{petId}`. Keys are looked up as they are stored, `~1` for each slash, and in plain. Open choice 20. */
export function methodSetting(settings: Settings, resourcePath: string, httpMethod: string): MethodSetting {
  if (settings === undefined) return none
  const keys = [
    `${resourcePath.replaceAll('/', '~1')}/${httpMethod}`,
    `${resourcePath}/${httpMethod}`,
    `${resourcePath.slice(1)}/${httpMethod}`,
    '*/*',
  ]
  const key = keys.find((candidate) => Object.hasOwn(settings, candidate))
  return key === undefined ? none : (settings[key] ?? none)
}
