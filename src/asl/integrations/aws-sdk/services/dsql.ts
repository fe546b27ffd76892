/** Aurora DSQL: clusters, with peers in other Regions. */
import { readEach, unreadable } from '../../reading.ts';
import type { Resource } from '../../reading.ts';
import { arn, wholeArn } from '../../resources.ts';
import { allow, CALLBACK, note } from '../../row.ts';
import type { Permission, ServiceTable } from '../../row.ts';

const TYPE = 'arn:*:dsql:*:*:cluster/*';
const PEERS = 'MultiRegionProperties.Clusters';

const peers: Resource = {
  types: [TYPE],
  read: (call) =>
    readEach(call, `${PEERS}[]`, (text) => {
      const found = wholeArn(text, TYPE);
      return found === undefined
        ? unreadable(PEERS, text)
        : { arns: [{ ...found, inAnyRegion: true }], unknown: [] };
    }),
};

/** What a cluster of several Regions needs beside the call itself. */
function inSeveralRegions(cluster: Resource): Permission[] {
  return [
    allow('dsql:PutMultiRegionProperties', cluster, { when: 'MultiRegionProperties' }),
    allow('dsql:PutWitnessRegion', cluster, { when: 'MultiRegionProperties.WitnessRegion' }),
    allow('dsql:AddPeerCluster', [cluster, peers], { when: PEERS }),
  ];
}

const made = arn('dsql', 'cluster/*');
const named = arn('dsql', 'cluster/{Identifier}');

export const dsql: ServiceTable = {
  // https://docs.aws.amazon.com/aurora-dsql/latest/APIReference/API_CreateCluster.html
  createCluster: {
    patterns: CALLBACK,
    call: [
      allow('dsql:CreateCluster', made),
      allow('dsql:TagResource', made, { when: 'Tags' }),
      allow('dsql:PutClusterPolicy', made, { when: 'Policy' }),
      ...inSeveralRegions(made),
    ],
  },
  // https://docs.aws.amazon.com/aurora-dsql/latest/APIReference/API_UpdateCluster.html
  updateCluster: {
    patterns: CALLBACK,
    call: [
      allow('dsql:UpdateCluster', named),
      allow('dsql:GetCluster', named, { when: 'MultiRegionProperties' }),
      ...inSeveralRegions(named),
    ],
    notes: [
      note(
        'CallerPermissionsNeeded',
        'to leave out a peer that the cluster has, also needs dsql:RemovePeerCluster on the clusters of every Region (arn:…:dsql:*:…:cluster/*): add a statement then',
        { when: ['MultiRegionProperties'] },
      ),
    ],
  },
};
