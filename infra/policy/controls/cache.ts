import { type Control, when } from '../control.ts';
import { given, listAt, numberAt } from '../inputs.ts';

/**
 * ElastiCache.2 (minor upgrades), ElastiCache.3 (failover) and ElastiCache.5 (TLS) have no switch in a serverless
 * cache: it always has them.
 */
const CACHES = ['aws:elasticache/serverlessCache:ServerlessCache'];

export const cacheControls: readonly Control[] = [
  {
    name: 'cache-backups',
    ids: ['ElastiCache.1'],
    title: 'The cache keeps a snapshot.',
    types: CACHES,
    check: ({ inputs }) => when((numberAt(inputs, 'snapshotRetentionLimit') ?? 0) < 1, 'no snapshots'),
  },
  {
    name: 'cache-encrypted',
    ids: ['ElastiCache.4'],
    title: 'The cache is encrypted with a key of the environment.',
    types: CACHES,
    check: ({ inputs }) => when(!given(inputs, 'kmsKeyId'), 'not encrypted with a key of its own'),
  },
  {
    name: 'cache-users',
    ids: ['ElastiCache.6'],
    title: 'The cache asks who connects.',
    types: CACHES,
    check: ({ inputs }) => when(!given(inputs, 'userGroupId'), 'whoever reaches it may use it'),
  },
  {
    name: 'cache-subnets',
    ids: ['ElastiCache.7'],
    title: 'The cache lies in subnets and behind security groups that were chosen for it.',
    types: CACHES,
    check: ({ inputs }) =>
      when(
        listAt(inputs, 'subnetIds').length === 0 || listAt(inputs, 'securityGroupIds').length === 0,
        'it takes the default network',
      ),
  },
];
