# Keys of every spec and usage, imported material, and what reads them. The stages differ in everything that can change in place.

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

variable "valid_to" {
  type = string
}

provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "west"
  region = "eu-west-1"
}

data "aws_caller_identity" "me" {}

locals {
  second = var.stage > 1

  kinds = {
    symmetric     = ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"]
    rsa_2048      = ["RSA_2048", "SIGN_VERIFY"]
    rsa_3072      = ["RSA_3072", "ENCRYPT_DECRYPT"]
    rsa_4096      = ["RSA_4096", "SIGN_VERIFY"]
    p256          = ["ECC_NIST_P256", "SIGN_VERIFY"]
    p384          = ["ECC_NIST_P384", "SIGN_VERIFY"]
    p521          = ["ECC_NIST_P521", "SIGN_VERIFY"]
    secp256k1     = ["ECC_SECG_P256K1", "SIGN_VERIFY"]
    agreement     = ["ECC_NIST_P256", "KEY_AGREEMENT"]
    hmac_224      = ["HMAC_224", "GENERATE_VERIFY_MAC"]
    hmac_256      = ["HMAC_256", "GENERATE_VERIFY_MAC"]
    hmac_384      = ["HMAC_384", "GENERATE_VERIFY_MAC"]
    hmac_512      = ["HMAC_512", "GENERATE_VERIFY_MAC"]
    agreement_521 = ["ECC_NIST_P521", "KEY_AGREEMENT"]
  }

  material = "bWF0ZXJpYWwgb2YgMzIgYnl0ZXMsIGFzIGEgdGVzdC4="
}

resource "aws_kms_key" "kinds" {
  for_each = local.kinds

  customer_master_key_spec = each.value[0]
  key_usage                = each.value[1]
  description              = "${each.key} ${var.stage}"
  deletion_window_in_days  = 7
  multi_region             = each.key == "p384"
  tags                     = { stage = var.stage }
}

resource "aws_kms_replica_key" "p384" {
  provider = aws.west

  primary_key_arn         = aws_kms_key.kinds["p384"].arn
  description             = "west ${var.stage}"
  enabled                 = !local.second
  deletion_window_in_days = 7
}

resource "aws_kms_key" "rotated" {
  description             = "rotates"
  enable_key_rotation     = !local.second
  rotation_period_in_days = local.second ? null : 2560
  deletion_window_in_days = 30
}

resource "aws_kms_key_policy" "rotated" {
  key_id = aws_kms_key.rotated.id

  policy = jsonencode({
    Version = "2012-10-17"
    Id      = "stage-${var.stage}"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = data.aws_caller_identity.me.account_id }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_external_key" "filled" {
  description             = "imported ${var.stage}"
  key_material_base64     = local.material
  valid_to                = local.second ? null : var.valid_to
  enabled                 = true
  multi_region            = true
  deletion_window_in_days = 7
  tags                    = { stage = var.stage }
}

resource "aws_kms_replica_external_key" "west" {
  provider = aws.west

  primary_key_arn         = aws_kms_external_key.filled.arn
  description             = "imported west ${var.stage}"
  key_material_base64     = local.material
  enabled                 = true
  deletion_window_in_days = 7
}

resource "aws_kms_external_key" "empty" {
  description             = "waits for its material"
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "filled" {
  name          = "alias/filled"
  target_key_id = aws_kms_external_key.filled.id
}

resource "aws_kms_ciphertext" "filled" {
  key_id    = aws_kms_external_key.filled.arn
  plaintext = "a word"
  context   = { place = "cellar" }
}

data "aws_kms_key" "filled" {
  key_id = aws_kms_alias.filled.name
}

data "aws_kms_alias" "filled" {
  name = aws_kms_alias.filled.name
}

data "aws_kms_public_key" "p256" {
  key_id = aws_kms_key.kinds["p256"].arn
}

data "aws_kms_secrets" "opened" {
  secret {
    name    = "word"
    payload = aws_kms_ciphertext.filled.ciphertext_blob
    context = { place = "cellar" }
  }
}

output "kinds" {
  value = { for name, key in aws_kms_key.kinds : name => key.key_id }
}

output "filled" {
  value = aws_kms_external_key.filled.id
}

output "empty" {
  value = aws_kms_external_key.empty.id
}

output "rotated" {
  value = aws_kms_key.rotated.key_id
}

output "shown" {
  value = {
    origin      = data.aws_kms_key.filled.origin
    state       = data.aws_kms_key.filled.key_state
    target      = data.aws_kms_alias.filled.target_key_id
    public_key  = data.aws_kms_public_key.p256.public_key_pem
    west_state  = aws_kms_replica_external_key.west.key_state
    empty_state = aws_kms_external_key.empty.key_state
  }
}

output "word" {
  value     = data.aws_kms_secrets.opened.plaintext["word"]
  sensitive = true
}
