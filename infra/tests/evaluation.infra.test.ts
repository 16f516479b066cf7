import assert from 'node:assert/strict';
import { stackConfig, stackNames } from '../config/stack-files.ts';
import { deniedPackages } from '../testing/denied-providers.ts';
import { goldenLines, urnLines } from '../testing/golden.ts';
import type { Evaluation } from '../testing/resource-record.ts';
import { evaluateByItself, evaluateStack } from '../testing/stacks.ts';

describe('The infrastructure program', () => {
  it('has a stack for development and one for production', async () => {
    assert.deepEqual(await stackNames(), ['dev', 'prod']);
  });

  for (const stack of ['dev', 'prod']) {
    it(`makes the same resources of ${stack} in a preview as in an update, without a warning`, async () => {
      const preview = await evaluateStack(stack, 'preview');
      const update = await evaluateStack(stack, 'update');
      assert.deepEqual(urnLines(preview), urnLines(update));
      assert.deepEqual([...preview.diagnostics, ...update.diagnostics], []);
    });

    it(`makes of ${stack} what was agreed on ("npm run infra:urns" rewrites the list; a rename is a replacement)`, async () => {
      assert.deepEqual(urnLines(await evaluateStack(stack)), await goldenLines(stack));
    });
  }

  it('registers behind others in one process what it registers in a process of its own', async () => {
    const byUrn = ({ resources }: Evaluation) => new Map(resources.map((each) => [each.urn, each]));
    const byItself = await evaluateByItself('dev', {}, { mode: 'preview' });
    const behind = await evaluateStack('dev', 'preview');
    assert.deepEqual(byUrn(behind), byUrn(byItself));
    assert.deepEqual(behind.stackOutputs, byItself.stackOutputs);
  });

  it('names its provider for every resource of AWS, and leaves the builder of the image to its default one', async () => {
    for (const stack of ['dev', 'prod']) {
      const { config } = await stackConfig(stack);
      assert.deepEqual(deniedPackages(config), ['aws']);
    }
    await assert.rejects(
      evaluateByItself('dev', { 'pulumi:disable-default-providers': ['*'] }),
      /default provider for 'awsx' disabled: awsx:ecr:Image must use an explicit provider/,
    );
  });

  it('stops with all faults of a configuration, before it makes anything', async () => {
    await assert.rejects(
      evaluateByItself('dev', { 'carillon:class': 'staging', 'carillon:domain': undefined }),
      /carillon:class is "staging".*carillon:domain is missing/s,
    );
  });
});
