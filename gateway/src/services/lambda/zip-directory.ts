// Reads a deployment package's directory without unpacking it: whether it is a zip file, and how large it becomes.

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const endBytes = 22
const entryBytes = 46
/** The end record may be followed by a comment of this length. */
const longestComment = 65_535

/** Bytes of all files, unpacked; undefined when the bytes are no zip file (or zip64, which Lambda packages never need). */
export function unzippedBytes(zip: Uint8Array): number | undefined {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  const end = endOf(view)
  if (end === undefined) return undefined
  const entries = view.getUint16(end + 10, true)
  let position = view.getUint32(end + 16, true)
  let total = 0
  for (let index = 0; index < entries; index++) {
    if (position + entryBytes > end || view.getUint32(position, true) !== entrySignature) return undefined
    total += view.getUint32(position + 24, true)
    position += entryBytes
    position +=
      view.getUint16(position - 18, true) + view.getUint16(position - 16, true) + view.getUint16(position - 14, true)
  }
  return total
}

function endOf(view: DataView): number | undefined {
  const last = view.byteLength - endBytes
  for (let position = last; position >= Math.max(0, last - longestComment); position--) {
    if (view.getUint32(position, true) === endSignature) return position
  }
  return undefined
}
