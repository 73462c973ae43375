// What quick create made belongs to the service: some of it may be changed, none of it deleted by itself (HTTP 14).
import { BadRequestException } from '@sluice/aws-protocol/apigatewayv2'

interface Managed {
  readonly ApiGatewayManaged?: boolean | undefined
}

/** Refuses what quick create's own resource does not allow; `noun` is `Route`, `Integration`, `Stage`. */
export function refuseManaged(record: Managed, verb: 'delete' | 'update', noun: string): void {
  if (record.ApiGatewayManaged === true) {
    throw new BadRequestException(`Cannot ${verb} ${noun} because it is managed by API Gateway`)
  }
}
