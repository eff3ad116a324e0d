# A multi-Region key and its replica, an alias in each region, a secret that is replicated under the replica's key, and the
# workloads that may (and may not) read it. The endpoint comes from AWS_ENDPOINT_URL.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "kms_ref" {
  description = "What the secret names its keys by: key_id, arn or alias."
  type        = string
  default     = "key_id"

  validation {
    condition     = contains(["key_id", "arn", "alias"], var.kms_ref)
    error_message = "kms_ref is key_id, arn or alias."
  }
}

variable "name" {
  type    = string
  default = "orders/database"
}

variable "value" {
  type    = string
  default = "first-value"
}

provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "west"
  region = "eu-west-1"
}

data "aws_caller_identity" "me" {}

data "aws_region" "central" {}

data "aws_region" "west" {
  provider = aws.west
}

locals {
  account = data.aws_caller_identity.me.account_id
  short   = replace(var.name, "/", "-")

  keys = {
    central = {
      key_id = aws_kms_key.central.key_id
      arn    = aws_kms_key.central.arn
      alias  = aws_kms_alias.central.name
    }
    west = {
      key_id = aws_kms_replica_key.west.key_id
      arn    = aws_kms_replica_key.west.arn
      alias  = aws_kms_alias.west.name
    }
  }
}

resource "aws_kms_key" "central" {
  description         = "Encrypts the secrets of orders"
  multi_region        = true
  enable_key_rotation = true
}

resource "aws_kms_replica_key" "west" {
  provider        = aws.west
  description     = "Encrypts the secrets of orders in the west"
  primary_key_arn = aws_kms_key.central.arn
}

resource "aws_kms_alias" "central" {
  name          = "alias/${data.aws_region.central.name}-orders"
  target_key_id = aws_kms_key.central.key_id
}

resource "aws_kms_alias" "west" {
  provider      = aws.west
  name          = "alias/${data.aws_region.west.name}-orders"
  target_key_id = aws_kms_replica_key.west.key_id
}

resource "aws_secretsmanager_secret" "orders" {
  name                    = var.name
  kms_key_id              = local.keys.central[var.kms_ref]
  recovery_window_in_days = 0

  replica {
    region     = data.aws_region.west.name
    kms_key_id = local.keys.west[var.kms_ref]
  }
}

resource "aws_secretsmanager_secret_version" "orders" {
  secret_id     = aws_secretsmanager_secret.orders.id
  secret_string = var.value
}

data "aws_iam_policy_document" "account" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account}:root"]
    }
  }
}

# One statement for the key and one for the secret, both for every region.
data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["arn:aws:kms:*:${local.account}:key/${aws_kms_key.central.key_id}"]
  }

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:aws:secretsmanager:*:${local.account}:secret:${var.name}-*"]
  }
}

resource "aws_iam_policy" "read" {
  name   = "read-${local.short}"
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role" "reader" {
  name               = "reader-${local.short}"
  assume_role_policy = data.aws_iam_policy_document.account.json
}

resource "aws_iam_role_policy_attachment" "reader" {
  role       = aws_iam_role.reader.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_role" "nothing" {
  name               = "nothing-${local.short}"
  assume_role_policy = data.aws_iam_policy_document.account.json
}

resource "aws_iam_role" "no_key" {
  name               = "no-key-${local.short}"
  assume_role_policy = data.aws_iam_policy_document.account.json
}

resource "aws_iam_role_policy" "no_key" {
  name = "secrets-but-no-keys"
  role = aws_iam_role.no_key.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "*" }]
  })
}

output "key_id" {
  value = aws_kms_key.central.key_id
}

output "replica_key_id" {
  value = aws_kms_replica_key.west.key_id
}

output "secret_arn" {
  value = aws_secretsmanager_secret.orders.arn
}

output "roles" {
  value = {
    reader  = aws_iam_role.reader.arn
    nothing = aws_iam_role.nothing.arn
    no_key  = aws_iam_role.no_key.arn
  }
}
