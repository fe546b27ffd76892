output "role_arn" {
  description = "spec.assumeRole.arn of the AWSAccount."
  value       = aws_iam_role.operator.arn
}
