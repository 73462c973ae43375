// Calls to the control plane of a Sluice under test.

/** Resolves with the parsed answer; throws for any that is no success. */
export async function callControlPlane<Answer>(
  origin: string,
  method: string,
  path: string,
  body: string,
): Promise<Answer> {
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: {
      'Content-Type': 'application/json',
      // `dev` takes any key: the name of the service is all that is read of it.
      Authorization:
        'AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0',
    },
    body,
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Answer
}
