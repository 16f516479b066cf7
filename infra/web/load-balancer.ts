import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Output, Resource } from '@pulumi/pulumi';
import { HEALTH_PORT, PUBLIC_PORT, READINESS_CHECK } from '#shared/container.ts';
import { type ServiceName, type ServiceRow, services } from '#shared/topology.ts';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { LoadBalancerHandles } from '../environment.ts';
import { BALANCER_LOGS, type Files } from '../files/files.ts';
import type { Network } from '../network/network.ts';

import type { Firewall } from './firewall.ts';
import { pathRules } from './path-rules.ts';

/** TLS 1.3, and 1.2 with forward secrecy for carriers that are not there yet. */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';
/** Requests in flight end; the gateway answers within 12 s. */
const DEREGISTRATION_SECONDS = 30;

/** People sign in once a working day. */
const SIGN_IN_SECONDS = 8 * 3_600;

/** The way in: HTTPS only, from the domain to the services that have public paths. */
export class LoadBalancer extends Component implements LoadBalancerHandles {
  readonly balancer: aws.lb.LoadBalancer;
  readonly firewall: aws.wafv2.WebAcl;
  readonly targetGroups: Partial<Record<ServiceName, aws.lb.TargetGroup>> = {};
  /** What must be there before a service can register its tasks. */
  readonly rules: Resource[] = [];

  constructor(
    context: Context,
    parts: {
      network: Network;
      securityGroup: aws.ec2.SecurityGroup;
      files: Files;
      firewall: Firewall;
      certificateArn: Output<string>;
      /** Client secret at the identity provider; asked for only when people have to sign in. */
      signInSecret: () => Output<string>;
    },
    options: ComponentResourceOptions,
  ) {
    super('carillon:web:LoadBalancer', 'load-balancer', options);
    const { settings, prefix } = context;
    const { logs } = parts.files;
    this.firewall = parts.firewall.acl;
    this.balancer = new aws.lb.LoadBalancer(
      'load-balancer',
      {
        name: `${prefix}web`,
        loadBalancerType: 'application',
        internal: false,
        ipAddressType: 'ipv4',
        subnets: parts.network.publicSubnets,
        securityGroups: [parts.securityGroup.id],
        dropInvalidHeaderFields: true,
        desyncMitigationMode: 'defensive',
        idleTimeout: settings.web.idleTimeoutSeconds,
        enableDeletionProtection: settings.protect,
        accessLogs: { enabled: true, bucket: logs.bucket.bucket, prefix: BALANCER_LOGS },
      },
      { ...this.inside, ...(settings.protect ? { protect: true } : {}), dependsOn: [logs.policy] },
    );
    parts.firewall.protects(this.balancer);
    new aws.lb.Listener(
      'http',
      {
        loadBalancerArn: this.balancer.arn,
        port: 80,
        protocol: 'HTTP',
        defaultActions: [
          { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } },
        ],
      },
      this.inside,
    );
    const https = new aws.lb.Listener(
      'https',
      {
        loadBalancerArn: this.balancer.arn,
        port: 443,
        protocol: 'HTTPS',
        sslPolicy: TLS_POLICY,
        certificateArn: parts.certificateArn,
        routingHttpResponseServerEnabled: false,
        routingHttpResponseStrictTransportSecurityHeaderValue: 'max-age=31536000',
        defaultActions: [
          {
            type: 'fixed-response',
            fixedResponse: { statusCode: '404', contentType: 'text/plain', messageBody: 'not found' },
          },
        ],
      },
      this.inside,
    );
    for (const rule of pathRules<ServiceName>(services as Readonly<Record<ServiceName, ServiceRow>>)) {
      const group = this.targetGroup(rule.service, parts.network.vpc);
      this.rules.push(
        new aws.lb.ListenerRule(
          `${rule.service}-${rule.priority}`,
          {
            listenerArn: https.arn,
            priority: rule.priority,
            conditions: [{ pathPattern: { values: rule.patterns } }],
            actions: [
              ...(rule.signIn === null ? [] : this.signInAction(context, parts.signInSecret, rule.signIn)),
              { type: 'forward', order: 2, targetGroupArn: group.arn },
            ],
          },
          this.inside,
        ),
      );
    }
    this.record(settings.domain, settings.hostedZoneId);
    this.registerOutputs();
  }

  /** Named by the provider: one that is replaced must live beside its successor until no listener uses it. */
  private targetGroup(service: ServiceName, vpc: aws.ec2.Vpc): aws.lb.TargetGroup {
    const known = this.targetGroups[service];
    if (known !== undefined) return known;
    const made = new aws.lb.TargetGroup(
      service,
      {
        vpcId: vpc.id,
        targetType: 'ip',
        protocol: 'HTTP',
        port: PUBLIC_PORT,
        deregistrationDelay: DEREGISTRATION_SECONDS,
        loadBalancingAlgorithmType: 'least_outstanding_requests',
        healthCheck: {
          protocol: 'HTTP',
          port: String(HEALTH_PORT),
          path: READINESS_CHECK.path,
          matcher: '200',
          interval: READINESS_CHECK.intervalSeconds,
          timeout: READINESS_CHECK.intervalSeconds - 1,
          healthyThreshold: 2,
          unhealthyThreshold: READINESS_CHECK.unhealthyThreshold,
        },
      },
      this.inside,
    );
    this.targetGroups[service] = made;
    return made;
  }

  private signInAction(
    { settings }: Context,
    clientSecret: () => Output<string>,
    stranger: 'ask' | 'allow',
  ): aws.types.input.lb.ListenerRuleAction[] {
    if (settings.web.signIn === undefined) return [];
    const { roles: _, roleClaim: __, ...signIn } = settings.web.signIn;
    return [
      {
        type: 'authenticate-oidc',
        order: 1,
        authenticateOidc: {
          ...signIn,
          clientSecret: clientSecret(),
          scope: 'openid email profile',
          sessionTimeout: SIGN_IN_SECONDS,
          onUnauthenticatedRequest: stranger === 'ask' ? 'authenticate' : 'allow',
        },
      },
    ];
  }

  private record(domain: string, zoneId: string | undefined): void {
    if (zoneId === undefined) return;
    new aws.route53.Record(
      'domain',
      {
        zoneId,
        name: domain,
        type: 'A',
        aliases: [{ name: this.balancer.dnsName, zoneId: this.balancer.zoneId, evaluateTargetHealth: true }],
      },
      this.inside,
    );
  }
}
