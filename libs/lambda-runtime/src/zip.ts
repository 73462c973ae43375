// Reads deployment packages: the central directory of a zip archive, its entries' bytes and their Unix modes.
import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import { RuntimeFault } from './faults.ts'

/** One file, folder or symbolic link of an archive; its path is relative, with `/`, and stays inside. */
export interface ZipEntry {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link'
  readonly isExecutable: boolean
  readonly sizeBytes: number
  readonly compressedBytes: number
  readonly method: number
  readonly crc: number
  readonly headerOffset: number
}

/** Limits for an archive. */
export interface ZipBudget {
  readonly unpackedBytes: number
  readonly zipEntries: number
}

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const headerSignature = 0x04034b50
const endBytes = 22
const entryBytes = 46
const headerBytes = 30
const longestComment = 65_535
const zip64Mark = 0xffffffff

const unixCreator = 3
const fileTypeMask = 0o170000
const linkType = 0o120000

const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw)

function refuse(sentence: string): never {
  throw new RuntimeFault('InvalidZip', `Could not unzip uploaded file: ${sentence}`)
}

/**
 * Lists an archive. Throws `InvalidZip` for anything that is no plain zip, that would write outside its folder,
 * or that is over the budget by its own account.
 */
export function readZip(zip: Uint8Array, budget: ZipBudget): readonly ZipEntry[] {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength)
  const end = findEnd(bytes)
  const count = bytes.readUInt16LE(end + 10)
  let offset = bytes.readUInt32LE(end + 16)
  if (count === 0xffff || offset === zip64Mark) refuse('zip64 archives are not supported')
  if (count > budget.zipEntries) refuse(`it has ${count} entries, more than ${budget.zipEntries}`)
  const entries = new Map<string, ZipEntry>()
  let unpackedBytes = 0
  for (let index = 0; index < count; index++) {
    if (offset + entryBytes > end || bytes.readUInt32LE(offset) !== entrySignature) refuse('its directory is damaged')
    const nameEnd = offset + entryBytes + bytes.readUInt16LE(offset + 28)
    const next = nameEnd + bytes.readUInt16LE(offset + 30) + bytes.readUInt16LE(offset + 32)
    if (next > end) refuse('its directory is damaged')
    const entry = readEntry(bytes, offset, bytes.toString('utf8', offset + entryBytes, nameEnd))
    unpackedBytes += entry.sizeBytes
    if (unpackedBytes > budget.unpackedBytes) refuse(`unzipped, it is larger than ${budget.unpackedBytes} bytes`)
    if (entry.path !== '') entries.set(entry.path, entry)
    offset = next
  }
  return [...entries.values()]
}

function findEnd(bytes: Buffer): number {
  const lowest = Math.max(0, bytes.length - endBytes - longestComment)
  for (let offset = bytes.length - endBytes; offset >= lowest; offset--) {
    if (bytes.readUInt32LE(offset) === endSignature) return offset
  }
  return refuse('it is not a zip archive')
}

function readEntry(bytes: Buffer, offset: number, name: string): ZipEntry {
  const sizeBytes = bytes.readUInt32LE(offset + 24)
  const compressedBytes = bytes.readUInt32LE(offset + 20)
  const headerOffset = bytes.readUInt32LE(offset + 42)
  const method = bytes.readUInt16LE(offset + 10)
  if ([sizeBytes, compressedBytes, headerOffset].includes(zip64Mark)) refuse('zip64 archives are not supported')
  if ((bytes.readUInt16LE(offset + 8) & 1) === 1) refuse(`${name} is encrypted`)
  if (method !== 0 && method !== 8) refuse(`${name} is compressed by a method other than deflate`)
  // The mode is there only when a Unix tool made the entry; others mean a plain file.
  const mode = bytes.readUInt8(offset + 5) === unixCreator ? bytes.readUInt32LE(offset + 38) >>> 16 : 0
  const isLink = (mode & fileTypeMask) === linkType
  return {
    path: insidePath(name),
    kind: name.endsWith('/') ? 'folder' : isLink ? 'link' : 'file',
    isExecutable: (mode & 0o111) !== 0,
    sizeBytes,
    compressedBytes,
    method,
    crc: bytes.readUInt32LE(offset + 16),
    headerOffset,
  }
}

/** The entry's path without `.` parts; refuses whatever could lead out of the folder it is unpacked into. */
function insidePath(name: string): string {
  const parts = name.split('/')
  const isUnsafe = name.startsWith('/') || /[\\\0]/.test(name) || /^[a-zA-Z]:/.test(name) || parts.includes('..')
  if (isUnsafe) refuse(`${JSON.stringify(name)} is not a path inside the archive`)
  return parts.filter((part) => part !== '' && part !== '.').join('/')
}

/** The bytes of an entry, checked against its size and CRC. Throws `InvalidZip` when it lied about them. */
export async function readZipEntry(zip: Uint8Array, entry: ZipEntry): Promise<Uint8Array> {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength)
  const { headerOffset: offset, path } = entry
  if (offset + headerBytes > bytes.length || bytes.readUInt32LE(offset) !== headerSignature)
    refuse(`${path} is damaged`)
  const start = offset + headerBytes + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28)
  const packed = bytes.subarray(start, start + entry.compressedBytes)
  if (packed.length !== entry.compressedBytes) refuse(`${path} is damaged`)
  const data = entry.method === 0 ? packed : await inflateEntry(packed, entry)
  if (data.length !== entry.sizeBytes || crc32(data) !== entry.crc) refuse(`${path} is damaged`)
  return data
}

async function inflateEntry(packed: Uint8Array, entry: ZipEntry): Promise<Uint8Array> {
  try {
    // At least one byte may come out: zlib takes no limit of zero.
    return await inflate(packed, { maxOutputLength: Math.max(1, entry.sizeBytes) })
  } catch {
    return refuse(`${entry.path} is damaged`)
  }
}
