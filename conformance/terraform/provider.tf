# What every configuration here begins with: the provider takes its endpoint and keys from the environment.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

# Each argument that can be changed in place has two values.
variable "changed" {
  type    = bool
  default = false
}
