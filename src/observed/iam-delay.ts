/** For so many milliseconds what was written to IAM may not be everywhere: far longer than it was ever seen to take. A denial
 *  that stays is reported as one after this.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency */
export const IAM_SPREADING_MS = 120_000;
