import { constants, crc32, deflateRawSync } from 'node:zlib'

// https://www.rfc-editor.org/rfc/rfc1952: deflate, no name, no time, any system.
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
// A last block of deflate with nothing in it.
const END = Buffer.from([3, 0])

/**
 * Compresses a text that is always the same but for one word, which stands between the `pieces`, once. What it returns puts a
 * word in and gives the whole as gzip, at the cost of copying it: each piece is flushed so that it leans on nothing before it,
 * and the word goes between them as it is, as a stored block, https://www.rfc-editor.org/rfc/rfc1951#page-11.
 */
export function splicedGzip(pieces: string[]): (word: string) => Buffer<ArrayBuffer> {
  const plain = pieces.map((piece) => Buffer.from(piece))
  const packed = plain.map((piece) => deflateRawSync(piece, { finishFlush: constants.Z_FULL_FLUSH, level: 9 }))
  return (word) => {
    const bytes = Buffer.from(word)
    const between = Buffer.concat([storedHeader(bytes.length), bytes])
    const body = packed.flatMap((piece, at) => (at === 0 ? [piece] : [between, piece]))
    const content = plain.flatMap((piece, at) => (at === 0 ? [piece] : [bytes, piece]))
    return Buffer.concat([HEADER, ...body, END, trailer(content)])
  }
}

function storedHeader(length: number): Buffer {
  const header = Buffer.alloc(5)
  header.writeUInt16LE(length, 1)
  header.writeUInt16LE(~length & 0xffff, 3)
  return header
}

function trailer(content: Buffer[]): Buffer {
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(content.reduce((sum, piece) => crc32(piece, sum), 0) >>> 0, 0)
  trailer.writeUInt32LE(content.reduce((sum, piece) => sum + piece.length, 0) >>> 0, 4)
  return trailer
}
