import { type Control, when } from '../control.ts';
import { given, isTrue, numberAt, pointingAt, textAt } from '../inputs.ts';
import { isPublic, statementsAt } from '../policy-statements.ts';

const KEYS = ['aws:kms/key:Key'];
const SECRETS = ['aws:secretsmanager/secret:Secret'];
const ROTATION = 'aws:secretsmanager/secretRotation:SecretRotation';

export const keyControls: readonly Control[] = [
  {
    name: 'secret-rotated',
    ids: ['SecretsManager.1', 'SecretsManager.4', 'CKV_AWS_304'],
    title: 'Secrets are replaced by themselves every 90 days at least.',
    types: SECRETS,
    across: true,
    check: (secret, stack) =>
      when(
        !pointingAt(secret, stack, ROTATION, 'secretId').some(({ inputs }) => {
          const days = numberAt(inputs, 'rotationRules.automaticallyAfterDays');
          return days !== undefined && days <= 90;
        }),
        'nothing rotates it',
      ),
  },
  {
    name: 'secret-encrypted',
    ids: ['CKV_AWS_149'],
    title: 'Secrets are encrypted with a key of the environment.',
    types: SECRETS,
    check: ({ inputs }) => when(!given(inputs, 'kmsKeyId'), 'not encrypted with a key of its own'),
  },
  {
    name: 'key-not-public',
    ids: ['KMS.5', 'CKV_AWS_33'],
    title: 'The policy of a key does not allow everybody.',
    types: KEYS,
    check: ({ inputs }) =>
      when(
        statementsAt(inputs, 'policy').some(
          (statement) =>
            statement.allows && isPublic(statement) && Object.keys(statement.conditions).length === 0,
        ),
        'its policy allows everybody',
      ),
  },
  {
    name: 'key-rotated',
    ids: ['KMS.4', 'CKV_AWS_7'],
    title: 'Keys are rotated every year.',
    types: KEYS,
    unless: ({ inputs }) => textAt(inputs, 'keyUsage') === 'SIGN_VERIFY',
    check: ({ inputs }) => when(!isTrue(inputs, 'enableKeyRotation'), 'no rotation'),
  },
];
