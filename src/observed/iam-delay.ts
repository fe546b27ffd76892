/**
 * For this many milliseconds, what was written to IAM may not have spread everywhere: far longer than it was ever seen to take.
 * A denial that lasts longer is reported as one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export const IAM_SPREADING_MS = 120_000;
