// Splits a fault's members as its shape in the model says: some travel in headers, the message and the rest in the body.
import type { ServiceFault } from './fault.ts'
import type { Service } from './service.ts'
import type { Member } from './type.ts'

export interface FaultParts {
  readonly body: readonly Member[]
  readonly located: readonly Member[]
  /** Members by name, the message under the name the fault's shape gives it. */
  readonly values: Readonly<Record<string, unknown>>
  /** `message`, or `Message` where the model spells it so. */
  readonly messageName: string
}

/** The parts of a fault. When the service's model does not have it, only the message is sent. */
export function faultParts(service: Service, fault: ServiceFault): FaultParts {
  const shape = service.faults.get(fault.shape)
  const message = shape?.members.find(({ name }) => name.toLowerCase() === 'message')
  const messageName = message?.wire ?? fault.messageName
  const rest = (members: readonly Member[]): readonly Member[] => members.filter((member) => member !== message)
  return {
    body: rest(shape?.body ?? []),
    located: rest(shape?.located ?? []),
    values: fault.members,
    messageName,
  }
}
