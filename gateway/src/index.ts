// What `import { … } from 'sluice'` gives: a whole gateway in one's own process.
export { createGateway } from './embedded.ts'
export type { EmbeddedGateway, GatewayOptions } from './embedded.ts'
export type { SdkRequestHandler } from './server/sdk-handler.ts'
