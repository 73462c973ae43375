// Warns of members that OpenAPI 3.0 does not have, as the parser behind AWS does: an import with `failonwarnings` is refused for them.
import { entriesOf, itemsOf, member, textOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'

const verbs = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

const known = {
  document: setOf('openapi info servers paths components security tags externalDocs'),
  info: setOf('title description termsOfService contact license version'),
  components: setOf('schemas responses parameters examples requestBodies headers securitySchemes links callbacks'),
  pathItem: setOf(`$ref summary description servers parameters ${verbs.join(' ')}`),
  operation: setOf(
    'tags summary description externalDocs operationId parameters requestBody responses callbacks deprecated security servers',
  ),
  parameter: setOf(
    'name in description required deprecated allowEmptyValue style explode allowReserved schema example examples content',
  ),
}

function setOf(names: string): ReadonlySet<string> {
  return new Set(names.split(' '))
}

/**
 * Warns of every member that OpenAPI 3.0 does not have, in AWS's words: `Parse issue: attribute components.x is unexpected`
 * (observed, with `paths.'/area/{zipCode}'(get).parameters.[zipCode].type`). Schemas and responses are read elsewhere.
 */
export function warnOfUnexpected(reading: Reading): void {
  const { root, dialect } = reading
  if (dialect.major !== 3 || dialect.minor !== 0) return
  const warn = (node: Node | undefined, names: ReadonlySet<string>, place: string): void => {
    for (const [name, value] of entriesOf(node)) {
      if (names.has(name) || name.startsWith('x-')) continue
      reading.warn(`Parse issue: attribute ${place}${name} is unexpected`, value)
    }
  }
  warn(root, known.document, '')
  warn(member(root, 'info'), known.info, 'info.')
  warn(member(root, 'components'), known.components, 'components.')
  for (const [path, item] of entriesOf(member(root, 'paths'))) {
    if (path.startsWith('x-')) continue
    warn(item, known.pathItem, `paths.'${path}'.`)
    for (const verb of verbs) {
      const operation = member(item, verb)
      const place = `paths.'${path}'(${verb}).`
      warn(operation, known.operation, place)
      for (const parameter of itemsOf(member(operation, 'parameters'))) {
        // Members beside a reference are not looked at.
        if (entriesOf(parameter).has('$ref')) continue
        warn(parameter, known.parameter, `${place}parameters.[${textOf(member(parameter, 'name')) ?? ''}].`)
      }
    }
  }
}
