// Whether a service may invoke a function that is here: by the function's own permission, or as the role that its call names.
import type { Clock } from '../ports/clock.ts'
import type { FunctionCall } from '../ports/functions.ts'
import type { Roles, RoleSession } from '../ports/roles.ts'
import { invocationDenied, roleFault } from './function-faults.ts'
import type { Permission } from './function-permission.ts'

export interface AuthorizationParts {
  readonly clock: Clock
  readonly roles: Roles
  /** Whether services need a permission at all. */
  readonly enforcePermissions: boolean
}

/** Throws, or rejects with, FunctionFault. A promise only where a role has to be taken on first. */
export type AuthorizeCall = (call: FunctionCall, permission: Permission) => Promise<void> | undefined

/** What IAM principals may do themselves is the control plane's business. */
export function authorizeCalls({ clock, roles, enforcePermissions }: AuthorizationParts): AuthorizeCall {
  const check = (call: FunctionCall, permission: Permission, session: RoleSession | undefined): void => {
    const { principal, functionArn, sourceArn } = call
    // Of a role that AWS has, nobody here knows what it may do: the function's own permission decides.
    const role = session?.known
    const isAllowed =
      role === undefined
        ? permission.allows(principal, functionArn, sourceArn)
        : permission.allowsRole(role, functionArn, clock.now())
    if (!isAllowed) throw invocationDenied(functionArn, role?.principal.arn ?? principal, role !== undefined)
  }
  return (call, permission) => {
    if (!enforcePermissions || !call.principal.endsWith('.amazonaws.com')) return undefined
    const session = call.role === undefined ? undefined : takenOn(roles, call.role)
    if (session instanceof Promise) return session.then((held) => check(call, permission, held))
    check(call, permission, session)
    return undefined
  }
}

/** The port's session, its refusal as a fault of the invocation. */
function takenOn(roles: Roles, role: NonNullable<FunctionCall['role']>): ReturnType<Roles['assume']> {
  try {
    const session = roles.assume(role, 'gateway')
    return session instanceof Promise
      ? session.catch((error: unknown) => {
          throw roleFault(error)
        })
      : session
  } catch (error) {
    throw roleFault(error)
  }
}
