// A host name or address as URLs write it.

/** IPv6 addresses stand in brackets: `::1` → `[::1]`. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
