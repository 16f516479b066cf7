import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { OLD_INBOUND_PATH } from '#shared/carriers/webhook-addresses.ts';
import { LINK_PATH } from '#shared/links/token.ts';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { KeyHandles } from '../environment.ts';

type Rule = aws.types.input.wafv2.WebAclRule;
type Statement = aws.types.input.wafv2.WebAclRuleStatement;

/** Where carriers post. */
const WEBHOOK_PATH = '/webhooks/';
/**
 * Headers by which what they post is told from anything else, one for each carrier of shared/carriers: a signature of Twilio, a token of
 * Vonage, the type of a notification of SNS, whose signature is in the body.
 */
const SIGNATURE_HEADERS = ['x-twilio-signature', 'authorization', 'x-amz-sns-message-type'] as const;

/** Rule sets that AWS keeps. */
const MANAGED = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
] as const;

/**
 * Bodies of more than 8 KiB are counted and not refused: services have bounds of their own, which they keep before they
 * read, and the API takes more (docs/api.md, Limits).
 */
const overridesOf = (set: (typeof MANAGED)[number]) =>
  set === 'AWSManagedRulesCommonRuleSet'
    ? [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }]
    : [];

/**
 * What the load balancer refuses before a task sees it. A signed webhook is let through first of all: carriers send
 * from few addresses and put any text that a person wrote into the body, so that neither rates nor contents may stop
 * them. Whether the signature is right is decided by the gateway, which bounds what it takes on. Short links have limits of
 * their own there.
 */
export class Firewall extends Component {
  readonly acl: aws.wafv2.WebAcl;

  constructor(context: Context, keys: KeyHandles, options: ComponentResourceOptions) {
    super('carillon:web:Firewall', 'firewall', options);
    const { web, logs } = context.settings;
    const name = `${context.prefix}web`;
    this.acl = new aws.wafv2.WebAcl(
      'firewall',
      {
        name,
        description: 'In front of the load balancer',
        scope: 'REGIONAL',
        defaultAction: { allow: {} },
        visibilityConfig: counted(name),
        rules: [
          { name: 'signed-webhooks', priority: 0, action: { allow: {} }, statement: signedWebhook },
          {
            name: 'rate',
            priority: 1,
            action: { block: {} },
            statement: {
              rateBasedStatement: {
                aggregateKeyType: 'IP',
                evaluationWindowSec: 300,
                limit: web.requestsPerFiveMinutes,
                // People of a mobile network share its addresses, and a campaign brings many of them at once.
                scopeDownStatement: { notStatement: { statement: under(`${LINK_PATH}/`) } },
              },
            },
          },
          ...MANAGED.map((set, index) => ({
            name: set,
            priority: 10 + index,
            overrideAction: { none: {} },
            statement: {
              managedRuleGroupStatement: {
                vendorName: 'AWS',
                name: set,
                ruleActionOverrides: overridesOf(set),
              },
            },
          })),
        ].map((rule): Rule => ({ ...rule, visibilityConfig: counted(`${name}-${rule.name}`) })),
      },
      this.inside,
    );
    const group = new aws.cloudwatch.LogGroup(
      'firewall',
      {
        // The name must begin so, or WAF refuses it.
        name: `aws-waf-logs-${name}`,
        retentionInDays: logs.retentionDays,
        kmsKeyId: keys.operations.arn,
      },
      this.inside,
    );
    new aws.wafv2.WebAclLoggingConfiguration(
      'firewall',
      {
        resourceArn: this.acl.arn,
        logDestinationConfigs: [group.arn],
        redactedFields: ['cookie', ...SIGNATURE_HEADERS].map((header) => ({
          singleHeader: { name: header },
        })),
        loggingFilter: {
          defaultBehavior: 'DROP',
          filters: [
            {
              behavior: 'KEEP',
              requirement: 'MEETS_ANY',
              conditions: [
                { actionCondition: { action: 'BLOCK' } },
                { actionCondition: { action: 'COUNT' } },
              ],
            },
          ],
        },
      },
      this.inside,
    );
    this.registerOutputs();
  }

  /** Puts it in front of a load balancer. */
  protects(balancer: aws.lb.LoadBalancer): void {
    new aws.wafv2.WebAclAssociation(
      'firewall',
      { resourceArn: balancer.arn, webAclArn: this.acl.arn },
      this.inside,
    );
  }
}

const counted = (metricName: string) => ({
  cloudwatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: false,
});

const asItIs = [{ priority: 0, type: 'NONE' }];

const under = (path: string) => ({
  byteMatchStatement: {
    searchString: path,
    positionalConstraint: 'STARTS_WITH',
    fieldToMatch: { uriPath: {} },
    textTransformations: asItIs,
  },
});

const hasHeader = (name: string): Statement => ({
  sizeConstraintStatement: {
    comparisonOperator: 'GT',
    size: 0,
    fieldToMatch: { singleHeader: { name } },
    textTransformations: asItIs,
  },
});

const anyOf = (statements: readonly Statement[]): Statement => {
  const [only] = statements;
  return statements.length === 1 && only !== undefined
    ? only
    : { orStatement: { statements: [...statements] } };
};

/** Webhooks of Vonage's SMS API have their signature among their parameters: in the query, or in a form. */
const hasSignedParameters: Statement[] = [
  { queryString: {} },
  { body: { oversizeHandling: 'CONTINUE' } },
].map((fieldToMatch) => ({
  byteMatchStatement: {
    searchString: 'sig=',
    positionalConstraint: 'CONTAINS',
    fieldToMatch,
    textTransformations: asItIs,
  },
}));

const signedWebhook: Statement = {
  andStatement: {
    statements: [
      anyOf([under(WEBHOOK_PATH), under(OLD_INBOUND_PATH)]),
      anyOf([...SIGNATURE_HEADERS.map(hasHeader), ...hasSignedParameters]),
    ],
  },
};
