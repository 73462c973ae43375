// Protects the resources that quick create made: some of them may be changed, none deleted by itself (HTTP 14).
import { BadRequestException } from '@sluice/aws-protocol/apigatewayv2'

interface Managed {
  readonly ApiGatewayManaged?: boolean | undefined
}

/** Throws when quick create made the resource and it does not allow this. `noun` is `Route`, `Integration` or `Stage`. */
export function refuseManaged(record: Managed, verb: 'delete' | 'update', noun: string): void {
  if (record.ApiGatewayManaged === true) {
    throw new BadRequestException(`Cannot ${verb} ${noun} because it is managed by API Gateway`)
  }
}
