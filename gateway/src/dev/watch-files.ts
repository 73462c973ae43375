// Watches the deployed files: each change deploys again, one deployment at a time, the newest text last.
import { watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/** Editors write in several steps, so a file is read this long after the last one. */
const settleMs = 60

/** Calls `changed(file)` after each change. Folders are watched, because editors replace files. The returned function ends it. */
export function watchFiles(files: readonly string[], changed: (file: string) => Promise<void>): () => void {
  const stops = files.map((file) => watchFile(file, changed))
  return () => {
    for (const stop of stops) stop()
  }
}

function watchFile(file: string, changed: (file: string) => Promise<void>): () => void {
  const path = resolve(file)
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
    if (name !== null && name !== basename(path)) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      running = running.then(() => changed(file))
    }, settleMs)
  })
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}
