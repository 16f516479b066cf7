import { byInputs, byPointer, type Cases, sample } from '../sample.ts';

const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const LISTENER = 'aws:lb/listener:Listener';
const ACL = 'aws:wafv2/webAcl:WebAcl';
const CERTIFICATE = 'aws:acm/certificate:Certificate';

const redirect = {
  protocol: 'HTTP',
  defaultActions: [{ type: 'redirect', redirect: { protocol: 'HTTPS' } }],
};
const forward = { protocol: 'HTTP', defaultActions: [{ type: 'forward', targetGroupArn: 'a' }] };
const https = (sslPolicy: string) => ({
  protocol: 'HTTPS',
  sslPolicy,
  defaultActions: [{ type: 'forward' }],
});
const badInputs = (overrideAction: object) => ({
  rules: [
    {
      name: 'bad-inputs',
      statement: { managedRuleGroupStatement: { name: 'AWSManagedRulesKnownBadInputsRuleSet' } },
      overrideAction,
    },
  ],
});
const measured = (cloudwatchMetricsEnabled: boolean) => ({
  rules: [{ name: 'rate', visibilityConfig: { cloudwatchMetricsEnabled } }],
});

export const webCases: Cases = {
  'http-redirected': byInputs(LISTENER, redirect, forward),
  'drop-invalid-headers': byInputs(BALANCER, { dropInvalidHeaderFields: true }, {}),
  'balancer-logs': byInputs(
    BALANCER,
    { accessLogs: { enabled: true, bucket: 'logs' } },
    { accessLogs: { enabled: false, bucket: 'logs' } },
    {},
  ),
  'balancer-deletion-protection': byInputs(BALANCER, { enableDeletionProtection: true }, {}),
  'desync-mitigation': byInputs(
    BALANCER,
    { desyncMitigationMode: 'defensive' },
    { desyncMitigationMode: 'monitor' },
  ),
  'balancer-zones': byInputs(BALANCER, { subnets: ['a', 'b'] }, { subnets: ['a'] }, {}),
  'tls-policy': byInputs(
    LISTENER,
    https('ELBSecurityPolicy-TLS13-1-2-2021-06'),
    https('ELBSecurityPolicy-2016-08'),
    https('ELBSecurityPolicy-TLS13-1-0-2021-06'),
  ),
  'listener-encrypted': {
    good: [sample(LISTENER, redirect), sample(LISTENER, https('ELBSecurityPolicy-TLS13-1-2-2021-06'))],
    bad: [sample(LISTENER, forward)],
  },
  'balancer-behind-firewall': byPointer(BALANCER, {
    type: 'aws:wafv2/webAclAssociation:WebAclAssociation',
    by: 'resourceArn',
  }),
  'target-health-check': byInputs(
    'aws:lb/targetGroup:TargetGroup',
    { healthCheck: { path: '/ready' } },
    {},
    { healthCheck: { path: '/ready', enabled: false } },
  ),
  'firewall-has-rules': byInputs(ACL, measured(true), { rules: [] }, {}),
  'firewall-measured': byInputs(ACL, measured(true), measured(false)),
  'firewall-logs': byPointer(ACL, {
    type: 'aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration',
    by: 'resourceArn',
  }),
  'firewall-known-bad-inputs': byInputs(ACL, badInputs({ none: {} }), badInputs({ count: {} }), {}),
  'certificate-renews': byInputs(CERTIFICATE, { validationMethod: 'DNS' }, { validationMethod: 'EMAIL' }, {}),
  'certificate-key': byInputs(CERTIFICATE, { keyAlgorithm: 'RSA_2048' }, { keyAlgorithm: 'RSA_1024' }),
};
