// The addresses that answers hand out: the public ones that are configured, else those of this process's own listeners.
import type { Addresses } from '../services/call.ts'

/** Where clients reach the listener that serves APIs. */
export interface Reached {
  readonly scheme: 'http' | 'https'
  readonly port: number
}

export interface OpenAddresses {
  readonly addresses: Addresses
  /** Called once there are listeners, with where APIs are served. A configured public URL takes precedence. */
  readonly serveAt: (reached: Reached) => void
}

/** The ports that a URL leaves out. */
export const standardPorts = { http: 80, https: 443 } as const

/** `domain`: the suffix of host names. `publicUrl`: what clients call where something stands in front; its path has no meaning. */
export function openAddresses(domain: string, publicUrl: string | undefined): OpenAddresses {
  let reached: Reached = { scheme: 'http', port: 80 }
  const configured = publicUrl === undefined ? undefined : reachedAt(publicUrl)
  return {
    addresses: {
      apiEndpoint: (apiId) => {
        const { scheme, port } = configured ?? reached
        const suffix = port === standardPorts[scheme] || port === 0 ? '' : `:${port}`
        return `${scheme}://${apiId}.execute-api.${domain}${suffix}`
      },
    },
    serveAt: (at) => void (reached = at),
  }
}

function reachedAt(publicUrl: string): Reached {
  const { protocol, port } = new URL(publicUrl)
  const scheme = protocol === 'https:' ? 'https' : 'http'
  return { scheme, port: port === '' ? standardPorts[scheme] : Number(port) }
}
