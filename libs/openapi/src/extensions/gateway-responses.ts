// `x-amazon-apigateway-gateway-responses` of the document: customised answers of the gateway itself.
import { entriesOf, member, textOf } from '../node.ts'
import type { Reading } from '../reading.ts'
import { present } from '../record.ts'
import type { GatewayResponse } from '../rest-description.ts'
import { readStrings, readTemplates } from './strings.ts'

/** One entry per response type; integer status codes become text — recorded, rest-recorded.md 17. */
export function readGatewayResponses(reading: Reading): GatewayResponse[] {
  const responses = entriesOf(member(reading.root, 'x-amazon-apigateway-gateway-responses'))
  return [...responses].map(([responseType, node]) =>
    present<GatewayResponse>({
      responseType,
      statusCode: textOf(member(node, 'statusCode')),
      responseParameters: readStrings(
        member(node, 'responseParameters'),
        { member: 'responseParameters', owner: `gateway response '${responseType}'` },
        reading,
      ),
      responseTemplates: readTemplates(member(node, 'responseTemplates')),
    }),
  )
}
