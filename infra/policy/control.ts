/**
 * One rule about resources, as data and a pure function: the policy pack runs it inside Pulumi, tests run it on their
 * own, docs/controls.md lists it.
 */
export interface Control {
  /** What Pulumi shows, unique: `read-only-root`. */
  name: string;
  /**
   * Where it comes from: AWS Foundational Security Best Practices (`ECS.5`), Checkov (`CKV_AWS_336`), cdk-nag
   * (`AwsSolutions-ECS4`), or our own (`CARILLON.1`).
   */
  ids: readonly [string, ...string[]];
  /** What holds of a resource that passes. */
  title: string;
  /** Types of resources that it judges. */
  types: readonly string[];
  /** Resources that it does not judge; all others of its types it does. */
  unless?: (resource: Resource) => boolean;
  /**
   * What is wrong with the resource; undefined when nothing is. Throws `UnknownInput` when that hangs on a value that
   * only a deployment can know. `stack` holds all resources; asked for only by controls `across` resources, which run
   * when the whole program has been evaluated.
   */
  check: (resource: Resource, stack: readonly Resource[]) => string | undefined;
  across?: true;
}

/** What a control sees of a resource; a ResourceRecord is one. */
export interface Resource {
  urn: string;
  type: string;
  name: string;
  /** Plain values; what only a deployment can know is `UNKNOWN`. */
  inputs: Readonly<Record<string, unknown>>;
  /** URNs of the resources behind each input. */
  propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** A value that decides, and that only a deployment can know. */
export class UnknownInput extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`${path} is not known before the deployment`);
    this.name = 'UnknownInput';
    this.path = path;
  }
}

export type Verdict =
  | { kind: 'holds' }
  | { kind: 'violated'; reason: string }
  | { kind: 'undecided'; path: string };

/** Whether the control has a say about the resource. */
export const judges = (control: Control, resource: Resource): boolean =>
  control.types.includes(resource.type) && !(control.unless?.(resource) ?? false);

export function verdictOf(control: Control, resource: Resource, stack: readonly Resource[]): Verdict {
  try {
    const reason = control.check(resource, stack);
    return reason === undefined ? { kind: 'holds' } : { kind: 'violated', reason };
  } catch (error) {
    if (error instanceof UnknownInput) return { kind: 'undecided', path: error.path };
    throw error;
  }
}

/** The page that explains the first of its ids. */
export function sourceOf({ ids: [id] }: Control): string {
  const [service, number] = id.split('.');
  if (id.startsWith('CKV')) return 'https://www.checkov.io/5.Policy%20Index/terraform.html';
  if (id.startsWith('AwsSolutions')) return 'https://github.com/cdklabs/cdk-nag/blob/main/RULES.md';
  if (service === 'CARILLON' || service === undefined) return 'docs/controls.md';
  const area = service.toLowerCase();
  return `https://docs.aws.amazon.com/securityhub/latest/userguide/${area}-controls.html#${area}-${number}`;
}

/** Name of the stack that a URN belongs to: `urn:pulumi:STACK::...`. */
export const stackOf = ({ urn }: Resource): string => urn.split(':')[2] ?? '';

/** Fault texts: `when(bad, 'why')`. */
export const when = (bad: boolean, reason: string): string | undefined => (bad ? reason : undefined);
