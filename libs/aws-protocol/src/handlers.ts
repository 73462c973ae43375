// The type of a service's handlers: one function an operation.

/**
 * The handlers of some operations of a service, typed by its generated `Operations`: a missing name, a misspelt member or a
 * result of the wrong shape does not compile. `Call` is the type of the second argument, the context that the caller passes
 * with each input.
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
