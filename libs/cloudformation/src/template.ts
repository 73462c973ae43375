// Prepares a template: resources in the order in which they can be created, and outputs, to be resolved as values become known.
import { maximumResources } from './budget.ts'
import { Conditions } from './conditions.ts'
import type { Draft } from './draft.ts'
import { Evaluator, type Scope } from './evaluator.ts'
import { Problem, type Place } from './fault.ts'
import { dynamicReferences } from './dynamic-references.ts'
import { intrinsics } from './intrinsics.ts'
import type { MapNode, Node } from './node.ts'
import { member, textOf } from './node.ts'
import { inOrder, referencesIn, type Reference } from './order.ts'
import { pseudoParameters, readParameters, storedParameters } from './parameters.ts'
import { readTemplateText, type Sections } from './parse.ts'
import { Includes } from './includes.ts'
import { Resolver, type ResourceValues } from './resolver.ts'
import { readGlobals, withGlobals } from './sam/globals.ts'
import { serverlessTransform, transformServerless, type Transformed } from './sam/transform.ts'

export interface TemplateOptions {
  readonly accountId: string
  readonly region: string
  readonly stackName: string
  /** Values of parameters, by name; the others have their defaults. */
  readonly parameters?: ReadonlyMap<string, string>
  /** The text of a file that the template names (`DefinitionUri`, `AWS::Include`); it throws, or returns `undefined`, for none. */
  readonly readFile?: (location: string) => string | undefined
}

/** A resource to be created. */
export interface TemplateResource {
  readonly logicalId: string
  readonly type: string
  readonly place: Place
  /** The logical ids of the resources that must exist before this one. */
  readonly dependencies: readonly string[]
  /** Whether it stays when it leaves the template (`DeletionPolicy: Retain`). */
  readonly retained: boolean
  /** The properties, with the values of resources in place. Throws a `TemplateFault` for a value that is not known. */
  readonly resolve: (values: ResourceValues) => MapNode
}

export interface TemplateOutput {
  readonly name: string
  readonly description: string | undefined
  /** The output as text. Throws as {@link TemplateResource.resolve} does. */
  readonly resolve: (values: ResourceValues) => string
}

/** A warning about something that does not have the effect it has on AWS. */
export interface Warning extends Place {
  readonly message: string
}

export interface Template {
  readonly description: string | undefined
  readonly resources: readonly TemplateResource[]
  readonly outputs: readonly TemplateOutput[]
  readonly warnings: readonly Warning[]
  readonly placeOf: (node: { readonly offset: number }) => Place
}

/**
 * Reads a template, JSON or YAML: evaluates parameters, mappings, conditions and functions as far as they can be, applies
 * SAM's transform, and orders the resources. Throws `TemplateFault`, and nothing else, for whatever is wrong with it.
 */
export function readTemplate(text: string, options: TemplateOptions): Template {
  const { sections, lines } = readTemplateText(text)
  return lines.guard(() => {
    const scope = scopeOf(sections, options)
    const { drafts, aliases, remarks } = draftsOf(sections, scope)
    if (drafts.length > maximumResources)
      throw new Problem(`There are more than ${maximumResources} resources`, sections.root)
    const resolver = new Resolver(scope, aliases, lines)
    const outputs = outputsOf(sections, scope)
    const ordered = ordering(drafts, outputs, aliases)
    return {
      description: sections.description,
      resources: ordered.map(({ draft, dependencies }) => ({
        logicalId: draft.logicalId,
        type: draft.type,
        place: lines.at(draft.offset),
        dependencies,
        retained: draft.retained,
        resolve: (values) => resolver.properties(draft, values),
      })),
      outputs: outputs.map(({ name, description, value }) => ({
        name,
        description,
        resolve: (values) => resolver.text(value, values),
      })),
      warnings: [
        ...storedParameters(sections.parameters, options.parameters ?? new Map()),
        ...remarks,
        ...dynamicReferences(drafts),
      ].map(({ message, offset }) => ({ message, ...lines.at(offset) })),
      placeOf: ({ offset }) => lines.at(offset),
    }
  })
}

function scopeOf(sections: Sections, { parameters = new Map(), readFile, ...pseudo }: TemplateOptions): Scope {
  const includes = new Includes(readFile)
  const base = {
    parameters: new Map([...readParameters(sections.parameters, parameters), ...pseudoParameters(pseudo)]),
    mappings: sections.mappings,
    include: (location: string, node: Node): Node => includes.read(location, node),
  }
  const conditions = new Conditions(sections.conditions, base)
  return { ...base, condition: (name, node) => conditions.holds(name, node) }
}

function draftsOf(sections: Sections, scope: Scope): Transformed {
  const evaluator = new Evaluator(scope, intrinsics)
  const isServerless = checkTransforms(sections)
  const globals = isServerless ? readGlobals(sections.globals) : new Map<string, Node>()
  const drafts: Draft[] = []
  for (const declaration of sections.resources.values()) {
    const { logicalId, type, node, properties, dependsOn, condition, retained } = declaration
    const name = textOf(condition)
    if (condition !== undefined && !scope.condition(name ?? '', condition)) continue
    if (!isServerless && type.startsWith('AWS::Serverless::')) {
      throw new Problem(`${logicalId}: the type ${type} needs Transform: ${serverlessTransform}`, node)
    }
    drafts.push({
      logicalId,
      type,
      properties: evaluator.value(withGlobals(globals.get(type), properties, node)) as MapNode,
      dependsOn: dependsOn.map((each) => dependencyOf(each, sections)),
      retained,
      offset: node.offset,
    })
  }
  const global = (type: string): MapNode => {
    const found = globals.get(type)
    return found?.kind === 'map' ? (evaluator.value(found) as MapNode) : { kind: 'map', entries: new Map(), offset: 0 }
  }
  if (!isServerless) return { drafts, aliases: new Map(), remarks: [] }
  const transformed = transformServerless(drafts, {
    globals: global,
    include: (location, node) => evaluator.value(scope.include(location, node)),
  })
  // The transform's resources contain functions of their own, which are evaluated too.
  return {
    ...transformed,
    drafts: transformed.drafts.map((draft) => ({
      ...draft,
      properties: new Evaluator(scope, intrinsics).value(draft.properties) as MapNode,
    })),
  }
}

function checkTransforms({ transforms }: Sections): boolean {
  for (const { name, node } of transforms) {
    if (name === serverlessTransform || name === 'AWS::LanguageExtensions') continue
    throw new Problem(`The transform ${name} is not available here; there is ${serverlessTransform}`, node)
  }
  return transforms.some(({ name }) => name === serverlessTransform)
}

function dependencyOf(node: Node, { resources }: Sections): string {
  const name = textOf(node)
  if (name !== undefined && resources.has(name)) return name
  throw new Problem(`Unresolved resource dependencies [${name ?? ''}] in the Resources block of the template`, node)
}

interface PendingOutput {
  readonly name: string
  readonly description: string | undefined
  readonly value: Node
}

function outputsOf({ outputs }: Sections, scope: Scope): readonly PendingOutput[] {
  const evaluator = new Evaluator(scope, intrinsics)
  const found: PendingOutput[] = []
  for (const [name, node] of outputs) {
    const condition = member(node, 'Condition')
    if (condition !== undefined && !scope.condition(textOf(condition) ?? '', condition)) continue
    const value = member(node, 'Value')
    if (value === undefined) throw new Problem(`The output ${name} needs a Value`, node)
    const evaluated = evaluator.evaluate(value)
    if (evaluated !== undefined)
      found.push({ name, description: textOf(member(node, 'Description')), value: evaluated })
  }
  return found
}

interface Ordered {
  readonly draft: Draft
  readonly logicalId: string
  readonly offset: number
  readonly dependencies: readonly string[]
}

function ordering(
  drafts: readonly Draft[],
  outputs: readonly PendingOutput[],
  aliases: ReadonlyMap<string, string>,
): readonly Ordered[] {
  const ids = new Set(drafts.map(({ logicalId }) => logicalId))
  const targetOf = ({ logicalId, attribute, node }: Reference, block: string): string => {
    const target = aliases.get(attribute === undefined ? logicalId : `${logicalId}.${attribute}`) ?? logicalId
    if (ids.has(target)) return target
    throw new Problem(`Unresolved resource dependencies [${logicalId}] in the ${block} block of the template`, node)
  }
  for (const { value } of outputs) for (const reference of referencesIn(value)) targetOf(reference, 'Outputs')
  return inOrder(
    drafts.map((draft) => {
      const references = referencesIn(draft.properties).map((reference) => targetOf(reference, 'Resources'))
      // A resource that its condition leaves out is not waited for.
      const dependencies = [...new Set([...references, ...draft.dependsOn.filter((id) => ids.has(id))])]
      return { draft, logicalId: draft.logicalId, offset: draft.offset, dependencies }
    }),
  )
}
