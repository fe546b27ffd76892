/** What is wrong with the way to AWS in the caller's environment, in its own words. */
import { describe, expect, it } from '@jest/globals';
import { AwsFailure } from '../../../src/aws/errors/errors.ts';
import { Transport } from '../../../src/aws/transport/transport.ts';
import { awsCredentialsProblem } from '../../../src/cli/aws.ts';

const NO_CREDENTIALS = new AwsFailure(
  { operation: 'DescribeStateMachine', object: 'x', accountId: '111111111111' },
  { kind: 'retryable', reason: 'Unavailable', code: 'CredentialsProviderError' },
  'no',
);

describe('where there are no AWS credentials', () => {
  it('the profile that AWS_PROFILE names is told', () => {
    expect(awsCredentialsProblem(NO_CREDENTIALS, { AWS_PROFILE: 'nope' })).toBe(
      'the profile "nope", which AWS_PROFILE names, gives no AWS credentials',
    );
    expect(awsCredentialsProblem(NO_CREDENTIALS, {})).toBe('there are no AWS credentials');
  });
});

describe('an endpoint of the environment', () => {
  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_STS'])('%s that is not a URL is refused', (variable) => {
    for (const url of ['foo', 'localhost:4566', 'ftp://localhost']) {
      expect(() => new Transport({ [variable]: url }, 'test')).toThrow(
        `${variable}=${url} is not a URL: write it like http://localhost:4566`,
      );
    }
  });

  it.each([
    {},
    { AWS_ENDPOINT_URL: '' },
    { AWS_ENDPOINT_URL: 'http://localhost:4566' },
    { AWS_ENDPOINT_URL: 'foo', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    { AWS_ENDPOINT_URL_S3: 'foo' },
  ])('%j is taken', (environment) => {
    expect(() => new Transport(environment, 'test').close()).not.toThrow();
  });
});
