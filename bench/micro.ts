// The micro benchmarks: one table of nanoseconds an operation, from the sources, in this process.
import { Bench } from 'tinybench'
import { addAdmission } from './micro/admission.ts'
import { addCodec } from './micro/codec.ts'
import { addEvents } from './micro/event.ts'
import { addJwt } from './micro/jwt.ts'
import { addPolicy } from './micro/policy.ts'
import { addRecord } from './micro/record.ts'
import { addRouter } from './micro/router.ts'
import { addTemplates } from './micro/template.ts'

export async function runMicro(): Promise<void> {
  const bench = new Bench({ time: 500, warmupTime: 200 })
  for (const add of [addRouter, addCodec, addEvents, addRecord, addPolicy, addTemplates]) add(bench)
  await addJwt(bench)
  await addAdmission(bench)
  await bench.run()
  for (const { name, result } of bench.tasks) {
    const nanoseconds = 'latency' in result ? (result.latency.p50 * 1_000_000).toFixed(0) : 'failed'
    process.stdout.write(`${name.padEnd(48)} ${nanoseconds.padStart(8)} ns (median)\n`)
  }
}
