"""What the tests see and set up in moto: boto3's operations, one JSON line in and one out.

First makes a user who may do everything and prints its access key. With `verify` as the second argument moto checks
signatures from then on, and refuses what is not signed by that user.
"""

import json
import sys
import urllib.request

import boto3

ENDPOINT = sys.argv[1]


def client(service, key="first", secret="first"):
    return boto3.client(
        service, endpoint_url=ENDPOINT, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret
    )


def plain(value):
    """Bytes and what reads as such become lists of numbers; times become text."""
    data = value.read() if hasattr(value, "read") else value
    return list(data) if isinstance(data, bytes) else str(data)


iam = client("iam")
iam.create_user(UserName="gateway")
anything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
iam.put_user_policy(UserName="gateway", PolicyName="anything", PolicyDocument=json.dumps(anything))
made = iam.create_access_key(UserName="gateway")["AccessKey"]
if sys.argv[2:] == ["verify"]:
    unsigned_left = urllib.request.Request(f"{ENDPOINT}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
    urllib.request.urlopen(unsigned_left).close()

key, secret = made["AccessKeyId"], made["SecretAccessKey"]
print(json.dumps({"accessKeyId": key, "secretAccessKey": secret}), flush=True)
clients = {}
for line in sys.stdin:
    service, operation, arguments = json.loads(line)
    if service not in clients:
        clients[service] = client(service, key, secret)
    try:
        answer = getattr(clients[service], operation)(**arguments)
        print(json.dumps({"answer": answer}, default=plain), flush=True)
    except Exception as error:
        print(json.dumps({"error": str(error)}), flush=True)
