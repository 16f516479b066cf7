import assert from 'node:assert/strict';
import { deniedPackages, requireProvider } from './denied-providers.ts';

const QUEUE = 'aws:sqs/queue:Queue';
const IMAGE = 'awsx:ecr:Image';
const PROVIDER = 'urn:pulumi:dev::carillon::pulumi:providers:aws::aws::id';

describe('A stack that denies default providers', () => {
  it('refuses what names no provider, by its whole package name or all of them', () => {
    assert.throws(() => requireProvider(QUEUE, '', ['aws']), /'aws' disabled: aws:sqs\/queue:Queue must/);
    assert.throws(() => requireProvider(IMAGE, '', ['*']), /'awsx' disabled/);
    requireProvider(IMAGE, '', ['aws']);
    requireProvider(QUEUE, '', []);
  });

  it('takes what names its provider, and providers themselves', () => {
    requireProvider(QUEUE, PROVIDER, ['*']);
    requireProvider('pulumi:providers:aws', '', ['*']);
  });

  it('says so in its configuration', () => {
    assert.deepEqual(deniedPackages({ 'pulumi:disable-default-providers': '["aws"]' }), ['aws']);
    assert.deepEqual(deniedPackages({}), []);
  });
});
