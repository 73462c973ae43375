// Route matching at 100, 10,000 and 100,000 routes, called in no order: the cost must not grow with the number.
import type { Bench } from 'tinybench'
import { PathTrie } from '../../gateway/src/steps/route/trie.ts'

function trieOf(routes: number): PathTrie {
  const trie = new PathTrie({ precedence: 'branch', decodeValues: false })
  for (let index = 0; index < routes; index++) trie.add(`/svc${index % 100}/r${index}/{id}`, 'GET', index)
  return trie
}

/** A prime, so that every route is called before any is called again. */
const stride = 7_919

export function addRouter(bench: Bench): void {
  for (const routes of [100, 10_000, 100_000]) {
    const trie = trieOf(routes)
    let index = 0
    bench.add(`route: ${routes} routes`, () => {
      index = (index + stride) % routes
      trie.match(`/svc${index % 100}/r${index}/42`, 'GET')
    })
  }
}
