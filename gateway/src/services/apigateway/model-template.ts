// The mapping template that AWS sketches from a model: a VTL skeleton that produces JSON of the schema's form (REST 16.2).
import { parsedOrUndefined } from './model-rules.ts'

/** A schema as it was stored: unchecked, so that each member may be anything. */
interface Schema {
  readonly type?: unknown
  readonly properties?: unknown
  readonly items?: unknown
  readonly $ref?: unknown
}

type Members = Readonly<Record<string, unknown>>

/** Limits for schemas that refer to themselves: deeper values, and those beyond the budget of values, become empty objects. */
const deepest = 20
const mostValues = 2000

/**
 * The skeleton for a schema, given as JSON text, whose references are local (`#/definitions/…`). Anything that is no schema
 * counts as an empty one.
 */
export function modelTemplate(schemaJson: string): string {
  const root = parsedOrUndefined(schemaJson)
  const body = new Sketch(membersOf(membersOf(root)['definitions'])).value(root, '$inputRoot', 0)
  return `#set($inputRoot = $input.path('$'))\n${body}`
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}

class Sketch {
  private readonly definitions: Members
  private loops = 0
  private values = 0

  constructor(definitions: Members) {
    this.definitions = definitions
  }

  /** Writes one value. `path` is the expression that the loop of an array takes its elements from, `depth` the nesting so far. */
  value(given: unknown, path: string, depth: number): string {
    this.values += 1
    if (depth > deepest || this.values > mostValues) return '{ }'
    const schema = this.resolved(membersOf(given))
    if (schema.type === 'array') return this.array(schema, path, depth)
    if (schema.type === 'object' || schema.properties !== undefined) return this.object(schema, path, depth)
    if (schema.type === 'boolean') return 'true'
    return schema.type === 'integer' || schema.type === 'number' ? '42' : '"foo"'
  }

  private resolved(schema: Schema): Schema {
    if (typeof schema.$ref !== 'string') return schema
    const name = schema.$ref.replace('#/definitions/', '')
    const target = Object.hasOwn(this.definitions, name) ? this.definitions[name] : { type: 'object' }
    return membersOf(target)
  }

  private object({ properties }: Schema, path: string, depth: number): string {
    const members = Object.entries(membersOf(properties))
    if (members.length === 0) return '{ }'
    const indent = '  '.repeat(depth + 1)
    const lines = members.map(([name, schema]) => {
      return `${indent}${JSON.stringify(name)} : ${this.value(schema, `${path}.${name}`, depth + 1)}`
    })
    return `{\n${lines.join(',\n')}\n${'  '.repeat(depth)}}`
  }

  private array({ items }: Schema, path: string, depth: number): string {
    const element = this.loops === 0 ? '$elem' : `$elem${this.loops}`
    this.loops += 1
    const value = this.value(items, element, depth + 1)
    const comment = '##TODO: Update this foreach loop to reference array from input json'
    const indent = '  '.repeat(depth)
    return `[\n${comment}\n#foreach(${element} in ${path})\n${indent}  ${value}#if($foreach.hasNext),#end\n#end\n${indent}]`
  }
}
