import { type Control, type Resource, when } from '../control.ts';
import { given, isTrue, listAt, objectsAt, pointingAt, textAt } from '../inputs.ts';

const BALANCERS = ['aws:lb/loadBalancer:LoadBalancer'];
const LISTENERS = ['aws:lb/listener:Listener'];
const WEB_ACLS = ['aws:wafv2/webAcl:WebAcl'];

/** AWS's policies with TLS 1.3, and 1.2 with forward secrecy where older clients must get in. */
const TLS_POLICY = /^ELBSecurityPolicy-TLS13-1-[23]-/;

const protocolOf = ({ inputs }: Resource): string => textAt(inputs, 'protocol');
const redirects = (listener: Resource): boolean =>
  objectsAt(listener.inputs, 'defaultActions').every(
    (action) => textAt(action, 'type') === 'redirect' && textAt(action, 'redirect.protocol') === 'HTTPS',
  );

export const webControls: readonly Control[] = [
  {
    name: 'http-redirected',
    ids: ['ELB.1'],
    title: 'Plain HTTP is sent on to HTTPS.',
    types: LISTENERS,
    unless: (listener) => protocolOf(listener) !== 'HTTP',
    check: (listener) => when(!redirects(listener), 'it answers without TLS'),
  },
  {
    name: 'drop-invalid-headers',
    ids: ['ELB.4', 'CKV_AWS_131'],
    title: 'The load balancer drops headers that are not well formed.',
    types: BALANCERS,
    check: ({ inputs }) => when(!isTrue(inputs, 'dropInvalidHeaderFields'), 'it passes them on'),
  },
  {
    name: 'balancer-logs',
    ids: ['ELB.5', 'CKV_AWS_91'],
    title: 'The load balancer logs requests.',
    types: BALANCERS,
    check: ({ inputs }) =>
      when(!isTrue(inputs, 'accessLogs.enabled') || !given(inputs, 'accessLogs.bucket'), 'no access log'),
  },
  {
    name: 'balancer-deletion-protection',
    ids: ['ELB.6', 'CKV_AWS_150'],
    title: 'The load balancer cannot be deleted by a slip.',
    types: BALANCERS,
    check: ({ inputs }) => when(!isTrue(inputs, 'enableDeletionProtection'), 'no deletion protection'),
  },
  {
    name: 'desync-mitigation',
    ids: ['ELB.12', 'CKV_AWS_328'],
    title: 'The load balancer defends itself against requests that are read in two ways.',
    types: BALANCERS,
    check: ({ inputs }) =>
      when(
        !['', 'defensive', 'strictest'].includes(textAt(inputs, 'desyncMitigationMode')),
        'its mode is neither defensive nor strictest',
      ),
  },
  {
    name: 'balancer-zones',
    ids: ['ELB.13'],
    title: 'The load balancer stands in two zones at least.',
    types: BALANCERS,
    check: ({ inputs }) =>
      when(
        listAt(inputs, 'subnets').length < 2 && listAt(inputs, 'subnetMappings').length < 2,
        'fewer than two subnets',
      ),
  },
  {
    name: 'tls-policy',
    ids: ['ELB.17', 'CKV_AWS_103'],
    title: 'HTTPS is spoken by a policy with TLS 1.3.',
    types: LISTENERS,
    unless: (listener) => protocolOf(listener) !== 'HTTPS',
    check: ({ inputs }) => when(!TLS_POLICY.test(textAt(inputs, 'sslPolicy')), 'its policy allows less'),
  },
  {
    name: 'listener-encrypted',
    ids: ['ELB.18', 'CKV_AWS_2'],
    title: 'Listeners speak HTTPS, or do nothing but send on to it.',
    types: LISTENERS,
    check: (listener) =>
      when(protocolOf(listener) !== 'HTTPS' && !redirects(listener), 'it speaks without TLS'),
  },
  {
    name: 'balancer-behind-firewall',
    ids: ['ELB.16', 'CKV2_AWS_28'],
    title: 'A firewall stands in front of a load balancer that is open to the world.',
    types: BALANCERS,
    unless: ({ inputs }) => inputs.internal === true,
    across: true,
    check: (balancer, stack) =>
      when(
        pointingAt(balancer, stack, 'aws:wafv2/webAclAssociation:WebAclAssociation', 'resourceArn').length ===
          0,
        'no firewall in front',
      ),
  },
  {
    name: 'target-health-check',
    ids: ['CKV_AWS_261'],
    title: 'The load balancer asks its targets whether they are well.',
    types: ['aws:lb/targetGroup:TargetGroup'],
    check: ({ inputs }) =>
      when(
        inputs.healthCheck === undefined ||
          textAt(inputs, 'healthCheck.path') === '' ||
          valueFalse(inputs, 'healthCheck.enabled'),
        'no health check',
      ),
  },
  {
    name: 'firewall-has-rules',
    ids: ['WAF.10'],
    title: 'The firewall has rules.',
    types: WEB_ACLS,
    check: ({ inputs }) => when(listAt(inputs, 'rules').length === 0, 'no rule'),
  },
  {
    name: 'firewall-measured',
    ids: ['WAF.12'],
    title: 'Each rule of the firewall is measured.',
    types: WEB_ACLS,
    check: ({ inputs }) => {
      const silent = objectsAt(inputs, 'rules')
        .filter((rule) => !isTrue(rule, 'visibilityConfig.cloudwatchMetricsEnabled'))
        .map((rule) => textAt(rule, 'name'));
      return when(silent.length > 0, `not measured: ${silent.join(', ')}`);
    },
  },
  {
    name: 'firewall-logs',
    ids: ['WAF.11', 'CKV2_AWS_31'],
    title: 'The firewall logs what it blocks.',
    types: WEB_ACLS,
    across: true,
    check: (acl, stack) =>
      when(
        pointingAt(
          acl,
          stack,
          'aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration',
          'resourceArn',
        ).length === 0,
        'no log',
      ),
  },
  {
    name: 'firewall-known-bad-inputs',
    ids: ['CKV_AWS_192'],
    title: "The firewall has AWS's rules against known bad inputs, Log4j among them, switched on.",
    types: WEB_ACLS,
    check: ({ inputs }) =>
      when(
        !objectsAt(inputs, 'rules').some(
          (rule) =>
            textAt(rule, 'statement.managedRuleGroupStatement.name') ===
              'AWSManagedRulesKnownBadInputsRuleSet' && given(rule, 'overrideAction.none'),
        ),
        'the rules are missing or only count',
      ),
  },
  {
    name: 'certificate-renews',
    ids: ['ACM.1'],
    title: 'The certificate is proved by DNS, so that AWS renews it in time.',
    types: ['aws:acm/certificate:Certificate'],
    check: ({ inputs }) => when(textAt(inputs, 'validationMethod') !== 'DNS', 'AWS cannot renew it'),
  },
  {
    name: 'certificate-key',
    ids: ['ACM.2'],
    title: 'The key of the certificate is long enough.',
    types: ['aws:acm/certificate:Certificate'],
    check: ({ inputs }) => when(textAt(inputs, 'keyAlgorithm') === 'RSA_1024', 'RSA with 1,024 bits'),
  },
];

const valueFalse = (inputs: Resource['inputs'], path: string): boolean =>
  given(inputs, path) && !isTrue(inputs, path);
