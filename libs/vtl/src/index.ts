// The Velocity template language, as Amazon API Gateway runs it.
export { compileTemplate, type Template, type TemplateOptions, type Variables } from './compile.ts'
export type { Budget } from './budget.ts'
export { Meter } from './budget.ts'
export { BudgetFault, MethodFault, TemplateFault, type Limit, type Position } from './faults.ts'
export { HostObject, type HostMethod, type HostProperty, type HostType } from './host.ts'
export { parseJson } from './json.ts'
export { jsonText, textOf } from './print.ts'
export { plainRegexEngine, type Regex, type RegexEngine } from './regex.ts'
export {
  ArrayList,
  Double,
  JavaObject,
  listOf,
  toJavaDouble,
  type JavaMap,
  type JavaNumber,
  type JsonArray,
  type JsonObject,
  type Value,
} from './values.ts'
