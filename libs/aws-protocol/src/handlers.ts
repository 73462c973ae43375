// The type of a service's handlers: one function an operation.

/**
 * The handlers of some operations of a service, typed by its generated `Operations`: leaving a name out, misspelling a
 * member or returning the wrong shape does not compile. `Call` is whatever the caller hands along with each input.
 */
export type Handlers<
  Ops extends { [Name in keyof Ops]: { input: unknown; output: unknown } },
  Names extends keyof Ops,
  Call,
> = {
  readonly [Name in Names]: (
    input: Ops[Name]['input'],
    call: Call,
  ) => Ops[Name]['output'] | Promise<Ops[Name]['output']>
}
