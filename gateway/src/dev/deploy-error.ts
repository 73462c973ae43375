// What is wrong with a deployed file, in one sentence and, where it is known, with the place.

export class DeployError extends Error {
  readonly place: { readonly line: number; readonly column: number } | undefined

  constructor(message: string, place?: { readonly line: number; readonly column: number }, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.place = place
  }
}
