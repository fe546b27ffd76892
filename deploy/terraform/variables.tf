variable "side" {
  description = "Whether links lead from the account (source), into it (target), or both."
  type        = string
  default     = "both"

  validation {
    condition     = contains(["source", "target", "both"], var.side)
    error_message = "side is source, target or both."
  }
}

variable "operator_arn" {
  description = "ARN of the role or user that the operator runs as."
  type        = string

  validation {
    condition     = can(regex("^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:iam::[0-9]{12}:(role|user)/[A-Za-z0-9_+=,.@/-]+$", var.operator_arn))
    error_message = "operator_arn is the ARN of an IAM role or user: arn:PARTITION:iam::ACCOUNT_ID:role/NAME."
  }
}

variable "external_id" {
  description = "As in the AWSAccount: spec.assumeRole.externalID."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.external_id == "" || (length(var.external_id) >= 2 && length(var.external_id) <= 1224 && can(regex("^[A-Za-z0-9_+=,.@:/-]+$", var.external_id)))
    error_message = "external_id is 2 to 1224 letters, digits and _ + = , . @ : / - characters."
  }
}

variable "role_name" {
  description = "Name of the role."
  type        = string
  default     = "crossaccountlink-operator"

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.role_name))
    error_message = "role_name is at most 64 letters, digits and _ + = , . @ - characters."
  }
}

variable "cluster_id" {
  description = "The operator's cluster ID; marks the roles that are its own. Needed unless side is source."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.cluster_id == "" || can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,62}$", var.cluster_id))
    error_message = "cluster_id is up to 63 letters, digits and dashes."
  }
}

variable "state_machines" {
  description = "Names of the state machines that may be linked, * and ? allowed (source)."
  type        = string
  default     = "*"

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=.@*?-]{1,80}$", var.state_machines))
    error_message = "state_machines is a name of at most 80 letters, digits and _ + = . @ -, with * and ?."
  }
}

variable "execution_roles" {
  description = "Execution roles with their path, for example payments/* (source). It is the whole protection there: nothing limits what is written into their policies. Needed unless side is target."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.execution_roles == "" || can(regex("^[A-Za-z0-9_+=,.@*?-][A-Za-z0-9_+=,.@/*?-]*$", var.execution_roles))
    error_message = "execution_roles is a path and a name without a slash before them, as in payments/*."
  }
}

variable "state_machine_key_arns" {
  description = "Customer keys that encrypt state machines (source)."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.state_machine_key_arns : can(regex("^arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "state_machine_key_arns are ARNs of KMS keys."
  }
}

variable "role_path_prefix" {
  description = "Path below which target roles lie (target)."
  type        = string
  default     = "/crossaccountlink/"

  validation {
    condition     = can(regex("^/([A-Za-z0-9_+=,.@-]+/)*$", var.role_path_prefix))
    error_message = "role_path_prefix begins and ends with /."
  }
}

variable "boundary_policy" {
  description = "Name, with its path, of a policy of the account that bounds every role made (target)."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.boundary_policy == "" || can(regex("^[A-Za-z0-9_+=,.@-]+(/[A-Za-z0-9_+=,.@-]+)*$", var.boundary_policy))
    error_message = "boundary_policy is the name of a policy, with its path and without a slash before it."
  }
}

variable "managed_policy_arns" {
  description = "Managed policies that links may attach (target)."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.managed_policy_arns : can(regex("^arn:aws(-[a-z]+)*:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9_+=,.@/-]+$", arn))])
    error_message = "managed_policy_arns are ARNs of IAM policies."
  }
}

variable "event_queue_arn" {
  description = "Queue of change events, if this account's role is to read it."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.event_queue_arn == "" || can(regex("^arn:aws(-[a-z]+)*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}$", var.event_queue_arn))
    error_message = "event_queue_arn is the ARN of a standard SQS queue, not its URL."
  }
}

variable "role_reads" {
  description = "As in the AWSAccount: spec.roleReads. PerRole does without iam:GetAccountAuthorizationDetails."
  type        = string
  default     = "Account"

  validation {
    condition     = contains(["Account", "PerRole"], var.role_reads)
    error_message = "role_reads is Account or PerRole."
  }
}
