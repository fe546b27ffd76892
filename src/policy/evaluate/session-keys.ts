/**
 * Condition keys of the requests on which a link depends: Step Functions assumes the execution role, its session assumes the
 * target role, and the session of the target role makes the calls of the Tasks. What is said about a key here holds for every
 * such request. All other keys are unknown, such as `aws:SourceIp`, `aws:SourceVpc` and `aws:PrincipalOrgID`: nothing that was
 * read tells through which network Step Functions calls, or to which organization the accounts belong.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */

/** A condition key with its value, or with values if it has several. */
export type KeyEntry = readonly [key: string, value: string | readonly string[]];

/** What every request has. The endpoints that Step Functions calls accept only TLS. */
export const ALWAYS: readonly KeyEntry[] = [['aws:SecureTransport', 'true']];

/** Keys that no request of Step Functions has, in lower case; each stands for all keys that begin with it. AssumeRole is called
 *  without MFA, and its sessions do not mention MFA:
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

/** Keys of requests that a service makes as itself. Requests of a role's session have none of them. */
export const OF_SERVICES: readonly string[] = [
  'aws:principalservicename',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorg',
];

/** Keys that say that a service passes a request on for somebody else. Step Functions' own requests with a service's role are not
 *  passed on. */
export const HANDED_ON: readonly string[] = ['aws:calledvia'];
export const NOT_HANDED_ON: KeyEntry = ['aws:ViaAWSService', 'false'];
