// Text in a request's target: what may stand in a path as it is, and what has to be percent-encoded.

/** Encodes what no path can carry, and what would end it; percent signs stay, for the text is encoded already. */
export function encodePathText(path: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters would break the request line
  return path.toWellFormed().replace(/[\u0000-\u0020\u007F-\u{10FFFF}"<>?#]/gu, encodeURIComponent)
}

/** Encodes a decoded path parameter that was one segment, so that it is one again. */
export function encodeSegment(value: string): string {
  return encodePathValue(value).replaceAll('/', '%2F')
}

/** Encodes a decoded path parameter, so that it can be no more than a part of the path; its slashes stay. */
export function encodePathValue(value: string): string {
  return value.toWellFormed().replace(/[^A-Za-z0-9\-._~!$'()*,;:@/]/gu, encodeURIComponent)
}

/** A name or value of a query; a lone surrogate, which JSON can hold and UTF-8 cannot, becomes U+FFFD. */
export function encodeQueryText(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
