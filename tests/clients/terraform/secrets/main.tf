# Secrets with replicas, policies, staging labels, write-only values and rotation, and every data source of Secrets Manager.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

variable "stage" {
  type = number
}

locals {
  second = var.stage == 2
  # Bound to a function by the server of the test.
  function = "arn:aws:lambda:eu-central-1:000000000000:function:rotate"
}

resource "aws_secretsmanager_secret" "rotated" {
  name                           = "rotated"
  description                    = "stage ${var.stage}"
  recovery_window_in_days        = 0
  force_overwrite_replica_secret = true

  replica {
    region = "eu-west-1"
  }
}

resource "aws_secretsmanager_secret_version" "rotated" {
  secret_id                = aws_secretsmanager_secret.rotated.id
  secret_string_wo         = jsonencode({ password = "stage ${var.stage}" })
  secret_string_wo_version = var.stage
}

resource "aws_secretsmanager_secret_rotation" "rotated" {
  secret_id           = aws_secretsmanager_secret_version.rotated.secret_id
  rotation_lambda_arn = local.function
  rotate_immediately  = false

  rotation_rules {
    automatically_after_days = local.second ? null : 30
    schedule_expression      = local.second ? "cron(0 16 1,15 * ? *)" : null
    duration                 = local.second ? "2h" : null
  }
}

resource "aws_secretsmanager_secret_policy" "rotated" {
  secret_arn          = aws_secretsmanager_secret.rotated.arn
  block_public_policy = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Stage${var.stage}"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::000000000000:root" }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
}

resource "aws_secretsmanager_secret" "staged" {
  name                    = "staged"
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret_version" "staged" {
  secret_id      = aws_secretsmanager_secret.staged.id
  secret_binary  = base64encode("binary ${var.stage}")
  version_stages = local.second ? ["AWSCURRENT", "second"] : ["AWSCURRENT", "first"]
}

data "aws_secretsmanager_random_password" "new" {
  password_length = 40
  exclude_numbers = true
}

data "aws_secretsmanager_secret" "rotated" {
  arn        = aws_secretsmanager_secret.rotated.arn
  depends_on = [aws_secretsmanager_secret_policy.rotated]
}

data "aws_secretsmanager_secret_rotation" "rotated" {
  secret_id = aws_secretsmanager_secret_rotation.rotated.id
}

data "aws_secretsmanager_secret_version" "staged" {
  secret_id     = aws_secretsmanager_secret.staged.id
  version_stage = local.second ? "second" : "first"
  depends_on    = [aws_secretsmanager_secret_version.staged]
}

data "aws_secretsmanager_secret_versions" "staged" {
  secret_id  = aws_secretsmanager_secret.staged.id
  depends_on = [aws_secretsmanager_secret_version.staged]
}

data "aws_secretsmanager_secrets" "all" {
  depends_on = [aws_secretsmanager_secret.rotated, aws_secretsmanager_secret.staged]

  filter {
    name   = "name"
    values = ["rotated"]
  }
}

output "password_length" {
  value     = length(data.aws_secretsmanager_random_password.new.random_password)
  sensitive = true
}

output "description" {
  value = data.aws_secretsmanager_secret.rotated.description
}

output "rotation_enabled" {
  value = data.aws_secretsmanager_secret_rotation.rotated.rotation_enabled
}

output "staged" {
  value     = data.aws_secretsmanager_secret_version.staged.secret_binary
  sensitive = true
}

output "versions" {
  value = length(data.aws_secretsmanager_secret_versions.staged.versions)
}

output "found" {
  value = data.aws_secretsmanager_secrets.all.names
}
