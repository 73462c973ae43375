// VPC endpoints: which listener stands for which interface endpoint of `execute-api`, as whoever runs the gateway says. REST 13.1.

/** What a request that came in through an endpoint carries: `aws:SourceVpce` and `aws:SourceVpc` in policies. */
export interface VpcEndpoint {
  /** `vpce-0a1b2c3d` */
  readonly vpceId: string
  /** `vpc-11aa22bb`; undefined where only the endpoint is known. */
  readonly vpcId: string | undefined
}

/** An endpoint and the address that its listener is bound to. */
export interface VpcListener extends VpcEndpoint {
  readonly host: string
  readonly port: number
}

const listener = /^(vpce-[0-9a-z]{1,40})(?:@(vpc-[0-9a-z]{1,40}))?=(\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})$/i
const hostLabel = /^(.+)-(vpce-[0-9a-z]+)$/

/** Reads `vpce-ID@vpc-ID=HOST:PORT`; undefined for what is none. */
export function parseVpcListener(text: string): VpcListener | undefined {
  const [, vpceId = '', vpcId, host = '', portText = ''] = listener.exec(text) ?? []
  const port = Number(portText)
  return vpceId === '' || port > 65_535 ? undefined : { vpceId, vpcId, host: host.replace(/[[\]]/g, ''), port }
}

/** The API, and the endpoint where the first label of a host names one too: `a1b2c3-vpce-0a1b2c3d`. REST 1.1. */
export function splitHostLabel(label: string): { readonly apiId: string; readonly vpceId: string | undefined } {
  const [, apiId, vpceId] = hostLabel.exec(label) ?? []
  return apiId === undefined ? { apiId: label, vpceId: undefined } : { apiId, vpceId }
}
