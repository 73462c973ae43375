// The security scheme of methods and routes with IAM authorization, as AWS exports it.
import type { Node } from '../node.ts'
import { mapOf } from './tree.ts'

/** The name of the scheme in requirements. */
export const iamSchemeName = 'sigv4'

/** The scheme, for methods and routes that are signed for. */
export const iamScheme: Node = mapOf({
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'awsSigv4',
})
