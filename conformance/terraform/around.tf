# What an API needs around it: functions, their role and permissions, a log group.
resource "aws_iam_role" "fn" {
  name               = "shop"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com", "apigateway.amazonaws.com"] } }] })
}

resource "aws_iam_role_policy" "fn" {
  name   = "fn"
  role   = aws_iam_role.fn.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["lambda:*", "logs:*"], Resource = "*" }] })
}

resource "aws_lambda_function" "fn" {
  function_name    = "shop"
  role             = aws_iam_role.fn.arn
  filename         = "function.zip"
  source_code_hash = filebase64sha256("function.zip")
  handler          = "index.handler"
  runtime          = "nodejs22.x"
}

resource "aws_lambda_function" "auth" {
  function_name = "authorize"
  role          = aws_iam_role.fn.arn
  filename      = "function.zip"
  handler       = "index.authorize"
  runtime       = "nodejs22.x"
}

resource "aws_lambda_permission" "fn" {
  for_each      = { fn = aws_lambda_function.fn.function_name, auth = aws_lambda_function.auth.function_name }
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = each.value
  principal     = "apigateway.amazonaws.com"
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/shop/access"
  retention_in_days = 7
}
