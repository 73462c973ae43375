"""Every paginator that takes a page's size, a thing a page; the waiters; and endpoints from a profile."""

import json
import os
import tempfile

import boto3
from calling import ENDPOINT, client, equal, finish, package

rest, http, functions, iam, logs = map(client, ["apigateway", "apigatewayv2", "lambda", "iam", "logs"])
trust = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
    }
)
allow = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]})
names = ["one", "two", "three"]

# Three of everything.
apis = [rest.create_rest_api(name=name)["id"] for name in names]
api = apis[0]
root = rest.get_resources(restApiId=api)["items"][0]["id"]
plans = [rest.create_usage_plan(name=name)["id"] for name in names]
v2 = [http.create_api(Name=name, ProtocolType="HTTP")["ApiId"] for name in names]
code = package(index_js="exports.handler = async () => 1")
for name in names:
    rest.create_resource(restApiId=api, parentId=root, pathPart=name)
    rest.create_model(restApiId=api, name=name, contentType="application/json", schema="{}")
    rest.create_request_validator(restApiId=api, name=name)
    rest.generate_client_certificate(description=name)
    key = rest.create_api_key(name=name)["id"]
    rest.create_usage_plan_key(usagePlanId=plans[0], keyId=key, keyType="API_KEY")
    http.create_route(ApiId=v2[0], RouteKey=f"GET /{name}")
    http.create_stage(ApiId=v2[0], StageName=name)
    http.create_integration(
        ApiId=v2[0], IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri="http://127.0.0.1:9000", PayloadFormatVersion="1.0"
    )
    functions.create_function(
        FunctionName=name, Runtime="nodejs22.x", Handler="index.handler", Role="arn:aws:iam::000000000000:role/any", Code={"ZipFile": code}
    )
    functions.create_alias(FunctionName="one", Name=name, FunctionVersion="$LATEST")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam.create_user(UserName=name)
    iam.create_group(GroupName=name)
    iam.put_role_policy(RoleName="one", PolicyName=name, PolicyDocument=allow)
    policy = iam.create_policy(PolicyName=name, PolicyDocument=allow)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="one", PolicyArn=policy)
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName="one", logStreamName=name)


def count(service, operation, result, size=1, **arguments):
    """How many there are, in pages of one at a time."""
    pages = list(service.get_paginator(operation).paginate(**arguments, PaginationConfig={"PageSize": size}))
    equal(all(len(page.get(result, [])) <= size for page in pages), True)
    return sum(len(page.get(result, [])) for page in pages)


for operation, arguments, expected in [
    ("get_rest_apis", {}, 3),
    ("get_resources", {"restApiId": api}, 4),
    ("get_models", {"restApiId": api}, 5),
    ("get_request_validators", {"restApiId": api}, 3),
    ("get_client_certificates", {}, 3),
    ("get_api_keys", {}, 3),
    ("get_usage_plans", {}, 3),
    ("get_usage_plan_keys", {"usagePlanId": plans[0]}, 3),
]:
    equal((operation, count(rest, operation, "items", **arguments)), (operation, expected))
for operation, arguments, expected in [
    ("get_apis", {}, 3),
    ("get_routes", {"ApiId": v2[0]}, 3),
    ("get_stages", {"ApiId": v2[0]}, 3),
    ("get_integrations", {"ApiId": v2[0]}, 3),
]:
    equal((operation, count(http, operation, "Items", **arguments)), (operation, expected))
equal(count(functions, "list_functions", "Functions"), 3)
equal(count(functions, "list_aliases", "Aliases", FunctionName="one"), 3)
equal(count(iam, "list_roles", "Roles"), 3)
equal(count(iam, "list_users", "Users"), 3)
equal(count(iam, "list_groups", "Groups"), 3)
equal(count(iam, "list_role_policies", "PolicyNames", RoleName="one"), 3)
equal(count(iam, "list_attached_role_policies", "AttachedPolicies", RoleName="one"), 3)
equal(count(iam, "list_policies", "Policies", Scope="Local"), 3)
equal(count(logs, "describe_log_groups", "logGroups"), 3)
equal(count(logs, "describe_log_streams", "logStreams", logGroupName="one"), 3)

# A token of the client's own makes a later page.
paginator = rest.get_paginator("get_rest_apis")
first = paginator.paginate(PaginationConfig={"MaxItems": 2, "PageSize": 1}).build_full_result()
rest_of_it = paginator.paginate(PaginationConfig={"StartingToken": first["NextToken"]}).build_full_result()
equal(sorted(item["id"] for item in first["items"] + rest_of_it["items"]), sorted(apis))

for waiter in ["function_exists", "function_active", "function_active_v2", "function_updated", "function_updated_v2"]:
    functions.get_waiter(waiter).wait(FunctionName="one")
version = functions.publish_version(FunctionName="one")["Version"]
functions.get_waiter("published_version_active").wait(FunctionName="one", Qualifier=version)
iam.get_waiter("role_exists").wait(RoleName="one")
iam.get_waiter("user_exists").wait(UserName="one")
iam.get_waiter("policy_exists").wait(PolicyArn=policy)

# Where the endpoints come from: a profile's section of services, or a variable for one service.
with tempfile.TemporaryDirectory() as folder:
    config = os.path.join(folder, "config")
    with open(config, "w") as file:
        file.write(
            "[profile local]\nregion = eu-west-1\naws_access_key_id = 111122223333\naws_secret_access_key = any\nservices = here\n"
            f"[services here]\napi_gateway =\n  endpoint_url = {ENDPOINT}\nsts =\n  endpoint_url = {ENDPOINT}\n"
        )
    os.environ["AWS_CONFIG_FILE"] = config
    del os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    del os.environ["AWS_DEFAULT_REGION"]
    session = boto3.Session(profile_name="local")
    equal(session.client("sts").get_caller_identity()["Account"], "111122223333")
    equal(session.client("apigateway").get_rest_apis()["items"], [])
    os.environ["AWS_ENDPOINT_URL_LAMBDA"] = ENDPOINT
    equal(session.client("lambda").list_functions()["Functions"], [])

finish()
