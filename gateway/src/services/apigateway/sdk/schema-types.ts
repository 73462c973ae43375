// Writes models as TypeScript types, as far as TypeScript can say what JSON Schema draft 4 says.
import { parsedOrUndefined } from '../model-rules.ts'

type Members = Readonly<Record<string, unknown>>

/** Values that are deeper, or beyond the budget of values of one model, become `unknown`. */
const deepest = 20
const mostValues = 2000

/** The name of a model's type in the namespace `Models`. */
export function modelTypeName(model: string): string {
  return /^[A-Za-z]/.test(model) ? model : `Model${model}`
}

/** The type of a schema's values. `models` holds the names that references may lead to. */
export function schemaType(schemaJson: string, models: ReadonlySet<string>): string {
  return new Writer(models).type(parsedOrUndefined(schemaJson), 0)
}

class Writer {
  private readonly models: ReadonlySet<string>
  private values = 0

  constructor(models: ReadonlySet<string>) {
    this.models = models
  }

  type(given: unknown, depth: number): string {
    if (depth > deepest || ++this.values > mostValues) return 'unknown'
    const schema = membersOf(given)
    if (typeof schema['$ref'] === 'string') return this.reference(schema['$ref'])
    const { type, enum: values } = schema
    if (Array.isArray(values) && values.length > 0)
      return values.map((value) => JSON.stringify(value) ?? 'unknown').join(' | ')
    const types = Array.isArray(type) ? type : [type]
    return types.map((each) => this.named(each, schema, depth)).join(' | ')
  }

  private named(type: unknown, schema: Members, depth: number): string {
    if (type === 'array') return `Array<${this.type(schema['items'], depth + 1)}>`
    if (type === 'object' || schema['properties'] !== undefined) return this.object(schema, depth)
    if (type === 'integer' || type === 'number') return 'number'
    return type === 'string' || type === 'boolean' || type === 'null' ? type : 'unknown'
  }

  private object(schema: Members, depth: number): string {
    const required: unknown = schema['required']
    const names = new Set<unknown>(Array.isArray(required) ? required : [])
    const members = Object.entries(membersOf(schema['properties']))
    if (members.length === 0) return '{ [name: string]: unknown }'
    const written = members.map(
      ([name, value]) => `${JSON.stringify(name)}${names.has(name) ? '' : '?'}: ${this.type(value, depth + 1)}`,
    )
    return `{ ${written.join('; ')} }`
  }

  /** The type that a reference names. AWS's form: `https://apigateway.amazonaws.com/restapis/{id}/models/{name}` */
  private reference(reference: string): string {
    const name = /\/models\/([A-Za-z0-9]+)$/.exec(reference)?.[1] ?? ''
    return this.models.has(name) ? modelTypeName(name) : 'unknown'
  }
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}
