// What functions sign their own AWS calls to this gateway with.
import type { FunctionCredentials } from '@sluice/lambda-runtime'
import type { FunctionTarget } from './function-lookup.ts'

/** `dev` takes any key, and one of twelve digits names the account: the function's own. */
export function functionCredentials(
  mode: 'dev' | 'serve',
): (target: FunctionTarget) => Promise<FunctionCredentials | undefined> {
  return async ({ scope }) =>
    mode === 'dev' ? { accessKeyId: scope.account, secretAccessKey: 'sluice', sessionToken: 'sluice' } : undefined
}
