// Ids of WebSocket connections, messages and events, as AWS's look: `R1kmxc2VNjMCFIA=`. WebSocket 1.2.
import { randomText } from './entropy.ts'

/** 88 random bits: 15 characters of the URL-safe base64 alphabet and `=`. */
export function socketId(): string {
  return `${randomText(11, 'base64url')}=`
}

/** The form of an id, in either base64 alphabet. */
const form = /^[A-Za-z0-9+/_-]{15}=$/

/** Whether a text can be a connection's id at all. */
export function isSocketId(text: string): boolean {
  return form.test(text)
}
