// `AWS::ApiGatewayV2::Api`: an HTTP or WebSocket API, made once under an id of its own.
import { booleanOf, member, textOf } from '@sluice/cloudformation'
import { bodyText } from './body.ts'
import { found } from './found.ts'
import { idOf } from './ids.ts'
import { attributesOf, inputOf, type Input } from './input.ts'
import type { Deployment, ResourceKind, Wanted } from './resource-kind.ts'

const apart = ['Body', 'BodyS3Location', 'FailOnWarnings', 'BasePath', 'DisableSchemaValidation'] as const

export const httpApi: ResourceKind = {
  put: async (wanted, deployment) => {
    const { call } = deployment
    const body = await bodyText(wanted, deployment, 'HTTP')
    const given = inputOf(wanted, ['apigatewayv2', 'CreateApi'], {
      except: body === undefined ? ['FailOnWarnings', 'BasePath'] : apart,
    })
    const input: Input = { ...(body === undefined && { Name: wanted.logicalId }), ...given }
    const ApiId = idOf(deployment, wanted)
    await makeRoom(wanted, deployment, { ApiId, input, body })
    if ((await found(call('apigatewayv2', 'GetApi', { ApiId }))) === undefined) {
      const Tags = { ...(input['Tags'] as object | undefined), _custom_id_: ApiId }
      await call('apigatewayv2', 'CreateApi', { Name: 'API', ProtocolType: 'HTTP', ...input, Tags })
    } else if (body === undefined) {
      await call('apigatewayv2', 'UpdateApi', { ...updatable(input), ApiId })
    }
    if (body !== undefined) await putDocument(wanted, deployment, { ApiId, body, settings: updatable(input) })
    return {
      physicalId: ApiId,
      ref: ApiId,
      attributes: { ApiId, ...attributesOf(await call('apigatewayv2', 'GetApi', { ApiId })) },
      input: { ...input, body: body !== undefined },
      remove: async (call) => void (await call('apigatewayv2', 'DeleteApi', { ApiId })),
    }
  },
}

/** Deletes an API first when it cannot become the new one, or when an earlier run left it with unknown parts. */
async function makeRoom(
  { before }: Wanted,
  { call, emptied }: Deployment,
  { ApiId, input, body }: { readonly ApiId: string; readonly input: Input; readonly body: string | undefined },
): Promise<void> {
  const current = await found(call('apigatewayv2', 'GetApi', { ApiId }))
  if (current === undefined) return
  const unknown = before === undefined && body === undefined
  const changedKind = current['ProtocolType'] !== (input['ProtocolType'] ?? 'HTTP')
  const lostDocument = before?.input['body'] === true && body === undefined
  if (unknown || changedKind || lostDocument) {
    await call('apigatewayv2', 'DeleteApi', { ApiId })
    emptied(ApiId, 'all')
  } else if (before?.input['CorsConfiguration'] !== undefined && input['CorsConfiguration'] === undefined) {
    await call('apigatewayv2', 'DeleteCorsConfiguration', { ApiId })
  }
}

/** Routes, integrations and authorizers change in one step, so that no request finds half of them. */
async function putDocument(
  { properties }: Wanted,
  { call, warn }: Deployment,
  { ApiId, body, settings }: { readonly ApiId: string; readonly body: string; readonly settings: Input },
): Promise<void> {
  const FailOnWarnings = booleanOf(member(properties, 'FailOnWarnings')) ?? false
  const Basepath = textOf(member(properties, 'BasePath')) ?? 'ignore'
  const answer = await call('apigatewayv2', 'ReimportApi', { ApiId, Body: body, Basepath, FailOnWarnings })
  for (const warning of (answer['Warnings'] ?? []) as readonly string[]) warn(warning, properties)
  if (Object.keys(settings).length > 0) await call('apigatewayv2', 'UpdateApi', { ...settings, ApiId })
}

function updatable({ ProtocolType: _protocol, Tags: _tags, ...input }: Input): Input {
  return input
}
