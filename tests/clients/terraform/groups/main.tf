# Groups with members and policies. The second stage renames one group, moves a member and changes a policy.

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

resource "aws_iam_user" "ana" {
  name = "ana"
}

resource "aws_iam_user" "bea" {
  name = "bea"
}

resource "aws_iam_group" "readers" {
  name = local.second ? "keepers" : "readers"
  path = local.second ? "/staff/" : "/"
}

resource "aws_iam_group" "writers" {
  name = "writers"
  path = "/staff/"
}

resource "aws_iam_group_membership" "readers" {
  name  = "readers"
  group = aws_iam_group.readers.name
  users = local.second ? [aws_iam_user.bea.name] : [aws_iam_user.ana.name, aws_iam_user.bea.name]
}

resource "aws_iam_user_group_membership" "ana" {
  user   = aws_iam_user.ana.name
  groups = [aws_iam_group.writers.name]
}

resource "aws_iam_group_policy" "readers" {
  name  = "read"
  group = aws_iam_group.readers.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = local.second ? ["kms:DescribeKey", "kms:ListAliases"] : ["kms:DescribeKey"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_policy" "write" {
  name = "write"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Encrypt", Resource = "*" }]
  })
}

resource "aws_iam_group_policy_attachment" "writers" {
  group      = aws_iam_group.writers.name
  policy_arn = aws_iam_policy.write.arn
}

data "aws_iam_group" "writers" {
  group_name = aws_iam_group.writers.name
  depends_on = [aws_iam_user_group_membership.ana]
}

output "writers" {
  value = [for user in data.aws_iam_group.writers.users : user.user_name]
}
