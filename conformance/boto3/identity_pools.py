"""An identity pool: guests and a developer's users, and the calls that their credentials sign."""

import urllib.parse

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from calling import ENDPOINT, call, client, equal, finish, refused

pools = client("cognito-identity")
iam = client("iam")
rest = client("apigateway")

pool = pools.create_identity_pool(
    IdentityPoolName="pets", AllowUnauthenticatedIdentities=True, AllowClassicFlow=True,
    DeveloperProviderName="login.zoo.example", IdentityPoolTags={"team": "zoo"},
)
pool_id = pool["IdentityPoolId"]
equal(pools.describe_identity_pool(IdentityPoolId=pool_id)["IdentityPoolTags"], {"team": "zoo"})
equal([each["IdentityPoolName"] for page in pools.get_paginator("list_identity_pools").paginate(MaxResults=1)
       for each in page["IdentityPools"]], ["pets"])

document = """{"Version": "2012-10-17", "Statement": [%s]}"""
trust = document % """{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"},
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "%s"},
    "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "%s"}}}"""
invoke = document % """{"Effect": "Allow", "Action": "execute-api:Invoke",
  "Resource": "arn:aws:execute-api:*:*:*/prod/GET/${cognito-identity.amazonaws.com:sub}"}"""
roles = {}
for kind in ("authenticated", "unauthenticated"):
    role = iam.create_role(RoleName=kind, AssumeRolePolicyDocument=trust % (pool_id, kind))["Role"]
    iam.put_role_policy(RoleName=kind, PolicyName="invoke", PolicyDocument=invoke)
    roles[kind] = role["Arn"]
pools.set_identity_pool_roles(IdentityPoolId=pool_id, Roles=roles)
equal(pools.get_identity_pool_roles(IdentityPoolId=pool_id)["Roles"], roles)

api_id = rest.create_rest_api(name="identities")["id"]
root_id = rest.get_resources(restApiId=api_id)["items"][0]["id"]
resource_id = rest.create_resource(restApiId=api_id, parentId=root_id, pathPart="{who}")["id"]
method = {"restApiId": api_id, "resourceId": resource_id, "httpMethod": "GET"}
rest.put_method(**method, authorizationType="AWS_IAM")
rest.put_integration(**method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
rest.put_method_response(**method, statusCode="200")
template = "$context.identity.cognitoAuthenticationType $context.identity.cognitoAuthenticationProvider"
rest.put_integration_response(**method, statusCode="200", responseTemplates={"application/json": template})
rest.create_deployment(restApiId=api_id, stageName="prod")


def visit(credentials, identity_id):
    """GET /prod/IDENTITY, signed by the credentials; gives (status, text)."""
    port = urllib.parse.urlsplit(ENDPOINT).port
    path = f"/prod/{urllib.parse.quote(identity_id, safe='')}"
    request = AWSRequest("GET", f"http://{api_id}.execute-api.localhost:{port}{path}")
    SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
    return call(api_id, path, headers=dict(request.headers))


def enhanced(identity_id, **logins):
    given = pools.get_credentials_for_identity(IdentityId=identity_id, **logins)["Credentials"]
    return Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])


guest = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
credentials = enhanced(guest)
equal(visit(credentials, guest), (200, "unauthenticated "))

user = {"IdentityPoolId": pool_id, "Logins": {"login.zoo.example": "ada"}}
registered = pools.get_open_id_token_for_developer_identity(**user, TokenDuration=600)
ada = registered["IdentityId"]
equal(visit(credentials, ada)[0], 403)
credentials = enhanced(ada, Logins={"cognito-identity.amazonaws.com": registered["Token"]})
provider = f"login.zoo.example,login.zoo.example:{pool_id}:ada"
equal(visit(credentials, ada), (200, f"authenticated {provider}"))

basic = client("sts").assume_role_with_web_identity(
    RoleArn=roles["authenticated"], RoleSessionName="app", WebIdentityToken=registered["Token"])
given = basic["Credentials"]
equal((basic["SubjectFromWebIdentityToken"], basic["Audience"]), (ada, pool_id))
credentials = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
equal(visit(credentials, ada)[0], 200)
session = boto3.client("sts", endpoint_url=ENDPOINT, aws_access_key_id=given["AccessKeyId"],
                       aws_secret_access_key=given["SecretAccessKey"], aws_session_token=given["SessionToken"])
equal(session.get_caller_identity()["Arn"], "arn:aws:sts::000000000000:assumed-role/authenticated/app")

refused("NotAuthorizedException", pools.get_credentials_for_identity, IdentityId=ada)
refused("NotAuthorizedException", pools.get_id, IdentityPoolId=pool_id, Logins={"idp.example.com": "token"})
refused("InvalidParameterException", pools.get_id, IdentityPoolId=pool_id, Logins={"login.zoo.example": "ada"})
refused("InvalidIdentityToken", client("sts").assume_role_with_web_identity, RoleArn=roles["authenticated"],
        RoleSessionName="app", WebIdentityToken=registered["Token"][:-8] + "AAAAAAAA")

described = pools.describe_identity(IdentityId=ada)
equal((described["Logins"], described["CreationDate"].year >= 2024), (["login.zoo.example"], True))
listed = pools.list_identities(IdentityPoolId=pool_id, MaxResults=60)["Identities"]
equal({each["IdentityId"] for each in listed}, {guest, ada})
equal(pools.delete_identities(IdentityIdsToDelete=[guest])["UnprocessedIdentityIds"], [])
refused("ResourceNotFoundException", pools.describe_identity, IdentityId=guest)
pools.delete_identity_pool(IdentityPoolId=pool_id)
refused("ResourceNotFoundException", pools.get_id, IdentityPoolId=pool_id)
finish()
