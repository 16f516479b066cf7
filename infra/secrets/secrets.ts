import * as aws from '@pulumi/aws';
import { type ComponentResourceOptions, type Config, type Output, output, secret } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import { type Context, keepsData } from '../context.ts';
import type { KeyHandles } from '../environment.ts';

/**
 * `TWILIO_AUTH_TOKEN` -> `twilio-auth-token`. AWS ends ARNs with a hyphen and six characters and advises against names that
 * end so: `CONSENT_PEPPER` -> `consent-pepper-value`.
 */
function secretName(variable: string): string {
  const name = variable.toLowerCase().replaceAll('_', '-');
  return /-.{6}$/.test(name) ? `${name}-value` : name;
}

/**
 * One secret in Secrets Manager for each secret variable of any service. They are made empty and filled out of band
 * (`aws secretsmanager put-secret-value`), unless the stack's configuration has the value, encrypted:
 * `pulumi config set --secret --path carillon:secrets.TWILIO_AUTH_TOKEN`.
 */
export class Secrets extends Component {
  /** ARN of the secret behind a variable. */
  readonly arns: ReadonlyMap<string, Output<string>>;
  /** Secrets that somebody has to fill. */
  readonly names: Output<string>[];
  /** Values that this program has put there; services wait for them. */
  readonly versions: readonly aws.secretsmanager.SecretVersion[];

  constructor(
    context: Context,
    keys: KeyHandles,
    variables: readonly string[],
    config: Config,
    options: ComponentResourceOptions,
  ) {
    super('carillon:secrets:Secrets', 'secrets', options);
    // Which secrets the configuration has is no secret; what they are stays one.
    const values =
      config.getSecretObject<Record<string, string>>('secrets') ?? output<Record<string, string>>({});
    const given = Object.keys(config.getObject<Record<string, string>>('secrets') ?? {});
    const secrets = variables.map((variable): [string, aws.secretsmanager.Secret] => {
      const name = secretName(variable);
      const made = new aws.secretsmanager.Secret(
        name,
        {
          name: `carillon/${context.stack}/${name}`,
          description: `Variable ${variable} of the services`,
          kmsKeyId: keys.data.arn,
          // Without a window the name is free at once: an environment can be removed and made again.
          recoveryWindowInDays: context.settings.protect ? 30 : 0,
        },
        { ...this.inside, ...keepsData(context) },
      );
      return [variable, made];
    });
    this.versions = secrets
      .filter(([variable]) => given.includes(variable))
      .map(
        ([variable, { id }]) =>
          new aws.secretsmanager.SecretVersion(
            secretName(variable),
            { secretId: id, secretString: secret(values.apply((all) => all[variable] ?? '')) },
            this.inside,
          ),
      );
    this.names = secrets.filter(([variable]) => !given.includes(variable)).map(([, { name }]) => name);
    this.arns = new Map(secrets.map(([variable, { arn }]) => [variable, arn]));
    this.registerOutputs();
  }
}
