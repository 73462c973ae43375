"""A Chalice application with an authorizer, CORS, binary payloads and a WebSocket API."""

from chalice import AuthResponse, BadRequestError, Chalice, CORSConfig, IAMAuthorizer, Response

app = Chalice(app_name="shop")
app.experimental_feature_flags.update(["WEBSOCKETS"])
app.api.binary_types.append("application/x-thing")
cors = CORSConfig(allow_origin="https://shop.example.com", max_age=600)


@app.authorizer(ttl_seconds=0)
def door(request):
    routes = ["/inside"] if request.token == "let me in" else []
    return AuthResponse(routes=routes, principal_id="ada", context={"door": "front"})


@app.route("/")
def index():
    return {"hello": "world"}


@app.route("/pets/{name}", methods=["GET", "PUT"], cors=cors)
def pet(name):
    return {"name": name, "method": app.current_request.method, "query": app.current_request.query_params}


@app.route("/inside", authorizer=door)
def inside():
    return {"door": app.current_request.context["authorizer"]["door"]}


@app.route("/signed", authorizer=IAMAuthorizer())
def signed():
    return {}


@app.route("/keyed", api_key_required=True)
def keyed():
    return {}


@app.route("/turned", methods=["POST"], content_types=["application/x-thing"])
def turned():
    return Response(app.current_request.raw_body[::-1], headers={"Content-Type": "application/x-thing"})


@app.route("/wrong")
def wrong():
    raise BadRequestError("no")


@app.lambda_function(name="alone")
def alone(event, _context):
    print("called alone")
    return {"got": event}


@app.on_ws_connect()
def connected(_event):
    pass


@app.on_ws_message()
def message(event):
    print("message: " + event.body)
