# Grants on keys. Every argument of a grant forces a new one, so a change replaces it.

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
}

locals {
  second = var.stage > 1
}

resource "aws_kms_key" "sealing" {
  deletion_window_in_days = 7
}

resource "aws_kms_key" "signing" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
  deletion_window_in_days  = 7
}

resource "aws_iam_role" "app" {
  name = "app"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = aws_iam_user.operator.arn }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_user" "operator" {
  name = "operator"
}

resource "aws_kms_grant" "named" {
  name               = "app"
  key_id             = aws_kms_key.sealing.key_id
  grantee_principal  = aws_iam_role.app.arn
  retiring_principal = aws_iam_user.operator.arn
  operations         = local.second ? ["Encrypt", "Decrypt", "GenerateDataKey"] : ["Encrypt", "Decrypt"]

  constraints {
    encryption_context_equals = {
      tenant = local.second ? "red" : "blue"
    }
  }
}

resource "aws_kms_grant" "retired" {
  key_id                = aws_kms_key.sealing.arn
  grantee_principal     = aws_iam_user.operator.arn
  operations            = ["Encrypt", "ReEncryptFrom", "ReEncryptTo", "DescribeKey"]
  grant_creation_tokens = [aws_kms_grant.named.grant_token]
  retire_on_delete      = true

  constraints {
    encryption_context_subset = {
      tenant = "blue"
      kind   = "backup"
    }
  }
}

resource "aws_kms_grant" "signing" {
  key_id            = aws_kms_key.signing.key_id
  grantee_principal = aws_iam_role.app.arn
  operations        = ["Sign", "Verify", "GetPublicKey"]
}

output "sealing" {
  value = aws_kms_key.sealing.arn
}

output "signing" {
  value = aws_kms_key.signing.arn
}

output "named" {
  value = aws_kms_grant.named.grant_id
}
