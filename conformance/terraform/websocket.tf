# WebSocket APIs.
resource "aws_api_gateway_account" "account" { cloudwatch_role_arn = aws_iam_role.fn.arn }

resource "aws_apigatewayv2_api" "chat" {
  name                         = var.changed ? "chat two" : "chat"
  protocol_type                = "WEBSOCKET"
  route_selection_expression   = var.changed ? "$request.body.type" : "$request.body.action"
  api_key_selection_expression = var.changed ? "$context.authorizer.usageIdentifierKey" : "$request.header.x-api-key"
  description                  = var.changed ? "two" : "one"
  tags                         = var.changed ? { a = "2" } : { a = "1" }
}

resource "aws_apigatewayv2_authorizer" "request" {
  api_id           = aws_apigatewayv2_api.chat.id
  authorizer_type  = "REQUEST"
  authorizer_uri   = aws_lambda_function.auth.invoke_arn
  identity_sources = var.changed ? ["route.request.header.Auth"] : ["route.request.querystring.auth"]
  name             = var.changed ? "request-two" : "request"
}

resource "aws_apigatewayv2_model" "message" {
  api_id       = aws_apigatewayv2_api.chat.id
  content_type = var.changed ? "application/vnd.two+json" : "application/json"
  name         = var.changed ? "MessageTwo" : "Message"
  description  = var.changed ? "two" : "one"
  schema       = jsonencode({ "$schema" = "http://json-schema.org/draft-04/schema#", type = "object", title = var.changed ? "two" : "one" })
}

resource "aws_apigatewayv2_integration" "lambda" {
  api_id                    = aws_apigatewayv2_api.chat.id
  integration_type          = "AWS_PROXY"
  integration_uri           = aws_lambda_function.fn.invoke_arn
  integration_method        = "POST"
  content_handling_strategy = var.changed ? "CONVERT_TO_BINARY" : "CONVERT_TO_TEXT"
  passthrough_behavior      = var.changed ? "NEVER" : "WHEN_NO_MATCH"
  credentials_arn           = var.changed ? aws_iam_role.fn.arn : null
  description               = var.changed ? "two" : "one"
  timeout_milliseconds      = var.changed ? 5000 : 29000
}

resource "aws_apigatewayv2_integration" "mock" {
  api_id                        = aws_apigatewayv2_api.chat.id
  integration_type              = "MOCK"
  template_selection_expression = var.changed ? "two" : "one"
  request_templates             = var.changed ? { two = "{\"statusCode\":200}" } : { one = "{\"statusCode\":200}", old = "{}" }
}

resource "aws_apigatewayv2_integration" "http" {
  api_id               = aws_apigatewayv2_api.chat.id
  integration_type     = "HTTP"
  integration_method   = var.changed ? "PUT" : "POST"
  integration_uri      = var.changed ? "https://two.example.test" : "https://one.example.test"
  passthrough_behavior = var.changed ? "WHEN_NO_TEMPLATES" : "NEVER"
  request_parameters   = var.changed ? { "integration.request.querystring.stage" = "'two'" } : { "integration.request.querystring.stage" = "'one'", "integration.request.header.h" = "context.connectionId" }
  request_templates    = { "application/json" = var.changed ? "{\"v\":2}" : "{\"v\":1}" }
}

resource "aws_apigatewayv2_integration_response" "mock" {
  api_id                        = aws_apigatewayv2_api.chat.id
  integration_id                = aws_apigatewayv2_integration.mock.id
  integration_response_key      = var.changed ? "$default" : "/200/"
  content_handling_strategy     = var.changed ? "CONVERT_TO_TEXT" : "CONVERT_TO_BINARY"
  template_selection_expression = var.changed ? "two" : "one"
  response_templates            = var.changed ? { two = "2" } : { one = "1", "application/json" = "x" }
}

resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.chat.id
  route_key          = "$connect"
  authorization_type = var.changed ? "NONE" : "CUSTOM"
  authorizer_id      = var.changed ? null : aws_apigatewayv2_authorizer.request.id
  api_key_required   = var.changed
  target             = "integrations/${aws_apigatewayv2_integration.mock.id}"
  request_parameter {
    request_parameter_key = "route.request.querystring.auth"
    required              = !var.changed
  }
  dynamic "request_parameter" {
    for_each = var.changed ? [1] : []
    content {
      request_parameter_key = "route.request.header.x"
      required              = true
    }
  }
}

resource "aws_apigatewayv2_route" "default" {
  api_id                              = aws_apigatewayv2_api.chat.id
  route_key                           = "$default"
  target                              = "integrations/${aws_apigatewayv2_integration.lambda.id}"
  route_response_selection_expression = "$default"
  model_selection_expression          = var.changed ? "other" : "action"
  request_models                      = var.changed ? { other = aws_apigatewayv2_model.message.name } : { action = aws_apigatewayv2_model.message.name }
  operation_name                      = var.changed ? "two" : "one"
}

resource "aws_apigatewayv2_route" "join" {
  api_id    = aws_apigatewayv2_api.chat.id
  route_key = var.changed ? "join2" : "join"
  target    = "integrations/${var.changed ? aws_apigatewayv2_integration.lambda.id : aws_apigatewayv2_integration.http.id}"
}

resource "aws_apigatewayv2_route_response" "default" {
  api_id                     = aws_apigatewayv2_api.chat.id
  route_id                   = aws_apigatewayv2_route.default.id
  route_response_key         = "$default"
  model_selection_expression = var.changed ? "other" : "action"
  response_models            = var.changed ? { other = aws_apigatewayv2_model.message.name } : { action = aws_apigatewayv2_model.message.name }
}

resource "aws_apigatewayv2_deployment" "chat" {
  api_id      = aws_apigatewayv2_api.chat.id
  description = "deployed"
  triggers    = { v = tostring(var.changed) }
  lifecycle { create_before_destroy = true }
  depends_on = [aws_apigatewayv2_route.connect, aws_apigatewayv2_route.default, aws_apigatewayv2_route.join, aws_apigatewayv2_route_response.default, aws_apigatewayv2_integration_response.mock]
}

resource "aws_apigatewayv2_stage" "prod" {
  api_id                = aws_apigatewayv2_api.chat.id
  name                  = "prod"
  deployment_id         = aws_apigatewayv2_deployment.chat.id
  description           = var.changed ? "two" : "one"
  client_certificate_id = var.changed ? aws_api_gateway_client_certificate.cert.id : null
  default_route_settings {
    data_trace_enabled       = var.changed
    detailed_metrics_enabled = var.changed
    logging_level            = var.changed ? "ERROR" : "INFO"
    throttling_burst_limit   = var.changed ? 5 : 500
    throttling_rate_limit    = var.changed ? 5 : 1000
  }
  route_settings {
    route_key              = "$default"
    data_trace_enabled     = true
    logging_level          = var.changed ? "OFF" : "ERROR"
    throttling_burst_limit = 22
    throttling_rate_limit  = 33
  }
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = var.changed ? "$context.requestId $context.connectionId" : "$context.requestId $context.eventType"
  }
  stage_variables = var.changed ? { a = "2" } : { a = "1", b = "2" }
  depends_on      = [aws_api_gateway_account.account]
}

resource "aws_apigatewayv2_stage" "auto" {
  api_id      = aws_apigatewayv2_api.chat.id
  name        = "auto"
  auto_deploy = true
}

resource "aws_api_gateway_client_certificate" "cert" {}

output "api_id" { value = aws_apigatewayv2_api.chat.id }
