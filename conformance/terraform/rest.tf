# REST APIs: every resource and data source of the provider, piece by piece.
resource "aws_api_gateway_account" "account" {
  cloudwatch_role_arn = aws_iam_role.fn.arn
}

resource "aws_api_gateway_rest_api" "shop" {
  name                         = var.changed ? "shop two" : "shop"
  description                  = var.changed ? "second" : "first"
  binary_media_types           = var.changed ? ["image/png", "application/pdf"] : ["image/png", "image/*"]
  minimum_compression_size     = var.changed ? null : 1024
  api_key_source               = var.changed ? "HEADER" : "AUTHORIZER"
  disable_execute_api_endpoint = false
  endpoint_configuration { types = [var.changed ? "EDGE" : "REGIONAL"] }
  tags = var.changed ? { team = "zoo", env = "two" } : { team = "zoo", owner = "one" }
}

resource "aws_api_gateway_rest_api_policy" "shop" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "${aws_api_gateway_rest_api.shop.execution_arn}/*" },
    { Effect = "Deny", Principal = "*", Action = "execute-api:Invoke", Resource = "${aws_api_gateway_rest_api.shop.execution_arn}/*", Condition = { IpAddress = { "aws:SourceIp" = var.changed ? ["203.0.113.0/24", "198.51.100.7/32"] : ["203.0.113.0/24"] } } },
  ] })
}

resource "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  parent_id   = aws_api_gateway_rest_api.shop.root_resource_id
  path_part   = var.changed ? "animals" : "pets"
}

resource "aws_api_gateway_resource" "pet" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  parent_id   = var.changed ? aws_api_gateway_rest_api.shop.root_resource_id : aws_api_gateway_resource.pets.id
  path_part   = var.changed ? "pet" : "{id}"
}

resource "aws_api_gateway_resource" "proxy" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  parent_id   = aws_api_gateway_rest_api.shop.root_resource_id
  path_part   = "{proxy+}"
}

resource "aws_api_gateway_model" "pet" {
  rest_api_id  = aws_api_gateway_rest_api.shop.id
  name         = "Pet"
  description  = var.changed ? "two" : "one"
  content_type = "application/json"
  schema       = jsonencode({ type = "object", required = var.changed ? ["name", "kind"] : ["name"] })
}

resource "aws_api_gateway_request_validator" "both" {
  rest_api_id                 = aws_api_gateway_rest_api.shop.id
  name                        = var.changed ? "body" : "both"
  validate_request_body       = true
  validate_request_parameters = !var.changed
}

resource "aws_api_gateway_authorizer" "token" {
  name                             = var.changed ? "token-two" : "token"
  rest_api_id                      = aws_api_gateway_rest_api.shop.id
  type                             = var.changed ? "REQUEST" : "TOKEN"
  authorizer_uri                   = aws_lambda_function.auth.invoke_arn
  authorizer_credentials           = var.changed ? null : aws_iam_role.fn.arn
  authorizer_result_ttl_in_seconds = var.changed ? 0 : 60
  identity_source                  = var.changed ? "method.request.header.X-Auth,method.request.querystring.q" : "method.request.header.Authorization"
  identity_validation_expression   = var.changed ? null : "Bearer .*"
}

resource "aws_api_gateway_authorizer" "cognito" {
  name            = "cognito"
  rest_api_id     = aws_api_gateway_rest_api.shop.id
  type            = "COGNITO_USER_POOLS"
  identity_source = var.changed ? "method.request.header.Auth2" : "method.request.header.Authorization"
  provider_arns   = var.changed ? ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_b", "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_c"] : ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a"]
}

resource "aws_api_gateway_method" "get" {
  rest_api_id          = aws_api_gateway_rest_api.shop.id
  resource_id          = aws_api_gateway_resource.pets.id
  http_method          = "GET"
  authorization        = "NONE"
  api_key_required     = var.changed
  operation_name       = var.changed ? "listPets2" : "listPets"
  request_validator_id = aws_api_gateway_request_validator.both.id
  request_parameters   = var.changed ? { "method.request.querystring.kind" = false, "method.request.header.X-New" = true } : { "method.request.querystring.kind" = true, "method.request.querystring.page" = false }
  request_models       = var.changed ? { "application/json" = "Error" } : { "application/json" = aws_api_gateway_model.pet.name }
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id          = aws_api_gateway_rest_api.shop.id
  resource_id          = aws_api_gateway_resource.pets.id
  http_method          = aws_api_gateway_method.get.http_method
  type                 = "MOCK"
  passthrough_behavior = "WHEN_NO_TEMPLATES"
  timeout_milliseconds = var.changed ? 5000 : 29000
  cache_key_parameters = var.changed ? ["method.request.querystring.kind", "method.request.header.X-New"] : ["method.request.querystring.kind"]
  cache_namespace      = var.changed ? "two" : "one"
  content_handling     = var.changed ? "CONVERT_TO_TEXT" : null
  request_templates    = var.changed ? { "application/json" = "{\"statusCode\":200,\"two\":1}", "text/plain" = "{\"statusCode\":200}" } : { "application/json" = "{\"statusCode\":200}", "application/xml" = "{\"statusCode\":200}" }
}

resource "aws_api_gateway_method_response" "get" {
  rest_api_id         = aws_api_gateway_rest_api.shop.id
  resource_id         = aws_api_gateway_resource.pets.id
  http_method         = aws_api_gateway_method.get.http_method
  status_code         = "200"
  response_models     = var.changed ? { "application/json" = "Empty", "text/plain" = "Error" } : { "application/json" = aws_api_gateway_model.pet.name }
  response_parameters = var.changed ? { "method.response.header.X-A" = false, "method.response.header.X-C" = true } : { "method.response.header.X-A" = true, "method.response.header.X-B" = true }
}

resource "aws_api_gateway_integration_response" "get" {
  rest_api_id         = aws_api_gateway_rest_api.shop.id
  resource_id         = aws_api_gateway_resource.pets.id
  http_method         = aws_api_gateway_integration.get.http_method
  status_code         = aws_api_gateway_method_response.get.status_code
  selection_pattern   = var.changed ? "2.*" : null
  content_handling    = var.changed ? null : "CONVERT_TO_TEXT"
  response_templates  = var.changed ? { "application/json" = "[\"two\"]", "text/plain" = "" } : { "application/json" = "[\"one\"]" }
  response_parameters = var.changed ? { "method.response.header.X-C" = "'c'" } : { "method.response.header.X-A" = "'a'", "method.response.header.X-B" = "integration.response.header.b" }
}

resource "aws_api_gateway_method" "pet" {
  rest_api_id          = aws_api_gateway_rest_api.shop.id
  resource_id          = aws_api_gateway_resource.pet.id
  http_method          = "ANY"
  authorization        = var.changed ? "COGNITO_USER_POOLS" : "CUSTOM"
  authorizer_id        = var.changed ? aws_api_gateway_authorizer.cognito.id : aws_api_gateway_authorizer.token.id
  authorization_scopes = var.changed ? ["a/read", "a/write"] : null
}

resource "aws_api_gateway_integration" "pet" {
  rest_api_id             = aws_api_gateway_rest_api.shop.id
  resource_id             = aws_api_gateway_resource.pet.id
  http_method             = aws_api_gateway_method.pet.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.changed ? "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${aws_lambda_function.fn.arn}/invocations" : aws_lambda_function.fn.invoke_arn
  credentials             = aws_iam_role.fn.arn
  timeout_milliseconds    = var.changed ? 2000 : 29000
}

resource "aws_api_gateway_method" "proxy" {
  rest_api_id        = aws_api_gateway_rest_api.shop.id
  resource_id        = aws_api_gateway_resource.proxy.id
  http_method        = "ANY"
  authorization      = "AWS_IAM"
  request_parameters = { "method.request.path.proxy" = true }
}

resource "aws_api_gateway_integration" "proxy" {
  rest_api_id             = aws_api_gateway_rest_api.shop.id
  resource_id             = aws_api_gateway_resource.proxy.id
  http_method             = aws_api_gateway_method.proxy.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "ANY"
  uri                     = var.changed ? "http://127.0.0.1:8099/two/{proxy}" : "http://127.0.0.1:8099/{proxy}"
  connection_type         = var.changed ? "VPC_LINK" : "INTERNET"
  connection_id           = var.changed ? aws_api_gateway_vpc_link.link.id : null
  cache_key_parameters    = ["method.request.path.proxy"]
  request_parameters      = var.changed ? { "integration.request.path.proxy" = "method.request.path.proxy", "integration.request.header.X-Two" = "'two'" } : { "integration.request.path.proxy" = "method.request.path.proxy" }
  tls_config { insecure_skip_verification = var.changed }
}

resource "aws_api_gateway_method" "root" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  resource_id   = aws_api_gateway_rest_api.shop.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "root" {
  rest_api_id             = aws_api_gateway_rest_api.shop.id
  resource_id             = aws_api_gateway_rest_api.shop.root_resource_id
  http_method             = aws_api_gateway_method.root.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.fn.invoke_arn
  request_templates       = { "application/json" = var.changed ? "{\"path\":\"two\"}" : "{\"path\":\"one\"}" }
}

resource "aws_api_gateway_method_response" "root" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  resource_id = aws_api_gateway_rest_api.shop.root_resource_id
  http_method = aws_api_gateway_method.root.http_method
  status_code = "200"
}

resource "aws_api_gateway_integration_response" "root" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  resource_id = aws_api_gateway_rest_api.shop.root_resource_id
  http_method = aws_api_gateway_integration.root.http_method
  status_code = aws_api_gateway_method_response.root.status_code
}

resource "aws_api_gateway_gateway_response" "unauthorized" {
  rest_api_id         = aws_api_gateway_rest_api.shop.id
  response_type       = "UNAUTHORIZED"
  status_code         = var.changed ? "403" : "401"
  response_templates  = var.changed ? { "application/json" = "{\"two\":1}" } : { "application/json" = "{\"message\":$context.error.messageString}", "text/plain" = "no" }
  response_parameters = var.changed ? { "gatewayresponse.header.B" = "'b'" } : { "gatewayresponse.header.Authorization" = "'Basic'" }
}

resource "aws_api_gateway_gateway_response" "default" {
  rest_api_id         = aws_api_gateway_rest_api.shop.id
  response_type       = "DEFAULT_4XX"
  response_templates  = { "application/json" = "{\"message\":$context.error.messageString}" }
  response_parameters = { "gatewayresponse.header.Access-Control-Allow-Origin" = "'*'" }
}

resource "aws_api_gateway_documentation_part" "get" {
  location {
    type   = "METHOD"
    method = "GET"
    path   = "/pets"
  }
  properties  = jsonencode({ description = var.changed ? "two" : "one" })
  rest_api_id = aws_api_gateway_rest_api.shop.id
}

resource "aws_api_gateway_documentation_version" "one" {
  version     = "1.0"
  rest_api_id = aws_api_gateway_rest_api.shop.id
  description = var.changed ? "two" : "one"
  depends_on  = [aws_api_gateway_documentation_part.get]
}

resource "aws_api_gateway_deployment" "shop" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  description = var.changed ? "deployed two" : "deployed"
  triggers = {
    redeployment = sha1(jsonencode([var.changed, aws_api_gateway_resource.pets.id, aws_api_gateway_method.get.id, aws_api_gateway_integration.get.id]))
  }
  lifecycle { create_before_destroy = true }
  depends_on = [aws_api_gateway_integration_response.get, aws_api_gateway_integration_response.root, aws_api_gateway_integration.pet, aws_api_gateway_integration.proxy, aws_api_gateway_rest_api_policy.shop, aws_api_gateway_gateway_response.unauthorized]
}

resource "aws_api_gateway_deployment" "canary" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  description = "canary"
  variables   = { a = "1" }
  depends_on  = [aws_api_gateway_deployment.shop]
}

resource "aws_api_gateway_client_certificate" "cert" {
  description = var.changed ? "two" : "one"
  tags        = var.changed ? { a = "2" } : { a = "1" }
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id           = aws_api_gateway_rest_api.shop.id
  deployment_id         = aws_api_gateway_deployment.shop.id
  stage_name            = "prod"
  description           = var.changed ? "two" : "one"
  documentation_version = var.changed ? null : aws_api_gateway_documentation_version.one.version
  client_certificate_id = var.changed ? null : aws_api_gateway_client_certificate.cert.id
  cache_cluster_enabled = var.changed
  cache_cluster_size    = var.changed ? "0.5" : null
  xray_tracing_enabled  = var.changed
  variables             = var.changed ? { a = "2", c = "https://x.test/?q=1" } : { a = "1", b = "2" }
  dynamic "access_log_settings" {
    for_each = var.changed ? [] : [1]
    content {
      destination_arn = aws_cloudwatch_log_group.access.arn
      format          = jsonencode({ requestId = "$context.requestId", status = "$context.status" })
    }
  }
  dynamic "canary_settings" {
    for_each = var.changed ? [1] : []
    content {
      deployment_id            = aws_api_gateway_deployment.canary.id
      percent_traffic          = 0
      stage_variable_overrides = { a = "canary", z = "z" }
      use_stage_cache          = true
    }
  }
  tags       = var.changed ? { a = "2" } : { a = "1", b = "2" }
  depends_on = [aws_api_gateway_account.account]
}

resource "aws_api_gateway_stage" "canary" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  deployment_id = aws_api_gateway_deployment.shop.id
  stage_name    = "canary"
  canary_settings {
    deployment_id            = aws_api_gateway_deployment.canary.id
    percent_traffic          = var.changed ? 50 : 0
    use_stage_cache          = var.changed
    stage_variable_overrides = var.changed ? { a = "2" } : { a = "1", b = "1" }
  }
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = var.changed ? "$context.requestId two" : "$context.requestId one"
  }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "*/*"
  settings {
    metrics_enabled        = true
    logging_level          = var.changed ? "ERROR" : "INFO"
    data_trace_enabled     = !var.changed
    throttling_burst_limit = var.changed ? -1 : 50
    throttling_rate_limit  = var.changed ? -1 : 100
  }
}

resource "aws_api_gateway_method_settings" "get" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "${trimprefix(aws_api_gateway_resource.pets.path, "/")}/GET"
  settings {
    caching_enabled                            = var.changed
    cache_ttl_in_seconds                       = var.changed ? 60 : 300
    cache_data_encrypted                       = var.changed
    require_authorization_for_cache_control    = true
    unauthorized_cache_control_header_strategy = var.changed ? "FAIL_WITH_403" : "SUCCEED_WITH_RESPONSE_HEADER"
  }
}

resource "aws_api_gateway_api_key" "key" {
  name        = var.changed ? "key two" : "key"
  description = var.changed ? "two" : "one"
  enabled     = !var.changed
  value       = "0123456789abcdefghij0123456789"
  customer_id = var.changed ? "customer" : null
  tags        = var.changed ? { a = "2" } : { a = "1" }
}

resource "aws_api_gateway_api_key" "generated" { name = "generated" }

resource "aws_api_gateway_usage_plan" "plan" {
  name         = var.changed ? "gold" : "silver"
  description  = var.changed ? "two" : "one"
  product_code = var.changed ? "CODE2" : "CODE"
  api_stages {
    api_id = aws_api_gateway_rest_api.shop.id
    stage  = aws_api_gateway_stage.prod.stage_name
    dynamic "throttle" {
      for_each = var.changed ? { "/pets/GET" = 5, "/x/POST" = 2 } : { "/pets/GET" = 1 }
      content {
        path        = throttle.key
        burst_limit = throttle.value
        rate_limit  = throttle.value * 2
      }
    }
  }
  dynamic "api_stages" {
    for_each = var.changed ? [1] : []
    content {
      api_id = aws_api_gateway_rest_api.shop.id
      stage  = aws_api_gateway_stage.canary.stage_name
    }
  }
  dynamic "quota_settings" {
    for_each = var.changed ? [] : [1]
    content {
      limit  = 20
      offset = 2
      period = "WEEK"
    }
  }
  throttle_settings {
    burst_limit = var.changed ? 6 : 5
    rate_limit  = var.changed ? 11.5 : 10
  }
  tags = var.changed ? { a = "2" } : { a = "1" }
}

resource "aws_api_gateway_usage_plan" "bare" { name = "bare" }

resource "aws_api_gateway_usage_plan_key" "key" {
  key_id        = aws_api_gateway_api_key.key.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.plan.id
}

resource "aws_api_gateway_vpc_link" "link" {
  name        = var.changed ? "link two" : "link"
  description = var.changed ? "two" : null
  target_arns = ["arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/my/0123456789abcdef"]
  tags        = var.changed ? { a = "2" } : { a = "1" }
}

data "aws_api_gateway_rest_api" "shop" {
  name       = aws_api_gateway_rest_api.shop.name
  depends_on = [aws_api_gateway_rest_api.shop]
}

data "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  path        = aws_api_gateway_resource.pets.path
}

data "aws_api_gateway_api_key" "key" { id = aws_api_gateway_api_key.key.id }
data "aws_api_gateway_api_keys" "keys" {
  include_values = true
  depends_on     = [aws_api_gateway_api_key.key]
}

data "aws_api_gateway_authorizer" "token" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  authorizer_id = aws_api_gateway_authorizer.token.id
}

data "aws_api_gateway_authorizers" "all" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  depends_on  = [aws_api_gateway_authorizer.token, aws_api_gateway_authorizer.cognito]
}

data "aws_api_gateway_vpc_link" "link" {
  name       = aws_api_gateway_vpc_link.link.name
  depends_on = [aws_api_gateway_vpc_link.link]
}

data "aws_api_gateway_export" "oas" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  export_type = var.changed ? "swagger" : "oas30"
  parameters  = { extensions = "integrations" }
}

data "aws_api_gateway_sdk" "js" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  sdk_type    = "javascript"
}

output "api_id" { value = aws_api_gateway_rest_api.shop.id }
