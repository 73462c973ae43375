"""An HTTP API: every kind of route, both payload formats, auto-deployment, deletion."""

import json

from calling import ENDPOINT, UPSTREAM, call, client, equal, finish, package, refused, seen

http = client("apigatewayv2")
functions = client("lambda")

source = "exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) })"
arn = functions.create_function(
    FunctionName="echo", Runtime="nodejs22.x", Handler="index.handler", Role="arn:aws:iam::000000000000:role/any",
    Code={"ZipFile": package(index_js=source)},
)["FunctionArn"]

api = http.create_api(Name="pets", ProtocolType="HTTP", Tags={"team": "zoo"})
api_id = api["ApiId"]
equal(api["ApiEndpoint"], f"http://{api_id}.execute-api.localhost:{ENDPOINT.rsplit(':', 1)[1]}")
http.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True, StageVariables={"color": "red"})


def route(key, **integration):
    made = http.create_integration(ApiId=api_id, **integration)["IntegrationId"]
    return made, http.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{made}")["RouteId"]


def server(path):
    return {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "IntegrationUri": UPSTREAM + path, "PayloadFormatVersion": "1.0"}


def function(version):
    return {"IntegrationType": "AWS_PROXY", "IntegrationUri": arn, "PayloadFormatVersion": version}


literal, _ = route("GET /pets/dog", **server("/literal"))
route("ANY /pets/{petId}", **server("/any/{petId}"))
route("GET /files/{path+}", **server("/files/{path}"))
route("POST /one", **function("1.0"))
route("POST /two", **function("2.0"))
_, fallback = route("$default", **server("/rest"))

equal(seen(call(api_id, "/pets/dog")[1])["url"], "/literal")
equal(seen(call(api_id, "/pets/cat", "DELETE")[1])["url"], "/any/cat")
equal(seen(call(api_id, "/files/a/b?x=1")[1])["url"], "/files/a/b?x=1")
event = json.loads(call(api_id, "/one?a=1", "POST", "x", {"Content-Type": "text/plain"})[1])
equal((event["version"], event["httpMethod"], event["path"], event["body"]), ("1.0", "POST", "/one", "x"))
event = json.loads(call(api_id, "/two?a=1", "POST", "x", {"Content-Type": "text/plain"})[1])
equal((event["version"], event["routeKey"], event["rawQueryString"], event["body"]), ("2.0", "POST /two", "a=1", "x"))
equal(event["stageVariables"], {"color": "red"})
equal(call(api_id, "/elsewhere")[0], 200)

http.update_integration(ApiId=api_id, IntegrationId=literal, IntegrationUri=f"{UPSTREAM}/changed")
equal(seen(call(api_id, "/pets/dog")[1])["url"], "/changed")
http.delete_route(ApiId=api_id, RouteId=fallback)
equal(call(api_id, "/elsewhere"), (404, '{"message":"Not Found"}'))
stage = http.get_stage(ApiId=api_id, StageName="$default")
equal((stage["AutoDeploy"], "Successfully deployed" in stage["LastDeploymentStatusMessage"]), (True, True))

refused("ConflictException", http.create_route, ApiId=api_id, RouteKey="POST /one")
refused("NotFoundException", http.get_route, ApiId=api_id, RouteId="zzzzzzz")
refused("BadRequestException", http.create_route, ApiId=api_id, RouteKey="FETCH pets")

http.delete_api(ApiId=api_id)
refused("NotFoundException", http.get_api, ApiId=api_id)
finish()
