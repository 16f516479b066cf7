import * as aws from '@pulumi/aws';
import { type ComponentResourceOptions, type Output, output } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';

/** The certificate of the domain: the one that the stack names, or one that is proved in the domain's own zone. */
export class Certificate extends Component {
  /** Of a certificate that has been issued. */
  readonly arn: Output<string>;

  constructor({ settings }: Context, options: ComponentResourceOptions) {
    super('carillon:web:Certificate', 'certificate', options);
    const { domain, hostedZoneId, certificateArn } = settings;
    this.arn = hostedZoneId === undefined ? output(certificateArn ?? '') : this.issued(domain, hostedZoneId);
    this.registerOutputs();
  }

  private issued(domain: string, zoneId: string): Output<string> {
    const certificate = new aws.acm.Certificate(
      'certificate',
      { domainName: domain, validationMethod: 'DNS', keyAlgorithm: 'RSA_2048' },
      this.inside,
    );
    const proof = certificate.domainValidationOptions.apply((proofs) => {
      const [first] = proofs;
      if (first === undefined) throw new Error(`ACM asks for no proof that ${domain} is ours`);
      return first;
    });
    const record = new aws.route53.Record(
      'certificate',
      {
        zoneId,
        name: proof.resourceRecordName,
        type: proof.resourceRecordType,
        records: [proof.resourceRecordValue],
        ttl: 300,
        allowOverwrite: true,
      },
      this.inside,
    );
    return new aws.acm.CertificateValidation(
      'certificate',
      { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
      this.inside,
    ).certificateArn;
  }
}
