"""Lambda, IAM and STS: create, invoke, change, versions, aliases, permissions, delete."""

import base64
import json

from calling import client, equal, finish, package, refused

functions = client("lambda")
iam = client("iam")

equal(client("sts").get_caller_identity()["Account"], "000000000000")
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
equal(iam.get_role(RoleName="worker")["Role"]["AssumeRolePolicyDocument"], trust)

python = "import os\n\ndef handler(event, context):\n    print('working')\n    return {'sum': event['a'] + event['b'], 'color': os.environ.get('COLOR')}\n"
made = functions.create_function(
    FunctionName="sum", Runtime="python3.12", Handler="app.handler", Role=role, Timeout=5, MemorySize=256,
    Environment={"Variables": {"COLOR": "red"}}, Code={"ZipFile": package(app_py=python)},
)
equal((made["FunctionName"], made["Runtime"], made["Role"], made["MemorySize"]), ("sum", "python3.12", role, 256))
functions.get_waiter("function_active_v2").wait(FunctionName="sum")

answer = functions.invoke(FunctionName="sum", Payload=json.dumps({"a": 1, "b": 2}), LogType="Tail")
equal(json.loads(answer["Payload"].read()), {"sum": 3, "color": "red"})
equal("working" in base64.b64decode(answer["LogResult"]).decode(), True)
answer = functions.invoke(FunctionName="sum", Payload=b"{}")
equal((answer["StatusCode"], answer["FunctionError"]), (200, "Unhandled"))
equal(json.loads(answer["Payload"].read())["errorType"], "KeyError")
equal(functions.invoke(FunctionName="sum", InvocationType="Event", Payload=b"{}")["StatusCode"], 202)
equal(functions.invoke(FunctionName="sum", InvocationType="DryRun")["StatusCode"], 204)

version = functions.publish_version(FunctionName="sum")["Version"]
functions.create_alias(FunctionName="sum", Name="live", FunctionVersion=version)
functions.update_function_configuration(FunctionName="sum", Environment={"Variables": {"COLOR": "blue"}})
functions.get_waiter("function_updated_v2").wait(FunctionName="sum")


def color(qualifier):
    answer = functions.invoke(FunctionName="sum", Qualifier=qualifier, Payload=b'{"a": 0, "b": 0}')
    return json.loads(answer["Payload"].read())["color"]


equal((color("$LATEST"), color("live"), color(version)), ("blue", "red", "red"))
functions.update_function_code(FunctionName="sum", ZipFile=package(app_py="def handler(event, context):\n    return 'new'\n"))
answer = functions.invoke(FunctionName="sum", Payload=b"{}")
equal(json.loads(answer["Payload"].read()), "new")

functions.add_permission(FunctionName="sum", StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com")
statements = json.loads(functions.get_policy(FunctionName="sum")["Policy"])["Statement"]
equal([each["Sid"] for each in statements], ["api"])
refused("ResourceConflictException", functions.add_permission, FunctionName="sum", StatementId="api",
        Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com")
functions.remove_permission(FunctionName="sum", StatementId="api")
refused("ResourceNotFoundException", functions.get_policy, FunctionName="sum")

equal([each["FunctionName"] for each in functions.list_functions()["Functions"]], ["sum"])
refused("ResourceConflictException", functions.create_function, FunctionName="sum", Runtime="python3.12",
        Handler="app.handler", Role=role, Code={"ZipFile": package(app_py=python)})
functions.delete_function(FunctionName="sum")
refused("ResourceNotFoundException", functions.invoke, FunctionName="sum", Payload=b"{}")
iam.delete_role(RoleName="worker")
refused("NoSuchEntity", iam.get_role, RoleName="worker")
finish()
