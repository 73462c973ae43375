// Mapping templates of one side of a method: which one serves a media type, and running it within its budget.
import { compileRegex, RegexFault, type JavaRegex } from '@sluice/java-regex'
import { BudgetFault, compileTemplate, MethodFault, TemplateFault, type Regex, type Variables } from '@sluice/vtl'
import type { ContextExchange } from '../../nouns/context.ts'
import { configurationFault, type GatewayFault } from '../../nouns/faults.ts'
import { firstMediaType } from '../../nouns/media-type.ts'
import type { Overrides } from '../../nouns/outgoing.ts'
import type { RequestParameters } from '../../nouns/request-parameters.ts'
import type { RestStage } from '../../nouns/rest.ts'
import { headerValue } from '../answer/hop-headers.ts'
import { contextObject, stageVariablesObject } from './context.ts'
import { inputObject } from './input.ts'
import type { JsonBody } from './json-body.ts'
import { utilObject } from './util.ts'
import { Work } from './work.ts'

/** AWS: a `#foreach` may turn 1,000 times (?). */
const maxIterations = 1_000
/** Some 30 ms. */
const maxSteps = 300_000

/** Own: the processor time that a render may take, which is a last resort. A megabyte of body adds 50 ms for reading and writing it. */
function renderMs(bodyChars: number): number {
  return 100 + Math.ceil(bodyChars / 20_000)
}

/** What a template may read. */
export interface TemplateInput {
  readonly exchange: ContextExchange
  readonly parameters: RequestParameters
  /** Called by a template that is no constant. */
  readonly body: () => JsonBody
  readonly overrides: Overrides
}

export interface MappingTemplate {
  /** The key it stands under: a media type, or `$default`. HTTP can carry it. */
  readonly key: string
  readonly isEmpty: boolean
  /** Throws GatewayFault, a configuration error. */
  readonly render: (input: TemplateInput) => string
}

/** Templates by media type, in the order of their definition. */
export interface MappingTemplates {
  readonly isEmpty: boolean
  readonly first: MappingTemplate | undefined
  /** The template of a media type (a whole header value will do); undefined when there is none under this key. */
  readonly find: (mediaType: string) => MappingTemplate | undefined
}

/** `direction` is the word in AWS's log line: `Unable to transform request`. */
export function compileTemplates(
  templates: Readonly<Record<string, string | null>> | undefined,
  stage: RestStage,
  direction: 'request' | 'response',
): MappingTemplates {
  const byKey = new Map<string, MappingTemplate>()
  for (const [key, text] of Object.entries(templates ?? {})) {
    byKey.set(key.toLowerCase(), mappingTemplate(headerValue(key), text ?? '', stage, direction))
  }
  return {
    isEmpty: byKey.size === 0,
    first: byKey.values().next().value,
    find: (mediaType) => byKey.get(mediaType) ?? byKey.get(firstMediaType(mediaType)),
  }
}

function mappingTemplate(
  key: string,
  text: string,
  stage: RestStage,
  direction: 'request' | 'response',
): MappingTemplate {
  // Without a reference or directive there is nothing to run.
  if (!/[$#]/.test(text)) return { key, isEmpty: text === '', render: () => text }
  const stageVariables = stageVariablesObject(stage)
  let template: BoundedTemplate | undefined
  return {
    key,
    isEmpty: false,
    render: ({ exchange, parameters, body, overrides }) => {
      try {
        template ??= compileMappingTemplate(text)
        const { work } = template
        const read = body()
        const variables = {
          input: inputObject({ body: read, parameters, work }),
          context: contextObject(exchange, stage, overrides),
          stageVariables,
          util: utilObject(work),
        }
        const output = template.render(variables, read.text.length)
        exchange.listener?.decided({
          step: direction === 'request' ? 'mapRequest' : 'mapResponse',
          verdict: 'template rendered',
          reason: { template: key, chars: output.length },
          atMs: exchange.receivedAtMs,
        })
        return output
      } catch (error) {
        throw templateFault(error, direction)
      }
    },
  }
}

/** A template with the bounds that every kind of API has. */
export interface BoundedTemplate {
  /** What `$input` and `$util` of a render spend of. */
  readonly work: Work
  /** `bodyChars`: of the body that is mapped; a long one may take longer. Throws TemplateFault and BudgetFault. */
  readonly render: (variables: Variables, bodyChars: number) => string
}

/** Throws TemplateFault. */
export function compileMappingTemplate(text: string): BoundedTemplate {
  const work = new Work()
  const regex = (pattern: string): Regex => boundedRegex(pattern, work)
  const template = compileTemplate(text, { missing: 'empty', maxIterations, regex })
  return {
    work,
    render: (variables, bodyChars) => {
      const timeMs = renderMs(bodyChars)
      work.restart(timeMs)
      return template.render(variables, { steps: maxSteps, timeMs })
    },
  }
}

/** What a failed render is to a client; anything that is no fault of the template stays what it is. */
export function templateFault(error: unknown, direction: string): unknown {
  if (!(error instanceof TemplateFault) && !(error instanceof BudgetFault)) return error
  return unableToTransform(direction, error)
}

/** AWS's words; the template engine's own are the cause, which listeners are told. */
export function unableToTransform(direction: string, cause: Error): GatewayFault {
  return configurationFault(`Unable to transform ${direction}`, cause)
}

/** Java's regular expressions for `matches`, `replaceAll` and `split`: none can run away, nor can all of a render together. */
function boundedRegex(pattern: string, work: Work): Regex {
  const regex = work.run(Infinity, () => asMethod(() => compileRegex(pattern)))
  const use = <Result>(call: (regex: JavaRegex) => Result): Result =>
    // A short text may be long work for a pattern, so every call is measured.
    work.run(Infinity, () => asMethod(() => call(regex)))
  return {
    test: (text) => use((each) => each.matches(text)),
    replace: (text, replacement, all) =>
      use((each) => (all ? each.replaceAll(text, replacement) : each.replaceFirst(text, replacement))),
    split: (text, limit) => use((each) => each.split(text, limit)),
  }
}

function asMethod<Result>(call: () => Result): Result {
  try {
    return call()
  } catch (error) {
    throw error instanceof RegexFault ? new MethodFault(error.message, { cause: error }) : error
  }
}
