// What the steps of a REST method are made of, and nothing that names the method: methods of equal configuration share their steps.
import { hash } from 'node:crypto'
import type { Method, MethodSetting } from '@sluice/aws-protocol/apigateway'
import { methodSetting } from '../nouns/method-settings.ts'
import type { RestSnapshot } from '../nouns/snapshot.ts'

/** Steps read what names their method (its resource, its operation) from the exchange's `target`. */
export interface MethodConfiguration {
  readonly method: Omit<Method, 'operationName'>
  /** The stage's settings for the method. */
  readonly setting: MethodSetting
  /** Whether its answers are to be cached. */
  readonly isCached: boolean
}

/** `verb`: that of the requests it is for, where the method is `ANY`. */
export function configurationOf(
  snapshotMethod: RestSnapshot['methods'][number],
  settings: Readonly<Record<string, MethodSetting>> | undefined,
  resourcePath: string,
  verb: string = snapshotMethod.httpMethod ?? 'ANY',
): MethodConfiguration {
  const { resourceId, operationName: _operationName, methodIntegration, ...method } = snapshotMethod
  const setting = methodSetting(settings, resourcePath, method.httpMethod ?? 'ANY', verb)
  // AWS: what holds for all methods turns the cache on for GET alone.
  const isCached = setting.cachingEnabled === true && (verb === 'GET' || setting !== settings?.['*/*'])
  return {
    method: {
      ...method,
      ...(methodIntegration && { methodIntegration: withoutOwnNamespace(methodIntegration, resourceId) }),
    },
    setting,
    isCached,
  }
}

type Integration = NonNullable<Method['methodIntegration']>

/** The default namespace is the resource's id: a method that names it is configured like one that names none. */
function withoutOwnNamespace({ cacheNamespace, ...integration }: Integration, resourceId: string): Integration {
  return cacheNamespace === undefined || cacheNamespace === resourceId
    ? integration
    : { ...integration, cacheNamespace }
}

/** Gives each configuration what is made of it, once. Lives as long as a stage's plan, so it never holds more than its methods. */
export class PerConfiguration<Made> {
  private readonly made = new Map<string, Made>()
  private readonly make: (configuration: MethodConfiguration) => Made

  constructor(make: (configuration: MethodConfiguration) => Made) {
    this.make = make
  }

  of(configuration: MethodConfiguration): Made {
    // A digest, because templates may be long.
    const key = hash('sha256', JSON.stringify(configuration), 'base64')
    const known = this.made.get(key)
    if (known !== undefined) return known
    const made = this.make(configuration)
    this.made.set(key, made)
    return made
  }
}
