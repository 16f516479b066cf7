import { Code, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ContactField } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { fieldType } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { FormDrawer } from '../form-drawer.tsx';
import { nameOf, placeholderOf } from './placeholder.ts';
import { fieldTexts } from './texts.ts';

/** A field more of contacts: what it is called, and what its values are. */
export function NewField() {
  const say = useTexts(fieldTexts);
  const word = useWord(fieldType);
  const navigate = useNavigate();
  const [label, setLabel] = useState('');
  const [named, setNamed] = useState<string | null>(null);
  const [type, setType] = useState<ContactField['type']>('text');
  const [choices, setChoices] = useState<string[]>([]);
  const name = named ?? nameOf(label);
  const close = (): void => void navigate({ to: '/contacts/fields' });
  const create = useChange('post', '/v1/contact-fields', {
    touches: ['/v1/contact-fields'],
    onDone: (field) => {
      void tellDone(say('created', { name: field.label }));
      close();
    },
  });
  const whyNot =
    label.trim() === '' || name === ''
      ? say('labelFirst')
      : type === 'choice' && choices.length === 0
        ? say('choicesFirst')
        : undefined;
  return (
    <FormDrawer
      title={say('create')}
      state={say('createState')}
      close={close}
      doing={say('createDo')}
      isBusy={create.isPending}
      whyNot={whyNot}
      does={() =>
        create.mutate({
          body: { name, label: label.trim(), type, choices: type === 'choice' ? choices : [] },
        })
      }
    >
      <TextInput
        label={say('label')}
        description={say('labelHint')}
        data-autofocus
        required
        maxLength={200}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <Select
        label={say('type')}
        description={say('typeHint')}
        allowDeselect={false}
        data={Object.keys(fieldType).map((value) => ({ value, label: word(value).says }))}
        value={type}
        onChange={(value) => setType((value ?? 'text') as ContactField['type'])}
      />
      {type === 'choice' && (
        <TagsInput
          size="xs"
          label={say('choices')}
          description={say('choicesHint')}
          required
          splitChars={[]}
          maxTags={200}
          value={choices}
          onChange={setChoices}
        />
      )}
      <TextInput
        label={say('name')}
        description={say('nameHint')}
        maxLength={40}
        value={name}
        onChange={(event) => setNamed(event.currentTarget.value)}
      />
      {name !== '' && (
        <Text size="sm" c="dimmed">
          {say('inTextsAs')} <Code>{placeholderOf(name)}</Code>
        </Text>
      )}
      {create.error && <FaultBox error={create.error} />}
    </FormDrawer>
  );
}
