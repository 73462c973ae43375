// The error about a deployed file: one sentence and, when it is known, the place.

export class DeployError extends Error {
  readonly place: { readonly line: number; readonly column: number } | undefined

  constructor(message: string, place?: { readonly line: number; readonly column: number }, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.place = place
  }
}
