// `Ref` and `Fn::GetAtt`: parameters at once, resources when they are created.
import type { Intrinsic } from './evaluator.ts'
import { Problem } from './fault.ts'
import { itemsOf, plant, textOf } from './node.ts'

export const ref: Intrinsic = (call, evaluator) => {
  const name = textOf(call.argument)
  if (name === undefined) throw new Problem('Ref takes the name of a parameter or a resource', call)
  if (name === 'AWS::NoValue') return undefined
  const parameter = evaluator.scope.parameters.get(name)
  if (parameter !== undefined) return { ...parameter, offset: call.offset }
  if (name.startsWith('AWS::')) throw new Problem(`There is no pseudo parameter ${name}`, call)
  return evaluator.scope.ref?.(name, call) ?? call
}

export const getAtt: Intrinsic = (call, evaluator) => {
  const path = textOf(call.argument)
  const dot = path?.indexOf('.') ?? -1
  const [resource, attribute] =
    path === undefined
      ? itemsOf(call.argument).map((item) => textOf(evaluator.value(item)))
      : [path.slice(0, Math.max(dot, 0)), path.slice(dot + 1)]
  if (!resource || !attribute)
    throw new Problem('Fn::GetAtt takes a resource and an attribute: Resource.Attribute', call)
  const value = evaluator.scope.attribute?.(resource, attribute, call)
  return value ?? { ...call, argument: plant(call, [resource, attribute]) }
}
