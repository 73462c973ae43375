// The pipeline: a list of named steps, typed so that a list in the wrong order does not compile.

/** What is known → what is newly told. A step that has to wait returns a promise. */
export interface Step<in Known extends object, out Told extends object> {
  readonly name: string
  readonly run: (exchange: Known) => Told | Promise<Told>
}

export class Pipeline<in Start extends object, out Known extends object> {
  private readonly steps: readonly Step<never, object>[]

  private constructor(steps: readonly Step<never, object>[]) {
    this.steps = steps
  }

  static from<Start extends object>(): Pipeline<Start, Start> {
    return new Pipeline<Start, Start>([])
  }

  /** Adds a step. `undefined` — nothing configured, nothing to do — adds none. */
  step<Told extends object>(step: Step<Known, Told>): Pipeline<Start, Known & Told>
  step<Told extends object>(step: Step<Known, Told> | undefined): Pipeline<Start, Known & Partial<Told>>
  step(step: Step<Known, object> | undefined): Pipeline<Start, Known> {
    return step === undefined ? this : new Pipeline([...this.steps, step])
  }

  /** Adds another pipeline's steps at the end. */
  through<End extends object>(rest: Pipeline<Known, End>): Pipeline<Start, Known & End> {
    return new Pipeline([...this.steps, ...rest.steps])
  }

  /** The same list, its steps of that name replaced by what `wrap` makes of them. */
  around(name: string, wrap: (step: Step<object, object>) => Step<object, object>): Pipeline<Start, Known> {
    const steps = this.steps as readonly Step<object, object>[]
    return new Pipeline(steps.map((step) => (step.name === name ? wrap(step) : step)))
  }

  get names(): readonly string[] {
    return this.steps.map(({ name }) => name)
  }

  /** Runs the steps in order over one exchange. Waits only where a step does. */
  async run(exchange: Start): Promise<Known> {
    for (const step of this.steps as readonly Step<object, object>[]) {
      const told = step.run(exchange)
      Object.assign(exchange, told instanceof Promise ? await told : told)
    }
    return exchange as unknown as Known
  }
}
