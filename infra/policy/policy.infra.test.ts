import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { replaceBetween } from '../../scripts/generated-docs.ts';
import { stackNames } from '../config/stack-files.ts';
import { type ResourceRecord, UNKNOWN } from '../testing/resource-record.ts';
import { sampleRecord as record } from '../testing/sample-record.ts';
import { evaluateStack } from '../testing/stacks.ts';
import { controls } from './controls.ts';
import { exemptions } from './exemptions.ts';
import { controlTables, exemptionTable, judgementsOf } from './report.ts';
import { AnalyzerProcess, type Diagnostic } from './testing/analyzer-process.ts';

const STACKS = ['dev', 'prod'];

describe('The policy pack, run as Pulumi runs it', () => {
  let pack: AnalyzerProcess;
  before(async () => {
    pack = await AnalyzerProcess.start();
  });
  after(() => pack.stop());

  async function diagnosticsOf(resources: readonly ResourceRecord[]): Promise<Diagnostic[]> {
    const single: Diagnostic[] = [];
    for (const resource of resources) single.push(...(await pack.analyze(resource)));
    return [...single, ...(await pack.analyzeStack(resources))];
  }

  it('offers every control as a mandatory policy, with its ids', async () => {
    const info = await pack.info();
    assert.equal(info.getName(), 'carillon');
    const offered = new Map(info.getPoliciesList().map((policy) => [policy.getName(), policy]));
    assert.deepEqual(
      [...offered.keys()],
      controls.map(({ name }) => name),
    );
    for (const { name, ids } of controls) {
      const policy = offered.get(name);
      assert.equal(policy?.getEnforcementlevel(), 1, name);
      for (const id of ids) assert.ok(policy?.getDescription().includes(id), `${name}: ${id}`);
    }
  });

  for (const stack of STACKS) {
    it(`finds nothing in an update of ${stack}, where everything is known`, async () => {
      assert.deepEqual(await diagnosticsOf((await evaluateStack(stack)).resources), []);
    });

    it(`ends no preview of ${stack}, and says what it cannot decide before the deployment`, async () => {
      const evaluation = await evaluateStack(stack, 'preview');
      const diagnostics = await diagnosticsOf(evaluation.resources);
      for (const { mandatory, message } of diagnostics) {
        assert.equal(mandatory, false, message);
        assert.match(message, /can't be known during preview/);
      }
      const undecided = judgementsOf(evaluation).filter(
        ({ verdict, exemption }) => verdict === 'undecided' && exemption === undefined,
      );
      assert.deepEqual(
        [...new Set(diagnostics.map(({ policy }) => policy))].sort(),
        [...new Set(undecided.map(({ control }) => control.name))].sort(),
      );
    });
  }

  it('ends a deployment at a resource that violates a control, with its name and the ids', async () => {
    const [diagnostic, ...others] = await pack.analyze(
      record('aws:sqs/queue:Queue', 'open.fifo', { redrivePolicy: '{}' }),
    );
    assert.deepEqual(others, []);
    assert.equal(diagnostic?.mandatory, true);
    assert.equal(diagnostic?.policy, 'queue-encrypted');
    assert.match(diagnostic?.message ?? '', /open\.fifo: not encrypted.*SQS\.1, CKV_AWS_27/s);
  });

  it('ends it at what only all resources together show', async () => {
    const bucket = record('aws:s3/bucket:Bucket', 'alone', {});
    const diagnostics = await pack.analyzeStack([bucket]);
    assert.ok(diagnostics.every(({ mandatory, urn }) => mandatory && urn === bucket.urn));
    assert.ok(diagnostics.some(({ policy }) => policy === 'bucket-blocks-public'));
    assert.ok(diagnostics.some(({ policy }) => policy === 'bucket-tls'));
  });

  it('reports one undecided resource and all violations of the others', async () => {
    const topic = (name: string) => record('aws:sns/topic:Topic', name, { kmsMasterKeyId: UNKNOWN });
    const policy = (of: ResourceRecord, text: string): ResourceRecord => ({
      ...record('aws:sns/topicPolicy:TopicPolicy', of.name, { arn: UNKNOWN, policy: text }),
      propertyDependencies: { arn: [of.urn] },
    });
    const [unknown, bare] = [topic('unknown'), topic('bare')];
    const diagnostics = (
      await pack.analyzeStack([unknown, bare, policy(unknown, UNKNOWN), policy(bare, '{}')])
    ).filter((diagnostic) => diagnostic.policy === 'topic-tls');
    assert.deepEqual(
      diagnostics.map(({ mandatory }) => mandatory),
      [true, false],
    );
  });
});

describe('Exemptions', () => {
  it('name controls that exist, say why, and end within a year', () => {
    const names = new Set(controls.map(({ name }) => name));
    const latest = new Date();
    latest.setUTCFullYear(latest.getUTCFullYear() + 1);
    for (const { control, reason, until } of exemptions) {
      assert.ok(names.has(control), control);
      assert.ok(reason.length > 40, `${control}: ${reason}`);
      assert.match(until, /^\d{4}-\d{2}-\d{2}$/);
      assert.ok(until <= latest.toISOString().slice(0, 10), `${control}: ${until} is too far away`);
    }
  });

  it('have not ended: look again, then mend the resource or set another day with a reason that is true now', () => {
    const today = new Date().toISOString().slice(0, 10);
    assert.deepEqual(
      exemptions.filter(({ until }) => until < today).map(({ control, until }) => `${control} ${until}`),
      [],
    );
  });

  it('are needed: each covers a resource that violates its control now, in each stack that it is for', async () => {
    for (const stack of await stackNames()) {
      const needed = new Set(
        judgementsOf(await evaluateStack(stack)).flatMap(({ verdict, exemption }) =>
          verdict === 'violated' && exemption ? [exemption] : [],
        ),
      );
      for (const exemption of exemptions)
        if (exemption.stack === undefined || exemption.stack === stack)
          assert.ok(
            needed.has(exemption),
            `${exemption.control} of ${exemption.type} in ${stack} is not needed`,
          );
    }
  });
});

describe('docs/controls.md', () => {
  it('has the verdicts of now: run "npm run infra:controls" when this fails', async () => {
    const document = await readFile(new URL('../../docs/controls.md', import.meta.url), 'utf8');
    const evaluations = await Promise.all(STACKS.map((stack) => evaluateStack(stack)));
    assert.equal(replaceBetween(document, 'controls', controlTables(evaluations)), document);
    assert.equal(replaceBetween(document, 'exemptions', exemptionTable()), document);
  });
});
