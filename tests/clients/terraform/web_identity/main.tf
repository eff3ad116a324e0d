# A key, made by a provider whose only credentials are a token of an OpenID Connect issuer.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "role" {
  type = string
}

variable "token_file" {
  type = string
}

provider "aws" {
  region = "eu-central-1"
  assume_role_with_web_identity {
    role_arn                = var.role
    session_name            = "terraform"
    web_identity_token_file = var.token_file
  }
}

data "aws_caller_identity" "current" {}

resource "aws_kms_key" "key" {
  description = "made with a token"
}

output "arn" {
  value = data.aws_caller_identity.current.arn
}
