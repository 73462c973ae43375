// Keeps what requests are made of among the young objects, whatever V8 has seen of the same code before.
import { setFlagsFromString } from 'node:v8'

/**
 * V8 counts which places in the code make objects that stay, and from then on has theirs made among the old ones. node makes a
 * connection's stream and a request's in the same place: where more than a hundred connections were opened between two collections,
 * parts of every later request are old from the start, and hold on to the young ones that they lead to, until a full collection.
 * That is decided only where the young generation has its full size, as after importing a large document. Call it before there are
 * requests. Not for a process that is somebody else's.
 */
export function keepRequestsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}
