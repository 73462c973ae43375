// The pipeline: a list of named steps, typed so that a list in the wrong order does not compile.
import type { Listener } from '../nouns/decisions.ts'

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

  /** Runs the steps in order over one exchange. A promise only where a step has to wait: most requests never do. */
  run(exchange: Start): Known | Promise<Known> {
    const { listener } = exchange as { readonly listener?: Listener | undefined }
    if (listener?.began === undefined) return this.runFrom(0, exchange)
    listener.began()
    return this.runTold(0, exchange, listener)
  }

  private runFrom(start: number, exchange: Start): Known | Promise<Known> {
    const steps = this.steps as readonly Step<object, object>[]
    for (let index = start; index < steps.length; index++) {
      const told = (steps[index] as Step<object, object>).run(exchange)
      if (told instanceof Promise) {
        return told.then((later: object) => this.runFrom(index + 1, Object.assign(exchange, later)))
      }
      Object.assign(exchange, told)
    }
    return exchange as unknown as Known
  }

  /** The same, and the listener is told of each step, also of the one that fails. */
  private runTold(start: number, exchange: Start, listener: Listener): Known | Promise<Known> {
    const steps = this.steps as readonly Step<object, object>[]
    for (let index = start; index < steps.length; index++) {
      const step = steps[index] as Step<object, object>
      let told: object
      try {
        told = step.run(exchange)
      } catch (error) {
        listener.ran?.(step.name)
        throw error
      }
      if (told instanceof Promise) return this.goOn(index, exchange, listener, told)
      listener.ran?.(step.name)
      Object.assign(exchange, told)
    }
    return exchange as unknown as Known
  }

  private goOn(index: number, exchange: Start, listener: Listener, told: Promise<object>): Promise<Known> {
    const { name } = this.steps[index] as Step<object, object>
    return told.then(
      (later) => {
        listener.ran?.(name)
        return this.runTold(index + 1, Object.assign(exchange, later), listener)
      },
      (error: unknown) => {
        listener.ran?.(name)
        throw error
      },
    )
  }
}

/** Goes on with a value: at once when it is there, else when it comes. */
export function whenKnown<Value, Next>(
  value: Value | Promise<Value>,
  use: (value: Value) => Next | Promise<Next>,
): Next | Promise<Next> {
  return value instanceof Promise ? value.then(use) : use(value)
}
