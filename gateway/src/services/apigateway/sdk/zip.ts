// A zip archive of a few texts, compressed. PKWARE APPNOTE 4.3.
import { crc32, deflateRawSync } from 'node:zlib'

/** Files by path, in the archive's order; all dated 1980-01-01, so that equal files give equal archives. */
export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path)
    const data = Buffer.from(text)
    const packed = deflateRawSync(data)
    const facts = factsOf(name, data, packed)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, name, packed])
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), facts, placement(offset), name)
    parts.push(local)
    offset += local.length
  }
  return Buffer.concat([...parts, ...directory, ending(parts.length, Buffer.concat(directory).length, offset)])
}

/** What a local header and its twin in the directory have in common. */
function factsOf(name: Buffer, data: Buffer, packed: Buffer): Buffer {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(0x0800, 2) // names are UTF-8
  fields.writeUInt16LE(8, 4) // deflate
  fields.writeUInt16LE(0x0021, 8)
  fields.writeUInt32LE(crc32(data), 10)
  fields.writeUInt32LE(packed.length, 14)
  fields.writeUInt32LE(data.length, 18)
  fields.writeUInt16LE(name.length, 22)
  return fields
}

/** The directory's own part: no comment, plain files for everyone to read, and where the local header is. */
function placement(offset: number): Buffer {
  const fields = Buffer.alloc(14)
  fields.writeUInt32LE((0o100644 << 16) >>> 0, 6)
  fields.writeUInt32LE(offset, 10)
  return fields
}

function ending(count: number, directoryBytes: number, directoryOffset: number): Buffer {
  const fields = Buffer.alloc(22)
  fields.write('PK\x05\x06', 'latin1')
  fields.writeUInt16LE(count, 8)
  fields.writeUInt16LE(count, 10)
  fields.writeUInt32LE(directoryBytes, 12)
  fields.writeUInt32LE(directoryOffset, 16)
  return fields
}
