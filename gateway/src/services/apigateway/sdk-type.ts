// Lists the kinds of SDK that AWS generates (REST 16.1); GetSdk makes one.
import type { Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { pageOfList } from '../page.ts'
import { found } from './found.ts'
import { sdkTypes } from './sdk/types.ts'

export const sdkType: Handlers<Operations, 'GetSdkType' | 'GetSdkTypes', Call> = {
  GetSdkType: ({ id }) =>
    found(
      sdkTypes.find((type) => type.id === id),
      'Invalid SDK type identifier specified',
    ),
  GetSdkTypes: (input) => pageOfList(sdkTypes, input),
}
