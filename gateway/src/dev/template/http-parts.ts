// Parts of HTTP and WebSocket APIs, and what stands beside them: their operations all follow one pattern.
import type { ResourceKind } from './resource-kind.ts'
import { rowKind, type Row } from './row-kind.ts'

/** `CreateRoute`, `UpdateRoute`, `DeleteRoute`, with the id `RouteId`. */
function part(name: string, place: readonly string[], more: Partial<Row> = {}): readonly [string, ResourceKind] {
  const row: Row = {
    service: 'apigatewayv2',
    create: `Create${name}`,
    remove: `Delete${name}`,
    place,
    id: { output: `${name}Id`, input: `${name}Id` },
    update: { operation: `Update${name}`, way: 'whole' },
    ...more,
  }
  return [`AWS::ApiGatewayV2::${name}`, rowKind(row)]
}

export const httpParts: readonly (readonly [string, ResourceKind])[] = [
  part('Integration', ['ApiId']),
  part('IntegrationResponse', ['ApiId', 'IntegrationId']),
  part('Route', ['ApiId'], { named: true }),
  part('RouteResponse', ['ApiId', 'RouteId']),
  part('Authorizer', ['ApiId']),
  part('Model', ['ApiId']),
  part('Deployment', ['ApiId'], { always: true }),
  part('Stage', ['ApiId'], { id: { output: 'StageName', input: 'StageName' }, named: true }),
  part('VpcLink', []),
  part('DomainName', [], { id: { output: 'DomainName', input: 'DomainName' }, named: true }),
  part('ApiMapping', ['DomainName']),
]
