// `Cors` of a REST API: an OPTIONS method with a mock integration for every path.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-corsconfiguration.html
import type { Draft } from '../draft.ts'
import { Problem } from '../fault.ts'
import type { Node, Plain } from '../node.ts'
import { booleanOf, entriesOf, member, textOf } from '../node.ts'
import { anyMethod, type Definition } from './definition.ts'

/** SAM: a text is the allowed origin; values keep their inner quotes (`"'*'"`). */
interface Cors {
  readonly origin: Node
  readonly headers: Node | undefined
  readonly methods: string | undefined
  readonly maxAge: Node | undefined
  readonly credentials: boolean
}

const known = new Set(['AllowCredentials', 'AllowHeaders', 'AllowMethods', 'AllowOrigin', 'MaxAge'])
const allMethods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

/** Adds the preflight methods; a path that has OPTIONS keeps its own. */
export function addCors(api: Draft, definition: Definition): void {
  const node = member(api.properties, 'Cors')
  if (node === undefined) return
  const cors = readCors(api, node)
  for (const path of definition.pathNames) {
    if (definition.verbsOf(path).some((verb) => verb.toLowerCase() === 'options')) continue
    definition.put(path, 'options', preflight(cors, cors.methods ?? methodsOf(definition, path)))
  }
}

function readCors({ logicalId }: Draft, node: Node): Cors {
  const text = textOf(node)
  const origin = node.kind === 'map' ? member(node, 'AllowOrigin') : node
  for (const [name, each] of entriesOf(node)) {
    if (!known.has(name)) throw new Problem(`${logicalId}: Cors has no member ${name}`, each)
  }
  if (text === 'true' || text === 'false' || origin === undefined) {
    throw new Problem(`${logicalId}: Cors is an origin such as "'*'", or a map with AllowOrigin`, node)
  }
  const credentials = booleanOf(member(node, 'AllowCredentials')) === true
  if (credentials && textOf(origin) === "'*'") {
    throw new Problem(`${logicalId}: AllowCredentials does not go with the AllowOrigin '*'`, node)
  }
  return {
    origin,
    credentials,
    headers: member(node, 'AllowHeaders'),
    methods: textOf(member(node, 'AllowMethods')),
    maxAge: member(node, 'MaxAge'),
  }
}

/** The methods of the path itself, quoted as a static value of a response header. */
function methodsOf(definition: Definition, path: string): string {
  const verbs = definition.verbsOf(path)
  const names = verbs.includes(anyMethod) ? allMethods : [...verbs.map((verb) => verb.toUpperCase()), 'OPTIONS']
  return `'${[...new Set(names)].sort().join(',')}'`
}

function preflight({ origin, headers, maxAge, credentials }: Cors, methods: string): Plain {
  const values: readonly (readonly [string, Plain | undefined])[] = [
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Allow-Methods', methods],
    ['Access-Control-Allow-Headers', headers],
    ['Access-Control-Max-Age', maxAge],
    ['Access-Control-Allow-Credentials', credentials ? "'true'" : undefined],
  ]
  const sent = values.filter((pair): pair is readonly [string, Plain] => pair[1] !== undefined)
  const parameters = sent.map(([name, value]) => [`method.response.header.${name}`, value] as const)
  return {
    summary: 'CORS support',
    consumes: ['application/json'],
    produces: ['application/json'],
    responses: {
      200: {
        description: 'Default response for CORS method',
        headers: Object.fromEntries(sent.map(([name]) => [name, { type: 'string' }])),
      },
    },
    'x-amazon-apigateway-integration': {
      type: 'mock',
      requestTemplates: { 'application/json': '{\n  "statusCode" : 200\n}\n' },
      responses: {
        default: {
          statusCode: '200',
          responseParameters: Object.fromEntries(parameters),
          responseTemplates: { 'application/json': '{}\n' },
        },
      },
    },
  }
}
