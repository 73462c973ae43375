// The two models that every API made by CreateRestApi starts with (recorded REST 8; imported APIs do not get them).
import type { Model } from '@sluice/aws-protocol/apigateway'

/** AWS prints these schemas with two blanks of indentation and a blank on both sides of each colon. */
function printed(schema: object): string {
  return JSON.stringify(schema, null, 2).replaceAll('": ', '" : ')
}

const draft4 = 'http://json-schema.org/draft-04/schema#'

export const defaultModels: readonly Omit<Model, 'id'>[] = [
  {
    name: 'Empty',
    description: 'This is a default empty schema model',
    schema: printed({ $schema: draft4, title: 'Empty Schema', type: 'object' }),
    contentType: 'application/json',
  },
  {
    name: 'Error',
    description: 'This is a default error schema model',
    schema: printed({
      $schema: draft4,
      title: 'Error Schema',
      type: 'object',
      properties: { message: { type: 'string' } },
    }),
    contentType: 'application/json',
  },
]
