// The models of a REST API: one for every named schema, and one for every schema written in place.
import { createHash } from 'node:crypto'
import { prettyJson } from '../json-text.ts'
import { entriesOf, member, textOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import { present } from '../record.ts'
import { referenceOf } from '../refs.ts'
import type { Model } from '../rest-description.ts'
import type { SchemaContext } from './schema.ts'
import { convertSchema, isComposed, modelNameOf, typeOf } from './schema.ts'

/** Stands for the API's id in model references when `readRestApi` was not told it. */
export const restApiIdPlaceholder = '{restApiId}'

const modelNameForm = /^[A-Za-z0-9]+$/

/** How a model refers to another of the same API: always this host, whatever the endpoint — recorded, rest-recorded.md 8. */
export function modelReference(restApiId: string, name: string): string {
  return `https://apigateway.amazonaws.com/restapis/${restApiId}/models/${name}`
}

/** The place of a schema without a name of its own, for the sentence when AWS makes no model of it. */
export interface SchemaUse {
  readonly sentence: string
  /** AWS names its own class in a request's sentence whatever the schema is. */
  readonly kind?: string
}

export class Models {
  private readonly reading: Reading
  private readonly restApiId: string
  private readonly byName = new Map<string, Model>()
  private readonly named: ReadonlyMap<string, Node>
  /** The names of schemas that were written in place, by where they stand. */
  private readonly generated = new Map<number, string>()

  constructor(reading: Reading, restApiId: string) {
    this.reading = reading
    this.restApiId = restApiId
    const { root, dialect } = reading
    this.named = entriesOf(
      dialect.major === 2 ? member(root, 'definitions') : member(member(root, 'components'), 'schemas'),
    )
    for (const [name, schema] of this.named) this.readNamed(name, schema)
  }

  get all(): readonly Model[] {
    return [...this.byName.values()]
  }

  /** The name of the model for a schema: the one it refers to, or one made for it. `undefined` after a warning. */
  nameFor(schema: Node, use: SchemaUse): string | undefined {
    const reference = referenceOf(schema)
    if (reference !== undefined) return this.referenced(reference, schema)
    const kind = this.unsupportedKind(schema)
    if (kind !== undefined) {
      this.reading.warn(`Unsupported model type '${use.kind ?? kind}' ${use.sentence}. Ignoring.`, schema)
      return undefined
    }
    const known = this.generated.get(schema.offset) ?? this.generate(schema)
    this.generated.set(schema.offset, known)
    return known
  }

  private readNamed(name: string, schema: Node): void {
    if (modelNameForm.test(name)) {
      const description = textOf(member(schema, 'description'))
      this.byName.set(
        name,
        present({ name, contentType: 'application/json', description, schema: this.textOf(name, schema) }),
      )
    } else {
      this.reading.warn(`Unable to create model for '${name}': Model name must be alphanumeric: ${name}`, schema)
    }
  }

  private referenced(reference: string, schema: Node): string | undefined {
    const name = modelNameOf(reference)
    if (name !== undefined && this.has(name)) return name
    this.reading.warn(`Reference to model '${name ?? reference}' not found. Ignoring.`, schema)
    return undefined
  }

  private has(name: string): boolean {
    return modelNameForm.test(name) && this.named.has(name)
  }

  /** AWS's class name for a schema it makes no model of where it is written in place (reported from real imports). */
  private unsupportedKind(schema: Node): string | undefined {
    const swagger = this.reading.dialect.major === 2
    if (isComposed(schema)) return swagger ? 'ComposedModel' : 'ComposedSchema'
    const type = typeOf(schema)
    if (swagger || type === undefined || type === 'object' || type === 'array') return undefined
    return `${type.charAt(0).toUpperCase()}${type.slice(1)}Schema`
  }

  /**
   * `ArrayOfPet` for a list of the model `Pet`, as exports of real APIs show; else `MODEL` and six hexadecimal digits
   * (rest.md 14.2), taken from the schema so that an import can be repeated.
   */
  private generate(schema: Node): string {
    const text = this.textOf('inline', schema)
    const element = referenceOf(member(schema, 'items'))
    const model = element === undefined ? undefined : modelNameOf(element)
    const list = typeOf(schema) === 'array' && model !== undefined && this.has(model) ? `ArrayOf${model}` : undefined
    for (let attempt = 0; ; attempt += 1) {
      const digest = createHash('sha256').update(`${attempt}${text}`).digest('hex')
      const name = attempt === 0 && list !== undefined ? list : `MODEL${digest.slice(0, 6)}`
      const taken = this.byName.get(name)
      if (taken?.schema === text) return name
      if (taken !== undefined || this.named.has(name)) continue
      this.byName.set(name, { name, contentType: 'application/json', schema: text })
      return name
    }
  }

  private textOf(model: string, schema: Node): string {
    const context: SchemaContext = {
      reading: this.reading,
      model,
      hasModel: (name) => this.has(name),
      referTo: (name) => modelReference(this.restApiId, name),
    }
    return prettyJson(convertSchema(schema, context))
  }
}
