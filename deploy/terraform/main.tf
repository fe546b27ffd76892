# The role that crossaccountlink assumes in one account. See README.md.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  partition    = data.aws_partition.current.partition
  account_id   = data.aws_caller_identity.current.account_id
  source       = var.side != "target"
  target       = var.side != "source"
  boundary_arn = "arn:${local.partition}:iam::${local.account_id}:policy/${var.boundary_policy}"

  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [for row in local.trust_statements : row.statement if row.when]
  })
  permissions = jsonencode({
    Version   = "2012-10-17"
    Statement = [for row in local.permission_statements : row.statement if row.when]
  })
}

resource "aws_iam_role" "operator" {
  name               = var.role_name
  assume_role_policy = local.trust

  lifecycle {
    precondition {
      condition     = !local.source || var.execution_roles != ""
      error_message = "execution_roles is needed where links lead from: it limits whose policies may be written."
    }
    precondition {
      condition     = !local.target || var.cluster_id != ""
      error_message = "cluster_id is needed where links lead into: it marks the roles that are the operator's."
    }
  }
}

resource "aws_iam_role_policy" "operator" {
  name   = "crossaccountlink"
  role   = aws_iam_role.operator.id
  policy = local.permissions
}
