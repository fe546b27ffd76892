/**
 * Condition keys of the requests that a link lives by: Step Functions assumes the execution role, its session the target role,
 * and that one's session makes the calls of the Tasks. What is said of a key here holds for every such request; a key that is
 * not named is unknown, such as `aws:SourceIp`, `aws:SourceVpc` and `aws:PrincipalOrgID`: nothing that was read tells by
 * which network Step Functions calls, nor of which organization the accounts are.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */

/** A condition key with its value, or values where it has several. */
export type KeyEntry = readonly [key: string, value: string | readonly string[]];

/** What each request has. The endpoints that Step Functions calls take nothing but TLS. */
export const ALWAYS: readonly KeyEntry[] = [['aws:SecureTransport', 'true']];

/** Keys that no request of Step Functions has, in lower case; a key is any that begins so.
 *  AssumeRole is called without MFA, and its sessions bear no word of any:
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html */
export const NEVER: readonly string[] = [
  'aws:multifactorauthage',
  'aws:multifactorauthpresent',
  // Sessions of people who signed in elsewhere, of root, of a chat, or of a browser.
  'aws:assumedroot',
  'aws:chatbotsourcearn',
  'aws:federatedprovider',
  'aws:referer',
  'aws:username',
  'identitystore:userid',
  // Sessions that another service hands to the code that it runs.
  'aws:ec2instancesource',
  'ec2:roledelivery',
  'ec2:sourceinstancearn',
  'glue:credentialissuingservice',
  'glue:roleassumedby',
  'lambda:sourcefunctionarn',
  'ssm:sourceinstancearn',
];

/** Keys of requests that a service makes as itself: a role's session has none of them. */
export const OF_SERVICES: readonly string[] = [
  'aws:principalservicename',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorg',
];

/** What says that a service hands a request on for somebody else. A request that Step Functions makes itself, with a service's
 *  role, is none. */
export const HANDED_ON: readonly string[] = ['aws:calledvia'];
export const NOT_HANDED_ON: KeyEntry = ['aws:ViaAWSService', 'false'];
