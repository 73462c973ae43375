// The one error this library throws, for a path that cannot be compiled and for a read that grows out of bounds.

/** A path that is no JSONPath (`position` is the offset of the offending character), or a read over its step budget (`position` is -1). */
export class PathFault extends Error {
  override readonly name = 'PathFault'
  readonly position: number

  constructor(message: string, position: number, options?: ErrorOptions) {
    super(message, options)
    this.position = position
  }
}
