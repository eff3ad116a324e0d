# Instance profiles, identity providers and an account alias. The second stage changes each of them.

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
  # The API takes no metadata below 1,000 characters.
  padding = join("", [for n in range(1000) : "x"])
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role" "web" {
  name               = "web"
  assume_role_policy = local.trust
}

resource "aws_iam_role" "other" {
  name               = "other"
  assume_role_policy = local.trust
}

resource "aws_iam_instance_profile" "web" {
  name = "web"
  path = "/machines/"
  role = local.second ? aws_iam_role.other.name : aws_iam_role.web.name
  tags = { stage = var.stage }
}

resource "aws_iam_openid_connect_provider" "cluster" {
  url             = "https://oidc.example.com/id/0123456789ABCDEF"
  client_id_list  = local.second ? ["sts.amazonaws.com", "app"] : ["sts.amazonaws.com"]
  thumbprint_list = [local.second ? "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd" : "abababababababababababababababababababab"]
}

resource "aws_iam_role" "pod" {
  name = "pod"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_openid_connect_provider.cluster.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringEquals = { "oidc.example.com/id/0123456789ABCDEF:sub" = "system:serviceaccount:app:api" } }
    }]
  })
}

resource "aws_iam_saml_provider" "corp" {
  name                   = "corp"
  saml_metadata_document = "<EntityDescriptor entityID='https://idp.example/${var.stage}'><!-- ${local.padding} --><IDPSSODescriptor/></EntityDescriptor>"
}

resource "aws_iam_service_linked_role" "keys" {
  aws_service_name = "mrk.kms.amazonaws.com"
  description      = "stage ${var.stage}"
}

resource "aws_iam_account_alias" "this" {
  account_alias = local.second ? "example-second" : "example-first"
}

data "aws_iam_instance_profile" "web" {
  name = aws_iam_instance_profile.web.name
}

data "aws_iam_openid_connect_provider" "cluster" {
  arn = aws_iam_openid_connect_provider.cluster.arn
}

data "aws_iam_account_alias" "this" {
  depends_on = [aws_iam_account_alias.this]
}

output "profile_role" {
  value = data.aws_iam_instance_profile.web.role_name
}

output "clients" {
  value = data.aws_iam_openid_connect_provider.cluster.client_id_list
}

output "alias" {
  value = data.aws_iam_account_alias.this.account_alias
}
