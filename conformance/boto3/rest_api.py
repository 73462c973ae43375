"""A REST API: MOCK, HTTP and AWS_PROXY, deployed, called, changed, deployed again, deleted."""

from calling import UPSTREAM, call, client, equal, finish, package, refused, seen

rest = client("apigateway")
functions = client("lambda")

api = rest.create_rest_api(name="pets", tags={"team": "zoo"})["id"]
equal(rest.get_rest_api(restApiId=api)["tags"], {"team": "zoo"})
root = rest.get_resources(restApiId=api)["items"][0]["id"]


def method(parent, part, verb, **integration):
    resource = rest.create_resource(restApiId=api, parentId=parent, pathPart=part)["id"]
    address = {"restApiId": api, "resourceId": resource, "httpMethod": verb}
    rest.put_method(**address, authorizationType="NONE")
    rest.put_integration(**address, **integration)
    return address


mock = method(root, "mock", "GET", type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
rest.put_method_response(**mock, statusCode="200", responseParameters={"method.response.header.X-Stage": True})
rest.put_integration_response(
    **mock,
    statusCode="200",
    responseParameters={"method.response.header.X-Stage": "'fixed'"},
    responseTemplates={"application/json": '{"stage": "$context.stage", "q": "$input.params(\'q\')"}'},
)

mapped = method(root, "mapped", "POST", type="HTTP", integrationHttpMethod="POST", uri=f"{UPSTREAM}/mapped",
                requestTemplates={"application/json": '{"name": $input.json("$.pet.name")}'})
rest.put_method_response(**mapped, statusCode="200")
rest.put_integration_response(**mapped, statusCode="200", responseTemplates={"application/json": '$input.path("$.body")'})

source = "exports.handler = async (event) => ({ statusCode: 200, body: event.httpMethod + ' ' + event.path })"
function = functions.create_function(
    FunctionName="pets", Runtime="nodejs22.x", Handler="index.handler", Role="arn:aws:iam::000000000000:role/any",
    Code={"ZipFile": package(index_js=source)},
)
functions.get_waiter("function_active_v2").wait(FunctionName="pets")
uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function['FunctionArn']}/invocations"
proxy = method(root, "{proxy+}", "ANY", type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)

first = rest.create_deployment(restApiId=api, stageName="prod")["id"]
equal(call(api, "/prod/mock?q=1"), (200, '{"stage": "prod", "q": "1"}'))
status, text = call(api, "/prod/mapped", "POST", '{"pet": {"name": "Rex"}}', {"Content-Type": "application/json"})
equal((status, seen(text)), (200, {"name": "Rex"}))
equal(call(api, "/prod/a/b", "PATCH"), (200, "PATCH /a/b"))

rest.update_integration_response(
    **mock, statusCode="200",
    patchOperations=[{"op": "replace", "path": "/responseTemplates/application~1json", "value": "changed"}],
)
equal(call(api, "/prod/mock?q=1"), (200, '{"stage": "prod", "q": "1"}'))
second = rest.create_deployment(restApiId=api, stageName="prod")["id"]
equal(call(api, "/prod/mock"), (200, "changed"))
rest.update_stage(restApiId=api, stageName="prod", patchOperations=[{"op": "replace", "path": "/deploymentId", "value": first}])
equal(call(api, "/prod/mock"), (200, '{"stage": "prod", "q": ""}'))
equal(sorted(each["id"] for each in rest.get_deployments(restApiId=api)["items"]), sorted([first, second]))

pages = [page["items"] for page in rest.get_paginator("get_resources").paginate(restApiId=api, PaginationConfig={"PageSize": 2})]
equal(len(pages) > 1, True)
equal(sorted(item["path"] for page in pages for item in page), ["/", "/mapped", "/mock", "/{proxy+}"])

refused("NotFoundException", rest.get_stage, restApiId=api, stageName="staging")
refused("ConflictException", rest.create_resource, restApiId=api, parentId=root, pathPart="mock")
error = refused("BadRequestException", rest.put_integration, **mock, type="HTTP", integrationHttpMethod="GET", uri="ftp://x")
equal(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)

rest.delete_method(restApiId=api, resourceId=proxy["resourceId"], httpMethod="ANY")
rest.delete_rest_api(restApiId=api)
refused("NotFoundException", rest.get_rest_api, restApiId=api)
equal(call(api, "/prod/mock")[0], 403)
finish()
