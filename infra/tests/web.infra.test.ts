import assert from 'node:assert/strict';
import { z } from 'zod';
import { arnOf, ofType, textOf, theOne } from '../testing/records.ts';
import { evaluateEverythingOn, evaluateStack } from '../testing/stacks.ts';

const ruleSchema = z.object({
  name: z.string(),
  priority: z.number(),
  action: z.record(z.string(), z.unknown()).optional(),
  statement: z.record(z.string(), z.unknown()),
});
const rulesSchema = z.array(ruleSchema);

for (const stack of ['dev', 'prod']) {
  describe(`The way in of ${stack}`, () => {
    it('lets a signed webhook through before any rule that could stop it', async () => {
      const firewall = theOne(await evaluateStack(stack), 'aws:wafv2/webAcl:WebAcl', 'firewall');
      const rules = rulesSchema.parse(firewall.inputs.rules);
      const [first, ...others] = rules.toSorted((a, b) => a.priority - b.priority);
      assert.deepEqual(first?.action, { allow: {} });
      assert.deepEqual(first.statement, {
        andStatement: {
          statements: [
            {
              byteMatchStatement: {
                searchString: '/webhooks/',
                positionalConstraint: 'STARTS_WITH',
                fieldToMatch: { uriPath: {} },
                textTransformations: [{ priority: 0, type: 'NONE' }],
              },
            },
            {
              sizeConstraintStatement: {
                comparisonOperator: 'GT',
                size: 0,
                fieldToMatch: { singleHeader: { name: 'x-twilio-signature' } },
                textTransformations: [{ priority: 0, type: 'NONE' }],
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

    it('leads to the gateway with webhooks, and nowhere with anything else', async () => {
      const evaluation = await evaluateStack(stack);
      const rules = ofType(evaluation, 'aws:lb/listenerRule:ListenerRule');
      assert.deepEqual(
        rules.map(({ inputs }) => [inputs.conditions, inputs.actions]),
        [
          [
            [{ pathPattern: { values: ['/webhooks/*'] } }],
            [
              {
                type: 'forward',
                order: 2,
                targetGroupArn: arnOf(theOne(evaluation, 'aws:lb/targetGroup:TargetGroup', 'gateway')),
              },
            ],
          ],
        ],
      );
      const https = theOne(evaluation, 'aws:lb/listener:Listener', 'https');
      assert.match(JSON.stringify(https.inputs.defaultActions), /"statusCode":"404"/);
    });
  });
}

describe('Signing in', () => {
  it('is asked of nobody who signs webhooks, and the load balancer may reach the provider', async () => {
    const evaluation = await evaluateEverythingOn();
    for (const { inputs } of ofType(evaluation, 'aws:lb/listenerRule:ListenerRule')) {
      assert.ok(!JSON.stringify(inputs.actions).includes('authenticate-oidc'));
    }
    theOne(evaluation, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule', 'sign-in-https');
  });
});
