import { type Control, when } from '../control.ts';
import { given, isTrue, objectsAt, pointingAt, textAt } from '../inputs.ts';
import { isPublic, statementsAt } from '../policy-statements.ts';

const REPOSITORIES = ['aws:ecr/repository:Repository'];

export const imageControls: readonly Control[] = [
  {
    name: 'image-scan',
    ids: ['ECR.1', 'CKV_AWS_163'],
    title: 'Images are scanned when they are pushed.',
    types: REPOSITORIES,
    check: ({ inputs }) => when(!isTrue(inputs, 'imageScanningConfiguration.scanOnPush'), 'no scan on push'),
  },
  {
    name: 'image-tags-immutable',
    ids: ['ECR.2', 'CKV_AWS_51'],
    title: 'A tag of an image is never moved.',
    types: REPOSITORIES,
    check: ({ inputs }) => when(textAt(inputs, 'imageTagMutability') !== 'IMMUTABLE', 'tags can be moved'),
  },
  {
    name: 'image-lifecycle',
    ids: ['ECR.3'],
    title: 'Old images are removed.',
    types: REPOSITORIES,
    across: true,
    check: (repository, stack) =>
      when(
        pointingAt(repository, stack, 'aws:ecr/lifecyclePolicy:LifecyclePolicy', 'repository').length === 0,
        'no lifecycle policy',
      ),
  },
  {
    name: 'image-encrypted',
    ids: ['CKV_AWS_136'],
    title: 'Images are encrypted with a key of the environment.',
    types: REPOSITORIES,
    check: ({ inputs }) =>
      when(
        !objectsAt(inputs, 'encryptionConfigurations').some(
          (encryption) => textAt(encryption, 'encryptionType') === 'KMS' && given(encryption, 'kmsKey'),
        ),
        'not encrypted with a key of its own',
      ),
  },
  {
    name: 'image-not-public',
    ids: ['CKV_AWS_32'],
    title: 'Nobody outside may pull or push images.',
    types: ['aws:ecr/repositoryPolicy:RepositoryPolicy'],
    check: ({ inputs }) =>
      when(
        statementsAt(inputs, 'policy').some((statement) => statement.allows && isPublic(statement)),
        'its policy allows everybody',
      ),
  },
];
