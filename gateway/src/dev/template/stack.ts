// The deployed resources of a template: each deployment makes what is new, changes what differs, and removes what is gone.
import { ServiceFault } from '@sluice/aws-protocol'
import { jsonText } from '@sluice/cloudformation'
import type { ResourceValues, Template, TemplateResource } from '@sluice/cloudformation'
import type { AwsCall } from '../client.ts'
import { DeployError } from '../deploy-error.ts'
import { kinds, standIn } from './kinds.ts'
import { PropertyFault, type Deployment, type Made, type ResourceKind } from './resource-kind.ts'
import { quietly } from './row-kind.ts'

export interface StackParts {
  readonly call: AwsCall
  readonly name: string
  readonly account: string
  readonly region: string
  /** The template's folder. */
  readonly folder: string
}

/** A resource that is there. */
interface Standing {
  readonly type: string
  readonly made: Made
  /** Its properties, as they were when it was made. */
  readonly text: string
  readonly retained: boolean
}

export interface StackResult {
  readonly warnings: readonly string[]
  readonly outputs: Readonly<Record<string, string>>
}

export class Stack {
  private readonly parts: StackParts
  private readonly standing = new Map<string, Standing>()
  /** Replaced resources, to be removed once a deployment succeeds. */
  private leftovers: Made[] = []

  constructor(parts: StackParts) {
    this.parts = parts
  }

  /** The deployed resources of a type. */
  ofType(type: string): readonly { readonly logicalId: string; readonly made: Made }[] {
    return [...this.standing].flatMap(([logicalId, standing]) =>
      standing.type === type ? [{ logicalId, made: standing.made }] : [],
    )
  }

  /**
   * Brings everything to what the template says. Throws DeployError with the place of what went wrong; what was made until
   * then stays, nothing is removed, and the next deployment goes on from there.
   */
  async deploy(template: Template): Promise<StackResult> {
    const warnings: string[] = []
    const { call, name: stackName, account, region, folder } = this.parts
    const warn: Deployment['warn'] = (sentence, node) => {
      const place = node === undefined ? undefined : template.placeOf(node)
      warnings.push(place === undefined ? sentence : `${place.line}:${place.column}: ${sentence}`)
    }
    const deployment: Deployment = { call, stackName, account, region, folder, emptied: this.forget, warn }
    for (const { message, line, column } of template.warnings) warnings.push(`${line}:${column}: ${message}`)
    const values = this.valuesOf(template)
    for (const resource of deploymentsLast(template.resources)) {
      const kind = kinds.get(resource.type)
      if (kind !== undefined) await this.put(resource, kind, { template, deployment, values })
      else
        warnings.push(
          `${resource.place.line}:${resource.place.column}: ${resource.type} ${resource.logicalId} is not made by Sluice`,
        )
    }
    await this.clean(template)
    return {
      warnings,
      outputs: Object.fromEntries(template.outputs.map(({ name, resolve }) => [name, resolve(values)])),
    }
  }

  private async put(
    resource: TemplateResource,
    kind: ResourceKind,
    { template, deployment, values }: { template: Template; deployment: Deployment; values: ResourceValues },
  ): Promise<void> {
    const { logicalId, type, retained } = resource
    const properties = resource.resolve(values)
    const text = jsonText(properties)
    const standing = this.standing.get(logicalId)
    const before = standing?.type === type ? standing.made : undefined
    if (before !== undefined && standing?.text === text && kind.always === undefined) {
      this.standing.set(logicalId, { ...standing, retained })
      return
    }
    try {
      const made = await kind.put({ logicalId, type, properties, before }, deployment)
      if (standing !== undefined && (standing.type !== type || standing.made.physicalId !== made.physicalId)) {
        this.leftovers.push(standing.made)
      }
      this.standing.set(logicalId, { type, made, text, retained })
    } catch (error) {
      throw explained(error, resource, template)
    }
  }

  /** Drops the records of parts that an API has lost, whatever becomes of this deployment. */
  private readonly forget: Deployment['emptied'] = (apiId, lost) => {
    for (const [logicalId, { type, made }] of this.standing) {
      const isLost = lost === 'all' || kinds.get(type)?.described === true
      if (isLost && made.physicalId.startsWith(`${apiId}/`)) this.standing.delete(logicalId)
    }
  }

  private valuesOf(template: Template): ResourceValues {
    const { account, region } = this.parts
    const unmade = new Map(
      template.resources.filter(({ type }) => !kinds.has(type)).map((each) => [each.logicalId, each]),
    )
    return {
      ref: (logicalId) => (unmade.has(logicalId) ? logicalId : this.standing.get(logicalId)?.made.ref),
      attribute: (logicalId, name) => {
        const resource = unmade.get(logicalId)
        if (resource !== undefined) return standIn(resource, name, { account, region })
        const attributes = this.standing.get(logicalId)?.made.attributes ?? {}
        return Object.hasOwn(attributes, name) ? attributes[name] : undefined
      },
    }
  }

  /** Removes what was replaced and what left the template, the youngest first. */
  private async clean(template: Template): Promise<void> {
    const wanted = new Set(template.resources.map(({ logicalId }) => logicalId))
    const left = [...this.standing].filter(([logicalId]) => !wanted.has(logicalId)).reverse()
    const gone = [...left.flatMap(([, { made, retained }]) => (retained ? [] : [made])), ...this.leftovers.reverse()]
    for (const [logicalId] of left) this.standing.delete(logicalId)
    this.leftovers = []
    const kept = new Set([...this.standing.values()].map(({ made }) => made.physicalId))
    for (const made of gone) if (!kept.has(made.physicalId)) await quietly(made.remove(this.parts.call))
  }
}

const freezing = new Set(['AWS::ApiGateway::Deployment', 'AWS::ApiGatewayV2::Deployment'])

/** Orders deployments, and what depends on them, after everything else: a template need not name every method in `DependsOn`. */
function deploymentsLast(resources: readonly TemplateResource[]): readonly TemplateResource[] {
  const late = new Set<string>()
  for (const { logicalId, type, dependencies } of resources) {
    if (freezing.has(type) || dependencies.some((id) => late.has(id))) late.add(logicalId)
  }
  const isLate = ({ logicalId }: TemplateResource): boolean => late.has(logicalId)
  return [...resources.filter((each) => !isLate(each)), ...resources.filter(isLate)]
}

function explained(error: unknown, { logicalId, type, place }: TemplateResource, template: Template): unknown {
  if (error instanceof PropertyFault) {
    return new DeployError(`${logicalId}: ${error.message}`, template.placeOf(error.node), error)
  }
  if (error instanceof ServiceFault && error.status < 500) {
    return new DeployError(`${logicalId} (${type}): ${error.message}`, place, error)
  }
  return error
}
