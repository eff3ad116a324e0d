# Changes of a configuration in place: every resource differs between the stages, and none may be replaced.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "stage" {
  type    = number
  default = 1
}

provider "aws" {
  region = "eu-central-1"

  default_tags {
    tags = var.stage == 1 ? tomap({ stage = "one", gone = "soon" }) : tomap({ stage = "two", "new/tag" = "a b:c" })
  }
}

provider "aws" {
  alias  = "untagged"
  region = "eu-central-1"
}

data "aws_caller_identity" "me" {}

locals {
  account = data.aws_caller_identity.me.account_id
  second  = var.stage > 1
}

resource "aws_kms_key" "changed" {
  description             = "stage ${var.stage}"
  enable_key_rotation     = true
  rotation_period_in_days = local.second ? 180 : 90
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"
    Id      = "stage-${var.stage}"
    Statement = concat(
      [{
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      }],
      local.second ? [{
        Sid       = "User"
        Effect    = "Allow"
        Principal = { AWS = aws_iam_user.app.arn }
        Action    = ["kms:Encrypt", "kms:Decrypt"]
        Resource  = "*"
      }] : []
    )
  })
}

resource "aws_kms_key" "toggled" {
  description             = "on in stage 1, off in stage 2"
  is_enabled              = !local.second
  deletion_window_in_days = 7
}

resource "aws_kms_key" "second" {
  description             = "what the secret moves to"
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "moved" {
  name          = "alias/moved"
  target_key_id = local.second ? aws_kms_key.toggled.arn : aws_kms_key.changed.key_id
}

resource "aws_iam_user" "app" {
  name = "app"
}

# A user that no other resource names: the provider cannot plan a resource that names a user whose ARN is about to change.
# It also changes the tags of a renamed user under the new name before the user has that name.
resource "aws_iam_user" "renamed" {
  provider = aws.untagged

  name = "renamed-${var.stage}"
  path = local.second ? "/services/" : "/"
}

resource "aws_iam_access_key" "app" {
  user   = aws_iam_user.app.name
  status = local.second ? "Inactive" : "Active"
}

resource "aws_iam_user_policy" "app" {
  name = "inline"
  user = aws_iam_user.app.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = local.second ? "kms:Describe*" : "kms:List*", Resource = "*" }]
  })
}

resource "aws_iam_policy" "managed" {
  name = "managed"
  path = "/services/"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = local.second ? "*" : aws_secretsmanager_secret.plain.arn }]
  })
}

resource "aws_iam_user_policy_attachment" "app" {
  user       = aws_iam_user.app.name
  policy_arn = aws_iam_policy.managed.arn
}

resource "aws_iam_role" "app" {
  name                 = "app"
  description          = "stage ${var.stage}"
  max_session_duration = local.second ? 7200 : 3600
  permissions_boundary = local.second ? aws_iam_policy.managed.arn : null

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.second ? aws_iam_user.app.arn : "arn:aws:iam::${local.account}:root" }
    }]
  })
}

resource "aws_secretsmanager_secret" "plain" {
  name                    = "plain"
  description             = local.second ? "" : "stage one"
  kms_key_id              = local.second ? aws_kms_key.second.key_id : aws_kms_key.changed.arn
  recovery_window_in_days = 7

  dynamic "replica" {
    for_each = local.second ? ["eu-west-1"] : []

    content {
      region = replica.value
    }
  }
}

resource "aws_secretsmanager_secret_version" "plain" {
  secret_id     = aws_secretsmanager_secret.plain.id
  secret_binary = local.second ? null : base64encode("binary")
  secret_string = local.second ? "text" : null
}

resource "aws_secretsmanager_secret_policy" "plain" {
  secret_arn = aws_secretsmanager_secret.plain.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = local.second ? aws_iam_role.app.arn : "arn:aws:iam::${local.account}:root" }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
}

output "changed_key" {
  value = aws_kms_key.changed.key_id
}

output "second_key" {
  value = aws_kms_key.second.key_id
}

output "toggled_key" {
  value = aws_kms_key.toggled.key_id
}
