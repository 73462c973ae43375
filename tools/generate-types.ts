// Writes libs/aws-protocol/src/generated/<service>.ts: the types and fault classes of each service model in models/.
// Run: node --conditions=source tools/generate-types.ts [--check]; --check writes nothing and exits 1 when a file would change.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Member {
  readonly shape: string
}

interface Shape {
  readonly type: string
  readonly required?: readonly string[]
  readonly members?: Readonly<Record<string, Member>>
  readonly member?: Member
  readonly value?: Member
  readonly enum?: readonly string[]
  readonly exception?: boolean
  readonly fault?: boolean
  readonly eventstream?: boolean
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number; readonly senderFault?: boolean }
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: Member; readonly output?: Member }>>
  readonly shapes: Readonly<Record<string, Shape>>
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const models = join(root, 'models')
const target = join(root, 'libs', 'aws-protocol', 'src', 'generated')

/** Names the generated text itself uses: a shape of that name would shadow them. */
const taken = new Set(['Operations', 'ServiceFault', 'Readonly', 'Record', 'Uint8Array', 'AsyncIterable'])

/** Types whose TypeScript counterpart needs nothing but the type's name. */
const scalars: ReadonlyMap<string, string> = new Map([
  ['character', 'string'],
  ['integer', 'number'],
  ['long', 'number'],
  ['float', 'number'],
  ['double', 'number'],
  ['timestamp', 'number'],
  ['boolean', 'boolean'],
  ['blob', 'Uint8Array'],
  ['document', 'unknown'],
])

/** The TypeScript type of a shape, written where it is used: scalars, lists and maps inline, enums and structures by name. */
function typeOf(model: Model, name: string): string {
  const shape = model.shapes[name]
  if (shape === undefined) throw new Error(`no shape "${name}"`)
  if (shape.type === 'structure') return shape.eventstream ? `AsyncIterable<${name}>` : name
  if (shape.type === 'list') return listOf(typeOf(model, nameOf(name, shape.member)))
  if (shape.type === 'map') return `Readonly<Record<string, ${typeOf(model, nameOf(name, shape.value))}>>`
  if (shape.type === 'string') return shape.enum ? name : 'string'
  const scalar = scalars.get(shape.type)
  if (scalar === undefined) throw new Error(`shape "${name}" has the unknown type "${shape.type}"`)
  return scalar
}

function nameOf(owner: string, member: Member | undefined): string {
  if (member === undefined) throw new Error(`shape "${owner}" does not say what it holds`)
  return member.shape
}

function listOf(element: string): string {
  return `readonly ${/^\w+$/.test(element) ? element : `(${element})`}[]`
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function writeEnum(name: string, shape: Shape): string {
  return `export type ${name} =\n${(shape.enum ?? []).map((value) => `  | ${quoted(value)}\n`).join('')}`
}

function writeMembers(model: Model, members: [string, Member][], required: ReadonlySet<string>): string {
  return members
    .map(([name, member]) => {
      const type = typeOf(model, member.shape)
      return required.has(name)
        ? `  readonly ${propertyName(name)}: ${type}\n`
        : `  readonly ${propertyName(name)}?: ${type} | undefined\n`
    })
    .join('')
}

function writeInterface(model: Model, name: string, shape: Shape): string {
  const members = writeMembers(model, Object.entries(shape.members ?? {}), new Set(shape.required))
  return members === '' ? `export interface ${name} {}\n` : `export interface ${name} {\n${members}}\n`
}

/** A fault's message is the constructor's first argument; the model's other members are all optional in the second. */
function writeFault(model: Model, name: string, shape: Shape): string {
  const status = shape.error?.httpStatusCode ?? (shape.fault ? 500 : 400)
  const extra = Object.entries(shape.members ?? {}).filter(([member]) => member.toLowerCase() !== 'message')
  const members = extra.length === 0 ? '{}' : `{\n${writeMembers(model, extra, new Set())}}`
  return [
    `export type ${name}Members = ${members}\n`,
    `/** Status ${status}. */`,
    `export class ${name} extends ServiceFault {`,
    `  constructor(message: string, members: ${name}Members = {}) {`,
    `    super(${quoted(shape.error?.code ?? name)}, ${status}, message, { shape: ${quoted(name)}, members })`,
    '  }',
    '}\n',
  ].join('\n')
}

function writeOperations(model: Model): string {
  const rows = Object.entries(model.operations).map(([name, { input, output }]) => {
    const given = input === undefined ? 'Record<string, never>' : typeOf(model, input.shape)
    return `  ${name}: { readonly input: ${given}; readonly output: ${output === undefined ? 'void' : typeOf(model, output.shape)} }\n`
  })
  return `/** Every operation of the service, with the types of its input and output. */\nexport interface Operations {\n${rows.join('')}}\n`
}

function writeService(fileName: string, model: Model): string {
  const shapes = Object.entries(model.shapes).sort(([left], [right]) => (left < right ? -1 : 1))
  const parts = shapes.flatMap(([name, shape]) => {
    const wanted = shape.type === 'structure' || (shape.type === 'string' && shape.enum !== undefined)
    if (!wanted) return []
    if (taken.has(name)) throw new Error(`${fileName}: the shape "${name}" has a name the generated file needs`)
    if (shape.exception) return [writeFault(model, name, shape)]
    return [shape.type === 'string' ? writeEnum(name, shape) : writeInterface(model, name, shape)]
  })
  const head = `// The types and faults of models/${fileName}. Generated by tools/generate-types.ts: do not edit.\n`
  return [`${head}import { ServiceFault } from '../fault.ts'\n`, writeOperations(model), ...parts].join('\n')
}

/** `apigateway-2015-07-09.json` → `apigateway.ts`. */
function targetName(fileName: string): string {
  return fileName.replace(/-\d{4}-\d{2}-\d{2}\.json$/, '.ts')
}

const stale = readdirSync(models)
  .filter((fileName) => /-\d{4}-\d{2}-\d{2}\.json$/.test(fileName))
  .filter((fileName) => {
    const path = join(target, targetName(fileName))
    const text = writeService(fileName, JSON.parse(readFileSync(join(models, fileName), 'utf8')) as Model)
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return false
    if (!process.argv.includes('--check')) writeFileSync(path, text)
    return true
  })
  .map(targetName)

if (process.argv.includes('--check') && stale.length > 0) {
  process.stderr.write(`generated types are stale: ${stale.join(', ')}; run tools/generate-types.ts\n`)
  process.exitCode = 1
} else {
  process.stdout.write(stale.length === 0 ? 'generated types are fresh\n' : `wrote ${stale.join(', ')}\n`)
}
