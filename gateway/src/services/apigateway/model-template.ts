// The mapping template that AWS sketches from a model: a VTL skeleton that produces JSON of the schema's form (R 16.2).

interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly $ref?: string
  readonly definitions?: Readonly<Record<string, Schema>>
}

/** A schema that refers to itself would never end: what is deeper, or beyond the budget of values, becomes an empty object. */
const deepest = 20
const mostValues = 2000

/** The skeleton for a schema whose references are local (`#/definitions/…`), as JSON text. */
export function modelTemplate(schemaJson: string): string {
  const root = JSON.parse(schemaJson) as Schema
  const body = new Sketch(root.definitions ?? {}).value(root, '$inputRoot', 0)
  return `#set($inputRoot = $input.path('$'))\n${body}`
}

class Sketch {
  private readonly definitions: Readonly<Record<string, Schema>>
  private loops = 0
  private values = 0

  constructor(definitions: Readonly<Record<string, Schema>>) {
    this.definitions = definitions
  }

  /** One value; `path` is where the loop of an array takes its elements from, `depth` counts nesting. */
  value(given: Schema, path: string, depth: number): string {
    this.values += 1
    if (depth > deepest || this.values > mostValues) return '{ }'
    const schema = this.resolved(given)
    if (schema.type === 'array') return this.array(schema, path, depth)
    if (schema.type === 'object' || schema.properties !== undefined) return this.object(schema, path, depth)
    if (schema.type === 'boolean') return 'true'
    return schema.type === 'integer' || schema.type === 'number' ? '42' : '"foo"'
  }

  private resolved(schema: Schema): Schema {
    const name = schema.$ref?.replace('#/definitions/', '')
    if (name === undefined) return schema
    const target = Object.hasOwn(this.definitions, name) ? this.definitions[name] : undefined
    return target ?? { type: 'object' }
  }

  private object({ properties = {} }: Schema, path: string, depth: number): string {
    const members = Object.entries(properties)
    if (members.length === 0) return '{ }'
    const indent = '  '.repeat(depth + 1)
    const lines = members.map(([name, schema]) => {
      return `${indent}${JSON.stringify(name)} : ${this.value(schema, `${path}.${name}`, depth + 1)}`
    })
    return `{\n${lines.join(',\n')}\n${'  '.repeat(depth)}}`
  }

  private array({ items = {} }: Schema, path: string, depth: number): string {
    const element = this.loops === 0 ? '$elem' : `$elem${this.loops}`
    this.loops += 1
    const value = this.value(items, element, depth + 1)
    const comment = '##TODO: Update this foreach loop to reference array from input json'
    const indent = '  '.repeat(depth)
    return `[\n${comment}\n#foreach(${element} in ${path})\n${indent}  ${value}#if($foreach.hasNext),#end\n#end\n${indent}]`
  }
}
