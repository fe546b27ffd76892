# Generated from src/bootstrap (npm run generate): what "kubectl crossaccountlink bootstrap" prints, for any account.

locals {
  trust_statements = [
    {
      when = var.external_id != ""
      statement = {
        Sid    = "Operator"
        Effect = "Allow"
        Principal = {
          AWS = [var.operator_arn]
        }
        Action = ["sts:AssumeRole"]
        Condition = {
          StringEquals = {
            "sts:ExternalId" = [var.external_id]
          }
        }
      }
    },
    {
      when = !(var.external_id != "")
      statement = {
        Sid    = "Operator"
        Effect = "Allow"
        Principal = {
          AWS = [var.operator_arn]
        }
        Action = ["sts:AssumeRole"]
      }
    },
    {
      when = true
      statement = {
        Sid    = "SessionTagsOfOperator"
        Effect = "Allow"
        Principal = {
          AWS = [var.operator_arn]
        }
        Action = ["sts:TagSession"]
      }
    },
  ]

  permission_statements = [
    {
      when = local.source
      statement = {
        Sid      = "ReadStateMachines"
        Effect   = "Allow"
        Action   = ["states:DescribeStateMachine", "states:DescribeStateMachineAlias"]
        Resource = ["arn:${local.partition}:states:*:${local.account_id}:stateMachine:${var.state_machines}", "arn:${local.partition}:states:*:${local.account_id}:stateMachine:${var.state_machines}:*"]
      }
    },
    {
      when = local.source
      statement = {
        Sid      = "ListAndEditStateMachines"
        Effect   = "Allow"
        Action   = ["states:UpdateStateMachine", "states:PublishStateMachineVersion", "states:ListStateMachineAliases", "states:ListExecutions"]
        Resource = ["arn:${local.partition}:states:*:${local.account_id}:stateMachine:${var.state_machines}"]
      }
    },
    {
      when = local.source
      statement = {
        Sid      = "ReadWhatStillRuns"
        Effect   = "Allow"
        Action   = ["states:DescribeStateMachineForExecution"]
        Resource = ["arn:${local.partition}:states:*:${local.account_id}:execution:${var.state_machines}:*"]
      }
    },
    {
      when = local.source && var.event_queue_arn != ""
      statement = {
        Sid      = "ReadExecutions"
        Effect   = "Allow"
        Action   = ["states:DescribeExecution", "states:GetExecutionHistory"]
        Resource = ["arn:${local.partition}:states:*:${local.account_id}:execution:${var.state_machines}:*", "arn:${local.partition}:states:*:${local.account_id}:execution:${var.state_machines}/*"]
      }
    },
    {
      when = local.source && length(var.state_machine_key_arns) > 0
      statement = {
        Sid      = "UseKeysOfStateMachines"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.state_machine_key_arns
        Condition = {
          StringLike = {
            "kms:EncryptionContext:aws:states:stateMachineArn" = ["arn:${local.partition}:states:*:${local.account_id}:stateMachine:${var.state_machines}"]
          }
        }
      }
    },
    {
      when = local.source
      statement = {
        Sid      = "KeepExecutionRole"
        Effect   = "Allow"
        Action   = ["iam:PassRole"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role/${var.execution_roles}"]
        Condition = {
          StringEquals = {
            "iam:PassedToService" = ["states.amazonaws.com", "states.${data.aws_partition.current.dns_suffix}"]
          }
        }
      }
    },
    {
      when = local.source
      statement = {
        Sid      = "WriteGrants"
        Effect   = "Allow"
        Action   = ["iam:PutRolePolicy", "iam:DeleteRolePolicy"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role/${var.execution_roles}"]
      }
    },
    {
      when = local.target && var.boundary_policy != ""
      statement = {
        Sid      = "MakeRoles"
        Effect   = "Allow"
        Action   = ["iam:CreateRole"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path_prefix}*"]
        Condition = {
          StringEquals = {
            "aws:RequestTag/crossaccountlink.dev/cluster-id" = [var.cluster_id]
            "iam:PermissionsBoundary"                        = [local.boundary_arn]
          }
        }
      }
    },
    {
      when = local.target && !(var.boundary_policy != "")
      statement = {
        Sid      = "MakeRoles"
        Effect   = "Allow"
        Action   = ["iam:CreateRole"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path_prefix}*"]
        Condition = {
          StringEquals = {
            "aws:RequestTag/crossaccountlink.dev/cluster-id" = [var.cluster_id]
          }
        }
      }
    },
    {
      when = local.target
      statement = {
        Sid      = "ClaimRoles"
        Effect   = "Allow"
        Action   = ["iam:TagRole"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path_prefix}*"]
        Condition = {
          Null = {
            "aws:ResourceTag/crossaccountlink.dev/cluster-id" = ["true"]
          }
          StringEquals = {
            "aws:RequestTag/crossaccountlink.dev/cluster-id" = [var.cluster_id]
          }
        }
      }
    },
    {
      when = local.target
      statement = {
        Sid      = "TagOwnRoles"
        Effect   = "Allow"
        Action   = ["iam:TagRole", "iam:UntagRole"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path_prefix}*"]
        Condition = {
          StringEquals = {
            "aws:ResourceTag/crossaccountlink.dev/cluster-id" = [var.cluster_id]
          }
        }
      }
    },
    {
      when = local.target && var.boundary_policy != ""
      statement = {
        Sid      = "WritePermissions"
        Effect   = "Allow"
        Action   = ["iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path_prefix}*"]
        Condition = {
          StringEquals = {
            "aws:ResourceTag/crossaccountlink.dev/cluster-id" = [var.cluster_id]
            "iam:PermissionsBoundary"                         = [local.boundary_arn]
          }
        }
      }
    },
    {
      when = local.target && !(var.boundary_policy != "")
      statement = {
        Sid      = "WritePermissions"
        Effect   = "Allow"
        Action   = ["iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path_prefix}*"]
        Condition = {
          StringEquals = {
            "aws:ResourceTag/crossaccountlink.dev/cluster-id" = [var.cluster_id]
          }
        }
      }
    },
    {
      when = local.target && length(var.managed_policy_arns) > 0 && var.boundary_policy != ""
      statement = {
        Sid      = "AttachNamedPolicies"
        Effect   = "Allow"
        Action   = ["iam:AttachRolePolicy"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path_prefix}*"]
        Condition = {
          ArnLike = {
            "iam:PolicyARN" = var.managed_policy_arns
          }
          StringEquals = {
            "aws:ResourceTag/crossaccountlink.dev/cluster-id" = [var.cluster_id]
            "iam:PermissionsBoundary"                         = [local.boundary_arn]
          }
        }
      }
    },
    {
      when = local.target && length(var.managed_policy_arns) > 0 && !(var.boundary_policy != "")
      statement = {
        Sid      = "AttachNamedPolicies"
        Effect   = "Allow"
        Action   = ["iam:AttachRolePolicy"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path_prefix}*"]
        Condition = {
          ArnLike = {
            "iam:PolicyARN" = var.managed_policy_arns
          }
          StringEquals = {
            "aws:ResourceTag/crossaccountlink.dev/cluster-id" = [var.cluster_id]
          }
        }
      }
    },
    {
      when = local.target
      statement = {
        Sid      = "KeepOwnRoles"
        Effect   = "Allow"
        Action   = ["iam:UpdateAssumeRolePolicy", "iam:UpdateRoleDescription", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:DeleteRole"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path_prefix}*"]
        Condition = {
          StringEquals = {
            "aws:ResourceTag/crossaccountlink.dev/cluster-id" = [var.cluster_id]
          }
        }
      }
    },
    {
      when = local.target
      statement = {
        Sid      = "LeaveInstanceProfiles"
        Effect   = "Allow"
        Action   = ["iam:RemoveRoleFromInstanceProfile"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:instance-profile${var.role_path_prefix}*"]
      }
    },
    {
      when = local.target && var.boundary_policy != ""
      statement = {
        Sid      = "NeverTheBoundary"
        Effect   = "Deny"
        Action   = ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"]
        Resource = [local.boundary_arn]
      }
    },
    {
      when = local.target && var.boundary_policy != ""
      statement = {
        Sid      = "NeverDropBoundaries"
        Effect   = "Deny"
        Action   = ["iam:DeleteRolePermissionsBoundary"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role/*"]
      }
    },
    {
      when = local.target && !(var.boundary_policy != "")
      statement = {
        Sid      = "DropBoundaries"
        Effect   = "Allow"
        Action   = ["iam:DeleteRolePermissionsBoundary"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path_prefix}*"]
        Condition = {
          StringEquals = {
            "aws:ResourceTag/crossaccountlink.dev/cluster-id" = [var.cluster_id]
          }
        }
      }
    },
    {
      when = var.role_reads == "Account"
      statement = {
        Sid      = "ReadAccount"
        Effect   = "Allow"
        Action   = ["iam:GetAccountAuthorizationDetails"]
        Resource = ["*"]
      }
    },
    {
      when = true
      statement = {
        Sid      = "ReadRoles"
        Effect   = "Allow"
        Action   = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role/*"]
      }
    },
    {
      when = true
      statement = {
        Sid      = "ReadManagedPolicies"
        Effect   = "Allow"
        Action   = ["iam:GetPolicy", "iam:GetPolicyVersion"]
        Resource = ["arn:${local.partition}:iam::*:policy/*"]
      }
    },
    {
      when = var.event_queue_arn != ""
      statement = {
        Sid      = "HearOfChanges"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
        Resource = [var.event_queue_arn]
      }
    },
    {
      when = true
      statement = {
        Sid      = "NeverItself"
        Effect   = "Deny"
        Action   = ["iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"]
        Resource = ["arn:${local.partition}:iam::${local.account_id}:role/${var.role_name}"]
      }
    },
  ]
}
