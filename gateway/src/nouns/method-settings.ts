// Which of a stage's method settings a request of a method has: its own, else those of `*/*`.
import type { MethodSetting } from '@sluice/aws-protocol/apigateway'

type Settings = Readonly<Record<string, MethodSetting>> | undefined

const none: MethodSetting = {}

/**
 * `resourcePath`: `/pets/{petId}`. `verb`: the request's, which an `ANY` method has a setting of its own for: on AWS a stage has a
 * method for each verb that `ANY` stands for; deployment tools set these, or `ANY`. Keys are looked up as they are stored, `~1` for
 * each slash, and in plain. Open choice.
 */
export function methodSetting(
  settings: Settings,
  resourcePath: string,
  httpMethod: string,
  verb: string = httpMethod,
): MethodSetting {
  if (settings === undefined) return none
  const paths = [resourcePath.replaceAll('/', '~1'), resourcePath, resourcePath.slice(1)]
  for (const method of verb === httpMethod ? [verb] : [verb, httpMethod]) {
    for (const path of paths) {
      const key = `${path}/${method}`
      if (Object.hasOwn(settings, key)) return settings[key] ?? none
    }
  }
  return settings['*/*'] ?? none
}
