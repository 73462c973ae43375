// Mapping templates of WebSocket APIs: which one a selection expression names, and running it. WebSocket 27.2, 27.4.
import { RequestParameters } from '../../nouns/request-parameters.ts'
import { compileSelection, type SelectionResponse, type SelectionSources } from '../../nouns/selection-expression.ts'
import { socketContextReader } from '../../nouns/socket-context.ts'
import type { SocketExchange, SocketStage } from '../../nouns/socket.ts'
import { stageVariablesObject } from './context.ts'
import { inputObject } from './input.ts'
import { JsonBody } from './json-body.ts'
import { socketContextObject } from './socket-context.ts'
import { compileMappingTemplate, templateFault, type BoundedTemplate } from './templates.ts'
import { utilObject } from './util.ts'

type Direction = 'request' | 'response'

/** Renders for one event; `text` is the body that `$input` reads. Throws GatewayFault. */
export type SocketTemplate = (exchange: SocketExchange, text: string) => string

export interface SocketTemplates {
  readonly isEmpty: boolean
  /** The template that the expression names, else `$default`'s; undefined when there is neither. */
  readonly choose: (exchange: SocketExchange, response?: SelectionResponse) => SocketTemplate | undefined
}

/** `expression`: the templateSelectionExpression; without one, `$default` is chosen. */
export function compileSocketTemplates(
  templates: Readonly<Record<string, string>> | undefined,
  expression: string | undefined,
  stage: SocketStage,
  direction: Direction,
): SocketTemplates {
  const byKey = new Map<string, SocketTemplate>()
  for (const [key, text] of Object.entries(templates ?? {})) {
    // An empty response template is none: the body passes as it is, as it does through the empty one that AWS's tutorials set.
    if (direction === 'request' || text !== '') byKey.set(key, socketTemplate(text, stage, direction))
  }
  const otherwise = byKey.get('$default')
  const selection = compileSelection(expression ?? '$default')
  const { constant } = selection
  if (constant !== undefined) {
    const only = byKey.get(constant) ?? otherwise
    return { isEmpty: byKey.size === 0, choose: () => only }
  }
  return {
    isEmpty: byKey.size === 0,
    choose: (exchange, response) =>
      byKey.get(selection.evaluate(selectionSources(exchange, stage, response))) ?? otherwise,
  }
}

/** What selection expressions of an event read. */
function selectionSources(
  exchange: SocketExchange,
  stage: SocketStage,
  response?: SelectionResponse,
): SelectionSources {
  return {
    body: exchange.document,
    context: (name) => {
      const value = socketContextReader(name)?.(exchange, stage)
      return value === undefined || value === null ? undefined : String(value)
    },
    stageVariables: stage.variables,
    response,
  }
}

const noParameters = new RequestParameters({ rawQuery: '', headers: [] })

function parametersOf({ handshake }: SocketExchange): RequestParameters {
  return handshake === undefined ? noParameters : new RequestParameters({ ...handshake })
}

function socketTemplate(text: string, stage: SocketStage, direction: Direction): SocketTemplate {
  // Without a reference or directive there is nothing to run.
  if (!/[$#]/.test(text)) return () => text
  const stageVariables = stageVariablesObject(stage)
  let template: BoundedTemplate | undefined
  return (exchange, input) => {
    try {
      template ??= compileMappingTemplate(text)
      const { work } = template
      const variables = {
        input: inputObject({ body: new JsonBody(input), parameters: parametersOf(exchange), work }),
        context: socketContextObject(exchange, stage),
        stageVariables,
        util: utilObject(work),
      }
      const output = template.render(variables, input.length)
      exchange.listener?.decided({
        step: direction === 'request' ? 'mapRequest' : 'mapResponse',
        verdict: 'template rendered',
        reason: { chars: output.length },
        atMs: exchange.receivedAtMs,
      })
      return output
    } catch (error) {
      throw templateFault(error, direction)
    }
  }
}
