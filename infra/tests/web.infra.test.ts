import assert from 'node:assert/strict';
import { z } from 'zod';
import { type ServiceRow, services } from '#shared/topology.ts';
import { HEARTBEAT_MS } from '../../apps/api/events/hub.ts';
import { arnOf, ofType, textOf, theOne } from '../testing/records.ts';
import type { Evaluation } from '../testing/resource-record.ts';
import { evaluateEverythingOn, evaluateStack } from '../testing/stacks.ts';
import { containerOf } from '../testing/task-containers.ts';

const ruleSchema = z.object({
  name: z.string(),
  priority: z.number(),
  action: z.record(z.string(), z.unknown()).optional(),
  statement: z.record(z.string(), z.unknown()),
});
const rulesSchema = z.array(ruleSchema);
/** Of a rule of the load balancer in a stack where nobody has to sign in. */
const ruleInputs = z.object({
  priority: z.number(),
  conditions: z.array(z.object({ pathPattern: z.object({ values: z.array(z.string()) }) })),
  actions: z.tuple([z.object({ type: z.literal('forward'), order: z.number(), targetGroupArn: z.string() })]),
});

for (const stack of ['dev', 'prod']) {
  describe(`The way in of ${stack}`, () => {
    it('lets a signed webhook through before any rule that could stop it', async () => {
      const firewall = theOne(await evaluateStack(stack), 'aws:wafv2/webAcl:WebAcl', 'firewall');
      const rules = rulesSchema.parse(firewall.inputs.rules);
      const [first, ...others] = rules.toSorted((a, b) => a.priority - b.priority);
      assert.deepEqual(first?.action, { allow: {} });
      const textTransformations = [{ priority: 0, type: 'NONE' }];
      const under = (searchString: string) => ({
        byteMatchStatement: {
          searchString,
          positionalConstraint: 'STARTS_WITH',
          fieldToMatch: { uriPath: {} },
          textTransformations,
        },
      });
      const signedBy = (name: string) => ({
        sizeConstraintStatement: {
          comparisonOperator: 'GT',
          size: 0,
          fieldToMatch: { singleHeader: { name } },
          textTransformations,
        },
      });
      const signedIn = (fieldToMatch: object) => ({
        byteMatchStatement: {
          searchString: 'sig=',
          positionalConstraint: 'CONTAINS',
          fieldToMatch,
          textTransformations,
        },
      });
      assert.deepEqual(first.statement, {
        andStatement: {
          statements: [
            { orStatement: { statements: [under('/webhooks/'), under('/sms/inbound')] } },
            {
              orStatement: {
                statements: [
                  ...['x-twilio-signature', 'authorization', 'x-amz-sns-message-type'].map(signedBy),
                  signedIn({ queryString: {} }),
                  signedIn({ body: { oversizeHandling: 'CONTINUE' } }),
                ],
              },
            },
          ],
        },
      });
      assert.equal(new Set(rules.map(({ priority }) => priority)).size, rules.length);
      assert.ok(others.some(({ statement }) => 'rateBasedStatement' in statement));
      assert.ok(others.some(({ statement }) => 'managedRuleGroupStatement' in statement));
    });

    it('stands behind the firewall and speaks HTTPS only', async () => {
      const evaluation = await evaluateStack(stack);
      const balancer = arnOf(theOne(evaluation, 'aws:lb/loadBalancer:LoadBalancer', 'load-balancer'));
      const association = theOne(evaluation, 'aws:wafv2/webAclAssociation:WebAclAssociation', 'firewall');
      assert.equal(association.inputs.resourceArn, balancer);
      const https = theOne(evaluation, 'aws:lb/listener:Listener', 'https');
      assert.match(textOf(https, 'sslPolicy'), /^ELBSecurityPolicy-TLS13-/);
      assert.match(textOf(https, 'certificateArn'), /^arn:aws:acm:/);
      const http = theOne(evaluation, 'aws:lb/listener:Listener', 'http');
      assert.deepEqual(http.inputs.defaultActions, [
        { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } },
      ]);
    });

    it('leads to each public service with its own paths, and nowhere with anything else', async () => {
      const evaluation = await evaluateStack(stack);
      const rules = ofType(evaluation, 'aws:lb/listenerRule:ListenerRule').map(({ inputs }) =>
        ruleInputs.parse(inputs),
      );
      const paths = rules.flatMap(({ conditions, actions }) =>
        conditions.flatMap(({ pathPattern }) =>
          pathPattern.values.map(
            (path) => `${path} ${actions.map((action) => action.targetGroupArn).join()}`,
          ),
        ),
      );
      assert.deepEqual(
        paths.sort(),
        Object.entries<ServiceRow>(services)
          .flatMap(([service, { publicPaths }]) =>
            publicPaths.map(
              (path) => `${path} ${arnOf(theOne(evaluation, 'aws:lb/targetGroup:TargetGroup', service))}`,
            ),
          )
          .sort(),
      );
      assert.equal(new Set(rules.map(({ priority }) => priority)).size, rules.length);
      const webhooks = rules.find(({ conditions }) =>
        conditions[0]?.pathPattern.values.includes('/webhooks/*'),
      );
      assert.equal(webhooks?.priority, (128 - '/webhooks/*'.length) * 99 * 3 + 1, 'of its own row alone');
      const https = theOne(evaluation, 'aws:lb/listener:Listener', 'https');
      assert.match(JSON.stringify(https.inputs.defaultActions), /"statusCode":"404"/);
    });
  });
}

const signInAction = z.object({
  authenticateOidc: z.object({ onUnauthenticatedRequest: z.string(), issuer: z.string() }).optional(),
});
const isOneOf = (conditions: unknown, paths: readonly string[]): boolean =>
  z
    .array(z.object({ pathPattern: z.object({ values: z.array(z.string()) }) }))
    .parse(conditions)
    .some(({ pathPattern }) => pathPattern.values.some((value) => paths.includes(value)));

const environmentOfTask = (evaluation: Evaluation, name: string): ReadonlyMap<string, string> =>
  new Map(
    containerOf(theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', name)).environment.map(
      (variable) => [variable.name, variable.value],
    ),
  );

describe('Signing in', () => {
  const carriers = Object.entries<ServiceRow>(services)
    .filter(([, row]) => row.carriers)
    .map(([service]) => service);

  const rows: Readonly<Record<string, ServiceRow>> = services;
  const signInPaths = Object.values(rows).flatMap(({ signInPath }) => signInPath ?? []);

  it('is asked of nobody who signs webhooks nor of programs, and the load balancer may reach the provider', async () => {
    const evaluation = await evaluateEverythingOn();
    for (const { inputs, name } of ofType(evaluation, 'aws:lb/listenerRule:ListenerRule')) {
      const [first] = z.array(signInAction).parse(inputs.actions);
      const service = Object.keys(rows).find((each) => name.startsWith(`${each}-`)) ?? name;
      const lets = rows[service]?.signInPath !== undefined && !isOneOf(inputs.conditions, signInPaths);
      const expected = carriers.includes(service) ? undefined : lets ? 'allow' : 'authenticate';
      assert.equal(first?.authenticateOidc?.onUnauthenticatedRequest, expected, name);
    }
    theOne(evaluation, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule', 'sign-in-https');
  });

  it('is believed by the API of this load balancer and this provider alone, which says what groups may do', async () => {
    const evaluation = await evaluateEverythingOn();
    const variables = environmentOfTask(evaluation, 'api');
    const balancer = arnOf(theOne(evaluation, 'aws:lb/loadBalancer:LoadBalancer', 'load-balancer'));
    assert.deepEqual(
      ['ALB_ARN', 'OIDC_CLIENT_ID', 'OIDC_ISSUER', 'OIDC_ROLE_CLAIM', 'OIDC_ROLES'].map((name) =>
        variables.get(name),
      ),
      [
        balancer,
        'carillon',
        'https://id.example.org',
        'groups',
        'staff=viewer,texting team=operator,admins=admin',
      ],
    );
    const without = environmentOfTask(await evaluateStack('dev'), 'api');
    assert.deepEqual(
      [...without.keys()].filter((name) => /^(OIDC_|ALB_)/.test(name)),
      [],
    );
  });

  it('lasts as the streams of events do: a heartbeat comes well within the idle time-out of the load balancer', async () => {
    for (const stack of ['dev', 'prod']) {
      const balancer = theOne(
        await evaluateStack(stack),
        'aws:lb/loadBalancer:LoadBalancer',
        'load-balancer',
      );
      assert.ok(z.number().parse(balancer.inputs.idleTimeout) * 1_000 > 1.3 * HEARTBEAT_MS, stack);
    }
  });
});
