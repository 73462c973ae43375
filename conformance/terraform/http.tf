# HTTP APIs: by resources, by a document, by quick create.
resource "aws_apigatewayv2_api" "http" {
  name                         = var.changed ? "http two" : "http"
  protocol_type                = "HTTP"
  description                  = var.changed ? "two" : "one"
  version                      = var.changed ? "2" : "1"
  disable_execute_api_endpoint = false
  ip_address_type              = var.changed ? "dualstack" : "ipv4"
  cors_configuration {
    allow_origins     = var.changed ? ["https://two.example"] : ["https://one.example", "https://zwei.example"]
    allow_methods     = var.changed ? ["GET"] : ["GET", "POST"]
    allow_headers     = var.changed ? ["x-b"] : ["x-a"]
    expose_headers    = var.changed ? ["x-e"] : null
    max_age           = var.changed ? 60 : 300
    allow_credentials = var.changed
  }
  tags = var.changed ? { a = "2" } : { a = "1" }
}

resource "aws_apigatewayv2_api" "cors_on_off" {
  name          = "cors on off"
  protocol_type = "HTTP"
  dynamic "cors_configuration" {
    for_each = var.changed ? [] : [1]
    content { allow_origins = ["*"] }
  }
}

resource "aws_apigatewayv2_api" "quick_lambda" {
  name          = "quick lambda"
  protocol_type = "HTTP"
  target        = var.changed ? aws_lambda_function.auth.arn : aws_lambda_function.fn.arn
  route_key     = var.changed ? "GET /x" : null
}

resource "aws_apigatewayv2_api" "quick_http" {
  name          = "quick http"
  protocol_type = "HTTP"
  target        = var.changed ? "https://two.example.test" : "https://one.example.test"
  route_key     = var.changed ? "GET /b" : "GET /a"
}

resource "aws_apigatewayv2_api" "body" {
  name          = "v2 body"
  protocol_type = "HTTP"
  version       = "1.0"
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "v2 body", version = "1.0" }
    paths = merge({ "/hello" = { get = { responses = { default = { description = "any" } }, "x-amazon-apigateway-integration" = { type = "HTTP_PROXY", httpMethod = "GET", payloadFormatVersion = "1.0", uri = var.changed ? "https://two.example.test" : "https://one.example.test" } } } },
    var.changed ? { "/two" = { get = { responses = { default = { description = "any" } }, "x-amazon-apigateway-integration" = { type = "AWS_PROXY", payloadFormatVersion = "2.0", uri = aws_lambda_function.fn.invoke_arn } } } } : {})
  })
  fail_on_warnings = var.changed
}

resource "aws_apigatewayv2_api" "body_cors" {
  name          = "inner"
  protocol_type = "HTTP"
  description   = "outer"
  version       = "9"
  cors_configuration { allow_origins = ["https://outer.example"] }
  body = jsonencode({ openapi = "3.0.1", info = { title = "inner", version = "9" }, paths = { "/" = { get = { "x-amazon-apigateway-integration" = { type = "HTTP_PROXY", httpMethod = "GET", payloadFormatVersion = "1.0", uri = "https://one.example.test" } } } } })
  tags = var.changed ? { a = "2" } : {}
}

resource "aws_apigatewayv2_vpc_link" "link" {
  name               = var.changed ? "link two" : "link"
  security_group_ids = ["sg-1"]
  subnet_ids         = ["subnet-1", "subnet-2"]
  tags               = var.changed ? { a = "2" } : { a = "1" }
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.http.id
  authorizer_type  = "JWT"
  identity_sources = var.changed ? ["$request.querystring.token"] : ["$request.header.Authorization"]
  name             = var.changed ? "jwt-two" : "jwt"
  jwt_configuration {
    audience = var.changed ? ["x", "y"] : ["x"]
    issuer   = var.changed ? "https://two.example.test/" : "https://issuer.example.test"
  }
}

resource "aws_apigatewayv2_authorizer" "lambda" {
  api_id                            = aws_apigatewayv2_api.http.id
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = aws_lambda_function.auth.invoke_arn
  identity_sources                  = var.changed ? ["$request.header.X-Auth", "$request.querystring.q"] : ["$request.header.X-Auth"]
  name                              = "lambda"
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = true
  authorizer_result_ttl_in_seconds  = var.changed ? 0 : 30
  authorizer_credentials_arn        = var.changed ? aws_iam_role.fn.arn : null
}

resource "aws_apigatewayv2_authorizer" "lambda_one" {
  api_id                            = aws_apigatewayv2_api.http.id
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = aws_lambda_function.auth.invoke_arn
  identity_sources                  = ["$request.header.X-Auth"]
  name                              = "lambda one"
  authorizer_payload_format_version = var.changed ? "2.0" : "1.0"
  enable_simple_responses           = var.changed
}

resource "aws_apigatewayv2_integration" "lambda" {
  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_uri        = var.changed ? aws_lambda_function.fn.invoke_arn : aws_lambda_function.fn.arn
  integration_method     = "POST"
  payload_format_version = var.changed ? "1.0" : "2.0"
  description            = var.changed ? "two" : "one"
  timeout_milliseconds   = var.changed ? 5000 : 30000
}

resource "aws_apigatewayv2_integration" "http" {
  api_id             = aws_apigatewayv2_api.http.id
  integration_type   = "HTTP_PROXY"
  integration_uri    = var.changed ? "https://two.example.test/{proxy}" : "https://one.example.test/{proxy}"
  integration_method = var.changed ? "GET" : "ANY"
  request_parameters = var.changed ? { "overwrite:path" = "/two", "append:header.x" = "$context.requestId" } : { "append:header.x" = "$request.header.y", "remove:querystring.q" = "''" }
  response_parameters {
    status_code = 403
    mappings    = { "append:header.a" = "'1'", "overwrite:statuscode" = "404" }
  }
  dynamic "response_parameters" {
    for_each = var.changed ? [1] : []
    content {
      status_code = 500
      mappings    = { "append:header.five" = "'5'" }
    }
  }
}

resource "aws_apigatewayv2_integration" "plain" {
  api_id             = aws_apigatewayv2_api.http.id
  integration_type   = "HTTP_PROXY"
  integration_uri    = "https://one.example.test"
  integration_method = "GET"
  request_parameters = var.changed ? null : { "append:header.x" = "'1'" }
  dynamic "response_parameters" {
    for_each = var.changed ? [] : [1]
    content {
      status_code = 200
      mappings    = { "append:header.a" = "'1'" }
    }
  }
}

resource "aws_apigatewayv2_integration" "vpc" {
  api_id             = aws_apigatewayv2_api.http.id
  integration_type   = "HTTP_PROXY"
  integration_uri    = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/my/0123456789abcdef/0123456789abcdef"
  integration_method = "ANY"
  connection_type    = "VPC_LINK"
  connection_id      = aws_apigatewayv2_vpc_link.link.id
  tls_config { server_name_to_verify = var.changed ? "two.example.test" : "one.example.test" }
}

resource "aws_apigatewayv2_integration" "sqs" {
  api_id              = aws_apigatewayv2_api.http.id
  credentials_arn     = aws_iam_role.fn.arn
  description         = "queue"
  integration_type    = "AWS_PROXY"
  integration_subtype = "SQS-SendMessage"
  request_parameters  = var.changed ? { QueueUrl = "$request.header.queueUrl", MessageBody = "two", Region = "us-east-1" } : { QueueUrl = "$request.header.queueUrl", MessageBody = "$request.body.message" }
}

resource "aws_apigatewayv2_route" "hello" {
  api_id         = aws_apigatewayv2_api.http.id
  route_key      = var.changed ? "GET /hello2" : "GET /hello"
  target         = "integrations/${aws_apigatewayv2_integration.lambda.id}"
  operation_name = var.changed ? "hello2" : "hello"
}

resource "aws_apigatewayv2_route" "default" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "$default"
  target    = "integrations/${var.changed ? aws_apigatewayv2_integration.plain.id : aws_apigatewayv2_integration.http.id}"
}

resource "aws_apigatewayv2_route" "jwt" {
  api_id               = aws_apigatewayv2_api.http.id
  route_key            = "GET /jwt"
  target               = "integrations/${aws_apigatewayv2_integration.lambda.id}"
  authorization_type   = var.changed ? "CUSTOM" : "JWT"
  authorizer_id        = var.changed ? aws_apigatewayv2_authorizer.lambda.id : aws_apigatewayv2_authorizer.jwt.id
  authorization_scopes = var.changed ? null : ["read", "write"]
}

resource "aws_apigatewayv2_route" "iam" {
  api_id             = aws_apigatewayv2_api.http.id
  route_key          = "ANY /iam/{proxy+}"
  authorization_type = var.changed ? "NONE" : "AWS_IAM"
  target             = "integrations/${aws_apigatewayv2_integration.vpc.id}"
}

resource "aws_apigatewayv2_route" "sqs" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "POST /queue"
  target    = "integrations/${aws_apigatewayv2_integration.sqs.id}"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true
  description = var.changed ? "two" : "one"
  default_route_settings {
    throttling_burst_limit   = var.changed ? 20 : 10
    throttling_rate_limit    = var.changed ? 20.5 : 10
    detailed_metrics_enabled = var.changed
  }
  dynamic "route_settings" {
    for_each = var.changed ? { "GET /jwt" = 3, "POST /queue" = 4 } : { "GET /jwt" = 2, "$default" = 1 }
    content {
      route_key              = route_settings.key
      throttling_burst_limit = route_settings.value
      throttling_rate_limit  = route_settings.value
    }
  }
  dynamic "access_log_settings" {
    for_each = var.changed ? [] : [1]
    content {
      destination_arn = aws_cloudwatch_log_group.access.arn
      format          = jsonencode({ id = "$context.requestId" })
    }
  }
  stage_variables = var.changed ? { a = "2", c = "3" } : { a = "1", b = "2" }
  tags            = var.changed ? { a = "2" } : { a = "1" }
  depends_on      = [aws_apigatewayv2_route.jwt, aws_apigatewayv2_route.sqs, aws_apigatewayv2_route.default]
}

resource "aws_apigatewayv2_deployment" "manual" {
  api_id      = aws_apigatewayv2_api.http.id
  description = var.changed ? "two" : "one"
  triggers    = { redeployment = sha1(jsonencode([aws_apigatewayv2_route.hello.id])) }
  lifecycle { create_before_destroy = true }
  depends_on = [aws_apigatewayv2_route.hello]
}

resource "aws_apigatewayv2_stage" "manual" {
  api_id        = aws_apigatewayv2_api.http.id
  name          = "manual"
  deployment_id = aws_apigatewayv2_deployment.manual.id
}

resource "aws_apigatewayv2_stage" "switch" {
  api_id          = aws_apigatewayv2_api.http.id
  name            = "switch"
  auto_deploy     = var.changed
  deployment_id   = var.changed ? null : aws_apigatewayv2_deployment.manual.id
  stage_variables = var.changed ? null : { a = "1" }
  dynamic "default_route_settings" {
    for_each = var.changed ? [] : [1]
    content { throttling_burst_limit = 7 }
  }
}

data "aws_apigatewayv2_api" "http" { api_id = aws_apigatewayv2_api.http.id }
data "aws_apigatewayv2_apis" "apis" {
  protocol_type = "HTTP"
  depends_on    = [aws_apigatewayv2_api.http]
}

data "aws_apigatewayv2_vpc_link" "link" { vpc_link_id = aws_apigatewayv2_vpc_link.link.id }
data "aws_apigatewayv2_export" "oas" {
  api_id        = aws_apigatewayv2_api.http.id
  specification = "OAS30"
  output_type   = "YAML"
  stage_name    = var.changed ? null : aws_apigatewayv2_stage.default.name
}

output "api_id" { value = aws_apigatewayv2_api.http.id }
