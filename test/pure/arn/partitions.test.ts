import { describe, expect, it } from '@jest/globals';
import {
  homeRegion,
  PARTITION_NAMES,
  partitionOfRegion,
  principalNames,
  universalPrincipal,
} from '../../../src/arn/partitions.ts';
import { schemaOf } from '../api/crd-schema.ts';

describe('partitions', () => {
  it('are the same in the AWSAccount, the link and the program', () => {
    for (const field of [
      schemaOf('awsaccounts', 'spec', 'partition'),
      schemaOf('crossaccountlinks', 'spec', 'stateMachineARN'),
    ]) {
      const listed = field?.['x-kubernetes-validations']?.find(({ rule }) => rule.includes(' in ['));
      const named = [...(listed?.rule ?? '').matchAll(/'(aws-[a-z-]*|aws)'/g)].map(([, name]) => name);
      expect(named).toStrictEqual(PARTITION_NAMES);
      for (const name of PARTITION_NAMES) expect(listed?.message).toContain(name);
    }
  });

  it('are known by the Region', () => {
    expect(PARTITION_NAMES.map((name) => partitionOfRegion(homeRegion(name)))).toStrictEqual(PARTITION_NAMES);
    for (const text of ['', 'us-east', 'us-east-1a', 'aws-global', 'US-EAST-1', 'x'.repeat(99)])
      expect(partitionOfRegion(text)).toBeUndefined();
  });

  it('call some services otherwise: whatever a service is called, it is the same', () => {
    for (const name of PARTITION_NAMES)
      for (const principal of ['states.amazonaws.com', 'pods.eks.amazonaws.com'])
        expect(principalNames(principal, name).map(universalPrincipal)).toStrictEqual(
          principalNames(principal, name).map(() => principal),
        );
    expect(universalPrincipal('amazonaws.com.cn')).toBe('amazonaws.com.cn');
    expect(universalPrincipal('ec2.example.com')).toBe('ec2.example.com');
    expect(principalNames('ec2.example.com', 'aws-cn')).toStrictEqual(['ec2.example.com']);
  });

  it('that are unknown are refused with the list', () => {
    expect(() => homeRegion('aws-moon')).toThrow(
      '"aws-moon" is not an AWS partition: use aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f or aws-eusc',
    );
    expect(() => homeRegion('toString')).toThrow(/is not an AWS partition/);
  });
});
